/**
 * What a connection speaks, told from its first bytes. Says `need-more` only while the bytes so far
 * could still become several of the others; never looks beyond `SNIFF_LIMIT` bytes.
 */
export type Sniffed = 'socks5' | 'socks4' | 'tls' | 'h2-preface' | 'http1' | 'unknown' | 'need-more';

/** Longest method name that is taken for HTTP/1; with it, the most bytes ever needed to decide. */
export const SNIFF_LIMIT = 68;

const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
const SPACE = 0x20;
const CR = 0x0d;
const LF = 0x0a;

/** RFC 9110 §5.6.2 token characters. */
const TOKEN = new Uint8Array(256);
for (const char of "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
  TOKEN[char.charCodeAt(0)] = 1;

export function sniff(bytes: Uint8Array): Sniffed {
  const first = bytes[0];
  if (first === undefined) return 'need-more';
  if (first === 0x05) return 'socks5';
  if (first === 0x04) return 'socks4';
  if (first === 0x16) return bytes.length < 2 ? 'need-more' : bytes[1] === 0x03 ? 'tls' : 'unknown';
  const same = sameAs(bytes, PREFACE);
  if (same === PREFACE.length) return 'h2-preface';
  if (same === bytes.length) return 'need-more';
  return sniffRequestLine(bytes);
}

function sniffRequestLine(bytes: Uint8Array): Sniffed {
  let at = 0;
  // RFC 9112 §2.2: an empty line or two before the request line are left over from an older body.
  while (at < 4 && bytes[at] === (at % 2 === 0 ? CR : LF)) at++;
  if (at === bytes.length) return 'need-more';
  if (at % 2 === 1) return 'unknown';
  const start = at;
  while (at < bytes.length && at < SNIFF_LIMIT && TOKEN[bytes[at] ?? 0]) at++;
  if (at === SNIFF_LIMIT) return 'unknown';
  if (at === bytes.length) return 'need-more';
  // An SSH client's greeting is a token and a space, too.
  if (bytes[at] !== SPACE || at === start || sameAs(bytes, 'SSH-') === 4) return 'unknown';
  return 'http1';
}

/** How many bytes at the start are those of `text`. */
function sameAs(bytes: Uint8Array, text: string): number {
  let at = 0;
  while (at < bytes.length && at < text.length && bytes[at] === text.charCodeAt(at)) at++;
  return at;
}
