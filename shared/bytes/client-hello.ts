/**
 * Reads the ClientHello (RFC 8446 §4.1.2) at the start of a TLS connection without taking part in it:
 * whom the client wants to reach, what it would speak. Fragments over several records are joined;
 * GREASE values (RFC 8701) are left out; of an encrypted hello (ECH) the outer one is read.
 */
export interface ClientHello {
  /** `need-more`: give it all bytes so far again when there are more. `not-tls`: no hello, or one beyond the limit. */
  state: 'need-more' | 'not-tls' | 'done';
  serverName: string | null;
  /** Protocol names in the client's order. */
  alpn: string[];
  /** As Node names them, in the client's order: `TLSv1.3`, `TLSv1.2` … */
  versions: string[];
}

/** Hellos with post-quantum key shares are 2 KiB; nothing honest comes near this. */
export const CLIENT_HELLO_LIMIT = 65_536;

const HANDSHAKE = 0x16;
const CLIENT_HELLO = 0x01;
const SERVER_NAME = 0;
const ALPN = 16;
const SUPPORTED_VERSIONS = 43;
const VERSIONS: Record<number, string> = {
  0x0304: 'TLSv1.3',
  0x0303: 'TLSv1.2',
  0x0302: 'TLSv1.1',
  0x0301: 'TLSv1',
  0x0300: 'SSLv3',
};

const NEED_MORE: ClientHello = { state: 'need-more', serverName: null, alpn: [], versions: [] };
const NOT_TLS: ClientHello = { state: 'not-tls', serverName: null, alpn: [], versions: [] };

/** `bytes`: everything received so far, from the first byte of the connection. Never throws. */
export function readClientHello(bytes: Uint8Array): ClientHello {
  const spans: { from: number; to: number }[] = [];
  let have = 0; // handshake bytes seen
  let want = -1; // length of the whole hello message, once its header is there
  const header: number[] = [];
  for (let at = 0; ;) {
    if (bytes.length > at && bytes[at] !== HANDSHAKE) return NOT_TLS;
    if (bytes.length > at + 1 && bytes[at + 1] !== 0x03) return NOT_TLS;
    if (bytes.length < at + 5) return need(bytes);
    const length = u16(bytes, at + 3);
    // An empty record is legal for no handshake message; 2^14 is the most a plain record may hold.
    if (length === 0 || length > 16_384) return NOT_TLS;
    const from = at + 5;
    const to = Math.min(from + length, bytes.length);
    for (let i = from; i < to && header.length < 4; i++) header.push(bytes[i] ?? 0);
    if (header.length > 0 && header[0] !== CLIENT_HELLO) return NOT_TLS;
    if (header.length === 4) want = 4 + (((header[1] ?? 0) << 16) | ((header[2] ?? 0) << 8) | (header[3] ?? 0));
    if (want > CLIENT_HELLO_LIMIT) return NOT_TLS;
    spans.push({ from, to });
    have += to - from;
    if (want >= 0 && have >= want) break;
    if (to < from + length) return need(bytes);
    at = to;
  }
  const joined = new Uint8Array(have);
  let end = 0;
  for (const { from, to } of spans) {
    joined.set(bytes.subarray(from, to), end);
    end += to - from;
  }
  return readBody(joined.subarray(4, want));
}

function need(bytes: Uint8Array): ClientHello {
  return bytes.length > CLIENT_HELLO_LIMIT ? NOT_TLS : NEED_MORE;
}

function readBody(body: Uint8Array): ClientHello {
  const hello: ClientHello = { state: 'done', serverName: null, alpn: [], versions: [] };
  const legacy = u16(body, 0);
  let at = 34; // version and random
  const session = body[at] ?? 255;
  at += 1 + session;
  if (session > 32 || body.length < at + 2) return NOT_TLS;
  const suites = u16(body, at);
  at += 2 + suites;
  if (suites % 2 !== 0 || body.length < at + 1) return NOT_TLS;
  at += 1 + (body[at] ?? 0);
  if (body.length < at) return NOT_TLS;
  if (body.length > at) {
    // Hellos of old clients end here, without extensions.
    const length = u16(body, at);
    if (body.length !== at + 2 + length) return NOT_TLS;
    if (!readExtensions(body.subarray(at + 2), hello)) return NOT_TLS;
  }
  if (hello.versions.length === 0) hello.versions = VERSIONS[legacy] ? [VERSIONS[legacy]] : [];
  return hello;
}

function readExtensions(bytes: Uint8Array, hello: ClientHello): boolean {
  for (let at = 0; at < bytes.length;) {
    if (bytes.length < at + 4) return false;
    const type = u16(bytes, at);
    const end = at + 4 + u16(bytes, at + 2);
    if (end > bytes.length) return false;
    const data = bytes.subarray(at + 4, end);
    if (type === SERVER_NAME) hello.serverName ??= readServerName(data);
    else if (type === ALPN) hello.alpn = readNames(data).filter((name) => !isGreaseName(name));
    else if (type === SUPPORTED_VERSIONS) hello.versions = readVersions(data);
    at = end;
  }
  return true;
}

/** The first host name of the list; null when there is none that could be one. */
function readServerName(data: Uint8Array): string | null {
  for (let at = 2; at + 3 <= data.length;) {
    const end = at + 3 + u16(data, at + 1);
    if (end > data.length) return null;
    if (data[at] === 0) {
      const name = latin1(data.subarray(at + 3, end));
      return /^[\x21-\x7e]+$/.test(name) ? name : null;
    }
    at = end;
  }
  return null;
}

function readNames(data: Uint8Array): string[] {
  const names: string[] = [];
  for (let at = 2; at < data.length;) {
    const end = at + 1 + (data[at] ?? 0);
    if (end > data.length) break;
    if (end > at + 1) names.push(latin1(data.subarray(at + 1, end)));
    at = end;
  }
  return names;
}

function readVersions(data: Uint8Array): string[] {
  const names: string[] = [];
  for (let at = 1; at + 1 < data.length; at += 2) {
    const name = VERSIONS[u16(data, at)];
    if (name) names.push(name);
  }
  return names;
}

function isGreaseName(name: string): boolean {
  return name.length === 2 && name[0] === name[1] && (name.charCodeAt(0) & 0x0f) === 0x0a;
}

function u16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
