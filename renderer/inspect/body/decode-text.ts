/** Bytes as text in the charset they are in. `says`: what somebody should know about it, null for plain UTF-8. */
export function decodeText(
  bytes: Uint8Array<ArrayBuffer>,
  charset: string | null,
): { text: string; says: string | null } {
  const declared = charset ?? sniffWide(bytes) ?? 'utf-8';
  let decoder: TextDecoder;
  try {
    decoder = new TextDecoder(declared, { fatal: true });
  } catch {
    return { text: new TextDecoder('utf-8').decode(bytes), says: `charset “${declared}” is not known; read as UTF-8` };
  }
  const plain = decoder.encoding === 'utf-8';
  try {
    return { text: decoder.decode(bytes), says: plain ? null : decoder.encoding };
  } catch {
    if (plain && charset === null)
      return { text: new TextDecoder('windows-1252').decode(bytes), says: 'not UTF-8; read as windows-1252' };
    return {
      text: new TextDecoder(declared).decode(bytes),
      says: `some bytes are not ${decoder.encoding}; they are shown as �`,
    };
  }
}

/** UTF-16 without a byte order mark has a zero in every other byte of plain text. */
function sniffWide(bytes: Uint8Array): string | null {
  if (bytes.length < 4) return null;
  if (bytes[0] !== 0 && bytes[1] === 0 && bytes[2] !== 0 && bytes[3] === 0) return 'utf-16le';
  if (bytes[0] === 0 && bytes[1] !== 0 && bytes[2] === 0 && bytes[3] !== 0) return 'utf-16be';
  return null;
}
