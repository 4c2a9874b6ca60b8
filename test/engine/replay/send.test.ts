import { gzipSync } from 'node:zlib';
import { connect as connectH2 } from 'node:http2';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Sending } from '../../../shared/contract/replay-schemas.ts';
import { USUAL_SETTINGS, type Draft, type DraftBody } from '../../../shared/model/replay.ts';
import { createEngine } from '../../../electron/engine/engine.ts';
import { startEngine, type EngineUnderTest } from '../../harness/engine-under-test.ts';
import { startH2Origin } from '../../harness/h2-origin.ts';
import { readMessage, type ReadMessage } from '../../harness/http1-exchange.ts';
import { openClient } from '../../harness/raw-client.ts';
import { startOrigin, type Origin } from '../../harness/scripted-origin.ts';

/** Recorded calls are sent again through the engine that recorded them; an origin keeps every byte that came. */

let engine: EngineUnderTest;
let origin: Origin;
const came: ReadMessage[] = [];
let answer = (_: ReadMessage): string => 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
beforeAll(async () => {
  engine = await startEngine();
  origin = await startOrigin(async (connection) => {
    for (;;) {
      const message = await readMessage(connection);
      came.push(message);
      await connection.send(answer(message));
    }
  });
});
afterAll(async () => {
  await origin.stop();
  await engine.stop();
});

const replay = () => engine.engine.replay;

/** Sends raw bytes through the proxy (`{target}` is the origin) and gives the call's id. */
async function record(head: string, body: Buffer | string = ''): Promise<{ id: number; seen: ReadMessage }> {
  const client = await openClient({ host: '127.0.0.1', port: origin.port }, 'absolute', engine.proxyPort);
  await client.send(head.replaceAll('{target}', `http://${origin.authority}`).replaceAll('{host}', origin.authority));
  if (body.length > 0) await client.send(Buffer.from(body));
  await readMessage(client);
  client.end();
  const seen = came.at(-1);
  if (!seen) throw new Error('nothing came');
  const rows = await engine.calls();
  return { id: rows.at(-1)?.id ?? 0, seen };
}

async function draftOf(call: number, change: (draft: Draft) => Draft = (draft) => draft): Promise<Draft> {
  const made = await replay().draft({ call });
  if ('problem' in made) throw new Error(JSON.stringify(made));
  return change({ ...made.draft, settings: { ...made.draft.settings, idempotency: 'same' } });
}

type Moment =
  | Sending
  | {
      problem: 'cannot-send';
      problems: { place: string; kind: string; says: string }[];
      questions: { reason: string }[];
    };
async function sendDraft(draft: Draft, confirmed = true): Promise<Moment[]> {
  const moments: Moment[] = [];
  for await (const moment of replay().send({ draft, confirmed })) moments.push(moment as Moment);
  return moments;
}

