/**
 * Counts the length-prefixed messages of a gRPC body: one flag byte, four length bytes, the message.
 * Keeps five bytes of state however large the messages are.
 */
export interface GrpcFrames {
  push(chunk: Uint8Array): void;
  /** Whole messages so far. */
  readonly messages: number;
  /** How many of them were compressed. */
  readonly compressed: number;
  /** Whether the bytes so far end at the end of a message. */
  readonly whole: boolean;
  /** Why reading stopped; null while the bytes make sense. */
  readonly broken: string | null;
}

export function createGrpcFrames(): GrpcFrames {
  let messages = 0;
  let compressed = 0;
  let broken: string | null = null;
  let headerSeen = 0;
  let flag = 0;
  let left = 0; // of the length while in the header, then of the message

  return {
    push(chunk) {
      for (let at = 0; at < chunk.length && broken === null;) {
        if (headerSeen < 5) {
          const byte = chunk[at++] ?? 0;
          if (headerSeen++ === 0) {
            flag = byte;
            left = 0;
            // gRPC-Web puts its trailers into a frame with the top bit set.
            if (flag & 0x7e) broken = `a message starts with the flag byte ${flag}`;
          } else {
            left = left * 256 + byte;
          }
          if (headerSeen < 5) continue;
        }
        const step = Math.min(left, chunk.length - at);
        left -= step;
        at += step;
        if (left === 0) {
          headerSeen = 0;
          if (flag & 0x80) continue;
          messages++;
          compressed += flag & 1;
        }
      }
    },
    get messages() {
      return messages;
    },
    get compressed() {
      return compressed;
    },
    get whole() {
      return headerSeen === 0 && broken === null;
    },
    get broken() {
      return broken;
    },
  };
}
