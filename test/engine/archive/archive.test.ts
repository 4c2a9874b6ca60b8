import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createDataDir, factsOf, startRecorder } from '../../harness/recorder.ts';
import type { RecordParts, Recorder } from '../../harness/recorder.ts';

const start = async (options = {}): Promise<Recorder> => {
  const recorder = await startRecorder(createDataDir(onTestFinished), options);
  onTestFinished(() => recorder.stop());
  return recorder;
};

describe('a recorded call', () => {
  it('comes back whole: row, headers, attempts, bodies', async () => {
    const { archive, reader, record } = await start();
    const id = record({ requestBody: '{"a":1}', responseBody: '{"ok":true}', opened: { method: 'POST' } });
    await archive.flush();
    const call = await reader.getCall(id);
    expect(call).toMatchObject({
      id,
      state: 'closed',
      method: 'POST',
      host: 'api.example.com',
      path: `/v1/things/${id}`,
      query: '?page=2',
      status: 200,
      protocol: 'h2',
      durationUs: 2000,
      requestHeaders: [
        ['Host', 'api.example.com'],
        ['Accept', '*/*'],
      ],
      responseHeaders: [
        ['content-type', 'application/json'],
        ['x-request-id', 'abc'],
      ],
      attempts: [{ remoteAddress: '10.1.2.3', tls: { version: 'TLSv1.3', chain: ['ab'.repeat(32)] } }],
      requestBody: { wireBytes: 7, decodedBytes: 7, capturedBytes: 7, truncated: null },
      responseBody: { wireBytes: 11, decodedBytes: 11 },
    });
    const body = await reader.getBody(id, 'response');
    expect(body).toMatchObject({
      contentType: 'application/json',
      contentEncoding: null,
      truncated: null,
      redacted: false,
    });
    expect(Buffer.from(body!.bytes).toString()).toBe('{"ok":true}');
    expect(Buffer.from((await reader.getBody(id, 'request'))!.bytes).toString()).toBe('{"a":1}');
    expect(await reader.getCall(id + 1)).toBeNull();
  });

  it('is there while open, and changes when it closes', async () => {
    const { archive, reader, record } = await start();
    const id = record({ open: true });
    await archive.flush();
    expect(await reader.getCall(id)).toMatchObject({
      state: 'open',
      status: 200,
      durationUs: null,
      requestHeaders: [
        ['Host', 'api.example.com'],
        ['Accept', '*/*'],
      ],
    });
    const before = await reader.changedSince({ seq: 0, limit: 10, tree: null });
    expect(before.calls.map((call) => [call.id, call.state])).toEqual([[id, 'open']]);
    archive.emit({
      type: 'closed',
      call: id,
      at: 9000,
      failure: { kind: 'reset', detail: 'ECONNRESET' },
      requestBytes: 0,
      responseBytes: 0,
      trailers: '',
    });
    await archive.flush();
    const after = await reader.changedSince({ seq: before.seq, limit: 10, tree: null });
    expect(after.calls).toMatchObject([{ id, state: 'closed', failure: 'reset', durationUs: 9000 }]);
    expect(await reader.changedSince({ seq: after.seq, limit: 10, tree: null })).toEqual({ seq: after.seq, calls: [] });
  });

  it.each(['request', 'response'] as const)(
    'says while open how much of its %s came, without anything else happening to it',
    async (side) => {
      const { archive, reader } = await start();
      const id = archive.nextCallId();
      archive.emit(factsOf(id, {})[0]!);
      await archive.flush();
      const shown = new Promise<void>((resolve) => {
        const bytes = side === 'request' ? 'requestBytes' : 'responseBytes';
        const stopListening = archive.onChanged(() => {
          void reader.listCalls({ tree: null, limit: 1 }).then(({ calls }) => {
            if (calls[0]?.[bytes] !== 5) return;
            stopListening();
            resolve();
          });
        });
      });
      // In two blocks of facts: the second has nothing that alone would write the row.
      archive.emit({ type: `${side}-data`, call: id, at: 9000, data: Buffer.from('piece') });
      await shown;
    },
  );

  it('lists newest first, page by page', async () => {
    const { archive, reader, record } = await start();
    const ids = Array.from({ length: 25 }, () => record());
    await archive.flush();
    const first = await reader.listCalls({ tree: null, limit: 10 });
    expect(first).toMatchObject({ more: true });
    expect(first.calls.map((call) => call.id)).toEqual(ids.toReversed().slice(0, 10));
    const second = await reader.listCalls({ tree: null, limit: 20, before: first.calls.at(-1)!.id });
    expect(second.calls.map((call) => call.id)).toEqual(ids.toReversed().slice(10));
    expect(second.more).toBe(false);
    expect((await reader.listCalls({ tree: null, limit: 50, after: ids[22]! })).calls.map((call) => call.id)).toEqual([
      ids[24],
      ids[23],
    ]);
  });

  it('tells listeners of changes, and pages of changes can be cut anywhere', async () => {
    const { archive, reader, record } = await start();
    const told = new Promise<number>((resolve) => archive.onChanged(resolve));
    const ids = Array.from({ length: 7 }, () => record());
    await archive.flush();
    expect(await told).toBeGreaterThan(0);
    const seen: number[] = [];
    for (let seq = 0; ;) {
      const { seq: next, calls } = await reader.changedSince({ seq, limit: 3, tree: null });
      if (calls.length === 0) break;
      seen.push(...calls.map((call) => call.id));
      seq = next;
    }
    expect(seen).toEqual(ids);
  });

  it('never uses an id twice, also after a restart', async () => {
    const dataDir = createDataDir(onTestFinished);
    const first = await startRecorder(dataDir);
    const id = first.record();
    await first.stop();
    const second = await startRecorder(dataDir);
    onTestFinished(() => second.stop());
    expect(second.archive.nextCallId()).toBe(id + 1);
    expect(await second.reader.getCall(id)).toMatchObject({ id, status: 200 });
  });
});

