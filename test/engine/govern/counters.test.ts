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
