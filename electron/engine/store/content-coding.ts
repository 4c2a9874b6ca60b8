import {
  brotliDecompressSync,
  constants,
  gunzipSync,
  inflateRawSync,
  inflateSync,
  zstdDecompressSync,
} from 'node:zlib';

/** What came of undoing a body's content codings. */
export type Decoding =
  | { kind: 'decoded'; bytes: Buffer }
  | { kind: 'too-big' }
  /** A coding we do not know, or bytes that are not in it. */
  | { kind: 'failed' };

/** The codings of a Content-Encoding value that change bytes, in the order they were applied. */
export function codingsOf(contentEncoding: string | null): string[] {
  if (contentEncoding === null) return [];
  // aws-chunked only frames the bytes with signatures; they stay readable.
  return contentEncoding
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity' && name !== 'aws-chunked');
}

/**
 * Undoes content codings (gzip, deflate, br, zstd, stacked), last one first, making at most `limit`
 * bytes: a small body can claim to be a terabyte. Input cut off early gives what it holds.
 */
export function decodeContent(bytes: Uint8Array, codings: readonly string[], limit: number): Decoding {
  let current = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (codings.length > 5) return { kind: 'failed' };
  for (const coding of codings.toReversed()) {
    try {
      const next = undo(current, coding, limit);
      if (next === null) return { kind: 'failed' };
      current = next;
    } catch (error) {
      return error instanceof RangeError ||
        (error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE')
        ? { kind: 'too-big' }
        : { kind: 'failed' };
    }
  }
  return { kind: 'decoded', bytes: current };
}

function undo(bytes: Buffer, coding: string, limit: number): Buffer | null {
  if (bytes.length === 0) return bytes;
  const zlib = { maxOutputLength: limit, finishFlush: constants.Z_SYNC_FLUSH };
  switch (coding) {
    case 'gzip':
    case 'x-gzip':
      return gunzipSync(bytes, zlib);
    case 'deflate':
      // RFC 9110 means zlib; some servers send it bare.
      return (bytes[0]! & 15) === 8 && (bytes.length < 2 || bytes.readUInt16BE(0) % 31 === 0)
        ? inflateSync(bytes, zlib)
        : inflateRawSync(bytes, zlib);
    case 'br':
      return brotliDecompressSync(bytes, { maxOutputLength: limit, finishFlush: constants.BROTLI_OPERATION_FLUSH });
    case 'zstd':
      return zstdDecompressSync(bytes, { maxOutputLength: limit, finishFlush: constants.ZSTD_e_flush });
    default:
      return null;
  }
}

/** The bytes behind a Content-Encoding value; null when they cannot be had within the limit. */
export function plainOf(bytes: Buffer, contentEncoding: string | null, limit: number): Buffer | null {
  const codings = codingsOf(contentEncoding);
  if (codings.length === 0) return bytes;
  const decoding = decodeContent(bytes, codings, limit);
  return decoding.kind === 'decoded' ? decoding.bytes : null;
}
