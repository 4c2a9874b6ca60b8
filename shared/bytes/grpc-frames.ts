/** One length-prefixed message of a gRPC body. */
export interface GrpcFrame {
  /** Whether its bytes are compressed as `grpc-encoding` says. */
  compressed: boolean;
  /** gRPC-Web's trailers, which come as a frame of their own. */
  trailers: boolean;
  /** Its length as announced. */
  size: number;
  /** Its bytes; null when it is longer than the limit. */
  data: Uint8Array | null;
}

/**
 * Reads the messages of a gRPC body (gRPC over HTTP/2, “Length-Prefixed-Message”): one flag byte, four length bytes, the
 * message. Holds one message at most, and none that is longer than the limit.
 */
export interface GrpcReader {
  /** The messages that are whole with this chunk. */
  push(chunk: Uint8Array): GrpcFrame[];
  /** Whether the bytes so far end at the end of a message. */
  readonly whole: boolean;
  /** Why reading stopped; null while the bytes make sense. */
  readonly broken: string | null;
}

/** @param limit bytes of a message that are kept; of a longer one only its size is given */
export function createGrpcReader(limit: number): GrpcReader {
  let broken: string | null = null;
  let headerSeen = 0;
  let flag = 0;
  let size = 0;
  let left = 0;
  let held: Uint8Array | null = null;

  function finish(): GrpcFrame {
    headerSeen = 0;
    const frame = { compressed: (flag & 1) === 1, trailers: (flag & 0x80) !== 0, size, data: held };
    held = null;
    return frame;
  }

  return {
    push(chunk) {
      const frames: GrpcFrame[] = [];
      for (let at = 0; at < chunk.length && broken === null;) {
        if (headerSeen < 5) {
          const byte = chunk[at++] ?? 0;
          if (headerSeen++ === 0) {
            flag = byte;
            size = 0;
            if (flag & 0x7e) broken = `a message starts with the flag byte ${flag}`;
          } else size = size * 256 + byte;
          if (headerSeen < 5) continue;
          left = size;
          held = size <= limit ? new Uint8Array(size) : null;
        }
        const step = Math.min(left, chunk.length - at);
        held?.set(chunk.subarray(at, at + step), size - left);
        left -= step;
        at += step;
        if (left === 0) frames.push(finish());
      }
      return frames;
    },
    get whole() {
      return headerSeen === 0 && broken === null;
    },
    get broken() {
      return broken;
    },
  };
}
