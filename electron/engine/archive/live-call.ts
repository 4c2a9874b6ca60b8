import type { SseReader } from '../../../shared/bytes/sse.ts';
import type { CallRecord } from '../../../shared/events/fold.ts';
import { startRecord } from '../../../shared/events/fold.ts';
import { ByteWriter } from '../store/byte-writer.ts';
import type { SeenMessage } from '../store/messages-codec.ts';
import { writeMessage } from '../store/messages-codec.ts';
import type { NewMessages } from '../store/bodies-writer.ts';
import type { GrpcMessages } from './grpc-messages.ts';
import type { MessageInflater } from './message-inflate.ts';
import type { Metered } from './metering.ts';

/** A call between its first fact and its last: its record and what was captured of its bodies. */
export interface LiveCall {
  record: CallRecord;
  request: Buffer[];
  response: Buffer[];
  requestHeld: number;
  responseHeld: number;
  /** Chunks are views into slabs that go back at the next commit. */
  borrowed: boolean;
  /** The row on disk is missing or behind. */
  dirty: boolean;
  /** Body bytes, both ways, that the row said when it was last written. */
  shownBytes: number;
  sse: SseReader | null;
  /** Readers of gRPC's messages; of the request it is known with its first bytes. */
  grpc: { sent: GrpcMessages | 'none' | null; received: GrpcMessages | null };
  inflaters: { sent: MessageInflater | null; received: MessageInflater | null } | null;
  messages: MessageQueue | null;
  /** Null for calls that nobody meters. */
  metered: Metered | null;
}

export function startCall(id: number): LiveCall {
  return {
    record: startRecord(id),
    request: [],
    response: [],
    requestHeld: 0,
    responseHeld: 0,
    borrowed: false,
    dirty: false,
    shownBytes: 0,
    sse: null,
    grpc: { sent: null, received: null },
    inflaters: null,
    messages: null,
    metered: null,
  };
}

/** Body bytes on the wire so far, both ways. */
export function bytesOf({ record }: LiveCall): number {
  return record.request.wireBytes + record.response.wireBytes;
}

/** Makes the chunks the call's own, before the slabs they lie in are used again. */
export function keepChunks(call: LiveCall): void {
  call.borrowed = false;
  for (const side of [call.request, call.response]) {
    // Small chunks are joined on the way: a trickled body is thousands of them.
    if (side.length > 1) side.splice(0, side.length, Buffer.concat(side));
    else if (side[0]) side[0] = Buffer.from(side[0]);
  }
}

/** Messages of a call that wait for the next commit. */
export interface MessageQueue {
  add(message: SeenMessage): void;
  /** Data bytes taken so far, over all commits. */
  kept: number;
  take(call: number): NewMessages | null;
}

export function createMessageQueue(): MessageQueue {
  let out = new ByteWriter(Buffer.allocUnsafe(1024));
  let first = 0;
  let count = 0;
  return {
    kept: 0,
    add(message) {
      writeMessage(out, message);
      this.kept += message.data?.length ?? 0;
      count += 1;
    },
    take(call) {
      if (count === 0) return null;
      const taken = { call, first, count, data: out.bytes.subarray(0, out.at) };
      first += count;
      count = 0;
      out = new ByteWriter(Buffer.allocUnsafe(1024));
      return taken;
    },
  };
}
