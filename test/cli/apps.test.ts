// `sallyport apps`: names, owners and secrets, with the real engine and real calls, live and offline.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
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
let url: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-apps-'));
  dataDir = join(folder, 'data');
  origin = createServer((_request, response) => response.end('ok')).listen(0, '127.0.0.1');
  await vi.waitUntil(() => origin.listening);
  url = `http://127.0.0.1:${(origin.address() as AddressInfo).port}/`;
  await startEngine(['--require-identity']);
});
afterAll(async () => {
  await stopEngine();
  origin.close();
  rmSync(folder, { recursive: true, force: true });
});

async function startEngine(flags: string[]): Promise<void> {
  const ready = join(folder, 'ready.json');
  rmSync(ready, { force: true });
  engine = start(['serve', '--data', dataDir, '-p', '0', '-w', '0', '--ready-file', ready, ...flags]);
  await vi.waitUntil(() => existsSync(ready), 20_000);
  proxy = new URL((JSON.parse(readFileSync(ready, 'utf8')) as { proxy: string }).proxy);
}

async function stopEngine(): Promise<void> {
  engine.kill('SIGTERM');
  await vi.waitUntil(() => !isEngineLocked(dataDir), 20_000);
}

const apps = (...args: string[]) => sallyport(['apps', ...args, '--data', dataDir]);

/** The list, by name. */
async function listed(): Promise<Map<string, Record<string, unknown>>> {
  const { stdout } = await apps('--format', 'ndjson');
  const rows = stdout.split('\n').filter(Boolean);
  return new Map(
    rows.map((line) => JSON.parse(line) as Record<string, unknown>).map((app) => [String(app['name']), app]),
  );
}

/** What a call through this proxy address is answered with. */
async function statusThrough(address: string): Promise<number> {
  const { username, password } = new URL(address);
  const credentials = Buffer.from(`${decodeURIComponent(username)}:${password}`).toString('base64');
  const client = rawSocket(await dial(proxy.hostname, Number(proxy.port)));
  await client.send(
    `GET ${url} HTTP/1.1\r\nHost: ${new URL(url).host}\r\nProxy-Authorization: Basic ${credentials}\r\n\r\n`,
  );
  const head = await client.readHead();
  client.close();
  return Number(head.split(' ')[1]);
}

describe('a secret', () => {
  test('is printed alone, once, and lets its app in; list, rotate and revoke do what they say', async () => {
    const added = await apps('add', 'billing');
    expect(added.stdout).toMatch(new RegExp(`^http://billing:sp_[\\w-]{43}@${proxy.host}\n$`));
    expect(added.stderr).toMatch(/shown once/);
    expect(await statusThrough(added.stdout)).toBe(200);
    expect(readFileSync(join(dataDir, 'apps.json'), 'utf8')).not.toContain(new URL(added.stdout).password.slice(3));

    const secrets = await apps('secrets', 'billing', '--format', 'ndjson');
    const { id, lastUsedAt, endsAt } = JSON.parse(secrets.stdout) as Record<string, string | null>;
    expect([typeof id, typeof lastUsedAt, endsAt]).toEqual(['string', 'string', null]);

    const rotated = await apps('rotate', 'billing', '--grace', '1h', '--format', 'ndjson');
    const fresh = JSON.parse(rotated.stdout) as { name: string; id: string; proxyUrl: string };
    expect(fresh.name).toBe('billing');
    expect(await statusThrough(fresh.proxyUrl)).toBe(200);
    expect(await statusThrough(added.stdout)).toBe(200);

    const which = await apps('revoke', 'billing');
    expect([which.code, which.stderr]).toEqual([2, expect.stringContaining(fresh.id)]);
    expect((await apps('revoke', 'billing', id ?? '')).stderr).toMatch(/refused from now on/);
    expect(await statusThrough(added.stdout)).toBe(407);
    expect(await statusThrough(fresh.proxyUrl)).toBe(200);
    await apps('revoke', 'billing', '--all');
    expect(await statusThrough(fresh.proxyUrl)).toBe(407);
  });

  test('is asked for in words that say what is wrong', async () => {
    const none = await apps('rotate', 'nobody');
    expect([none.code, none.stdout]).toEqual([1, '']);
    expect(none.stderr).toMatch(/Nobody has said anything of an app “nobody”/);
    expect((await apps('rotate', 'billing', '--grace', 'soon')).code).toBe(2);
    expect((await apps('revoke', 'billing', 'no-such')).stderr).toMatch(/has no secret no-such/);
  });
});

