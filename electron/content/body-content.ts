import type { BodyContent } from '../../shared/format/body-content.ts';

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Bytes as exports and JSON can carry them: text when they are text in the declared charset (UTF-8
 * when none is declared) and have no NUL, else base64. `contentType` is the header's whole value.
 */
export function readBodyContent(bytes: Uint8Array, contentType: string | null): BodyContent {
  const text = bytes.includes(0) ? null : decodeText(bytes, contentType);
  if (text !== null) return { text, bytes: bytes.length };
  return { base64: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64'), bytes: bytes.length };
}

/** The text of bytes in their declared charset, or null when they are not text in it. */
export function decodeText(bytes: Uint8Array, contentType: string | null): string | null {
  const charset = /;\s*charset="?([^\s;"]+)/i.exec(contentType ?? '')?.[1] ?? 'utf-8';
  try {
    if (/^utf-?8$/i.test(charset)) return UTF8.decode(bytes);
    return new TextDecoder(charset, { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null; // not that charset, or a charset nobody knows
  }
}
