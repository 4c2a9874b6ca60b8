import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect as connectH2 } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { USUAL_SETTINGS, type Draft, type DraftBody } from '../../../shared/model/replay.ts';
import { startH2Origin } from '../../harness/h2-origin.ts';
import { readMessage, type ReadMessage } from '../../harness/http1-exchange.ts';
import { startOrigin } from '../../harness/scripted-origin.ts';
import { startReplayWorld, type ReplayWorld } from './replay-world.ts';

/** Recorded calls are sent again through the engine that recorded them; an origin keeps every byte that came. */

let world: ReplayWorld;
beforeAll(async () => {
  world = await startReplayWorld();
});
afterAll(() => world.stop());

describe('a recorded call sent again is the same call', () => {
  const post = (lines: string, length: number): string =>
    `POST {target}/v1/x?b=%7E1&flag&a=%20+ HTTP/1.1\r\nHost: {host}\r\n${lines}Content-Length: ${length}\r\n\r\n`;
  const json = '{"a":1.0,  "b":"ü {{braces}} \\\\{{ "}';
  const zipped = gzipSync('{"packed":true}');
  const files = '--x\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\n1\r\n--x--\r\n';
  const cases: Record<string, [head: string, body: Buffer | string]> = {
    'without a body': ['GET {target}/v1/list?x=1 HTTP/1.1\r\nHost: {host}\r\nAccept: */*\r\n\r\n', ''],
    'odd case, order and duplicates': [
      'GET {target}/p HTTP/1.1\r\nx-OdD: 1\r\nHost: {host}\r\nX-Twice: b\r\nX-Twice: a\r\naccept:   */*\r\nX-Empty:\r\n\r\n',
      '',
    ],
    'JSON with everything that reads like something else': [
      post('content-TYPE: application/json\r\n', Buffer.byteLength(json)),
      json,
    ],
    'a form': [post('Content-Type: application/x-www-form-urlencoded\r\n', 11), 'a=1&b=x%20y'],
    'bytes that are no text': [post('', 256), Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))],
    'text in another encoding': [post('Content-Type: text/plain\r\n', 3), Buffer.from([0xe4, 0xf6, 0xfc])],
    'lines that end in CRLF': [post('Content-Type: text/plain\r\n', 6), 'a\r\nb\r\n'],
    'a compressed body': [post('Content-Type: application/json\r\nContent-Encoding: gzip\r\n', zipped.length), zipped],
    'a form with files': [post('Content-Type: multipart/form-data; boundary=x\r\n', files.length), files],
  };
  test.each(Object.entries(cases))('%s', async (_name, [head, body]) => {
    const { id, seen } = await world.record(head, body);
    const moments = await world.send(await world.draftOf(id));
    expect(moments.map((one) => ('moment' in one ? one.moment : one))).toEqual(['sent', 'head', 'data', 'end']);
    const again = world.came.at(-1);
    expect(again).not.toBe(seen);
    expect(again).toEqual(seen);
  });

  test('in chunks', async () => {
    const { id, seen } = await world.record(
      'POST {target}/c HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n\r\n',
      '5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n',
    );
    await world.send(await world.draftOf(id));
    expect(world.came.at(-1)).toEqual({ ...seen, chunks: [6] });
  });

  test('over HTTP/2', async () => {
    const h2 = await startH2Origin(async (seen) => {
      await seen.whole;
      seen.stream.respond({ ':status': 200 });
      seen.stream.end('ok');
    });
    try {
      const session = connectH2(`http://127.0.0.1:${world.engine.proxyPort}`);
      const stream = session.request({
        ':method': 'PUT',
        ':scheme': 'http',
        ':authority': h2.authority,
        ':path': '/thing?q=1',
        'x-one': 'a',
        'content-type': 'application/json',
      });
      stream.end('{"n":1}');
      await new Promise((resolve) => stream.resume().on('close', resolve));
      session.close();
      const id = (await world.engine.calls()).at(-1)?.id ?? 0;
      await world.send(await world.draftOf(id));
      const [first, second] = h2.streams;
      expect(second?.headers.toSorted()).toEqual(first?.headers.toSorted());
      expect(second?.body()).toEqual(first?.body());
    } finally {
      await h2.stop();
    }
  });

  test('it is a call of its own, linked to its origin and counted for its app', async () => {
    const { id } = await world.record(
      'GET {target}/linked HTTP/1.1\r\nHost: {host}\r\nProxy-Authorization: Basic YmlsbGluZzo=\r\n\r\n',
    );
    const draft = await world.draftOf(id);
    const [sent] = await world.send(draft);
    const call = await world.engine.waitForCall(
      ({ id: one, state }) => state === 'closed' && 'call' in sent! && one === sent.call,
    );
    expect(await world.engine.call(call.id)).toMatchObject({
      source: 'replay',
      app: 'billing',
      status: 200,
      path: '/linked',
      tags: { 'replay-of': String(id), draft: draft.id },
    });
    // What is sent again can be sent again.
    const [again] = await world.send(await world.draftOf(call.id));
    expect(again).toMatchObject({ moment: 'sent' });
  });
});

