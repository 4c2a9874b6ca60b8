/** In which order the bytes of UTF-16 stand; null for anything else. */
export type Utf16 = 'le' | 'be';

/** By its byte order mark, or by what the content type says. */
export function utf16Of(bytes: string, contentType: string): Utf16 | null {
  if (bytes.startsWith('\xff\xfe')) return 'le';
  if (bytes.startsWith('\xfe\xff')) return 'be';
  const said = /charset\s*=\s*"?utf-?16(le|be)?\b/.exec(contentType);
  if (!said) return null;
  return said[1] === 'be' || (said[1] === undefined && bytes.charCodeAt(0) === 0) ? 'be' : 'le';
}

/** The same text as UTF-8, one char a byte. A last odd byte is left out. */
export function toUtf8(bytes: string, order: Utf16): string {
  const high = order === 'be' ? 0 : 1;
  const parts: string[] = [];
  let part = '';
  for (let at = 0; at + 1 < bytes.length; at += 2) {
    let code = (bytes.charCodeAt(at + high) << 8) | bytes.charCodeAt(at + 1 - high);
    if (code >= 0xd800 && code < 0xdc00 && at + 3 < bytes.length) {
      const low = (bytes.charCodeAt(at + 2 + high) << 8) | bytes.charCodeAt(at + 3 - high);
      if (low >= 0xdc00 && low < 0xe000) {
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        at += 2;
      }
    }
    part += utf8Of(code);
    if (part.length > 16_384) {
      parts.push(part);
      part = '';
    }
  }
  return parts.join('') + part;
}

function utf8Of(code: number): string {
  if (code < 0x80) return String.fromCharCode(code);
  if (code < 0x800) return String.fromCharCode(0xc0 | (code >> 6), 0x80 | (code & 63));
  if (code < 0x10000) return String.fromCharCode(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
  return String.fromCharCode(
    0xf0 | (code >> 18),
    0x80 | ((code >> 12) & 63),
    0x80 | ((code >> 6) & 63),
    0x80 | (code & 63),
  );
}

/** Undoes `toUtf8`, lone surrogates included. */
export function fromUtf8(bytes: string, order: Utf16): string {
  const out: string[] = [];
  const put = (unit: number): void => {
    out.push(order === 'be' ? String.fromCharCode(unit >> 8, unit & 255) : String.fromCharCode(unit & 255, unit >> 8));
  };
  for (let at = 0; at < bytes.length;) {
    const first = bytes.charCodeAt(at);
    const more = first < 0x80 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
    let code = more === 0 ? first : first & (0x3f >> more);
    for (let i = 1; i <= more; i += 1) code = (code << 6) | (bytes.charCodeAt(at + i) & 63);
    at += more + 1;
    if (code < 0x10000) put(code);
    else {
      put(0xd800 + ((code - 0x10000) >> 10));
      put(0xdc00 + ((code - 0x10000) & 0x3ff));
    }
  }
  return out.join('');
}