describe('bodies', () => {
  const codings: [string, (bytes: Buffer) => Buffer][] = [
    ['gzip', (bytes) => gzipSync(bytes)],
    ['deflate', (bytes) => deflateSync(bytes)],
    ['br', (bytes) => brotliCompressSync(bytes)],
    ['zstd', (bytes) => zstdCompressSync(bytes)],
    ['gzip, br', (bytes) => brotliCompressSync(gzipSync(bytes))],
  ];
  it.each(codings)('are kept as on the wire and counted decoded (%s)', async (coding, encode) => {
    const { archive, reader, record } = await start();
    const plain = Buffer.from(JSON.stringify({ text: 'hello '.repeat(500) }));
    const wire = encode(plain);
    const id = record({
      responseBody: wire,
      answered: { headers: `content-type: application/json\r\ncontent-encoding: ${coding}\r\n` },
    });
    await archive.flush();
    expect((await reader.getCall(id))!.responseBody).toMatchObject({
      wireBytes: wire.length,
      decodedBytes: plain.length,
      capturedBytes: wire.length,
      truncated: null,
    });
    const body = await reader.getBody(id, 'response');
    expect(body).toMatchObject({ contentEncoding: coding, redacted: false });
    expect(Buffer.from(body!.bytes).equals(wire)).toBe(true);
  });

  it('are cut at the limit and say so', async () => {
    const { archive, reader, record } = await start({ bodyLimit: 100_000 });
    const id = record({ responseBody: 'x'.repeat(250_000) });
    await archive.flush();
    expect((await reader.getCall(id))!.responseBody).toMatchObject({
      wireBytes: 250_000,
      capturedBytes: 100_000,
      truncated: 'limit',
    });
    expect((await reader.getBody(id, 'response'))!.bytes.length).toBe(100_000);
  });

  it('that would unpack to more than anybody reads are not kept', async () => {
    const { archive, reader, record } = await start();
    const id = record({
      responseBody: gzipSync(Buffer.alloc(64 * 1024 * 1024)),
      answered: { headers: 'content-type: text/plain\r\ncontent-encoding: gzip\r\n' },
    });
    await archive.flush();
    expect((await reader.getCall(id))!.responseBody).toMatchObject({
      captured: null,
      decodedBytes: null,
      truncated: 'limit',
    });
    expect(await reader.getBody(id, 'response')).toBeNull();
  });

  it('are stored once however often they come', async () => {
    const { archive, reader, record } = await start();
    const parts: RecordParts = { responseBody: '{"same":true}' };
    const ids = [record(parts), record(parts)];
    await archive.flush();
    ids.push(record(parts));
    await archive.flush();
    const bodies = await Promise.all(ids.map(async (id) => (await reader.getCall(id))!.responseBody.captured));
    expect(new Set(bodies).size).toBe(1);
    expect((await reader.storage()).bodies).toBe(1);
  });
});

