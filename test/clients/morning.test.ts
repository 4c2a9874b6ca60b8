// A morning with nine vendors, by their own SDKs: what it cost is the bill to the nano-dollar, who depends on whom is in the map.
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
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
