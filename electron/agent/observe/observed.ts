import type { Socket } from 'node:net';
import { createFrameReader, type FrameReader } from '../../../shared/bytes/websocket-frames.ts';
import type { Call, CallTeller } from '../call.ts';
import { failureOf } from '../failure.ts';
import { patch } from '../patch.ts';
import type { Link } from '../link.ts';
import { quietly } from './listen.ts';

/** What observers of different clients do alike. */
export interface Observed {
  /**
   * The connection is a WebSocket from here on: its bytes are read as they pass, both ways, until it closes.
   * `headers`: the answer's; `head`: what came behind them already.
   */
  upgraded(call: Call, socket: Socket, headers: string, head: readonly Uint8Array[]): void;
  /** Collects what a client puts back onto a socket: that is where undici puts what came with an answer's head. */
  catchUnshifted(socket: Socket): Uint8Array[];
}

/** Payload of one message that is kept. */
const MESSAGE_LIMIT = 65_536;

export function createObserved(link: Link, teller: CallTeller): Observed {
  return {
    upgraded(call, socket, headers, head) {
      teller.upgraded(call);
      if (call.state === 'joined' || call.state === 'left-out') return;
      const deflate = /(?:^|\n)sec-websocket-extensions:[^\n]*permessage-deflate/i.test(headers);
      const limit = Math.min(MESSAGE_LIMIT, link.bodyLimit());
      const readers = {
        sent: createFrameReader({ limit, masked: true, deflate }),
        received: createFrameReader({ limit, masked: false, deflate }),
      };
      let saidGoodbye = false;
      const pass = (direction: 'sent' | 'received', bytes: Uint8Array): void => {
        if (direction === 'sent') call.requestBytes += bytes.length;
        else call.responseBytes += bytes.length;
        const reader: FrameReader = readers[direction];
        for (const { opcode, deflated, size, data } of reader.push(bytes)) {
          if (opcode === 8) saidGoodbye = true;
          const text = Buffer.from(data.buffer, data.byteOffset, data.length).toString('base64');
          teller.message(call, { direction, opcode, size, deflated, data: text });
        }
      };
      quietly(() => head.forEach((bytes) => pass('received', bytes)));
      patch(
        socket,
        'push',
        (push) =>
          function (this: Socket, ...args: unknown[]) {
            if (args[0] instanceof Uint8Array) quietly(() => pass('received', args[0] as Uint8Array));
            return Reflect.apply(push, this, args) as unknown;
          },
      );
      patch(
        socket,
        'write',
        (write) =>
          function (this: Socket, ...args: unknown[]) {
            quietly(() => {
              const [chunk, encoding] = args;
              if (typeof chunk === 'string') pass('sent', Buffer.from(chunk, encoding as BufferEncoding | undefined));
              else if (chunk instanceof Uint8Array) pass('sent', chunk);
            });
            return Reflect.apply(write, this, args) as unknown;
          },
      );
      socket.once('close', () => {
        const { errored } = socket;
        if (saidGoodbye) teller.close(call, null);
        else if (errored !== null && errored !== undefined) teller.close(call, failureOf(errored, 'body'));
        else if (hasEnded(socket))
          teller.close(call, {
            kind: 'closed-early',
            detail: 'The other side closed the connection without a close frame.',
          });
        else
          teller.close(call, {
            kind: 'client-left',
            detail: 'The program closed the connection without a close frame.',
          });
      });
    },

    catchUnshifted(socket) {
      const caught: Uint8Array[] = [];
      const had = Object.hasOwn(socket, 'unshift');
      patch(
        socket,
        'unshift',
        (unshift) =>
          function (this: Socket, ...args: unknown[]) {
            if (!had) Reflect.deleteProperty(socket, 'unshift');
            if (args[0] instanceof Uint8Array) caught.push(Uint8Array.prototype.slice.call(args[0]));
            return Reflect.apply(unshift, this, args) as unknown;
          },
      );
      return caught;
    },
  };
}

/** Whether the other side ended the connection. */
export function hasEnded(socket: Socket): boolean {
  return (socket as unknown as { _readableState?: { ended?: boolean } })._readableState?.ended === true;
}
