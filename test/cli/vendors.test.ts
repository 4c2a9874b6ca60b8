// `sallyport vendors`: with the real engine and real calls, live and offline.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { isEngineLocked } from '../../electron/hosts/engine-lock.ts';
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
  await vi.waitUntil(() => existsSync(ready), 20_000);
  proxy = new URL((JSON.parse(readFileSync(ready, 'utf8')) as { proxy: string }).proxy);
  await call('billing', 'POST', 'http://api.stripe.com/v1/charges', 'amount=1200');
  await call('billing', 'GET', 'http://api.stripe.com/fails');
  await call('shop', 'POST', 'http://api.openai.com/v1/responses', '{}');
  for (const name of ['berlin', 'paris', 'mine'])
    await call('shop', 'GET', `http://api.acme-tools.dev/v1/sites/${name}`);
  await call('shop', 'GET', 'http://localhost/health');
  await vi.waitUntil(async () => (await listed()).get('acme-tools.dev') !== undefined, 10_000);
});
afterAll(async () => {
  engine.kill('SIGTERM');
  await vi.waitUntil(() => !isEngineLocked(dataDir), 20_000);
  origin.close();
  rmSync(folder, { recursive: true, force: true });
});

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

/** The list, by id. */
async function listed(...args: string[]): Promise<Map<string, Record<string, unknown>>> {
  const { stdout } = await vendors('--format', 'json', ...args);
  const answer = JSON.parse(stdout) as { vendors: Record<string, unknown>[] };
  return new Map(answer.vendors.map((vendor) => [String(vendor['id']), vendor]));
}

describe('the list', () => {
  test('is of companies, new ones first of all, with who called them first and what they were sent', async () => {
    const found = await listed('--status', 'new');
    expect([...found.keys()].toSorted()).toEqual(['acme-tools.dev', 'openai', 'stripe']);
    expect(found.get('stripe')).toMatchObject({
      name: 'Stripe',
      category: 'payments',
      status: 'new',
      shadow: true,
      calls: 2,
      errors: 1,
      requestBytes: 11,
      costNanoUsd: null,
      first: { app: 'billing' },
      hosts: [{ host: 'api.stripe.com', calls: 2 }],
      firstSeen: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    expect(found.get('acme-tools.dev')).toMatchObject({ listed: false, category: 'unknown' });
    const table = await vendors();
    expect(table.stdout).toMatch(/^VENDOR +STATUS +CATEGORY +CALLS/);
    expect(table.stdout).toMatch(/^stripe +new +payments +2 +1 /m);
    expect(table.stderr).toMatch(/1 call more to this machine/);
    const { stdout } = await vendors('--format', 'csv');
    expect(stdout).toMatch(/^id,name,status,/);
    expect(stdout).toMatch(/^stripe,Stripe,new,true,payments,2,1,/m);
    expect((await listed('--since', '2020-01-01')).size).toBe(3);
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
    const shadow = await listed('--shadow');
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
      (
        JSON.parse((await vendors('show', 'acme', '--format', 'json')).stdout) as {
          endpoints: { endpoint: string; calls: number; learned: boolean }[];
        }
      ).endpoints;
    expect((await endpoints()).map(({ endpoint }) => endpoint)).toEqual([
      'GET /v1/sites/berlin',
      'GET /v1/sites/mine',
      'GET /v1/sites/paris',
    ]);
    const done = await vendors('template', 'api.acme-tools.dev', '/v1/sites/{site}');
    expect(done.stderr).toMatch(/3 endpoints count otherwise/);
    await vi.waitUntil(async () => (await endpoints()).length === 1, { timeout: 10_000, interval: 300 });
    expect(await endpoints()).toMatchObject([{ endpoint: 'GET /v1/sites/{site}', calls: 3, learned: false }]);
    await vendors('template', 'api.acme-tools.dev', '/v1/sites/mine', '--keep');
    await call('shop', 'GET', 'http://api.acme-tools.dev/v1/sites/mine');
    await call('shop', 'GET', 'http://api.acme-tools.dev/v1/sites/rome');
    await vi.waitUntil(async () => (await endpoints()).some(({ calls }) => calls === 3), {
      timeout: 10_000,
      interval: 300,
    });
    expect((await endpoints()).map(({ endpoint }) => endpoint).toSorted()).toEqual([
      'GET /v1/sites/mine',
      'GET /v1/sites/{site}',
    ]);
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

test('a mistake in the file is told where it is, and the list goes on', async () => {
  const path = join(dataDir, 'vendors.yaml');
  const before = readFileSync(path, 'utf8');
  writeFileSync(path, `${before}  broken: [\n`);
  await vi.waitUntil(async () => /vendors\.yaml:\d+:\d+: .*YAML/.test((await vendors()).stderr), {
    timeout: 10_000,
    interval: 300,
  });
  expect((await listed()).get('stripe')).toMatchObject({ status: 'approved' });
  const refused = await vendors('approve', 'openai');
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringMatching(/mistake in line \d+, column \d+/)]);
  writeFileSync(path, before);
  await vi.waitUntil(async () => (await vendors()).stderr.includes('YAML') === false, {
    timeout: 10_000,
    interval: 300,
  });
});

test('can be read without an engine, and not changed', async () => {
  engine.kill('SIGTERM');
  await vi.waitUntil(() => !isEngineLocked(dataDir), 20_000);
  expect((await listed()).get('stripe')).toMatchObject({ status: 'approved', calls: 2 });
  expect((await vendors('show', 'acme')).stdout).toMatch(/^Acme \(acme\)/);
  expect(await vendors('approve', 'openai')).toMatchObject({ code: 3 });
  expect((await vendors('headroom')).code).toBe(0);
});
