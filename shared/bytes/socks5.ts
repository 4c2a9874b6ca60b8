import { readIpAddress, writeIpAddress } from './ip-address.ts';
import { readUtf8, writeUtf8 } from './utf8.ts';

/**
 * SOCKS version 5 (RFC 1928) with user and password (RFC 1929), both ends, without sockets: bytes
 * in, steps out. The caller does what the steps say in their order.
 */

export const SOCKS5_REPLY = {
  succeeded: 0,
  failure: 1,
  notAllowed: 2,
  networkUnreachable: 3,
  hostUnreachable: 4,
  refused: 5,
  ttlExpired: 6,
  commandNotSupported: 7,
  addressNotSupported: 8,
} as const;

export type Socks5Step =
  /** Send these bytes to the other side. */
  | { type: 'send'; bytes: Uint8Array }
  /** Server side: the client wants to reach this; answer with `socks5Reply`. `rest` came after the request. */
  | { type: 'request'; host: string; port: number; user: string | null; password: string | null; rest: Uint8Array }
  /** Client side: the way is open. `rest` are the first bytes that came through it. */
  | { type: 'open'; rest: Uint8Array }
  /** It will not come to anything: close, after sending what was to be sent. `code`: the server's reply code, if it came to one. */
  | { type: 'failed'; reason: string; code: number | null };

export interface Socks5Side {
  push(chunk: Uint8Array): Socks5Step[];
}

const VERSION = 5;
const CONNECT = 1;
const NO_AUTH = 0;
const USER_PASSWORD = 2;
const NONE_FITS = 0xff;
const IPV4 = 1;
const DOMAIN = 3;
const IPV6 = 4;

/** Why a client was turned away that gave no credentials, or wrong ones. */
export const SOCKS5_UNPROVEN = 'the user or password is wrong or missing';

/**
 * The server's side. Credentials are asked for whenever the client offers them, because they can
 * carry the name of the app; `accept` may refuse them (default: all are let in), and `required`
 * refuses clients that offer none.
 */
export function createSocks5Server(
  options: { accept?: (user: string, password: string) => boolean; required?: boolean } = {},
): Socks5Side {
  let user: string | null = null;
  let password: string | null = null;
  return machine({
    start: 'greeting',
    greeting(bytes) {
      if (bytes[0] !== VERSION) return failed('it does not start as SOCKS 5');
      if (bytes.length < 2) return null;
      const end = 2 + (bytes[1] ?? 0);
      if (bytes.length < end) return null;
      const offered = bytes.subarray(2, end);
      const open = offered.includes(NO_AUTH);
      const method = offered.includes(USER_PASSWORD) ? USER_PASSWORD : open && !options.required ? NO_AUTH : NONE_FITS;
      const answer = send(Uint8Array.of(VERSION, method));
      if (method === NONE_FITS && open) return failed(SOCKS5_UNPROVEN, null, answer);
      if (method === NONE_FITS) return failed('the client offers no way of authentication that we know', null, answer);
      return { used: end, steps: [answer], next: method === USER_PASSWORD ? 'credentials' : 'request' };
    },
    credentials(bytes) {
      if (bytes[0] !== undefined && bytes[0] !== 1)
        return failed('the credentials have an unknown version', null, send(Uint8Array.of(1, 1)));
      const userEnd = 2 + (bytes[1] ?? 0);
      if (bytes.length < userEnd + 1) return null;
      const end = userEnd + 1 + (bytes[userEnd] ?? 0);
      if (bytes.length < end) return null;
      user = readUtf8(bytes.subarray(2, userEnd));
      password = readUtf8(bytes.subarray(userEnd + 1, end));
      if (options.accept && !options.accept(user, password))
        return failed(SOCKS5_UNPROVEN, null, send(Uint8Array.of(1, 1)));
      return { used: end, steps: [send(Uint8Array.of(1, 0))], next: 'request' };
    },
    request(bytes) {
      if (bytes[0] !== undefined && bytes[0] !== VERSION)
        return failed('the request does not start as SOCKS 5', 1, send(socks5Reply(1)));
      if (bytes.length < 4) return null;
      const refuse = (code: number, reason: string) => failed(reason, code, send(socks5Reply(code)));
      if (bytes[1] !== CONNECT)
        return refuse(SOCKS5_REPLY.commandNotSupported, `the command ${bytes[1]} is not supported, only CONNECT is`);
      const address = readAddress(bytes, 3);
      if (address === 'unknown')
        return refuse(SOCKS5_REPLY.addressNotSupported, `the address type ${bytes[3]} is not known`);
      if (address === null) return null;
      const { host, port, end } = address;
      if (!/^[\x21-\x7e]+$/.test(host))
        return refuse(SOCKS5_REPLY.failure, 'the host name has characters that no host name can have');
      if (port === 0) return refuse(SOCKS5_REPLY.failure, 'the port 0 cannot be connected to');
      return {
        used: end,
        steps: [],
        next: 'request',
        done: (rest) => ({ type: 'request', host, port, user, password, rest }),
      };
    },
  });
}

/** The answer to a request, with the bound address left open as most servers do. */
export function socks5Reply(code: number): Uint8Array {
  return Uint8Array.of(VERSION, code, 0, IPV4, 0, 0, 0, 0, 0, 0);
}

/**
 * The client's side, towards a SOCKS proxy between us and the target. Send `greeting` first. Names
 * are resolved by the proxy. Throws a RangeError when the host or a credential is over 255 bytes.
 */
