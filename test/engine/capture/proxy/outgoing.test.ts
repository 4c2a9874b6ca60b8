// Rule 5 of identity: a first answer waits for the look at who asked, a moment at most, and loses nothing by it.
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import type { ClientConnection } from '../../../../electron/engine/capture/identity/client-connection.ts';
import { createOutgoing } from '../../../../electron/engine/capture/proxy/outgoing.ts';

function connection(): ClientConnection & { look(): void } {
  let listener: (() => void) | null = null;
  return {
    port: 1,
    process: null,
    unknown: null,
    app: null,
    began: () => {},
    looked: false,
    whenLooked: (asked) => (listener = asked),
    look() {
      Object.assign(this, { looked: true });
      listener?.();
    },
  };
}

function sent(socket: PassThrough): string {
  return (socket.read() as Buffer | null)?.toString() ?? '';
}

test('the first answer leaves when it is known who asked, whole and in order, and the end behind it', async () => {
  const who = connection();
  const socket = new PassThrough();
  const out = createOutgoing(socket, who);
  out.push('head ');
  out.write();
  out.push('body');
  out.end();
  expect([sent(socket), socket.writableEnded]).toEqual(['', false]);
  who.look();
  expect([sent(socket), socket.writableEnded]).toEqual(['head body', true]);
});

test('nothing waits once it is known, for nobody who is not looked at, or for long', async () => {
  const who = connection();
  who.look();
  for (const known of [who, null]) {
    const socket = new PassThrough();
    const out = createOutgoing(socket, known);
    out.push('now');
    out.write();
    expect(sent(socket)).toBe('now');
  }
  const slow = new PassThrough();
  const out = createOutgoing(slow, connection());
  out.push('later');
  out.end();
  const chunks: Buffer[] = [];
  for await (const chunk of slow) chunks.push(chunk as Buffer);
  expect(Buffer.concat(chunks).toString()).toBe('later');
});

test('a large answer, a cut one and one that is handed over do not wait', () => {
  const large = new PassThrough({ highWaterMark: 1e6 });
  const out = createOutgoing(large, connection());
  out.push(Buffer.alloc(300_000));
  out.write();
  expect(large.readableLength).toBe(300_000);
  const cut = new PassThrough();
  const cutting = createOutgoing(cut, connection());
  cutting.push('half');
  cutting.write();
  cutting.release();
  expect(sent(cut)).toBe('half');
});
