/**
 * Reads AWS's event streams (`application/vnd.amazon.eventstream`): frames of a prelude (length, length of headers, CRC),
 * headers, payload and CRC, all big-endian. Fed with Latin-1 pieces (one char a byte) cut anywhere; payloads are given in
 * pieces, nothing but a frame's headers is held. Sums are not checked: whoever watches corrects nothing.
 * https://docs.aws.amazon.com/transcribe/latest/dg/streaming-setting-up.html (event stream encoding)
 */
export interface AwsEventStream {
  push(piece: string): void;
}

export interface AwsEventSink {
  /** More of a frame's payload; `type`: its `:event-type` (of an error its `:exception-type`). */
  data(piece: string, type: string): void;
  /** The frame is over; `error`: it says that something went wrong. */
  event(type: string, error: boolean): void;
}

const PRELUDE = 12;
const CRC = 4;
/** The protocol's own limits: 128 KiB of headers, 24 MiB of payload. */
const MOST_HEADERS = 128 * 1024;
const MOST_FRAME = 24 * 1024 * 1024 + MOST_HEADERS + PRELUDE + CRC;

export function createAwsEventStream(sink: AwsEventSink): AwsEventStream {
  let held = '';
  let state: 'prelude' | 'headers' | 'payload' | 'crc' | 'lost' = 'prelude';
  let need = PRELUDE;
  let payload = 0;
  let type = '';
  let error = false;

  function takePrelude(): void {
    const total = u32(held, 0);
    const headers = u32(held, 4);
    payload = total - headers - PRELUDE - CRC;
    // What claims more than the protocol allows is something else: nothing of it is read any more.
    if (payload < 0 || headers > MOST_HEADERS || total > MOST_FRAME) state = 'lost';
    else {
      state = 'headers';
      need = headers;
    }
  }

  function takeHeaders(): void {
    const headers = readHeaders(held);
    const kind = headers.get(':message-type');
    error = kind === 'exception' || kind === 'error';
    type = headers.get(error ? ':exception-type' : ':event-type') ?? headers.get(':error-code') ?? '';
    state = payload > 0 ? 'payload' : 'crc';
    need = payload > 0 ? payload : CRC;
  }

  return {
    push(piece) {
      let at = 0;
      while (state !== 'lost' && (at < piece.length || need === 0)) {
        const part = piece.slice(at, at + need);
        at += part.length;
        need -= part.length;
        if (state === 'payload') {
          if (part !== '') sink.data(part, type);
        } else held += part;
        if (need > 0) return;
        if (state === 'prelude') takePrelude();
        else if (state === 'headers') takeHeaders();
        else if (state === 'payload') {
          state = 'crc';
          need = CRC;
        } else {
          sink.event(type, error);
          state = 'prelude';
          need = PRELUDE;
        }
        held = '';
      }
    },
  };
}

/** The text headers of a frame; others are passed over. */
function readHeaders(bytes: string): Map<string, string> {
  const headers = new Map<string, string>();
  let at = 0;
  while (at < bytes.length) {
    const nameLength = bytes.charCodeAt(at);
    const name = bytes.slice(at + 1, at + 1 + nameLength);
    at += 1 + nameLength;
    const kind = bytes.charCodeAt(at);
    at += 1;
    if (kind === 6 || kind === 7) {
      const length = bytes.charCodeAt(at) * 256 + bytes.charCodeAt(at + 1);
      if (kind === 7) headers.set(name, bytes.slice(at + 2, at + 2 + length));
      at += 2 + length;
    } else at += SIZES[kind] ?? bytes.length;
    if (Number.isNaN(at)) break;
  }
  return headers;
}

/** Bytes of header values by type: true, false, byte, short, int, long, –, –, timestamp, UUID. */
const SIZES: Readonly<Record<number, number>> = { 0: 0, 1: 0, 2: 1, 3: 2, 4: 4, 5: 8, 8: 8, 9: 16 };

function u32(bytes: string, at: number): number {
  return (
    bytes.charCodeAt(at) * 0x1000000 +
    bytes.charCodeAt(at + 1) * 0x10000 +
    bytes.charCodeAt(at + 2) * 0x100 +
    bytes.charCodeAt(at + 3)
  );
}