const madeUp = (url: string, body: DraftBody = { kind: 'none' }, change: Partial<Draft> = {}): Draft => ({
  id: 'made-up',
  name: null,
  origin: null,
  method: 'POST',
  url,
  headers: [],
  body,
  auth: { kind: 'none' },
  settings: { ...USUAL_SETTINGS, protocol: 'http/1.1' },
  ...change,
});

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
  for (const [name, [head, body]] of Object.entries(cases))
    test(name, async () => {
      const { id, seen } = await record(head, body);
      const moments = await sendDraft(await draftOf(id));
      expect(moments.map((one) => ('moment' in one ? one.moment : one))).toEqual(['sent', 'head', 'data', 'end']);
      const again = came.at(-1);
      expect(again).not.toBe(seen);
      expect(again).toEqual(seen);
    });

  test('in chunks', async () => {
    const { id, seen } = await record(
      'POST {target}/c HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n\r\n',
      '5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n',
    );
    await sendDraft(await draftOf(id));
    expect(came.at(-1)).toEqual({ ...seen, chunks: [6] });
  });

  test('over HTTP/2', async () => {
    const h2 = await startH2Origin(async (seen) => {
      await seen.whole;
      seen.stream.respond({ ':status': 200 });
      seen.stream.end('ok');
    });
    try {
      const session = connectH2(`http://127.0.0.1:${engine.proxyPort}`);
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
      const id = (await engine.calls()).at(-1)?.id ?? 0;
      await sendDraft(await draftOf(id));
      const [first, second] = h2.streams;
      expect(second?.headers.toSorted()).toEqual(first?.headers.toSorted());
      expect(second?.body()).toEqual(first?.body());
    } finally {
      await h2.stop();
    }
  });

  test('it is a call of its own, linked to its origin and counted for its app', async () => {
    const { id } = await record(
      'GET {target}/linked HTTP/1.1\r\nHost: {host}\r\nProxy-Authorization: Basic YmlsbGluZzo=\r\n\r\n',
    );
    const draft = await draftOf(id);
    const [sent] = await sendDraft(draft);
    const call = await engine.waitForCall(
      ({ id: one, state }) => state === 'closed' && 'call' in sent! && one === sent.call,
    );
    expect(await engine.call(call.id)).toMatchObject({
      source: 'replay',
      app: 'billing',
      status: 200,
      path: '/linked',
      tags: { 'replay-of': String(id), draft: draft.id },
    });
    // What is sent again can be sent again.
    const [again] = await sendDraft(await draftOf(call.id));
    expect(again).toMatchObject({ moment: 'sent' });
  });
});

