import { constants, createDeflateRaw } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createInflater, takeoverOf } from '../../../electron/engine/archive/message-inflate.ts';
import { createDataDir, startRecorder } from '../../harness/recorder.ts';

/** Deflates messages as a WebSocket does: flushed one by one, the empty last block left out. */
async function deflateAll(messages: readonly Buffer[], takeover: boolean): Promise<Buffer[]> {
  const out: Buffer[] = [];
  let stream = createDeflateRaw();
  for (const message of messages) {
    if (!takeover) stream = createDeflateRaw();
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.write(message);
    await new Promise<void>((resolve) => stream.flush(constants.Z_SYNC_FLUSH, resolve));
    stream.removeAllListeners('data');
    out.push(Buffer.concat(chunks).subarray(0, -4));
  }
  return out;
}

const texts = Array.from({ length: 30 }, (_, i) =>
  Buffer.from(
    JSON.stringify({ type: 'tick', i, payload: 'the same words again and again '.repeat(i % 7 === 0 ? 2000 : 3) }),
  ),
);

describe('deflated messages', () => {
  it.each([true, false])('are read one by one (context takeover: %s)', async (takeover) => {
    const wire = await deflateAll(texts, takeover);
    const inflater = createInflater(takeover, 1024 * 1024);
    for (const [index, payload] of wire.entries())
      expect(inflater.inflate(payload, true)?.equals(texts[index]!)).toBe(true);
  });

  it('behind one that was not captured whole are unknown with a shared context, and known without', async () => {
    for (const takeover of [true, false]) {
      const wire = await deflateAll(texts, takeover);
      const inflater = createInflater(takeover, 1024 * 1024);
      inflater.inflate(wire[0]!.subarray(0, 10), false);
      expect(inflater.inflate(wire[1]!, true)?.equals(texts[1]!) ?? null).toBe(takeover ? null : true);
    }
  });

  it('that would become too big are not read', async () => {
    const [bomb] = await deflateAll([Buffer.alloc(10_000_000)], false);
    expect(createInflater(false, 100_000).inflate(bomb!, true)).toBeNull();
  });
});

describe('the extensions of an answer', () => {
  it('say whose context is kept', () => {
    expect(takeoverOf('Sec-WebSocket-Extensions: permessage-deflate\r\n')).toEqual({ sent: true, received: true });
    expect(
      takeoverOf(
        'sec-websocket-extensions: x-other, permessage-deflate; server_no_context_takeover; client_max_window_bits=12\r\n',
      ),
    ).toEqual({ sent: true, received: false });
    expect(takeoverOf('Upgrade: websocket\r\n')).toBeNull();
  });
});

describe('a recorded WebSocket', () => {
  it('shows its messages as they were meant, sizes decoded', async () => {
    const recorder = await startRecorder(createDataDir(onTestFinished));
    onTestFinished(() => recorder.stop());
    const wire = await deflateAll(texts.slice(0, 2), true);
    const id = recorder.record({
      answered: { status: 101, headers: 'upgrade: websocket\r\nsec-websocket-extensions: permessage-deflate\r\n' },
      between: (call) => [
        { type: 'upgraded', call, at: 1600 },
        {
          type: 'message',
          call,
          at: 1700,
          direction: 'received',
          opcode: 1,
          size: wire[0]!.length,
          deflated: true,
          data: wire[0]!,
        },
        {
          type: 'message',
          call,
          at: 1710,
          direction: 'received',
          opcode: 1,
          size: wire[1]!.length,
          deflated: true,
          data: wire[1]!,
        },
        {
          type: 'message',
          call,
          at: 1800,
          direction: 'sent',
          opcode: 2,
          size: 3,
          deflated: false,
          data: Uint8Array.of(1, 2, 255),
        },
        {
          type: 'message',
          call,
          at: 1900,
          direction: 'sent',
          opcode: 8,
          size: 6,
          deflated: false,
          data: Buffer.from([0x03, 0xe8, ...Buffer.from('done')]),
        },
      ],
    });
    await recorder.archive.flush();
    expect(await recorder.reader.listMessages({ call: id, limit: 10 })).toEqual([
      { at: 1700, direction: 'received', type: 'text', size: texts[0]!.length, data: texts[0]!.toString(), name: null },
      { at: 1710, direction: 'received', type: 'text', size: texts[1]!.length, data: texts[1]!.toString(), name: null },
      { at: 1800, direction: 'sent', type: 'binary', size: 3, data: 'AQL/', name: null },
      { at: 1900, direction: 'sent', type: 'close', size: 6, data: 'done', name: '1000' },
    ]);
    expect(await recorder.reader.getCall(id)).toMatchObject({ kind: 'websocket', scheme: 'wss', messages: 4 });
  });
});
