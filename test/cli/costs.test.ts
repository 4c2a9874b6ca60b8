// `sallyport costs`: the same answer of what is stored and of a running engine, from real rows of a real store.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { isEngineLocked } from '../../electron/hosts/engine-lock.ts';
import { handCall, USD } from '../fixtures/cost-rows.ts';
import { sallyport, start } from '../harness/command.ts';
import { storeHandCalls } from '../harness/store/store-hand-calls.ts';

let folder: string;
let dataDir: string;
const HOUR_AGO = Date.now() * 1000 - 3_600_000_000;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-costs-'));
  dataDir = join(folder, 'data');
  const long = { input: 5000, output: 900, startedAt: HOUR_AGO };
  const first = handCall({
    ...long,
    id: 1,
    requestBody: 1,
    status: null,
    usage: { cut: true },
    provenance: 'estimated',
    costNanoUsd: USD / 4,
  });
  storeHandCalls(dataDir, [
    first,
    handCall({
      ...long,
      id: 2,
      requestBody: 1,
      startedAt: HOUR_AGO + 1_000_000,
      tags: { feature: 'search' },
      costNanoUsd: 2 * USD,
    }),
    handCall({ ...long, id: 3, model: 'gpt-99', costNanoUsd: null }),
    handCall({
      ...long,
      id: 4,
      host: 'api.stripe.com',
      path: '/v1/charges',
      endpoint: 'POST /v1/charges',
      model: null,
      credential: null,
      app: 'jobs',
      costNanoUsd: undefined,
    }),
    handCall({ ...long, id: 5, host: '127.0.0.1', endpoint: 'GET /', model: null, costNanoUsd: undefined }),
    handCall({ ...long, id: 6, startedAt: HOUR_AGO - 40 * 86_400_000_000 }),
  ]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const costs = (...args: string[]) => sallyport(['costs', ...args, '--data', dataDir]);

interface Answer {
  rows: Record<string, unknown>[];
  total: Record<string, unknown>;
}

test('what is stored is summed up without an engine', async () => {
  const { code, stdout } = await costs('--by', 'vendor,model', '--since', '7d', '--format', 'json');
  expect(code).toBe(0);
  const { rows, total } = JSON.parse(stdout) as Answer;
  expect(rows).toMatchObject([
    {
      vendor: 'openai',
      model: 'gpt-5',
      calls: 2,
      costNanoUsd: 2.25 * USD,
      pricedCalls: 2,
      unpricedCalls: 0,
      estimatedCalls: 1,
      inputTokens: 10_000,
    },
    { vendor: 'openai', model: 'gpt-99', calls: 1, costNanoUsd: null, pricedCalls: 0, unpricedCalls: 1 },
    { vendor: 'stripe', model: null, calls: 1, costNanoUsd: null, pricedCalls: 0, unpricedCalls: 1 },
  ]);
  expect(total).toMatchObject({ calls: 4, costNanoUsd: 2.25 * USD, pricedCalls: 2, unpricedCalls: 2 });
}, 60_000);

test('what could be saved, with the filter that lists the calls', async () => {
  const { stdout } = await costs('--waste');
  expect(stdout).toContain('$0.25  Paid and asked again: 1 call, $0.25.');
  expect(stdout).toContain("sallyport calls 'id:1'");
}, 60_000);

test('a running engine says the same, and refuses a dimension that there is not', async () => {
  const asked = [
    '--by',
    'vendor,model,day',
    '--since',
    '2d',
    '--until',
    new Date(Date.now() - 60_000).toISOString().slice(0, 19) + 'Z',
    '--format',
    'csv',
  ];
  const before = await costs(...asked);
  const ready = join(folder, 'ready.json');
  const engine = start(['serve', '--data', dataDir, '-p', '0', '-w', '0', '--ready-file', ready]);
  try {
    await vi.waitUntil(() => existsSync(ready), 60_000);
    expect(await costs(...asked)).toMatchObject({ code: 0, stdout: before.stdout });
    expect(before.stdout.split('\n')).toHaveLength(5);
    const wrong = await costs('--by', 'vendor,colour');
    expect([wrong.code, wrong.stdout]).toEqual([2, '']);
    expect(wrong.stderr).toContain('“colour”');
    expect(wrong.stderr).toContain('vendor, service, model');
  } finally {
    engine.kill('SIGTERM');
    await vi.waitUntil(() => !isEngineLocked(dataDir), 60_000);
  }
}, 60_000);