describe('what is redacted', () => {
  const secret = ['sk', 'live', 'a1B2c3D4e5F6g7H8i9J0'].join('_');
  test('is put back from this run’s memory, wherever it stood', async () => {
    const body = JSON.stringify({ password: 'correct horse battery', amount: 1 });
    const { id, seen } = await record(
      `POST {target}/login?api_key=${secret}&x=1 HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer ${secret}\r\nCookie: sid=abcdef0123456789abcdef; theme=dark\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`,
      body,
    );
    const made = await replay().draft({ call: id });
    if ('problem' in made) throw new Error(made.problem);
    expect(JSON.stringify(made)).not.toContain(secret);
    expect(JSON.stringify(made)).not.toContain('correct horse');
    expect(new Set(made.marks.map(({ place }) => place))).toEqual(
      new Set(['url', 'header:Authorization', 'header:Cookie', 'body']),
    );
    const moments = await sendDraft(made.draft);
    expect(came.at(-1)).toEqual(seen);
    // Nor does what is told of the sending say it.
    expect(JSON.stringify(moments)).not.toContain(secret);
    const looked = await replay().check({ draft: made.draft });
    expect('request' in looked && looked.request?.url).toContain('/login?api_key=***');
    expect(JSON.stringify(looked)).not.toContain(secret);
  });

  test('leaves in other words only when the mark is gone', async () => {
    const { id } = await record(`GET {target}/a HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer ${secret}\r\n\r\n`);
    const draft = await draftOf(id);
    const mark = draft.headers.find(({ name }) => name === 'Authorization')?.value.replace('Bearer ', '') ?? '';
    const count = came.length;
    for (const spoilt of [
      madeUp(`http://${origin.authority}/x?k=${mark}`),
      madeUp(`http://${origin.authority}/x`, { kind: 'text', text: `{"k":"${mark}"}` }),
      madeUp(`http://${origin.authority}/x`, { kind: 'form', fields: [{ name: 'k', value: mark, off: false }] }),
      madeUp(`http://${origin.authority}/x`, { kind: 'base64', base64: Buffer.from(mark).toString('base64') }),
      madeUp(`http://${origin.authority}/x`, {
        kind: 'text',
        text: Buffer.from(`{"deep":"${mark}","and":"more"}`).toString('base64'),
      }),
      madeUp(
        `http://${origin.authority}/x`,
        { kind: 'none' },
        { headers: [{ name: 'X-Key', value: mark, off: false }] },
      ),
      madeUp(`http://${origin.authority}/x`, { kind: 'none' }, { auth: { kind: 'bearer', token: mark } }),
      {
        ...draft,
        auth: { kind: 'none' as const },
        headers: [...draft.headers, { name: 'X-Copy', value: mark, off: false }],
      },
    ]) {
      const [only] = await sendDraft(spoilt);
      expect(only, JSON.stringify(spoilt)).toMatchObject({ problem: 'cannot-send', problems: [{ kind: 'redacted' }] });
    }
    expect(came.length).toBe(count);
    await sendDraft({ ...draft, auth: { kind: 'bearer', token: 'typed' } });
    expect(came.at(-1)?.headers).toContainEqual(['Authorization', 'Bearer typed']);
    await sendDraft({ ...draft, auth: { kind: 'none' } });
    expect(came.at(-1)?.headers.map(([name]) => name)).not.toContain('Authorization');
  });

  test('is not remembered by another run: nothing is sent, and the place is named', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'sallyport-replay-'));
    try {
      const first = await startEngine({ dataDir });
      const client = await openClient({ host: '127.0.0.1', port: origin.port }, 'absolute', first.proxyPort);
      await client.send(
        `GET http://${origin.authority}/r HTTP/1.1\r\nHost: ${origin.authority}\r\nX-Api-Key: ${secret}\r\n\r\n`,
      );
      await readMessage(client);
      client.end();
      const id = (await first.calls()).at(-1)?.id ?? 0;
      await first.stop();
      const second = await createEngine({ dataDir, proxyPort: 0, version: 'test' });
      try {
        const made = await second.replay.draft({ call: id });
        if ('problem' in made) throw new Error(made.problem);
        expect(made.marks).toEqual([
          { place: 'header:X-Api-Key', mark: expect.stringMatching(/^\*\*\*/), known: false },
        ]);
        const count = came.length;
        const moments = [];
        for await (const moment of second.replay.send({ draft: made.draft, confirmed: true })) moments.push(moment);
        expect(moments).toMatchObject([
          { problem: 'cannot-send', problems: [{ place: 'header:X-Api-Key', kind: 'redacted' }] },
        ]);
        expect(came.length).toBe(count);
      } finally {
        await second.stop();
      }
    } finally {
      rmSync(dataDir, { recursive: true, force: true });
    }
  });

  test('arrives as it was or not at all, whatever it is and wherever it stands', async () => {
    const word = fc.stringMatching(/^[A-Za-z0-9_+/=.~-]{20,60}$/);
    const places = fc.constantFrom('header', 'cookie', 'query', 'json', 'form', 'nested');
    await fc.assert(
      fc.asyncProperty(word, places, async (value, where) => {
        const head = (lines: string, path = '/s'): string =>
          `POST {target}${path} HTTP/1.1\r\nHost: {host}\r\n${lines}\r\n`;
        const withBody = (type: string, body: string): [string, string] => [
          head(`Content-Type: ${type}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n`),
          body,
        ];
        const [text, body] = {
          header: (): [string, string] => [head(`X-Auth-Token: ${value}\r\nContent-Length: 0\r\n`), ''],
          cookie: (): [string, string] => [head(`Cookie: session=${value}; a=b\r\nContent-Length: 0\r\n`), ''],
          query: (): [string, string] => [head('Content-Length: 0\r\n', `/s?token=${encodeURIComponent(value)}`), ''],
          json: () => withBody('application/json', JSON.stringify({ deep: [{ client_secret: value }] })),
          form: () => withBody('application/x-www-form-urlencoded', `password=${encodeURIComponent(value)}&x=1`),
          nested: () =>
            withBody(
              'application/json',
              JSON.stringify({ data: Buffer.from(JSON.stringify({ password: value })).toString('base64') }),
            ),
        }[where]();
        const { id, seen } = await record(text, body);
        const count = came.length;
        const moments = await sendDraft(await draftOf(id));
        if ('problem' in moments[0]!) expect(came.length).toBe(count);
        else expect(came.at(-1)).toEqual(seen);
      }),
      { numRuns: 60 },
    );
  }, 60_000);
});

