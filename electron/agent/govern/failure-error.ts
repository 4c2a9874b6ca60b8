import { getSystemErrorMap } from 'node:util';
import type { ResponseHead } from '../../../shared/bytes/http1-head.ts';
import type { ProxyWay } from './choose-way.ts';

/** Said to the proxy with each call; it begins with `Proxy-`, so that it goes no further. */
export const FAILURE_KEY = 'Proxy-Sallyport-Key';
/** What the proxy's own answers carry for whoever has given it a key: `key kind code address`. */
const FAILURE = 'sallyport-failure';

/** What Node says of certificates (node_crypto and OpenSSL). */
const CERTIFICATES: Record<string, string> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'self-signed certificate',
  SELF_SIGNED_CERT_IN_CHAIN: 'self-signed certificate in certificate chain',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'unable to verify the first certificate',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'unable to get local issuer certificate',
  UNABLE_TO_GET_ISSUER_CERT: 'unable to get issuer certificate',
  CERT_HAS_EXPIRED: 'certificate has expired',
  CERT_NOT_YET_VALID: 'certificate is not yet valid',
  CERT_REVOKED: 'certificate revoked',
};

const OTHER_NAME = 'ERR_TLS_CERT_ALTNAME_INVALID';

export type HttpClient = 'node' | 'undici';

export interface Failed {
  error: Error | null;
  /** The origin ended its connection without an answer. */
  ended: boolean;
}

/**
 * What a program would have met without us, when the proxy could not carry its call: the error of its own socket.
 * `error` null: there is none such, and the proxy's answer is handed on. Null: this is no failure of the proxy's.
 */
export function failureOf(head: ResponseHead, key: string, way: ProxyWay, client: HttpClient): Failed | null {
  let said: string | null = null;
  for (let i = 0; i < head.fields.length; i += 2)
    if (head.fields[i]!.toLowerCase() === FAILURE) said = head.fields[i + 1]!;
  if (said === null) return null;
  const [given, kind, code, address] = said.split(' ');
  if (given !== key) return null;
  if (kind === 'closed-early') return { error: null, ended: true };
  return { error: errorFor(kind ?? '', known(code), known(address) ?? way.host, way, client), ended: false };
}

function known(word: string | undefined): string | null {
  return word === undefined || word === '-' ? null : word;
}

function errorFor(kind: string, code: string | null, address: string, way: ProxyWay, client: HttpClient): Error | null {
  switch (kind) {
    case 'dns':
      return systemError('getaddrinfo', code ?? 'ENOTFOUND', way.host, { hostname: way.host });
    case 'refused':
      return connectError(code ?? 'ECONNREFUSED', address, way.port);
    case 'unreachable':
      return connectError(code ?? 'EHOSTUNREACH', address, way.port);
    case 'timeout-connect':
      return connectError(code ?? 'ETIMEDOUT', address, way.port);
    case 'reset':
      return systemError('read', 'ECONNRESET', '', {});
    case 'tls-upstream-untrusted':
      return certificateError(code ?? 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', way.host, client);
    case 'tls-upstream-failed':
      return systemError('write', code ?? 'EPROTO', '', {});
    default:
      return null;
  }
}

function certificateError(code: string, host: string, client: HttpClient): Error {
  if (code !== OTHER_NAME) return Object.assign(new Error(CERTIFICATES[code] ?? code), { code });
  const message = `Hostname/IP does not match certificate's altnames: Host: ${host}. is not in the cert's altnames`;
  // undici is sure that a connection which stands cannot fail so, and ends the program: `assert(err.code !== …)`.
  if (client === 'undici') return Object.assign(new Error(message), { code: 'HOSTNAME_MISMATCH', host });
  return Object.assign(new Error(message), { code, host });
}

function connectError(code: string, address: string, port: number): Error {
  return systemError('connect', code, `${address}:${port}`, { address, port });
}

/** Numbers of errors by their names, on this system. */
let numbers: Map<string, number> | null = null;

function systemError(syscall: string, code: string, what: string, more: object): Error {
  numbers ??= new Map([...getSystemErrorMap()].map(([number, [name]]) => [name, number]));
  // libuv's own number for a name that does not resolve is -3008, and getSystemErrorMap has it.
  const errno = numbers.get(code) ?? (code === 'ENOTFOUND' ? -3008 : undefined);
  const message = `${syscall} ${code}${what === '' ? '' : ` ${what}`}`;
  return Object.assign(new Error(message), { ...(errno !== undefined && { errno }), code, syscall, ...more });
}

/** The head without what was only for us. */
export function withoutFailure(raw: Buffer): Buffer {
  return Buffer.from(raw.toString('latin1').replace(/\r\nsallyport-failure:[^\r\n]*/i, ''), 'latin1');
}