test('run, env and what they start keep working where identity is required', async (context) => {
  const program = `fetch(${JSON.stringify(url)}).then((answer) => console.log(answer.status))`;
  const ran = await sallyport(['run', '--data', dataDir, '--app', 'own', '--', process.execPath, '-e', program]);
  expect(ran.stdout, ran.stderr).toBe('200\n');
  expect(ran.stderr).toMatch(/1 call to 1 host as "own"/);
  void context;
});

describe('names', () => {
  test('are owned, renamed, merged and split, and shown so', async () => {
    await apps('own', 'billing', '--owner', 'ana@example.com', '--team', 'payments', '--criticality', 'high');
    await apps('own', 'cron', '--owner', 'ben');
    expect((await listed()).get('billing')).toMatchObject({
      owner: 'ana@example.com',
      team: 'payments',
      criticality: 'high',
    });
    expect((await apps('merge', 'billing', 'cron')).code).toBe(0);
    expect((await apps('rename', 'billing', 'Billing')).stderr).toMatch(/is shown as “Billing”/);
    const merged = await listed();
    expect(merged.get('Billing')?.['names']).toEqual(expect.arrayContaining(['Billing', 'billing', 'cron']));
    expect(merged.has('cron')).toBe(false);
    // Calls of before are shown and found by the new name, and by it alone.
    expect(merged.get('Billing')?.['calls']).toBeGreaterThan(0);
    const { stdout } = await sallyport(['calls', 'app:Billing', '--format', 'ndjson', '--data', dataDir]);
    expect(JSON.parse(stdout.split('\n')[0] ?? '')).toMatchObject({ app: 'Billing', status: 200 });
    await apps('split', 'Billing', 'cron');
    expect((await listed()).get('cron')).toMatchObject({ owner: 'ben' });
    await apps('own', 'Billing', '--owner', '', '--criticality', 'none');
    expect((await listed()).get('Billing')).toMatchObject({ owner: null, team: 'payments', criticality: null });
  });

  test('that cannot be are refused with a sentence and a code, no stack', async () => {
    const clash = await apps('rename', 'cron', 'Billing');
    expect([clash.code, clash.stderr]).toEqual([
      1,
      expect.stringMatching(/^sallyport: “Billing” is another app already\./),
    ]);
    expect((await apps('split', 'Billing', 'nothing')).stderr).toMatch(/no app, name or secret “nothing”/);
    expect(await apps('own', 'cron')).toMatchObject({ code: 2 });
  });

  test('can be read without an engine, and not changed', async () => {
    await stopEngine();
    expect((await listed()).get('cron')).toMatchObject({ owner: 'ben' });
    const { stdout } = await apps();
    expect(stdout).toMatch(/^APP +CALLS +ERRORS/);
    expect(stdout).toMatch(/^cron .* ben/m);
    expect(await apps('own', 'cron', '--owner', 'x')).toMatchObject({ code: 3 });
    await startEngine([]);
  });
});

test('an engine does not open the proxy to others without required identity', async () => {
  const other = join(folder, 'other');
  const serve = (...flags: string[]) => sallyport(['serve', '--data', other, '-p', '0', '-w', '0', ...flags]);
  const refused = await serve('--listen', '0.0.0.0');
  expect(refused.code).toBe(2);
  expect(refused.stderr).toMatch(/does not listen on 0\.0\.0\.0.*--require-identity/);
  const nowhere = await serve('--listen', '203.0.113.9', '--require-identity');
  expect([nowhere.code, nowhere.stderr]).toEqual([
    2,
    expect.stringMatching(/203\.0\.113\.9 is no address of this machine/),
  ]);
  expect((await serve('--listen', 'everywhere')).stderr).toMatch(/must be an address of this machine/);
});