describe('what is made up or changed', () => {
  test('every kind of body arrives in its own form', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sallyport-body-'));
    const file = join(folder, 'note "1".txt');
    writeFileSync(file, 'from a file');
    const url = `http://${origin.authority}/made`;
    const send = async (body: DraftBody): Promise<ReadMessage> => {
      const moments = await sendDraft(madeUp(url, body));
      expect(moments.at(-1)).toMatchObject({ moment: 'end' });
      return came.at(-1)!;
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
      const wrong = await sendDraft(
        madeUp(url, { kind: 'protobuf', schema, type: 'Order', json: '{"nope":1}', framed: false }),
      );
      expect(wrong).toMatchObject([
        { problem: 'cannot-send', problems: [{ place: 'body', says: expect.stringContaining('no field “nope”') }] },
      ]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test('what cannot be sent is said with its place, and nothing leaves', async () => {
    const count = came.length;
    const at = `http://${origin.authority}/`;
    const cases: [Draft, string][] = [
      [madeUp('example.com/x'), 'url'],
      [madeUp('ftp://example.com/'), 'url'],
      [madeUp('https://user:pw@example.com/'), 'url'],
      [madeUp('http://{{host}}/'), 'url'],
      [madeUp(at, { kind: 'text', text: '{{nobody}}' }), 'body'],
      [madeUp(at, { kind: 'file', path: '/nowhere/at/all' }), 'body'],
      [madeUp(at, { kind: 'base64', base64: '?' }), 'body'],
      [madeUp(at, { kind: 'none' }, { method: 'PO ST' }), 'method'],
      [madeUp(at, { kind: 'none' }, { headers: [{ name: 'X-A', value: 'b\r\nX-Evil: 1', off: false }] }), 'header:X-A'],
      [madeUp(at, { kind: 'none' }, { headers: [{ name: 'X A', value: 'b', off: false }] }), 'header:X A'],
      [madeUp(at, { kind: 'none' }, { auth: { kind: 'stored', name: 'none' } }), 'auth'],
      [madeUp(at, { kind: 'none' }, { settings: { ...USUAL_SETTINGS, connectTo: 'nowhere' } }), 'settings.connectTo'],
      [
        madeUp(at, { kind: 'none' }, { settings: { ...USUAL_SETTINGS, trust: '-----BEGIN CERTIFICATE-----\nx' } }),
        'settings.trust',
      ],
    ];
    for (const [draft, place] of cases)
      expect(await sendDraft(draft), place).toMatchObject([
        { problem: 'cannot-send', problems: [{ place, says: expect.stringMatching(/\.$|: .*\.$/) }] },
      ]);
    expect(came.length).toBe(count);
  });

  test('an Idempotency-Key is fresh, the same or none, as was asked for', async () => {
    const { id } = await record(
      'POST {target}/pay HTTP/1.1\r\nHost: {host}\r\nIdempotency-Key: one\r\nContent-Length: 0\r\n\r\n',
    );
    const keyOf = async (idempotency: 'fresh' | 'same' | 'none'): Promise<string | undefined> => {
      const draft = await draftOf(id);
      await sendDraft({ ...draft, settings: { ...draft.settings, idempotency } });
      return came.at(-1)?.headers.find(([name]) => name === 'Idempotency-Key')?.[1];
    };
    expect(await keyOf('same')).toBe('one');
    expect(await keyOf('none')).toBeUndefined();
    const [first, second] = [await keyOf('fresh'), await keyOf('fresh')];
    expect(first).toMatch(/^[0-9a-f-]{36}$/);
    expect(second).not.toBe(first);
  });

  test('a redirect is followed as far as was asked for, and credentials do not follow it to another place', async () => {
    const other = await startOrigin(async (connection) => {
      came.push(await readMessage(connection));
      await connection.send('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nthere');
    });
    answer = ({ start }) =>
      start.includes('/go')
        ? `HTTP/1.1 302 Found\r\nLocation: http://${other.authority}/there\r\nContent-Length: 0\r\n\r\n`
        : 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
    try {
      const draft = madeUp(
        `http://${origin.authority}/go`,
        { kind: 'text', text: 'x' },
        { auth: { kind: 'bearer', token: 'private' } },
      );
      const stays = await sendDraft(draft);
      expect(stays.filter((one) => 'moment' in one && one.moment === 'head')).toMatchObject([{ status: 302 }]);
      const follows = await sendDraft({ ...draft, settings: { ...draft.settings, redirects: 3 } });
      expect(follows.filter((one) => 'moment' in one && one.moment === 'sent').length).toBe(2);
      expect(follows.at(-1)).toMatchObject({ moment: 'end', bytes: 5 });
      const last = came.at(-1);
      expect(last?.start).toBe('GET /there HTTP/1.1');
      expect(last?.headers).toContainEqual(['Host', other.authority]);
      expect(JSON.stringify(last?.headers)).not.toContain('private');
    } finally {
      answer = () => 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
      await other.stop();
    }
  });

  test('another address is connected to for one draft alone', async () => {
    const draft = madeUp(
      'http://api.shop.example/v1',
      { kind: 'none' },
      { method: 'GET', settings: { ...USUAL_SETTINGS, protocol: 'http/1.1', connectTo: origin.authority } },
    );
    await sendDraft(draft);
    expect(came.at(-1)?.headers).toContainEqual(['Host', 'api.shop.example']);
    const [, failed] = await sendDraft({ ...draft, settings: { ...draft.settings, connectTo: null } });
    expect(failed).toMatchObject({ moment: 'failed', kind: 'dns' });
  });
});

describe('while it goes on', () => {
  test('what may do harm is asked before anything leaves', async () => {
    const count = came.length;
    const draft = madeUp(
      'https://api.shop.com/v1/orders',
      { kind: 'text', text: '{}' },
      { settings: { ...USUAL_SETTINGS, connectTo: '203.0.113.1:443' } },
    );
    expect(await sendDraft(draft, false)).toMatchObject([
      { problem: 'cannot-send', problems: [], questions: [{ reason: 'not-idempotent' }] },
    ]);
    expect(came.length).toBe(count);
    // What only this machine can hear asks nothing.
    const [first] = await sendDraft(madeUp(`http://${origin.authority}/x`), false);
    expect(first).toMatchObject({ moment: 'sent' });
  });

  test('it can be given up, and the row says so', async () => {
    answer = () => 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf';
    try {
      const end = new AbortController();
      const seen: string[] = [];
      for await (const moment of replay().send(
        { draft: madeUp(`http://${origin.authority}/slow`), confirmed: true },
        end.signal,
      )) {
        seen.push('moment' in moment ? moment.moment : moment.problem);
        if ('moment' in moment && moment.moment === 'data') end.abort();
      }
      expect(seen).toEqual(['sent', 'head', 'data', 'failed']);
      const row = await engine.waitForCall(({ path, state }) => path === '/slow' && state === 'closed');
      expect((await engine.call(row.id)).failure).toMatchObject({
        kind: 'client-left',
        detail: 'The replay was given up.',
      });
    } finally {
      answer = () => 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
    }
  });

  test('its time has an end', async () => {
    answer = () => 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf';
    try {
      const draft = madeUp(`http://${origin.authority}/late`);
      const moments = await sendDraft({ ...draft, settings: { ...draft.settings, timeoutMs: 50 } });
      expect(moments.at(-1)).toMatchObject({ moment: 'failed', kind: 'timeout-body' });
    } finally {
      answer = () => 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
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
      for await (const moment of replay().send({ draft: madeUp(`http://${large.authority}/large`), confirmed: true })) {
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
