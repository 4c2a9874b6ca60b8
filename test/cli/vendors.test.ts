// `sallyport vendors`: with the real engine and real calls, live and offline.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createEngineClient } from '../../electron/hosts/engine-client.ts';
import { isEngineLocked, readEngineFile } from '../../electron/hosts/engine-lock.ts';
import { dial } from '../harness/raw-client.ts';
import { rawSocket } from '../harness/raw-socket.ts';
import { sallyport, start } from '../harness/command.ts';

let folder: string;
let dataDir: string;
let engine: ReturnType<typeof start>;
let proxy: URL;
let origin: Server;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-vendors-'));
  dataDir = join(folder, 'data');
  origin = createServer((request, response) => {
    request.resume().on('end', () => {
      const left = request.headers.host?.startsWith('api.openai')
        ? { 'x-ratelimit-limit-requests': '500', 'x-ratelimit-remaining-requests': '123' }
        : {};
      response.writeHead(request.url === '/fails' ? 500 : 200, left).end('ok');
    });
  }).listen(0, '127.0.0.1');
  await vi.waitUntil(() => origin.listening);
  const { port } = origin.address() as AddressInfo;
  const ready = join(folder, 'ready.json');
  engine = start([
    'serve',
    '--data',
    dataDir,
    '-p',
    '0',
    '-w',
    '0',
    '--ready-file',
    ready,
    '--connect-to',
    `:80=127.0.0.1:${port}`,
  ]);
  await vi.waitUntil(() => existsSync(ready), 60_000);
  proxy = new URL((JSON.parse(readFileSync(ready, 'utf8')) as { proxy: string }).proxy);
  await call('billing', 'POST', 'http://api.stripe.com/v1/charges', 'amount=1200');
  await call('billing', 'GET', 'http://api.stripe.com/fails');
  await call('shop', 'POST', 'http://api.openai.com/v1/responses', '{}');
  for (const name of ['berlin', 'paris', 'mine'])
    await call('shop', 'GET', `http://api.acme-tools.dev/v1/sites/${name}`);
  await call('shop', 'GET', 'http://localhost/health');
  const { vendors: asked } = await client();
  await vi.waitUntil(
    async () => (await asked.list({ since: 0, until: Date.now() * 1000 })).vendors.some(({ calls }) => calls === 3),
    60_000,
  );
});
afterAll(async () => {
  engine.kill('SIGTERM');
  await vi.waitUntil(() => !isEngineLocked(dataDir), 60_000);
  origin.close();
  rmSync(folder, { recursive: true, force: true });
});

const client = () => createEngineClient(readEngineFile(dataDir)!);
const vendors = (...args: string[]) => sallyport(['vendors', ...args, '--data', dataDir]);

