import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CallSummary } from '../../../shared/model/call-summary.ts';
import { startEngine, type EngineUnderTest } from '../../harness/engine-under-test.ts';

let sut: EngineUnderTest;
let round = 0;

const origin = createServer((asked, answer) => {
  round++;
  if (asked.url === '/down' && round > 1) answer.statusCode = 503;
  const items = asked.url === '/large' ? Array.from({ length: 20_000 }, (_, n) => ({ n, name: `item ${n}` })) : [];
  // Another time each round, also when a second ends between the two.
  const body = JSON.stringify({ created: Math.floor(Date.now() / 1000) - round * 5, amount: 40 + round, items });
  answer.setHeader('content-type', 'application/json').setHeader('content-encoding', 'gzip').end(gzipSync(body));
});

beforeAll(async () => {
  sut = await startEngine();
  await new Promise<void>((done) => origin.listen(0, '127.0.0.1', done));
});
afterAll(async () => {
  origin.close();
  await sut.stop();
});

/** Calls a path twice through the proxy; gives the ids of the calls. */
async function callTwice(path: string): Promise<[number, number]> {
  round = 0;
  const { port } = origin.address() as AddressInfo;
  const ids: number[] = [];
  for (let time = 0; time < 2; time++) {
    await new Promise<void>((done, fail) => {
      const headers = { host: `127.0.0.1:${port}` };
      request({ port: sut.proxyPort, path: `http://127.0.0.1:${port}${path}`, headers, agent: false }, (answer) =>
        answer.resume().on('end', done),
      )
        .on('error', fail)
        .end();
    });
    const fits = (row: CallSummary): boolean => row.path === path && row.state === 'closed' && !ids.includes(row.id);
    ids.push((await sut.waitForCall(fits)).id);
  }
  return [ids[0] ?? 0, ids[1] ?? 0];
}

test.each(['/small', '/large'])('two recorded answers are compared as they read, times apart: %s', async (path) => {
  const [before, after] = await callTwice(path);
  const told = await sut.engine.replay.compare({ before, after, ignore: { ids: true } });
  expect(told).toMatchObject({
    verdict: 'changed',
    says: 'Changed: $.amount was 41 and is 42.',
    body: {
      as: 'json',
      changes: [
        { path: '$.created', ignored: 'timestamp' },
        { path: '$.amount', ignored: null },
      ],
    },
  });
});

test('an answer that became an error is broken', async () => {
  const [before, after] = await callTwice('/down');
  expect(await sut.engine.replay.compare({ before, after })).toMatchObject({
    verdict: 'broken',
    says: 'Broken: the status was 200 and is 503.',
  });
});

test('a call that is not there, and a path that is none, are refused in words', async () => {
  const [before, after] = await callTwice('/wrong');
  expect(await sut.engine.replay.compare({ before, after: 999_999 })).toEqual({
    problem: 'call-not-found',
    id: 999_999,
  });
  expect(await sut.engine.replay.compare({ before, after, ignore: { paths: ['$.['] } })).toMatchObject({
    problem: 'cannot-do',
    why: expect.stringContaining('is no JSONPath at character') as string,
  });
});
