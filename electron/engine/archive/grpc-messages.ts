import { gunzipSync, inflateSync } from 'node:zlib';
import { createGrpcReader } from '../../../shared/bytes/grpc-frames.ts';
import type { GrpcFrame } from '../../../shared/bytes/grpc-frames.ts';
import { headerValue } from '../../../shared/events/header-lines.ts';

/** The messages in one direction of a gRPC call, as they come. */
export interface GrpcMessages {
  /** Each with its bytes, compression undone; null where they are too many, or cannot be undone. */
  push(chunk: Uint8Array): { size: number; data: Buffer | null; name: string | null }[];
}

/** A reader for a body of this type and header block; null when it is not gRPC's, or packed as a whole. */
export function grpcMessagesOf(type: string | null, lines: string, limit: number): GrpcMessages | null {
  if (type === null || !/^application\/grpc\b(?!-web-text)/i.test(type)) return null;
  if (headerValue(lines, 'content-encoding') !== null) return null;
  const coding = headerValue(lines, 'grpc-encoding')?.trim().toLowerCase() ?? 'identity';
  const reader = createGrpcReader(limit);
  return {
    push: (chunk) =>
      reader.push(chunk).map((frame) => ({
        size: frame.size,
        data: plainBytes(frame, coding, limit),
        name: frame.trailers ? 'trailers' : null,
      })),
  };
}

function plainBytes({ compressed, data }: GrpcFrame, coding: string, limit: number): Buffer | null {
  if (data === null) return null;
  if (!compressed) return Buffer.from(data.buffer, data.byteOffset, data.length);
  try {
    if (coding === 'gzip') return gunzipSync(data, { maxOutputLength: limit });
    if (coding === 'deflate') return inflateSync(data, { maxOutputLength: limit });
  } catch {
    // Damaged, or a bomb: what cannot be searched for secrets is not kept.
  }
  return null;
}