export function createSocks5Client(target: {
  host: string;
  port: number;
  user?: string | null;
  password?: string | null;
}): Socks5Side & { greeting: Uint8Array } {
  const { host, port, user = null, password = null } = target;
  const address = readIpAddress(host);
  const name = encode(host, 'host name');
  const place = address
    ? Uint8Array.of(address.length === 4 ? IPV4 : IPV6, ...address)
    : Uint8Array.of(DOMAIN, name.length, ...name);
  const request = Uint8Array.of(VERSION, CONNECT, 0, ...place, port >> 8, port & 0xff);
  const userBytes = encode(user ?? '', 'user');
  const passwordBytes = encode(password ?? '', 'password');
  const methods = user === null ? [NO_AUTH] : [NO_AUTH, USER_PASSWORD];
  const side = machine({
    start: 'method',
    method(bytes) {
      if (bytes[0] !== VERSION) return failed('the proxy does not answer as SOCKS 5');
      if (bytes.length < 2) return null;
      const method = bytes[1] ?? NONE_FITS;
      if (method === NO_AUTH) return { used: 2, steps: [send(request)], next: 'reply' };
      if (method !== USER_PASSWORD || user === null)
        return failed(user === null ? 'the proxy wants credentials' : 'the proxy wants another way of authentication');
      const login = Uint8Array.of(1, userBytes.length, ...userBytes, passwordBytes.length, ...passwordBytes);
      return { used: 2, steps: [send(login)], next: 'login' };
    },
    login(bytes) {
      if (bytes.length < 2) return null;
      if (bytes[1] !== 0) return failed('the proxy refuses the user or password');
      return { used: 2, steps: [send(request)], next: 'reply' };
    },
    reply(bytes) {
      if (bytes[0] !== undefined && bytes[0] !== VERSION) return failed('the proxy does not answer as SOCKS 5');
      if (bytes.length < 2) return null;
      const code = bytes[1] ?? 1;
      if (code !== 0) return failed(`the proxy says: ${REPLY_WORDS[code] ?? `error ${code}`}`, code);
      const bound = bytes.length < 4 ? null : readAddress(bytes, 3);
      if (bound === 'unknown') return failed('the proxy answers with an unknown address type');
      if (bound === null) return null;
      return { used: bound.end, steps: [], next: 'reply', done: (rest) => ({ type: 'open', rest }) };
    },
  });
  return { ...side, greeting: Uint8Array.of(VERSION, methods.length, ...methods) };
}

const REPLY_WORDS: Record<number, string> = {
  1: 'general failure',
  2: 'not allowed by its rules',
  3: 'network unreachable',
  4: 'host unreachable',
  5: 'connection refused',
  6: 'time to live expired',
  7: 'command not supported',
  8: 'address type not supported',
};

/** What reading one message came to; null = more bytes are needed. */
type Read =
  | { used: number; steps: Socks5Step[]; next: string; done?: (rest: Uint8Array) => Socks5Step }
  | Failed
  | null;
interface Failed {
  failed: Socks5Step[];
}
type Reader = (bytes: Uint8Array) => Read;

/** Feeds each message's reader in turn. Every message is under 600 bytes, so that is all that is kept. */
function machine(readers: { start: string } & Record<string, string | Reader>): Socks5Side {
  let pending = new Uint8Array(0);
  let now = readers.start;
  let over = false;
  return {
    push(chunk) {
      const steps: Socks5Step[] = [];
      if (over) return steps;
      let bytes = join(pending, chunk);
      while (!over && bytes.length > 0) {
        const reader = readers[now];
        const read = typeof reader === 'function' ? reader(bytes) : null;
        if (read === null) break;
        if ('failed' in read) {
          over = true;
          steps.push(...read.failed);
          break;
        }
        bytes = bytes.subarray(read.used);
        steps.push(...read.steps);
        now = read.next;
        if (read.done) {
          over = true;
          steps.push(read.done(bytes));
        }
      }
      pending = over ? new Uint8Array(0) : bytes.slice();
      return steps;
    },
  };
}

function readAddress(bytes: Uint8Array, at: number): { host: string; port: number; end: number } | 'unknown' | null {
  const type = bytes[at];
  const from = type === DOMAIN ? at + 2 : at + 1;
  const length = type === IPV4 ? 4 : type === IPV6 ? 16 : type === DOMAIN ? bytes[at + 1] : -1;
  if (length === -1) return 'unknown';
  if (length === undefined || bytes.length < from + length + 2) return null;
  const value = bytes.subarray(from, from + length);
  const port = ((bytes[from + length] ?? 0) << 8) | (bytes[from + length + 1] ?? 0);
  return {
    host: type === DOMAIN ? String.fromCharCode(...value) : writeIpAddress(value),
    port,
    end: from + length + 2,
  };
}

function send(bytes: Uint8Array): Socks5Step {
  return { type: 'send', bytes };
}

function failed(reason: string, code: number | null = null, ...first: Socks5Step[]): Failed {
  return { failed: [...first, { type: 'failed', reason, code }] };
}

function encode(text: string, what: string): Uint8Array {
  const bytes = writeUtf8(text);
  if (bytes.length > 255) throw new RangeError(`the ${what} is longer than SOCKS can carry (255 bytes)`);
  return bytes;
}

function join(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(a.length + b.length);
  out.set(a);
  out.set(b, a.length);
  return out;
}
