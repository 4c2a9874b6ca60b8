import type { Duplex } from 'node:stream';
import { createFrameReader, type FrameReader } from '../../../../shared/bytes/websocket-frames.ts';
import { READ_MESSAGE, UNRECORDED } from '../../../../shared/events/call-event.ts';
import type { Failure } from '../../../../shared/model/failure.ts';
import type { AnswerHead } from '../../pipeline/dispatch.ts';
import { monotonicMicroseconds } from '../../pipeline/clock.ts';
import { lossFailure } from '../../pipeline/forward/failures.ts';
import { linesOf } from '../../pipeline/stages/record.ts';
import { relay } from './relay.ts';
import type { Leg, Surroundings } from './surroundings.ts';

export interface Upgrade {
  call: number;
  /** Monotonic instant (µs) the call's offsets are counted from. */
  origin: number;
  host: string;
  client: Duplex;
  /** What the client sent after its request. */
  clientFirst: Buffer;
  head: AnswerHead;
  upstream: Duplex;
  upstreamFirst: Buffer;
}

/**
 * Carries a connection on after 101: WebSocket frames are read on their way by (RFC 6455, passed on
 * byte for byte and never held back); other protocols are passed on unread. Closes the call at the end.
 */
export async function relayUpgrade(around: Surroundings, leg: Leg, upgrade: Upgrade): Promise<void> {
  const { call, client, upstream, head } = upgrade;
  const at = (): number => monotonicMicroseconds() - upgrade.origin;
  // The one answer whose hop-by-hop headers are passed on: they are the agreement itself.
  client.write(`HTTP/1.1 101 ${head.reason}\r\n${linesOf(head.fields)}\r\n`, 'latin1');
  const protocol = valueOf(head, 'upgrade');

  let onSent: ((chunk: Buffer) => void) | undefined;
  let onReceived: ((chunk: Buffer) => void) | undefined;
  if (protocol?.toLowerCase() === 'websocket' && call !== UNRECORDED) {
    around.emit({ type: 'upgraded', call, at: at() });
    const deflate = /permessage-deflate/i.test(valueOf(head, 'sec-websocket-extensions') ?? '');
    const watch =
      (direction: 'sent' | 'received', reader: FrameReader) =>
      (chunk: Buffer): void => {
        if (reader.broken !== null) return;
        for (const message of reader.push(chunk)) {
          around.emit({
            type: 'message',
            call,
            at: at(),
            direction,
            opcode: message.opcode,
            size: message.size,
            deflated: message.deflated,
            data: message.data,
          });
        }
      };
    // What is kept of messages is the archive's business; of long ones it wants no more than it keeps.
    const limit = Math.max(around.bodyLimit, READ_MESSAGE);
    onSent = watch('sent', createFrameReader({ limit, masked: true, deflate }));
    onReceived = watch('received', createFrameReader({ limit, masked: false, deflate }));
  }
  if (upgrade.clientFirst.length > 0) {
    upstream.write(upgrade.clientFirst);
    onSent?.(upgrade.clientFirst);
  }
  if (upgrade.upstreamFirst.length > 0) {
    client.write(upgrade.upstreamFirst);
    onReceived?.(upgrade.upstreamFirst);
  }
  const end = await relay(client, upstream, {
    bottom: leg.bottom,
    ...(onSent && { onSent }),
    ...(onReceived && { onReceived }),
  });
  let failure: Failure | null = null;
  if (end.error?.side === 'origin')
    failure = lossFailure(end.error.error, upgrade.host, 'in the middle of the conversation');
  else if (end.error !== null)
    failure = leg.pass?.ended ?? {
      kind: 'client-left',
      detail: 'The caller dropped its connection in the middle of the conversation.',
    };
  around.emit({
    type: 'closed',
    call,
    at: at(),
    failure,
    requestBytes: end.sent + upgrade.clientFirst.length,
    responseBytes: end.received + upgrade.upstreamFirst.length,
    trailers: '',
  });
}

function valueOf(head: AnswerHead, name: string): string | null {
  return new RegExp(`^${name}:[ \\t]*(.*?)[ \\t]*\\r?$`, 'im').exec(head.headerLines)?.[1] ?? null;
}
