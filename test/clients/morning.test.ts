// A morning with nine vendors, by their own SDKs: what it cost is the bill to the nano-dollar, who depends on whom is in the map.
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cycloneDxErrors } from '../fixtures/cyclonedx-schema.ts';
import { BILL } from './morning/bill.ts';
import { STAND_INS } from './morning/vendors.ts';
import { startVendor, type Vendor } from './origin.ts';
import { startWorld, type World } from './world.ts';

let world: World;
const vendors: Vendor[] = [];
const program = join(import.meta.dirname, 'programs', 'morning.mjs');

/** Put together here, so that nobody takes them for real ones. */
const keys = {
  OPENAI_KEY: ['sk', 'proj', 'm'.repeat(40)].join('-'),
  ANTHROPIC_KEY: ['sk', 'ant', 'api03', 'm'.repeat(40)].join('-'),
  GEMINI_KEY: `AIza${'m'.repeat(35)}`,
  STRIPE_KEY: ['sk', 'live', 'm'.repeat(24)].join('_'),
  TWILIO_SID: `AC${'0a'.repeat(16)}`,
  TWILIO_KEY: 'm0'.repeat(16),
  GITHUB_KEY: `ghp_${'m'.repeat(36)}`,
  SLACK_KEY: ['xoxb', '1'.repeat(12), 'm'.repeat(24)].join('-'),
  SHOPIFY_KEY: `shpat_${'a0'.repeat(16)}`,
  AWS_KEY: 'm'.repeat(40),
};

beforeAll(async () => {
  world = await startWorld({
    startHosts: async (ca) => {
      for (const [host, routes] of Object.entries(STAND_INS)) vendors.push(await startVendor(ca, host, [...routes]));
      return Object.fromEntries(vendors.map(({ host, httpsPort }) => [`${host}:443`, httpsPort]));
    },
  });
  for (const [app, part] of [
    ['support-bot', 'support'],
    ['billing-api', 'billing'],
    ['builds', 'builds'],
  ] as const) {
    const ran = await world.run(app, [process.execPath, program, part], { env: keys });
    if (ran.code !== 0) throw new Error(`${part}: ${ran.stdout}\n${ran.stderr}`);
  }
}, 120_000);

afterAll(async () => {
  await world.stop();
  await Promise.all(vendors.map((vendor) => vendor.stop()));
});

test('every call of the morning came through, in order', async () => {
  const rows = [
    ...(await world.calls('support-bot')),
    ...(await world.calls('billing-api')),
    ...(await world.calls('builds')),
  ];
  expect(rows.map(({ method, host, status }) => `${method} ${host} ${status}`)).toEqual(BILL.map(({ call }) => call));
});

interface CostRow {
  vendor: string | null;
  model: string | null;
  calls: number;
  costNanoUsd: number | null;
  pricedCalls: number;
  unpricedCalls: number;
}

async function costs(...args: string[]): Promise<{ rows: CostRow[]; total: Omit<CostRow, 'vendor' | 'model'> }> {
  const { stdout, stderr, code } = await world.sallyport('costs', ['--since', '1h', '--format', 'json', ...args]);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as Awaited<ReturnType<typeof costs>>;
}

/** The bill added up by something. */
function billBy(key: (line: (typeof BILL)[number]) => string): Map<string, { calls: number; nanoUsd: number }> {
  const sums = new Map<string, { calls: number; nanoUsd: number }>();
  for (const line of BILL) {
    const sum = sums.get(key(line)) ?? { calls: 0, nanoUsd: 0 };
    sums.set(key(line), { calls: sum.calls + 1, nanoUsd: sum.nanoUsd + line.nanoUsd });
  }
  return sums;
}

test('each call costs what the bill says, to the nano-dollar', async () => {
  const { stdout } = await world.sallyport('calls', ['--format', 'ndjson', '-n', '100']);
  const rows = stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { id: string; vendor: string; model: string | null; costNanoUsd: number | null })
    .sort((a, b) => Number(a.id) - Number(b.id));
  expect(rows.map(({ vendor, model, costNanoUsd }) => ({ vendor, model, nanoUsd: costNanoUsd }))).toEqual(
    BILL.map(({ vendor, model, nanoUsd }) => ({ vendor, model, nanoUsd })),
  );
});

test('the ledger adds up to the bill, by vendor and model, and leaves nothing unpriced', async () => {
  const { rows, total } = await costs('--by', 'vendor,model');
  expect(
    new Map(rows.map((row) => [`${row.vendor} ${row.model}`, { calls: row.calls, nanoUsd: row.costNanoUsd }])),
  ).toEqual(billBy(({ vendor, model }) => `${vendor} ${model}`));
  expect(total).toMatchObject({
    calls: BILL.length,
    costNanoUsd: BILL.reduce((sum, { nanoUsd }) => sum + nanoUsd, 0),
    pricedCalls: BILL.length,
    unpricedCalls: 0,
  });
});

test('what a feature costs is told apart by the tags that the program gave', async () => {
  const { rows } = await costs('--by', 'tag:feature,tag:user');
  const answers = (rows as unknown as (CostRow & Record<string, string | null>)[]).filter(
    (row) => row['tag:feature'] === 'answers',
  );
  expect(answers.map((row) => [row['tag:user'], row.costNanoUsd]).sort()).toEqual([
    ['ada', 2 * 3_347_500],
    ['bob', 41_595_000],
  ]);
});

test('nine vendors are in the register, each with who called it first', async () => {
  const { stdout, code, stderr } = await world.sallyport('vendors', ['--format', 'json', '--since', '1h']);
  expect(code, stderr).toBe(0);
  const { vendors: rows } = JSON.parse(stdout) as {
    vendors: { id: string; calls: number; status: string; first: { app: string } }[];
  };
  expect(rows.map(({ id, calls, status, first }) => ({ id, calls, status, app: first.app })).sort(byId)).toEqual(
    Array.from(
      billBy(({ vendor, app }) => `${vendor} ${app}`),
      ([key, { calls }]) => {
        const [id = '', app = ''] = key.split(' ');
        return { id, calls, status: 'new', app };
      },
    ).sort(byId),
  );
});

test('the SaaSBOM of the morning is valid, names every service with its endpoints, and claims no completeness', async () => {
  const { stdout, stderr, code } = await world.sallyport('map export', ['--format', 'cyclonedx', '--since', '1h']);
  expect(code, stderr).toBe(0);
  expect(cycloneDxErrors('1.6', JSON.parse(stdout))).toEqual([]);
  const bom = JSON.parse(stdout) as {
    services: { provider?: { name: string }; endpoints?: string[] }[];
    compositions: { aggregate: string }[];
  };
  const endpoints = bom.services.flatMap((service) => service.endpoints ?? []);
  expect(endpoints).toContain('https://api.stripe.com/v1/customers/%7Bid%7D');
  expect(endpoints).toContain('https://api.openai.com/v1/chat/completions');
  expect(stdout).not.toContain('cus_NffrFeUfNV2Hib');
  expect(bom.compositions.map(({ aggregate }) => aggregate)).not.toContain('complete');
  for (const secret of Object.values(keys)) expect(stdout).not.toContain(secret);
});

const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : 1);