async function call(app: string, method: string, url: string, body = ''): Promise<void> {
  const credentials = Buffer.from(`${app}:`).toString('base64');
  const client = rawSocket(await dial(proxy.hostname, Number(proxy.port)));
  await client.send(
    `${method} ${url} HTTP/1.1\r\nHost: ${new URL(url).host}\r\nProxy-Authorization: Basic ${credentials}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
  await client.readHead();
  client.close();
}

type Listed = Map<string, Record<string, unknown>>;
const byId = (rows: Record<string, unknown>[]): Listed => new Map(rows.map((vendor) => [String(vendor['id']), vendor]));

/** The list as programs get it from the command line. */
async function printed(...args: string[]): Promise<Listed> {
  const { stdout } = await vendors('--format', 'json', ...args);
  return byId((JSON.parse(stdout) as { vendors: Record<string, unknown>[] }).vendors);
}

/** The same without a program for each look. */
async function listed(): Promise<Listed> {
  return byId((await (await client()).vendors.list({ since: 0, until: Date.now() * 1000 })).vendors);
}

describe('the list', () => {
  test('is of companies, new ones first of all, with who called them first and what they were sent', async () => {
    const found = await printed('--status', 'new');
    expect([...found.keys()].toSorted()).toEqual(['acme-tools.dev', 'openai', 'stripe']);
    expect(found.get('stripe')).toMatchObject({
      name: 'Stripe',
      category: 'payments',
      status: 'new',
      shadow: true,
      calls: 2,
      errors: 1,
      requestBytes: 11,
      first: { app: 'billing' },
      hosts: [{ host: 'api.stripe.com', calls: 2 }],
      firstSeen: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    expect(found.get('acme-tools.dev')).toMatchObject({
      listed: false,
      category: 'unknown',
      costNanoUsd: null,
      unpricedCalls: 3,
    });
    const table = await vendors();
    expect(table.stdout).toMatch(/^VENDOR +STATUS +CATEGORY +CALLS/);
    expect(table.stdout).toMatch(/^stripe +new +payments +2 +1 /m);
    expect(table.stderr).toMatch(/1 call more to this machine/);
    const { stdout } = await vendors('--format', 'csv');
    expect(stdout).toMatch(/^id,name,status,/);
    expect(stdout).toMatch(/^stripe,Stripe,new,true,payments,2,1,/m);
    expect((await printed('--since', '2020-01-01')).size).toBe(3);
    expect((await vendors('--since', 'soon')).code).toBe(2);
  });

  test('finds their calls by vendor', async () => {
    const { stdout } = await sallyport(['calls', 'vendor:stripe', '--format', 'ndjson', '--data', dataDir]);
    expect(stdout.trim().split('\n')).toHaveLength(2);
  });
});

describe('what people say', () => {
  test('is approved, blocked and set, and shown so', async () => {
    const approved = await vendors('approve', 'stripe', '--by', 'ana', '--until', '2100-06-30', '--owner', 'payments');
    expect([approved.code, approved.stderr]).toEqual([0, '“stripe” is approved until 2100-06-30.\n']);
    expect((await listed()).get('stripe')).toMatchObject({
      status: 'approved',
      shadow: false,
      approvedBy: 'ana',
      approvedUntil: '2100-06-30',
      owner: 'payments',
    });
    const blocked = await vendors('block', 'openai', '--note', 'no contract');
    expect(blocked.stderr).toMatch(/noted; enforced once policies are on/);
    await vendors(
      'set',
      'openai',
      '--data-classes',
      'personal,confidential',
      '--declared-country',
      'IE',
      '--criticality',
      'high',
    );
    const shadow = await printed('--shadow');
    expect([...shadow.keys()].toSorted()).toEqual(['acme-tools.dev', 'openai']);
    expect(shadow.get('openai')).toMatchObject({
      status: 'blocked',
      data: ['personal', 'confidential'],
      declaredCountry: 'IE',
      criticality: 'high',
      countries: { declared: { country: 'IE', basis: 'declared' } },
    });
    await vendors('set', 'openai', '--status', 'new', '--owner', '');
    expect((await listed()).get('openai')).toMatchObject({ status: 'new', note: 'no contract' });
  });

  test('assigns a host, for calls of before, too', async () => {
    const done = await vendors('assign', 'acme', 'api.acme-tools.dev', '--name', 'Acme');
    expect(done.stderr).toMatch(/counts as “acme” from now on/);
    const found = await listed();
    expect(found.get('acme')).toMatchObject({ name: 'Acme', calls: 3, listed: true });
    expect(found.has('acme-tools.dev')).toBe(false);
    const { stdout } = await sallyport(['calls', 'vendor:acme', '--format', 'ndjson', '--data', dataDir]);
    expect(stdout.match(/"host":"api.acme-tools.dev"/g)).toHaveLength(3);
  });

  test('corrects an endpoint, for calls of before, too; one may be kept', async () => {
    const endpoints = async () =>
      (await (await client()).vendors.get({ id: 'acme', since: 0, until: Date.now() * 1000 })).endpoints;
    expect((await endpoints()).map(({ endpoint }) => endpoint)).toEqual([
      'GET /v1/sites/berlin',
      'GET /v1/sites/mine',
      'GET /v1/sites/paris',
    ]);
    const done = await vendors('template', 'api.acme-tools.dev', '/v1/sites/{site}');
    expect(done.stderr).toMatch(/3 endpoints count otherwise/);
    await vi.waitUntil(async () => (await endpoints()).length === 1, { timeout: 20_000, interval: 300 });
    expect(await endpoints()).toMatchObject([{ endpoint: 'GET /v1/sites/{site}', calls: 3, learned: false }]);
    await vendors('template', 'api.acme-tools.dev', '/v1/sites/mine', '--keep');
    await call('shop', 'GET', 'http://api.acme-tools.dev/v1/sites/mine');
    await call('shop', 'GET', 'http://api.acme-tools.dev/v1/sites/rome');
    await vi.waitUntil(async () => (await endpoints()).filter(({ calls }) => calls >= 2).length === 2, {
      timeout: 10_000,
      interval: 300,
    });
    expect(Object.fromEntries((await endpoints()).map(({ endpoint, calls }) => [endpoint, calls]))).toEqual({
      'GET /v1/sites/mine': 2,
      'GET /v1/sites/{site}': 3,
    });
  });

  test('is refused with a sentence and a code', async () => {
    const none = await vendors('approve', 'strpie');
    expect([none.code, none.stderr]).toEqual([
      1,
      expect.stringMatching(/no vendor “strpie”\. List .*sallyport vendors/),
    ]);
    expect((await vendors('show', 'nobody')).code).toBe(1);
    expect((await vendors('assign', 'acme', 'https://api.acme-tools.dev/')).stderr).toMatch(/write the host alone/);
    expect(await vendors('set', 'stripe')).toMatchObject({ code: 2 });
    expect((await vendors('approve', 'stripe', '--until', 'soon')).stderr).toMatch(/must be a day/);
    expect((await vendors('set', 'stripe', '--data-classes', 'gold')).stderr).toMatch(/It may name personal/);
  });
});

test('a vendor’s page has its apps, hosts, standing and countries', async () => {
  const { stdout, code } = await vendors('show', 'stripe');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^Stripe \(stripe\)\npayments · .*approved by ana until 2100-06-30/);
  expect(stdout).toMatch(/First called by: +billing, call #\d+/);
  expect(stdout).toMatch(/^Importer: +.*Stripe/m);
  expect(stdout).toMatch(/^billing +2$/m);
  expect(stdout).toMatch(/^POST \/v1\/charges +api\.stripe\.com +1 /m);
  const page = JSON.parse((await vendors('show', 'stripe', '--format', 'json')).stdout) as Record<string, unknown>;
  expect(page).toMatchObject({ id: 'stripe', callsites: [{ app: 'billing', calls: 2 }] });
});

test('headroom is what vendors say is left', async () => {
  const { stdout } = await vendors('headroom', 'openai');
  expect(stdout).toMatch(/^openai +api\.openai\.com +requests +– +123 +500 /m);
  const rows = JSON.parse((await vendors('headroom', '--format', 'json')).stdout) as object[];
  expect(rows).toMatchObject([{ vendor: 'openai', limit: 500, remaining: 123, exhaustedAt: null, throttled: 0 }]);
  expect((await vendors('headroom', 'stripe')).stderr).toMatch(/No vendor said anything/);
});

test('the map has app, vendor and endpoint, and what changed since', async () => {
  const { map } = await client();
  const now = Date.now() * 1000;
  const day = 86_400_000_000;
  const drawn = await map.get({ since: now - day, until: now, compareSince: now - 2 * day, compareUntil: now - day });
  expect(drawn.nodes.map(({ id }) => id)).toEqual(
    expect.arrayContaining([
      'app:billing',
      'app:shop',
      'vendor:stripe',
      'endpoint:api.stripe.com POST /v1/charges',
      'endpoint:api.acme-tools.dev GET /v1/sites/{site}',
    ]),
  );
  expect(drawn.nodes.find(({ id }) => id === 'vendor:stripe')).toMatchObject({
    calls: 2,
    errors: 1,
    status: 'approved',
  });
  expect(drawn.edges).toContainEqual(expect.objectContaining({ from: 'app:billing', to: 'vendor:stripe', calls: 2 }));
  expect(drawn.changes.map(({ says }) => says)).toContain('Stripe is new: billing calls it.');
});

test('a mistake in the file is told where it is, and the list goes on', async () => {
  const path = join(dataDir, 'vendors.yaml');
  const before = readFileSync(path, 'utf8');
  writeFileSync(path, `${before}  broken: [\n`);
  const problems = async () =>
    (await (await client()).vendors.list({ since: 0, until: Date.now() * 1000 })).problems.length;
  await vi.waitUntil(async () => (await problems()) > 0, 20_000);
  expect((await vendors()).stderr).toMatch(/vendors\.yaml:\d+:\d+: .*YAML/);
  expect((await listed()).get('stripe')).toMatchObject({ status: 'approved' });
  const refused = await vendors('approve', 'openai');
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringMatching(/mistake in line \d+, column \d+/)]);
  writeFileSync(path, before);
  await vi.waitUntil(async () => (await problems()) === 0, 20_000);
});

test('can be read without an engine, and not changed', async () => {
  engine.kill('SIGTERM');
  await vi.waitUntil(() => !isEngineLocked(dataDir), 60_000);
  expect((await printed()).get('stripe')).toMatchObject({ status: 'approved', calls: 2 });
  expect((await vendors('show', 'acme')).stdout).toMatch(/^Acme \(acme\)/);
  expect(await vendors('approve', 'openai')).toMatchObject({ code: 3 });
  expect((await vendors('headroom')).code).toBe(0);
});
