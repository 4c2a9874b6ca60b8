import { createHash, randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { createFrameReader } from '../../../shared/bytes/websocket-frames.ts';
import { UNRECORDED, type Emit } from '../../../shared/events/call-event.ts';
import type { Failure } from '../../../shared/model/failure.ts';

/** Longer messages end the conversation: each is told whole. */
const MOST_MESSAGE = 16 * 1024 * 1024;
/** An origin that does not answer a close has this long, in milliseconds, before the connection goes. */
const LINGER_MS = 2_000;
const TYPES = { 1: 'text', 2: 'binary', 8: 'close', 9: 'ping', 10: 'pong' } as const;
type Opcode = keyof typeof TYPES;

/** One message as it is told. `data`: text, or base64 of binary ones; of a close its reason. `name`: the close's code. */
export interface ToldMessage {
  direction: 'sent' | 'received';
  type: (typeof TYPES)[Opcode];
  data: string;
  name: string | null;
}

/** Something to say: `opcode` 1 is text, 2 binary. */
export interface OwnMessage {
  opcode: 1 | 2;
  data: Buffer;
}

/** The lines of a request that asks for a WebSocket (RFC 6455 §4.1), with a key that is used once. */
export function newKey(): { key: string; accept: string } {
  const key = randomBytes(16).toString('base64');
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  return { key, accept };
}

/**
 * Talks over a connection that became a WebSocket: says what there is to say, answers pings, tells every message, and ends
 * when the origin closes. It records the call's messages and closes it. `leave` ends it from here.
 */
export function converse(given: {
  call: number;
  socket: Duplex;
  first: Buffer;
  says: readonly OwnMessage[];
  /** Microseconds since the call began. */
  after: () => number;
  emit: Emit;
  tell: (message: ToldMessage) => void;
  /** Once, last. `failure` null: both sides closed as they should. */
  ended: (failure: Failure | null, received: number) => void;
}): { leave(failure: Failure): void; pause(): void; resume(): void } {
  const { call, socket, after } = given;
  const emit: Emit = call === UNRECORDED ? () => {} : given.emit;
  const reader = createFrameReader({ limit: MOST_MESSAGE, masked: false, deflate: false });
  let sent = 0;
  let received = 0;
  let closing = false;
  let over = false;
  let linger: NodeJS.Timeout | null = null;

  const note = (direction: 'sent' | 'received', opcode: Opcode, data: Uint8Array): void => {
    emit({ type: 'message', call, at: after(), direction, opcode, size: data.length, deflated: false, data });
    given.tell({ direction, ...read(opcode, Buffer.from(data)) });
  };
  const send = (opcode: Opcode, data: Buffer): void => {
    const frame = frameOf(opcode, data);
    sent += frame.length;
    socket.write(frame);
    note('sent', opcode, data);
  };
  const finish = (failure: Failure | null): void => {
    if (over) return;
    over = true;
    if (linger !== null) clearTimeout(linger);
    emit({
      type: 'closed',
      call,
      at: after(),
      failure,
      requestBytes: sent,
      responseBytes: received,
      trailers: '',
    });
    given.ended(failure, received);
  };
  const fail = (failure: Failure): void => {
    finish(failure);
    socket.destroy();
  };
  const take = (chunk: Buffer): void => {
    received += chunk.length;
    for (const { opcode, data, size } of reader.push(chunk)) {
      if (over) return;
      if (size > data.length) {
        fail({ kind: 'malformed-answer', detail: 'A message is larger than 16 MiB, which is not taken in here.' });
        return;
      }
      note('received', opcode, data);
      if (opcode === 9) send(10, Buffer.from(data));
      if (opcode !== 8) continue;
      // The close is answered with its own code; then the connection is the origin's to end (RFC 6455 §7.1.1).
      if (!closing) send(8, Buffer.from(data.subarray(0, 2)));
      closing = true;
      finish(null);
      socket.end();
      setTimeout(() => socket.destroy(), LINGER_MS).unref();
    }
    if (reader.broken !== null && !over)
      fail({ kind: 'malformed-answer', detail: `The origin’s side is no WebSocket: ${reader.broken}` });
  };
  const lost = (): void =>
    finish({ kind: 'closed-early', detail: 'The origin dropped the connection without closing the conversation.' });

  emit({ type: 'upgraded', call, at: after() });
  socket.on('data', take);
  socket.on('error', lost);
  socket.on('end', lost);
  socket.on('close', lost);
  for (const { opcode, data } of given.says) send(opcode, data);
  if (given.first.length > 0) take(given.first);
  if (socket.destroyed) lost();
  socket.resume();
  return {
    leave(failure) {
      if (over) return;
      closing = true;
      // 1000: what it was made for is done.
      send(8, Buffer.from([3, 232]));
      finish(failure);
      socket.end();
      linger = setTimeout(() => socket.destroy(), LINGER_MS).unref();
    },
    pause: () => socket.pause(),
    resume: () => socket.resume(),
  };
}

function read(opcode: Opcode, data: Buffer): { type: ToldMessage['type']; data: string; name: string | null } {
  const type = TYPES[opcode];
  if (opcode === 8)
    return {
      type,
      data: data.subarray(2).toString('utf8'),
      name: data.length < 2 ? null : String(data.readUInt16BE(0)),
    };
  return { type, data: data.toString(opcode === 2 ? 'base64' : 'utf8'), name: null };
}

/** One message as one frame, masked as clients have to (RFC 6455 §5.3). */
function frameOf(opcode: Opcode, data: Buffer): Buffer {
  const mask = randomBytes(4);
  const head =
    data.length < 126
      ? Buffer.from([0x80 | opcode, 0x80 | data.length])
      : data.length < 65_536
        ? Buffer.from([0x80 | opcode, 0xfe, data.length >> 8, data.length & 255])
        : Buffer.concat([Buffer.from([0x80 | opcode, 0xff, 0, 0, 0, 0]), lengthOf(data)]);
  const masked = Buffer.from(data);
  for (let i = 0; i < masked.length; i++) masked[i]! ^= mask[i & 3]!;
  return Buffer.concat([head, mask, masked]);
}

function lengthOf(data: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  return length;
}
