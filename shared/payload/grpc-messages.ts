export interface GrpcMessage {
  /** Where its bytes lie, without the five of its head. */
  start: number;
  end: number;
  compressed: boolean;
  /** gRPC-Web puts its trailers into a frame. */
  trailers: boolean;
  /** False when the body ends before the message does. */
  whole: boolean;
}

/** The length-prefixed messages of a gRPC body. Stops at what cannot be one. */
export function readGrpcMessages(bytes: Uint8Array): GrpcMessage[] {
  const messages: GrpcMessage[] = [];
  let at = 0;
  while (at + 5 <= bytes.length) {
    const flag = bytes[at] ?? 0;
    if (flag & 0x7e) break;
    const length =
      (bytes[at + 1] ?? 0) * 0x1000000 +
      (((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 8) | (bytes[at + 4] ?? 0));
    const start = at + 5;
    const end = Math.min(bytes.length, start + length);
    messages.push({
      start,
      end,
      compressed: (flag & 1) === 1,
      trailers: (flag & 0x80) !== 0,
      whole: start + length <= bytes.length,
    });
    at = start + length;
  }
  return messages;
}