describe('messages', () => {
  it('of an event stream are rows with the time they came, wherever the stream is cut', async () => {
    const { archive, reader, record } = await start();
    const id = record({
      answered: { headers: 'content-type: text/event-stream; charset=utf-8\r\n' },
      between: (call) => [
        { type: 'response-data', call, at: 2000, data: Buffer.from('event: delta\ndata: {"t":"é') },
        { type: 'response-data', call, at: 3000, data: Buffer.from('"}\n\ndata: two\n\n') },
        { type: 'response-data', call, at: 4000, data: Buffer.from('data: last') },
      ],
      closed: { at: 5000, responseBytes: 100 },
    });
    await archive.flush();
    expect(await reader.listMessages({ call: id, limit: 10 })).toEqual([
      { at: 3000, direction: 'received', type: 'event', size: 10, data: '{"t":"é"}', name: 'delta' },
      { at: 3000, direction: 'received', type: 'event', size: 3, data: 'two', name: null },
      { at: 5000, direction: 'received', type: 'event', size: 4, data: 'last', name: null },
    ]);
    expect((await reader.getCall(id))!.messages).toBe(3);
    expect(await reader.listMessages({ call: id, limit: 1, after: 1 })).toMatchObject([{ data: 'two' }]);
  });

  it('of gRPC are rows both ways, with their time, and their compression undone', async () => {
    const { archive, reader, record } = await start();
    const framed = (flag: number, bytes: Buffer): Buffer => {
      const head = Buffer.alloc(5);
      head.writeUInt8(flag);
      head.writeUInt32BE(bytes.length, 1);
      return Buffer.concat([head, bytes]);
    };
    const asked = framed(0, Buffer.from('\n\x05Berth'));
    const packed = gzipSync('\n\x04Quay');
    const answered = Buffer.concat([framed(1, packed), framed(0, Buffer.from('\n\x04Pier'))]);
    const headers = 'content-type: application/grpc+proto\r\ngrpc-encoding: gzip\r\n';
    const id = record({
      opened: { method: 'POST', headers },
      answered: { headers },
      between: (call) => [
        { type: 'request-data', call, at: 1000, data: asked.subarray(0, 4) },
        { type: 'request-data', call, at: 2000, data: asked.subarray(4) },
        { type: 'response-data', call, at: 3000, data: answered.subarray(0, packed.length + 6) },
        { type: 'response-data', call, at: 4000, data: answered.subarray(packed.length + 6) },
      ],
      closed: { at: 5000, responseBytes: answered.length },
    });
    await archive.flush();
    const messages = await reader.listMessages({ call: id, limit: 10 });
    expect(
      messages.map(({ at, direction, type, data }) => [
        at,
        direction,
        type,
        Buffer.from(data ?? '', 'base64').toString(),
      ]),
    ).toEqual([
      [2000, 'sent', 'binary', '\n\x05Berth'],
      [3000, 'received', 'binary', '\n\x04Quay'],
      [4000, 'received', 'binary', '\n\x04Pier'],
    ]);
    expect((await reader.getCall(id))!.messages).toBe(3);
  });
});

describe('raw values', () => {
  it('of a recent call can be asked for in the same run', async () => {
    const { archive, reader, record } = await start();
    const secret = ['raw', 'value', '1234567890'].join('-');
    const id = record({ opened: { headers: `Authorization: Bearer ${secret}\r\n` } });
    await archive.flush();
    const masked = (await reader.getCall(id))!.requestHeaders[0]![1];
    const secrets = await archive.secretsOf(id);
    expect(secrets).toEqual([{ masked: masked.slice('Bearer '.length), raw: secret }]);
  });
});
