import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, onTestFinished, test } from 'vitest';
import { Pool } from 'undici';
import { startEngine, type EngineUnderTest } from '../../harness/engine-under-test.ts';

let engine: EngineUnderTest | null = null;
let origin: { port: number; stop(): Promise<void> };

afterEach(async () => {
  await origin.stop();
  await engine?.stop();
});

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'sallyport-live-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

const QUOTA = `
policies:
  - id: hundred-a-day
    kind: quota
    mode: enforce
    owner: platform@example.com
    settings: { limit: 100, unit: calls, period: day }
`;

async function start(dataDir: string, policies: string): Promise<EngineUnderTest> {
  mkdirSync(dataDir, { recursive: true });
  writeFileSync(join(dataDir, 'policies.yaml'), policies);
  engine = await startEngine({ dataDir });
  return engine;
}

async function startCounting(): Promise<{ arrived(): number }> {
  let arrived = 0;
  const server = createServer((_request, response) => {
    arrived += 1;
    response.end('ok');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  origin = {
    port,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return { arrived: () => arrived };
}

async function ask(through: EngineUnderTest, count: number): Promise<number[]> {
  const pool = new Pool(`http://127.0.0.1:${through.proxyPort}`, { connections: 50, pipelining: 1 });
  try {
    return await Promise.all(
      Array.from({ length: count }, async () => {
        const { statusCode, body } = await pool.request({
          method: 'GET',
          path: `http://127.0.0.1:${origin.port}/`,
          headers: { host: `127.0.0.1:${origin.port}` },
        });
        await body.dump();
        return statusCode;
      }),
    );
  } finally {
    await pool.close();
  }
}

const passed = (statuses: readonly number[]): number => statuses.filter((status) => status === 200).length;

test('of a thousand calls at once exactly as many leave as the policy lets', async () => {
  const { arrived } = await startCounting();
  const world = await start(join(folder(), 'data'), QUOTA);
  const statuses = await ask(world, 1000);
  expect(passed(statuses)).toBe(100);
  expect(statuses.filter((status) => status === 429)).toHaveLength(900);
  expect(arrived()).toBe(100);

  // Every number leads to its calls.
  await world.engine.archive.flush();
  const span = { until: Date.now() * 1000 + 60_000_000 };
  const decided = await world.engine.policies.decisions({ ...span, since: span.until - 3_600_000_000 });
  const denied = decided.rows.filter(({ verdict }) => verdict === 'deny');
  expect(denied.map(({ policy }) => policy)).toContain('hundred-a-day');
  expect(denied.reduce((sum, { calls }) => sum + calls, 0)).toBe(900);
  const { calls } = await world.engine.reader.listCalls({
    tree: { op: 'text', field: 'policy', pattern: 'hundred-a-day=deny' },
    limit: 1000,
  });
  expect(calls).toHaveLength(900);
});

test('every policy that spoke of a call is counted, found and summed by itself', async () => {
  await startCounting();
  const world = await start(
    join(folder(), 'data'),
    `${QUOTA}  - { id: watches, kind: access, mode: observe, settings: { action: deny } }\n`,
  );
  await ask(world, 105);
  await world.engine.archive.flush();
  const until = Date.now() * 1000 + 60_000_000;
  const span = { since: until - 3_600_000_000, until };
  for (const tree of [null, { op: 'text', field: 'policy', pattern: 'watches' } as const]) {
    const { facets } = await world.engine.reader.facets({
      ...{ tree, ...span, fields: ['policy', 'verdict'], limit: 10, patienceMs: 60_000 },
    });
    const of = (field: string) => facets.find((facet) => facet.field === field)!.values;
    expect(of('policy')).toEqual(
      expect.arrayContaining([
        { value: 'hundred-a-day', calls: 105 },
        { value: 'watches', calls: 105 },
      ]),
    );
    expect(of('verdict')).toEqual([
      { value: 'would-deny', calls: 105 },
      { value: 'allow', calls: 100 },
      { value: 'deny', calls: 5 },
    ]);
  }
  const decided = await world.engine.policies.decisions({ ...span, policy: 'watches' });
  expect(new Set(decided.rows.map(({ policy }) => policy))).toEqual(new Set(['watches']));
  expect(decided.series.map(({ verdict, calls }) => [verdict, calls])).toEqual([['would-deny', 105]]);
});

test('what was used before a restart is used after it, and a file of counters that nobody can read begins anew', async () => {
  const { arrived } = await startCounting();
  const dataDir = join(folder(), 'data');
  let world = await start(dataDir, QUOTA);
  expect(passed(await ask(world, 70))).toBe(70);
  await world.engine.stop();
  world = await start(dataDir, QUOTA);
  expect(passed(await ask(world, 70))).toBe(30);
  expect(arrived()).toBe(100);
});

test('counters stay when another policy changes, and a policy that is switched off counts no more', async () => {
  await startCounting();
  const dataDir = join(folder(), 'data');
  const world = await start(dataDir, QUOTA);
  expect(passed(await ask(world, 60))).toBe(60);
  const changed = await world.engine.policies.apply({
    text: `${QUOTA}  - { id: no-deletes, kind: access, mode: enforce, match: { method: DELETE }, settings: { action: deny } }\n`,
  });
  expect(changed).toMatchObject({ version: 2 });
  expect(passed(await ask(world, 60))).toBe(40);
  await world.engine.policies.change({ id: 'hundred-a-day', mode: 'off' });
  expect(passed(await ask(world, 10))).toBe(10);
});

test('who is asked about waits for a person, and goes when the person says so', async () => {
  await startCounting();
  const world = await start(
    join(folder(), 'data'),
    'policies:\n  - { id: ask-me, kind: access, mode: enforce, settings: { action: ask, hold: 10m } }\n',
  );
  const left = ask(world, 2);
  for await (const piece of world.engine.policies.asks({}, AbortSignal.timeout(20_000))) {
    if (piece.asks.length < 2) continue;
    expect(piece.asks[0]).toMatchObject({ policy: 'ask-me', host: '127.0.0.1', otherwise: 'deny' });
    await world.engine.policies.answer({ call: piece.asks[0]!.call, verdict: 'allow', remember: 'hour' });
    break;
  }
  expect(passed(await left)).toBe(2);
  // It is remembered for calls like it.
  expect(passed(await ask(world, 3))).toBe(3);
});
