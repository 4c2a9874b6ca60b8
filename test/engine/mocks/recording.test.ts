import { readFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { ProxyAgent, request } from 'undici';
import { afterEach, expect, test } from 'vitest';
import { parse } from 'yaml';
import { startEngine, type EngineUnderTest } from '../../harness/engine-under-test.ts';

let engine: EngineUnderTest;
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
  await engine.stop();
});

const SECRET = 'sk_live_51Habcdefghijklmnopqrstuvwx';

async function startVendor(): Promise<number> {
  const server = http.createServer((asked, answer) => {
    asked.resume();
    if (asked.url === '/v1/keys')
      return void answer
        .setHeader('content-type', 'application/json')
        .end(JSON.stringify({ api_key: SECRET, ok: true }));
    if (asked.url === '/v1/stream') {
      answer.setHeader('content-type', 'text/event-stream');
      answer.write('data: one\n\n');
      return void setTimeout(() => answer.end('data: two\n\n'), 60);
    }
    if (asked.url === '/v1/customers/cus_9XyTq1Ab')
      return void answer
        .setHeader('content-type', 'application/json')
        .setHeader('content-encoding', 'gzip')
        .end(gzipSync('{"id":"cus_9XyTq1Ab","big":12345678901234567890}'));
    answer.statusCode = 404;
    answer.end('not here');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  ends.push(() => new Promise((resolve) => server.close(resolve)));
  return (server.address() as AddressInfo).port;
}

test('recorded calls become a set that answers as their origins did', async () => {
  engine = await startEngine();
  const port = await startVendor();
  const agent = new ProxyAgent({ uri: `http://127.0.0.1:${engine.proxyPort}`, proxyTunnel: true });
  const ask = async (path: string) => {
    const { statusCode, headers, body } = await request(`http://127.0.0.1:${port}${path}`, { dispatcher: agent });
    return { statusCode, type: headers['content-type'], text: await body.text() };
  };
  const paths = ['/v1/keys', '/v1/stream', '/v1/customers/cus_9XyTq1Ab', '/v1/none?page=2'];
  for (const path of paths) await ask(path);
  await engine.waitForCall(({ path, state }) => path === '/v1/none' && state === 'closed');
  const ids = (await engine.calls()).map(({ id }) => id);

  const made = await engine.engine.mocks.record({ name: 'rec', ids });
  if ('problem' in made) throw new Error(made.why);
  expect(made).toMatchObject({ mocks: 4, calls: 4, says: [] });
  const text = readFileSync(made.file, 'utf8');
  // A number that JSON of programs cannot hold keeps its figures, and a secret is none any more.
  expect(text).toContain('12345678901234567890');
  expect(text).not.toContain(SECRET);
  const { mocks } = parse(text) as {
    mocks: { id: string; match: object; answer: { stream?: { afterMs: number }[] } }[];
  };
  expect(mocks.map(({ id, match }) => [id, match])).toEqual([
    ['get-v1-keys', { method: 'GET', host: `127.0.0.1:${port}`, path: '/v1/keys' }],
    ['get-v1-stream', { method: 'GET', host: `127.0.0.1:${port}`, path: '/v1/stream' }],
    ['get-v1-customers-id', { method: 'GET', host: `127.0.0.1:${port}`, path: '/v1/customers/{id}' }],
    ['get-v1-none', { method: 'GET', host: `127.0.0.1:${port}`, path: '/v1/none', query: { page: '2' } }],
  ]);
  expect(mocks[1]!.answer.stream![1]!.afterMs).toBeGreaterThan(0);

  await ends.pop()?.();
  await engine.engine.mocks.start({ set: 'rec', unmatched: 'refuse' });
  expect(await ask('/v1/customers/cus_other77')).toEqual({
    statusCode: 200,
    type: 'application/json',
    text: '{"id":"cus_9XyTq1Ab","big":12345678901234567890}',
  });
  expect(await ask('/v1/stream')).toMatchObject({ text: 'data: one\n\ndata: two\n\n' });
  expect(await ask('/v1/none?page=2')).toMatchObject({ statusCode: 404, text: 'not here' });
  expect((await ask('/v1/none?page=3')).statusCode).toBe(501);
  expect(await engine.engine.mocks.record({ name: 'rec', ids })).toMatchObject({ problem: 'cannot-do' });
  const again = await engine.engine.mocks.record({ name: 'again', ids: (await engine.calls()).map(({ id }) => id) });
  expect('says' in again ? again.says : []).toContainEqual(expect.stringMatching(/answered by a mock itself/));
  await agent.destroy();
});
