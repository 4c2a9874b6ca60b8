import type { Piece } from './strings.ts';

/** Shorter runs hold no more than a word or an id. */
const SHORTEST = 32;
/** Longer ones are files; their beginnings are looked at. */
const LONGEST = 1024 * 1024;
/** Chars that are decoded to see whether it is text at all: ids, hashes and pictures are not. */
const TRIAL = 24;

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
/** What a char stands for; 255 for none. Both alphabets (RFC 4648 §4 and §5). */
const VALUES = new Uint8Array(256).fill(255);
for (let i = 0; i < 64; i += 1) VALUES[ALPHABET.charCodeAt(i)] = i;
VALUES[45] = 62;
VALUES[95] = 63;

/**
 * Finds text that stands in a text as base64, and has `redact` take the secrets out of it; what it
 * changes is encoded again. One level deep, and no line breaks inside.
 */
export function findBase64(text: string, pieces: Piece[], redact: (decoded: string) => string): void {
  const { length } = text;
  // Every run this long covers one of these places.
  for (let at = SHORTEST - 1; at < length; at += SHORTEST) {
    if (!isDigit(text.charCodeAt(at))) continue;
    const before = at - SHORTEST;
    let from = at;
    while (from > before && from > 0 && isDigit(text.charCodeAt(from - 1))) from -= 1;
    // It began before the place before this one, where it was no text.
    if (from === before) continue;
    const sure = from + SHORTEST;
    let to = at + 1;
    while (to < sure && isDigit(text.charCodeAt(to))) to += 1;
    if (to < sure || !beginsAsText(text, from)) continue;
    while (to < length && to - from < LONGEST && isDigit(text.charCodeAt(to))) to += 1;
    const decoded = decodeBase64(text, from, to);
    const clean = redact(decoded);
    if (clean !== decoded) {
      const padding = /^={0,2}/.exec(text.slice(to, to + 2))?.[0].length ?? 0;
      const urlSafe = !/[+/]/.test(text.slice(from, to)) && /[-_]/.test(text.slice(from, to));
      pieces.push({ from, to: to + padding, put: encodeBase64(clean, urlSafe, padding > 0) });
    }
    at = to - 1;
  }
}

/** Bytes, one char each. */
export function decodeBase64(text: string, from = 0, to: number = text.length): string {
  const parts: string[] = [];
  const bytes: number[] = [];
  let bits = 0;
  let held = 0;
  for (let at = from; at < to; at += 1) {
    held = (held << 6) | VALUES[text.charCodeAt(at)]!;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((held >> bits) & 255);
      held &= (1 << bits) - 1;
      if (bytes.length === 4096) parts.push(String.fromCharCode(...bytes.splice(0)));
    }
  }
  parts.push(String.fromCharCode(...bytes));
  return parts.join('');
}

function encodeBase64(bytes: string, urlSafe: boolean, padded: boolean): string {
  let out = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const left = bytes.length - at;
    const group =
      (bytes.charCodeAt(at) << 16) |
      ((left > 1 ? bytes.charCodeAt(at + 1) : 0) << 8) |
      (left > 2 ? bytes.charCodeAt(at + 2) : 0);
    const chars = left > 2 ? 4 : left + 1;
    for (let i = 0; i < chars; i += 1) out += ALPHABET.charAt((group >> (18 - 6 * i)) & 63);
    if (padded) out += '='.repeat(4 - chars);
  }
  return urlSafe ? out.replaceAll('+', '-').replaceAll('/', '_') : out;
}

function isDigit(code: number): boolean {
  return code < 256 && VALUES[code] !== 255;
}

/** Whether its first bytes are text: ASCII, or UTF-8 with a few others. */
function beginsAsText(text: string, from: number): boolean {
  let others = 0;
  let held = 0;
  let bits = 0;
  for (let at = from; at < from + TRIAL; at += 1) {
    held = ((held << 6) | VALUES[text.charCodeAt(at)]!) & 0xffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    const byte = (held >> bits) & 255;
    if (byte < 9 || (byte > 13 && byte < 32) || byte === 127) return false;
    if (byte > 127 && (others += 1) > TRIAL / 6) return false;
  }
  return true;
}