describe('what is made up or changed', () => {
  test('every kind of body arrives in its own form', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sallyport-body-'));
    const file = join(folder, 'note "1".txt');
    writeFileSync(file, 'from a file');
    const url = `http://${world.origin.authority}/made`;
    const send = async (body: DraftBody): Promise<ReadMessage> => {
      const moments = await world.send(world.madeUp(url, body));
      expect(moments.at(-1)).toMatchObject({ moment: 'end' });
      return world.came.at(-1)!;
    };
    const typeOf = (message: ReadMessage): string | undefined =>
      message.headers.find(([name]) => name === 'Content-Type')?.[1];
    try {
      expect((await send({ kind: 'text', text: 'ü' })).body).toEqual(Buffer.from('ü'));
      expect((await send({ kind: 'base64', base64: 'AAEC/w==' })).body).toEqual(Buffer.from([0, 1, 2, 255]));
      const form = await send({
        kind: 'form',
        fields: [
          { name: 'a b', value: 'ä&=', off: false },
          { name: 'no', value: '', off: true },
        ],
      });
      expect([typeOf(form), form.body.toString()]).toEqual(['application/x-www-form-urlencoded', 'a+b=%C3%A4%26%3D']);
      const graphql = await send({
        kind: 'graphql',
        query: 'query Q { a }',
        variables: '{"n": 12345678901234567890}',
        operationName: 'Q',
      });
      expect(graphql.body.toString()).toBe(
        '{"query":"query Q { a }","variables":{"n": 12345678901234567890},"operationName":"Q"}',
      );
      expect((await send({ kind: 'file', path: file })).body.toString()).toBe('from a file');
      const parts = await send({
        kind: 'multipart',
        boundary: 'edge',
        parts: [
          { name: 'note', value: 'hello', file: null, fileName: null, contentType: null },
          { name: 'doc', value: null, file, fileName: null, contentType: 'text/plain' },
        ],
      });
      expect(typeOf(parts)).toBe('multipart/form-data; boundary=edge');
      expect(parts.body.toString()).toBe(
        '--edge\r\nContent-Disposition: form-data; name="note"\r\n\r\nhello\r\n' +
          '--edge\r\nContent-Disposition: form-data; name="doc"; filename="note %221%22.txt"\r\nContent-Type: text/plain\r\n\r\nfrom a file\r\n--edge--\r\n',
      );
      const schema = 'syntax = "proto3"; message Order { string id = 1; int32 line_count = 2; }';
      const message = await send({
        kind: 'protobuf',
        schema,
        type: 'Order',
        json: '{"id":"x","lineCount":3}',
        framed: true,
      });
      expect(message.body).toEqual(Buffer.from([0, 0, 0, 0, 5, 10, 1, 120, 16, 3]));
      const wrong = await world.send(
        world.madeUp(url, { kind: 'protobuf', schema, type: 'Order', json: '{"nope":1}', framed: false }),
      );
      expect(wrong).toMatchObject([
        { problem: 'cannot-send', problems: [{ place: 'body', says: expect.stringContaining('no field “nope”') }] },
      ]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test('what cannot be sent is said with its place, and nothing leaves', async () => {
    const count = world.came.length;
    const at = `http://${world.origin.authority}/`;
    const cases: [Draft, string][] = [
      [world.madeUp('example.com/x'), 'url'],
      [world.madeUp('ftp://example.com/'), 'url'],
      [world.madeUp('https://user:pw@example.com/'), 'url'],
      [world.madeUp('http://{{host}}/'), 'url'],
      [world.madeUp(at, { kind: 'text', text: '{{nobody}}' }), 'body'],
      [world.madeUp(at, { kind: 'file', path: '/nowhere/at/all' }), 'body'],
      [world.madeUp(at, { kind: 'base64', base64: '?' }), 'body'],
      [world.madeUp(at, { kind: 'none' }, { method: 'PO ST' }), 'method'],
      [
        world.madeUp(at, { kind: 'none' }, { headers: [{ name: 'X-A', value: 'b\r\nX-Evil: 1', off: false }] }),
        'header:X-A',
      ],
      [world.madeUp(at, { kind: 'none' }, { headers: [{ name: 'X A', value: 'b', off: false }] }), 'header:X A'],
      [world.madeUp(at, { kind: 'none' }, { auth: { kind: 'stored', name: 'none' } }), 'auth'],
      [
        world.madeUp(at, { kind: 'none' }, { settings: { ...USUAL_SETTINGS, connectTo: 'nowhere' } }),
        'settings.connectTo',
      ],
      [
        world.madeUp(
          at,
          { kind: 'none' },
          { settings: { ...USUAL_SETTINGS, trust: '-----BEGIN CERTIFICATE-----\nx' } },
        ),
        'settings.trust',
      ],
    ];
    for (const [draft, place] of cases)
      expect(await world.send(draft), place).toMatchObject([
        { problem: 'cannot-send', problems: [{ place, says: expect.stringMatching(/\.$|: .*\.$/) }] },
      ]);
    expect(world.came.length).toBe(count);
  });

  test('an Idempotency-Key is fresh, the same or none, as was asked for', async () => {
    const { id } = await world.record(
      'POST {target}/pay HTTP/1.1\r\nHost: {host}\r\nIdempotency-Key: one\r\nContent-Length: 0\r\n\r\n',
    );
    const keyOf = async (idempotency: 'fresh' | 'same' | 'none'): Promise<string | undefined> => {
      const draft = await world.draftOf(id);
      await world.send({ ...draft, settings: { ...draft.settings, idempotency } });
      return world.came.at(-1)?.headers.find(([name]) => name === 'Idempotency-Key')?.[1];
    };
    expect(await keyOf('same')).toBe('one');
    expect(await keyOf('none')).toBeUndefined();
    const [first, second] = [await keyOf('fresh'), await keyOf('fresh')];
    expect(first).toMatch(/^[0-9a-f-]{36}$/);
    expect(second).not.toBe(first);
  });

  test('a redirect is followed as far as was asked for, and credentials do not follow it to another place', async () => {
    const other = await startOrigin(async (connection) => {
      world.came.push(await readMessage(connection));
      await connection.send('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nthere');
    });
    world.answer(({ start }) =>
      start.includes('/go')
        ? `HTTP/1.1 302 Found\r\nLocation: http://${other.authority}/there\r\nContent-Length: 0\r\n\r\n`
        : 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
    );
    try {
      const draft = world.madeUp(
        `http://${world.origin.authority}/go`,
        { kind: 'text', text: 'x' },
        { auth: { kind: 'bearer', token: 'private' } },
      );
      const stays = await world.send(draft);
      expect(stays.filter((one) => 'moment' in one && one.moment === 'head')).toMatchObject([{ status: 302 }]);
      const follows = await world.send({ ...draft, settings: { ...draft.settings, redirects: 3 } });
      expect(follows.filter((one) => 'moment' in one && one.moment === 'sent').length).toBe(2);
      expect(follows.at(-1)).toMatchObject({ moment: 'end', bytes: 5 });
      const last = world.came.at(-1);
      expect(last?.start).toBe('GET /there HTTP/1.1');
      expect(last?.headers).toContainEqual(['Host', other.authority]);
      expect(JSON.stringify(last?.headers)).not.toContain('private');
    } finally {
      world.answer();
      await other.stop();
    }
  });

  test('another address is connected to for one draft alone', async () => {
    const draft = world.madeUp(
      'http://api.shop.example/v1',
      { kind: 'none' },
      { method: 'GET', settings: { ...USUAL_SETTINGS, protocol: 'http/1.1', connectTo: world.origin.authority } },
    );
    await world.send(draft);
    expect(world.came.at(-1)?.headers).toContainEqual(['Host', 'api.shop.example']);
    const [, failed] = await world.send({ ...draft, settings: { ...draft.settings, connectTo: null } });
    expect(failed).toMatchObject({ moment: 'failed', kind: 'dns' });
  });
});

describe('while it goes on', () => {
  test('what may do harm is asked before anything leaves', async () => {
    const count = world.came.length;
    const draft = world.madeUp(
      'https://api.shop.com/v1/orders',
      { kind: 'text', text: '{}' },
      { settings: { ...USUAL_SETTINGS, connectTo: '203.0.113.1:443' } },
    );
    expect(await world.send(draft, false)).toMatchObject([
      { problem: 'cannot-send', problems: [], questions: [{ reason: 'not-idempotent' }] },
    ]);
    expect(world.came.length).toBe(count);
    // What only this machine can hear asks nothing.
    const [first] = await world.send(world.madeUp(`http://${world.origin.authority}/x`), false);
    expect(first).toMatchObject({ moment: 'sent' });
  });

  test('it can be given up, and the row says so', async () => {
    world.answer(() => 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf');
    try {
      const end = new AbortController();
      const seen: string[] = [];
      for await (const moment of world.engine.engine.replay.send(
        { draft: world.madeUp(`http://${world.origin.authority}/slow`), confirmed: true },
        end.signal,
      )) {
        seen.push('moment' in moment ? moment.moment : moment.problem);
        if ('moment' in moment && moment.moment === 'data') end.abort();
      }
      expect(seen).toEqual(['sent', 'head', 'data', 'failed']);
      const row = await world.engine.waitForCall(({ path, state }) => path === '/slow' && state === 'closed');
      expect((await world.engine.call(row.id)).failure).toMatchObject({
        kind: 'client-left',
        detail: 'The replay was given up.',
      });
    } finally {
      world.answer();
    }
  });

  test('its time has an end', async () => {
    world.answer(() => 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf');
    try {
      const draft = world.madeUp(`http://${world.origin.authority}/late`);
      const moments = await world.send({ ...draft, settings: { ...draft.settings, timeoutMs: 50 } });
      expect(moments.at(-1)).toMatchObject({ moment: 'failed', kind: 'timeout-body' });
    } finally {
      world.answer();
    }
  });

  test('who reads slowly holds the origin back, and all of it arrives', async () => {
    const size = 8 * 1024 * 1024;
    const large = await startOrigin(
      async (connection) => {
        await readMessage(connection);
        await connection.send(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n`);
        await connection.send(Buffer.alloc(size, 'x'));
      },
      { keep: false },
    );
    try {
      let bytes = 0;
      for await (const moment of world.engine.engine.replay.send({
        draft: world.madeUp(`http://${large.authority}/large`),
        confirmed: true,
      })) {
        if ('moment' in moment && moment.moment === 'data') {
          bytes += Buffer.from(moment.base64, 'base64').length;
          await new Promise((resolve) => setImmediate(resolve));
        }
      }
      expect(bytes).toBe(size);
    } finally {
      await large.stop();
    }
  });
});
