/**
 * UTF-8 to and from bytes for the few short texts of wire formats, without TextEncoder, which is not
 * part of the language and so not of this wing.
 */
export function writeUtf8(text: string): Uint8Array {
  // Lone surrogates have no UTF-8; they become U+FFFD as everywhere else.
  const encoded = encodeURIComponent(text.toWellFormed());
  const bytes: number[] = [];
  for (let at = 0; at < encoded.length; at++) {
    if (encoded[at] !== '%') bytes.push(encoded.charCodeAt(at));
    else {
      bytes.push(Number.parseInt(encoded.slice(at + 1, at + 3), 16));
      at += 2;
    }
  }
  return Uint8Array.from(bytes);
}

/** Bytes that are not UTF-8 are read as Latin-1, as older clients send them. */
export function readUtf8(bytes: Uint8Array): string {
  let escaped = '';
  for (const byte of bytes)
    escaped += byte < 0x80 && byte !== 0x25 ? String.fromCharCode(byte) : `%${byte.toString(16).padStart(2, '0')}`;
  try {
    return decodeURIComponent(escaped);
  } catch {
    return String.fromCharCode(...bytes);
  }
}
