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

/**
 * UTF-8 given as Latin-1 text (one char a byte), decoded; what is no UTF-8 becomes U+FFFD, as TextDecoder does it.
 */
export function decodeUtf8(bytes: string): string {
  // eslint-disable-next-line no-control-regex
  const first = bytes.search(/[\x80-\xff]/);
  if (first < 0) return bytes;
  let out = '';
  let copied = 0;
  for (let at = first; at < bytes.length;) {
    const lead = bytes.charCodeAt(at);
    if (lead < 0x80) {
      at += 1;
      continue;
    }
    out += bytes.slice(copied, at);
    const more =
      lead >= 0xc2 && lead <= 0xdf ? 1 : lead >= 0xe0 && lead <= 0xef ? 2 : lead >= 0xf0 && lead <= 0xf4 ? 3 : 0;
    let point = more === 1 ? lead & 31 : more === 2 ? lead & 15 : lead & 7;
    let read = 0;
    while (read < more) {
      const next = bytes.charCodeAt(at + 1 + read);
      // The second byte rules out overlong forms, surrogates and what lies beyond U+10FFFF.
      const low = read === 0 ? (lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80) : 0x80;
      const high = read === 0 ? (lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf) : 0xbf;
      if (!(next >= low && next <= high)) break;
      point = (point << 6) | (next & 63);
      read += 1;
    }
    out += more > 0 && read === more ? String.fromCodePoint(point) : '\ufffd';
    at += 1 + read;
    copied = at;
  }
  return out + bytes.slice(copied);
}
