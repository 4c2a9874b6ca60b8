import { decodeUtf8 } from '../bytes/utf8.ts';

const PIECE = 8192;

/** A body as text in the charset that its type declares (UTF-8 when none); null when it is not text in it. */
export function readText(bytes: Uint8Array, contentType: string | null): string | null {
  const charset = /;\s*charset="?([^\s;"]+)/i.exec(contentType ?? '')?.[1]?.toLowerCase() ?? 'utf-8';
  if (/^utf-?16/.test(charset)) return readUtf16(bytes, charset.endsWith('be'));
  if (bytes.includes(0)) return null;
  const raw = latin1(bytes);
  if (/^(iso-?8859-1|latin-?1|windows-1252|cp1252)$/.test(charset)) return raw;
  if (!/^(utf-?8|us-ascii|ascii)$/.test(charset)) return null;
  const text = decodeUtf8(raw);
  // What is no UTF-8 becomes U+FFFD; it may also have been written so.
  if (text.includes('\u{fffd}') && !raw.includes('\xef\xbf\xbd')) return null;
  return text.startsWith('\u{feff}') ? text.slice(1) : text;
}

/** One char a byte. */
function latin1(bytes: Uint8Array): string {
  const pieces: string[] = [];
  for (let at = 0; at < bytes.length; at += PIECE) pieces.push(String.fromCharCode(...bytes.subarray(at, at + PIECE)));
  return pieces.join('');
}

function readUtf16(bytes: Uint8Array, bigEndian: boolean): string | null {
  if (bytes.length % 2 !== 0) return null;
  const marked = (bytes[0] === 0xfe && bytes[1] === 0xff) || (bytes[0] === 0xff && bytes[1] === 0xfe);
  const high = (marked ? bytes[0] === 0xfe : bigEndian) ? 0 : 1;
  const units: string[] = [];
  for (let at = marked ? 2 : 0; at < bytes.length; at += 2)
    units.push(String.fromCharCode(((bytes[at + high] ?? 0) << 8) | (bytes[at + 1 - high] ?? 0)));
  const text = units.join('');
  return text.isWellFormed() ? text : null;
}
