import { promisify } from 'node:util';
import { brotliDecompress, constants, gunzip, inflate, inflateRaw, zstdDecompress } from 'node:zlib';

/** More is not decoded in one piece: a bomb of a few kilobytes can claim terabytes. 64 MiB. */
export const MOST_DECODED_BYTES = 64 * 1024 * 1024;

export interface DecodedBody {
  bytes: Uint8Array;
  /** Content codings that are still on, outermost last as in the header; empty when all are undone. */
  left: string[];
  /** Why some are still on, in words; null when none is. */
  problem: string | null;
}

const unpack = {
  gunzip: promisify(gunzip),
  inflate: promisify(inflate),
  inflateRaw: promisify(inflateRaw),
  brotli: promisify(brotliDecompress),
  zstd: promisify(zstdDecompress),
};

/**
 * Undoes the content codings of a body's bytes. Never throws: what cannot be undone (unknown coding,
 * broken or cut data, more than `limit` bytes) is left on and said. Cut data gives what could be
 * read of it when only the end is missing.
 */
export async function decodeBody(
  bytes: Uint8Array,
  contentEncoding: string | null,
  limit = MOST_DECODED_BYTES,
): Promise<DecodedBody> {
  const codings = (contentEncoding ?? '')
    .toLowerCase()
    .split(',')
    .map((coding) => coding.trim())
    .filter((coding) => coding !== '' && coding !== 'identity');
  let current = bytes;
  while (codings.length > 0 && current.length > 0) {
    const coding = codings.at(-1) ?? '';
    const undo = coderFor(coding);
    if (!undo) return { bytes: current, left: codings, problem: `content coding ${coding} is not known` };
    try {
      current = await undo(current, limit);
    } catch (error) {
      return { bytes: current, left: codings, problem: problemWith(coding, error, limit) };
    }
    codings.pop();
  }
  return { bytes: current, left: [], problem: null };
}

type Undo = (bytes: Uint8Array, limit: number) => Promise<Uint8Array>;

function coderFor(coding: string): Undo | undefined {
  switch (coding) {
    case 'gzip':
    case 'x-gzip':
      // Z_SYNC_FLUSH: a cut stream gives what there is instead of an error.
      return (bytes, limit) => unpack.gunzip(bytes, { maxOutputLength: limit, finishFlush: constants.Z_SYNC_FLUSH });
    case 'deflate':
      return (bytes, limit) => {
        const options = { maxOutputLength: limit, finishFlush: constants.Z_SYNC_FLUSH };
        // RFC 9110 means zlib; some servers (old IIS) send it bare.
        return (bytes[0] ?? 0) % 16 === 8 ? unpack.inflate(bytes, options) : unpack.inflateRaw(bytes, options);
      };
    case 'br':
      return (bytes, limit) =>
        unpack.brotli(bytes, { maxOutputLength: limit, finishFlush: constants.BROTLI_OPERATION_FLUSH });
    case 'zstd':
      return (bytes, limit) => unpack.zstd(bytes, { maxOutputLength: limit, finishFlush: constants.ZSTD_e_flush });
    default:
      return undefined;
  }
}

function problemWith(coding: string, error: unknown, limit: number): string {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'ERR_BUFFER_TOO_LARGE') return `decoded, it would be over ${Math.round(limit / 1024 / 1024)} MiB`;
  return `it is not valid ${coding}${error instanceof Error ? ` (${error.message})` : ''}`;
}
