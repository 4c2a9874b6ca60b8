/**
 * Reads one direction of a WebSocket (RFC 6455 §5) as it is passed on, and says which messages went
 * by. An observer: it never throws and changes nothing; when the bytes stop making sense it stops
 * reading and says why, and the bytes go on being passed on.
 *
 * Memory is bounded by `limit` whatever lengths the frames claim: payload beyond it is counted only.
 */
export interface SeenMessage {
  opcode: 1 | 2 | 8 | 9 | 10;
  /** RSV1 of the first frame: the payload is compressed by permessage-deflate (RFC 7692). */
  deflated: boolean;
  /** Payload bytes on the wire, all fragments together. */
  size: number;
  /** The first bytes of the payload, unmasked, at most `limit`. May share memory with the pushed chunk. */
  data: Uint8Array;
}

export interface FrameReader {
  /** The messages that became complete with this chunk, control frames in between included. */
  push(chunk: Uint8Array): readonly SeenMessage[];
  /** Why reading stopped; null while the bytes make sense. */
  readonly broken: string | null;
}

export interface FrameReaderOptions {
  /** Captured payload per message, bytes. */
  limit: number;
  /** Clients must mask, servers must not (§5.1). */
  masked: boolean;
  /** Whether permessage-deflate was agreed on; without it RSV1 has no meaning. */
  deflate: boolean;
}

const CONTINUATION = 0;
const NONE: readonly SeenMessage[] = [];
const EMPTY = new Uint8Array(0);

interface Message {
  opcode: number;
  deflated: boolean;
  size: number;
  data: Uint8Array;
  kept: number;
}

export function createFrameReader(options: FrameReaderOptions): FrameReader {
  const { limit, masked, deflate } = options;
  const header = new Uint8Array(14);
  let headerLength = 2; // as known so far; grows when the length's kind is read
  let headerSeen = 0;
  let broken: string | null = null;

  let message: Message | null = null; // data message in progress, over its fragments
  let control: Message | null = null;
  let final = false;
  let left = 0; // payload bytes of the present frame still to come
  let maskAt = 0; // position in the frame's payload, modulo 4

  function stop(reason: string): number {
    broken = reason;
    return 0;
  }

  /** How long the header is, told from its first two bytes; 0 when they are wrong. */
  function readStart(): number {
    const [one = 0, two = 0] = header;
    const opcode = one & 0x0f;
    if (one & 0x30) return stop('a reserved bit is set');
    if ((one & 0x40) !== 0 && !(deflate && (opcode === 1 || opcode === 2)))
      return stop('the compression bit is set where it has no meaning');
    if ((opcode > 2 && opcode < 8) || opcode > 10) return stop(`the opcode ${opcode} is not defined`);
    if (((two & 0x80) !== 0) !== masked)
      return stop(masked ? 'a client frame is not masked' : 'a server frame is masked');
    const length = two & 0x7f;
    if (opcode >= 8 && ((one & 0x80) === 0 || length > 125)) return stop('a control frame is fragmented or too long');
    if (opcode === CONTINUATION && !message) return stop('a continuation continues nothing');
    if ((opcode === 1 || opcode === 2) && message) return stop('a new message starts inside another');
    return 2 + (length === 127 ? 8 : length === 126 ? 2 : 0) + (masked ? 4 : 0);
  }

  /** The header is whole: sets up the frame. */
  function startFrame(): void {
    const [one = 0, two = 0] = header;
    const view = new DataView(header.buffer);
    const short = two & 0x7f;
    left = short;
    if (short === 126) left = view.getUint16(2);
    if (short === 127) {
      left = view.getUint32(2) * 2 ** 32 + view.getUint32(6);
      if (left > Number.MAX_SAFE_INTEGER) return void stop('a frame claims more than 2^53 bytes');
    }
    if ((short === 126 && left < 126) || (short === 127 && left < 65_536))
      return void stop('a length is not written in its shortest form');
    final = (one & 0x80) !== 0;
    maskAt = 0;
    const opcode = one & 0x0f;
    const fresh = { opcode, deflated: (one & 0x40) !== 0, size: 0, data: EMPTY, kept: 0 };
    if (opcode >= 8) control = fresh;
    else if (opcode !== CONTINUATION) message = fresh;
  }

  /** Takes payload bytes into the message; copies only what is kept. */
  function take(into: Message, bytes: Uint8Array): void {
    const room = Math.min(bytes.length, limit - into.kept);
    into.size += bytes.length;
    if (room > 0) {
      if (!masked && into.kept === 0 && final && left === bytes.length) {
        into.data = bytes.subarray(0, room); // the whole message in one piece, as most are
      } else {
        if (into.data.length < into.kept + room) {
          const grown = new Uint8Array(Math.min(limit, Math.max(into.kept + room, into.data.length * 2)));
          grown.set(into.data.subarray(0, into.kept));
          into.data = grown;
        }
        if (masked) {
          const maskFrom = headerLength - 4;
          for (let i = 0; i < room; i++)
            into.data[into.kept + i] = (bytes[i] ?? 0) ^ (header[maskFrom + ((maskAt + i) & 3)] ?? 0);
        } else {
          into.data.set(bytes.subarray(0, room), into.kept);
        }
      }
      into.kept += room;
    }
    maskAt = (maskAt + bytes.length) & 3;
    left -= bytes.length;
  }

  function seen(done: Message): SeenMessage {
    const { opcode, deflated, size, data, kept } = done;
    return {
      opcode: opcode as SeenMessage['opcode'],
      deflated,
      size,
      data: data.length === kept ? data : data.subarray(0, kept),
    };
  }

  return {
    push(chunk) {
      let found: SeenMessage[] | null = null;
      let at = 0;
      while (broken === null && (at < chunk.length || (headerSeen === headerLength && left === 0))) {
        if (headerSeen < headerLength) {
          header[headerSeen++] = chunk[at++] ?? 0;
          if (headerSeen === 2) headerLength = readStart();
          if (headerSeen === headerLength && broken === null) startFrame();
          continue;
        }
        const into = control ?? message;
        if (!into) break;
        const step = Math.min(left, chunk.length - at);
        if (step > 0) take(into, chunk.subarray(at, at + step));
        at += step;
        if (left > 0) break;
        if (final) {
          (found ??= []).push(seen(into));
          if (!control) message = null;
        }
        control = null;
        headerSeen = 0;
        headerLength = 2;
      }
      return found ?? NONE;
    },
    get broken() {
      return broken;
    },
  };
}
