/** Frames of the agent's link (see link.ts), cut and joined without sockets. */

export const FRAME = { json: 0, data: 1 } as const;
/** A longer frame is a mistake or an attack: the link is closed. */
export const LONGEST_FRAME = 8 * 1024 * 1024;
const DATA_HEAD = 13;

export interface BodyPiece {
  call: number;
  side: 'request' | 'response';
  at: number;
  data: Uint8Array;
}

/** Bytes before a frame's payload. */
export const FRAME_HEAD = 5;

/** One frame of JSON in UTF-8. */
export function jsonFrame(payload: Uint8Array): Uint8Array {
  const frame = new Uint8Array(FRAME_HEAD + payload.length);
  writeFrameHead(frame, 0, FRAME.json, payload.length);
  frame.set(payload, FRAME_HEAD);
  return frame;
}

/** How long the frame of a piece with so many bytes is. */
export function dataFrameLength(bytes: number): number {
  return FRAME_HEAD + DATA_HEAD + bytes;
}

/** One frame of a piece of a body; the bytes are copied. `frame`: where to, of the right length. */
export function dataFrame(
  { call, side, at, data }: BodyPiece,
  frame: Uint8Array = new Uint8Array(dataFrameLength(data.length)),
): Uint8Array {
  writeFrameHead(frame, 0, FRAME.data, DATA_HEAD + data.length);
  const view = new DataView(frame.buffer, frame.byteOffset);
  view.setUint32(5, call, true);
  view.setUint8(9, side === 'request' ? 0 : 1);
  view.setFloat64(10, at, true);
  frame.set(data, FRAME_HEAD + DATA_HEAD);
  return frame;
}

/** Writes a frame's head into `bytes` at `at`, for whoever puts the payload behind it. */
export function writeFrameHead(bytes: Uint8Array, at: number, kind: number, payload: number): void {
  const length = payload + 1;
  bytes[at] = length;
  bytes[at + 1] = length >>> 8;
  bytes[at + 2] = length >>> 16;
  bytes[at + 3] = length >>> 24;
  bytes[at + 4] = kind;
}

export interface FrameReader {
  /** Throws a RangeError on bytes that are no frames; the link is of no use then. `data` is a view into `chunk` or copied. */
  push(chunk: Uint8Array): void;
}

/** Gives JSON texts (UTF-8) and pieces as they become whole, in order. */
export function createFrameReader(take: {
  json(payload: Uint8Array): void;
  piece(piece: BodyPiece): void;
}): FrameReader {
  let held: Uint8Array = new Uint8Array(0);
  /** Pieces behind `held` of a frame that is not whole yet: joined once, however many they are. */
  let more: Uint8Array[] = [];
  let size = 0;
  return {
    push(chunk) {
      more.push(chunk);
      size += chunk.length;
      // Its length is known, and this is not all of it.
      if (held.length >= 4 && size < 4 + lengthAt(held)) return;
      const bytes = held.length === 0 && more.length === 1 ? chunk : join([held, ...more], size);
      more = [];
      let at = 0;
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      while (bytes.length - at >= 5) {
        const length = view.getUint32(at, true);
        if (length < 1 || length > LONGEST_FRAME) throw new RangeError(`a frame of ${length} bytes`);
        if (bytes.length - at < 4 + length) break;
        const payload = bytes.subarray(at + 5, at + 4 + length);
        const kind = bytes[at + 4];
        if (kind === FRAME.json) {
          take.json(payload);
        } else if (kind === FRAME.data && payload.length >= DATA_HEAD) {
          take.piece({
            call: view.getUint32(at + 5, true),
            side: payload[4] === 0 ? 'request' : 'response',
            at: view.getFloat64(at + 10, true),
            data: payload.subarray(DATA_HEAD),
          });
        } else throw new RangeError(`a frame of an unknown kind (${kind})`);
        at += 4 + length;
      }
      held = bytes.slice(at);
      size = held.length;
    },
  };
}

function lengthAt(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
}

function join(parts: readonly Uint8Array[], size: number): Uint8Array {
  const all = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
