// Rule: what counts for a policy now counts, also when the engine was killed after it, or the policy came later.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { Pool } from 'undici';
import { startEngine, type EngineUnderTest } from '../../harness/engine-under-test.ts';

const CHILD = fileURLToPath(new URL('count-and-die.ts', import.meta.url));
// A month ends more rarely than a day while this runs.
const quota = (limit: number, more = ''): string => `policies:
  - { id: ten, kind: quota, mode: enforce, settings: { limit: ${limit}, unit: calls, period: month${more} } }
`;

async function startOrigin(): Promise<number> {
  const server = createServer((_request, response) => response.end('ok'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

async function passed(engine: EngineUnderTest, port: number, count: number): Promise<number> {
  const pool = new Pool(`http://127.0.0.1:${engine.proxyPort}`, { connections: 1 });
  let passing = 0;
  for (let call = 0; call < count; call += 1) {
    const { statusCode, body } = await pool.request({
      method: 'GET',
      path: `http://127.0.0.1:${port}/`,
      headers: { host: `127.0.0.1:${port}` },
    });
    await body.dump();
    if (statusCode === 200) passing += 1;
  }
  await pool.close();
  return passing;
}

function folder(policies: string): string {
  const dir = mkdtempSync(join(tmpdir(), 'sallyport-counters-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  writeFileSync(join(dir, 'policies.yaml'), policies);
  return dir;
}

async function start(dataDir: string): Promise<EngineUnderTest> {
  const engine = await startEngine({ dataDir });
  onTestFinished(() => engine.stop());
  return engine;
}

test('killed: what came after the last save counts, once', async () => {
  const dataDir = folder(quota(10));
  const child = spawn(process.execPath, [CHILD, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
  await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(() => Promise.reject(new Error('it ended by itself'))),
  ]);
  child.kill('SIGKILL');
  await once(child, 'exit');
  const saved = JSON.parse(readFileSync(join(dataDir, 'policy-counters.json'), 'utf8')) as { whole: boolean };
  expect(saved.whole).toBe(false);
  const port = await startOrigin();
  const engine = await start(dataDir);
  expect(await passed(engine, port, 10)).toBe(3);
  // What was decided before and after is summed up once for each call.
  await engine.engine.archive.flush();
  const until = Date.now() * 1000 + 60_000_000;
  const { rows } = await engine.engine.policies.decisions({ since: until - 7_200_000_000, until });
  const sums = Object.fromEntries(rows.map(({ verdict, calls }) => [verdict, calls]));
  expect(sums).toEqual({ allow: 10, deny: 7 });
}, 60_000);

test('a policy that comes in the middle of its month begins with what the month has seen', async () => {
  const dataDir = folder('policies: []\n');
  const port = await startOrigin();
  const engine = await start(dataDir);
  expect(await passed(engine, port, 4)).toBe(4);
  const applied = await engine.engine.policies.apply({ text: quota(6), author: 'ada', reason: 'less' });
  expect(applied).not.toHaveProperty('problem');
  expect(await passed(engine, port, 5)).toBe(2);
  // Who was refused did not leave, and counts for nobody.
  await engine.engine.policies.apply({ text: quota(8, ', per: [host]'), author: 'ada', reason: 'more' });
  expect(await passed(engine, port, 5)).toBe(2);
}, 60_000);

test('a limit begins with what its window has seen, whichever way it counts', async () => {
  const dataDir = folder('policies: []\n');
  const port = await startOrigin();
  const engine = await start(dataDir);
  expect(await passed(engine, port, 4)).toBe(4);
  for (const algorithm of ['sliding-window', 'fixed-window', 'token-bucket']) {
    const text = `policies:
  - { id: ${algorithm}, kind: limit, mode: enforce, match: { method: GET }, settings: { algorithm: ${algorithm}, limit: 5, window: 300d } }
`;
    expect(await engine.engine.policies.apply({ text }), algorithm).not.toHaveProperty('problem');
    // One more call than the four before it is the last that any of them lets go; for the others it is over already.
    expect(await passed(engine, port, 3), algorithm).toBe(algorithm === 'sliding-window' ? 1 : 0);
  }
}, 60_000);

test('a budget that is past its marks when it comes opens its alerts, once, and says that it was so before', async () => {
  const answer = { object: 'chat.completion', model: 'gpt-4o', usage: { prompt_tokens: 100, completion_tokens: 1000 } };
  const origin = createServer((request, response) => {
    request.resume().on('end', () => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ ...answer, choices: [{ finish_reason: 'stop' }] }));
    });
  }).listen(0, '127.0.0.1');
  await once(origin, 'listening');
  onTestFinished(() => void origin.close());
  const toPort = (origin.address() as AddressInfo).port;
  const options = { connectTo: [{ host: 'api.openai.com', port: 0, toHost: '127.0.0.1', toPort }] };
  const dataDir = folder('policies: []\n');
  let engine = await startEngine({ dataDir, ...options });
  onTestFinished(() => engine.stop());
  const chat = async (): Promise<number> => {
    const pool = new Pool(`http://127.0.0.1:${engine.proxyPort}`, { connections: 1 });
    const { statusCode, body } = await pool.request({
      method: 'POST',
      path: 'http://api.openai.com/v1/chat/completions',
      headers: { host: 'api.openai.com', 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'gpt-4o', max_tokens: 1000, messages: [{ role: 'user', content: 'hi' }] }),
    });
    await body.dump();
    await pool.close();
    return statusCode;
  };
  // A cent and a bit each.
  for (let call = 0; call < 3; call += 1) expect(await chat()).toBe(200);
  await engine.engine.archive.flush();
  const budget = (limit: string): string => `policies:
  - { id: money, kind: budget, mode: enforce, match: { vendor: openai }, settings: { limit: ${limit}, period: month, alerts: [50%, 75%, 100%] } }
`;
  const alerts = async () =>
    (await engine.engine.policies.alerts({ since: 0, until: Date.now() * 1000 + 60_000_000 })).alerts;
  await engine.engine.policies.apply({ text: budget('0.04 USD') });
  // Calls wait for what is counted.
  expect(await chat()).toBe(402);
  const opened = await alerts();
  expect(opened.map(({ key }) => key).toSorted()).toEqual(['100%', '50%', '75%']);
  const sentences = Object.fromEntries(opened.map(({ key, sentence }) => [key, sentence]));
  expect(sentences['50%']).toContain('Found in recorded calls');
  expect(sentences['75%']).toContain('Found in recorded calls');
  expect(sentences['100%']).not.toContain('Found in recorded calls');
  await engine.stop();
  engine = await startEngine({ dataDir, ...options });
  expect(await chat()).toBe(402);
  expect(await alerts()).toHaveLength(3);
}, 60_000);
