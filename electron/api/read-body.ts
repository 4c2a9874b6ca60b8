import type { Call } from '../../shared/model/call.ts';
import { decodeBody } from '../content/decode-body.ts';
import type { ReaderFace } from './engine-face.ts';

export interface ReadBody {
  bytes: Uint8Array;
  contentType: string | null;
  /** Content codings still on, as the header writes them; null when none is. */
  contentEncoding: string | null;
  problem: string | null;
  truncated: 'limit' | 'shed' | 'cut' | null;
  redacted: boolean;
}

/** One body of a call, content codings undone unless `raw`; null when there is none or it was not kept. */
export async function readBody(
  reader: ReaderFace,
  call: Call,
  side: 'request' | 'response',
  raw: boolean,
): Promise<ReadBody | null> {
  const stored = await reader.getBody(call.id, side);
  if (!stored) return null;
  const { bytes, contentType, contentEncoding, truncated, redacted } = stored;
  if (raw) return { bytes, contentType, contentEncoding, problem: null, truncated, redacted };
  const decoded = await decodeBody(bytes, contentEncoding);
  return {
    bytes: decoded.bytes,
    contentType,
    contentEncoding: decoded.left.join(', ') || null,
    problem: decoded.problem,
    truncated,
    redacted,
  };
}
