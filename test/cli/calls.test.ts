import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createLeases } from '../../electron/api/leases.ts';
import { lockEngine } from '../../electron/hosts/engine-lock.ts';
import type { EngineLock } from '../../electron/hosts/engine-lock.ts';
import { openWorkspaceHost } from '../../electron/hosts/workspace-host.ts';
import type { WorkspaceHost } from '../../electron/hosts/workspace-host.ts';
import { bodyFacts, makeCall } from '../fixtures/calls.ts';
import { harSchema } from '../fixtures/har-schema.ts';
import { createStubEngine, storedBody } from '../fixtures/stub-engine.ts';
import { sallyport, start } from '../harness/command.ts';

/** The command line against an engine in memory behind the real door, with the real lock. */

const TOKEN = 'a-token-of-a-test';
const engine = createStubEngine();
let dir: string;
let lock: EngineLock;
let host: WorkspaceHost;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'sallyport-cli-'));
  lock = lockEngine(dir);
  host = await openWorkspaceHost({
    doors: { engine, leases: createLeases(), shutdown: null },
    port: 0,
    token: TOKEN,
    log: () => {},
  });
  lock.announce({
    pid: process.pid,
    proxy: 'http://127.0.0.1:9',
    workspace: host.url,
    token: TOKEN,
    ca: '/ca.pem',
    version: '0',
    ephemeral: false,
    reach: [],
  });
  engine.put(makeCall({ id: 1 }), {
    request: storedBody('{"amount":1200}'),
    response: storedBody(gzipSync('{"ok":true}'), { contentEncoding: 'gzip' }),
  });
  engine.put(makeCall({ id: 2, status: 500, path: '/boom', app: null, requestBody: bodyFacts(0, { captured: null }) }));
  engine.put(
    makeCall({
      id: 3,
      status: null,
      host: 'nowhere.example',
      failure: { kind: 'dns', detail: 'getaddrinfo ENOTFOUND nowhere.example' },
      attempts: [],
      timeToFirstByteUs: null,
    }),
  );
  engine.put(
    makeCall({
      id: 4,
      path: '/evil\u001b[2J\u202e',
      query: '',
      kind: 'tunnel',
      scheme: 'tls',
      method: 'CONNECT',
      status: null,
    }),
  );
});
afterAll(async () => {
  await host.close();
  lock.release();
  rmSync(dir, { recursive: true, force: true });
});

const cli = (...args: string[]) => sallyport([...args, '--data', dir]);

describe('calls', () => {
  test('prints a table, newest first, plain when it is no terminal, and nothing in it drives one', async () => {
    const { code, stdout, stderr } = await cli('calls');
    expect([code, stderr]).toEqual([0, '']);
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^ *ID  TIME +APP +METHOD +STATUS +TIME TAKEN +SIZE  ADDRESS$/);
    expect(lines.slice(1).map((line) => line.trim().split(/\s+/)[0])).toEqual(['4', '3', '2', '1']);
    expect(lines[2]).toMatch(/ dns +125 ms .* nowhere\.example\/v1\/charges/);
    expect(lines[4]).toMatch(
      /^ *1 +.*:00\.250 +billing +POST +200 +125 ms +28 B +api\.example\.com\/v1\/charges\?expand/,
    );
    // oxlint-disable-next-line no-control-regex
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f\u202e]/);
  });

  test('prints NDJSON with the promised fields', async () => {
    const { stdout } = await cli('calls', '--format', 'ndjson', 'id:1');
    expect(JSON.parse(stdout)).toMatchObject({
      id: '1',
      startedAt: '2026-11-23T10:00:00.250007Z',
      source: 'proxy',
      app: 'billing',
      method: 'POST',
      url: 'https://api.example.com/v1/charges?expand=customer&note=a%20b',
      host: 'api.example.com',
      path: '/v1/charges',
      status: 200,
      failure: null,
      durationMs: 125,
      timeToFirstByteMs: 120.3,
      requestBodyBytes: 15,
      responseBodyBytes: 13,
      protocol: 'http/1.1',
      tlsVersion: 'TLSv1.3',
      remoteAddress: '203.0.113.7',
      decision: null,
    });
    const { stdout: failed } = await cli('calls', '--format', 'ndjson', 'failure:dns');
    expect(JSON.parse(failed)).toMatchObject({ id: '3', status: null, failure: 'dns' });
  });

  test('prints a valid HAR with bodies', async () => {
    const { stdout } = await cli('calls', '--format', 'har');
    const har = JSON.parse(stdout);
    expect(harSchema.safeParse(har).error?.issues ?? []).toEqual([]);
    expect(har.log.entries.length).toBe(4);
    expect(har.log.entries[3].response.content).toMatchObject({ text: '{"ok":true}' });
  });

  test('takes the filter in one or several words, and after -- with a minus in front', async () => {
    expect(
      (await cli('calls', '--format', 'ndjson', 'status:5xx', 'or', 'failure:dns')).stdout.split('\n').length,
    ).toBe(3);
    const { stdout } = await sallyport(['calls', '--format', 'ndjson', '--data', dir, '--', '-host:api.example.com']);
    expect(JSON.parse(stdout).id).toBe('3');
  });

  test('says how many more there are than the limit', async () => {
    const { stdout, stderr } = await cli('calls', '--limit', '2');
    expect(stdout.trimEnd().split('\n').length).toBe(3);
    expect(stderr).toMatch(/^The newest 2; more with --limit/);
  });

  test('points at the mistake in a filter', async () => {
    const { code, stdout, stderr } = await cli('calls', 'a stauts:500');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toBe(
      `sallyport: The filter cannot be read: there is no field “stauts”; did you mean status:\n  a stauts:500\n    ^^^^^^\nPerhaps: a status:500\n`,
    );
  });

  test('ends without a word when its reader has read enough', async () => {
    for (let id = 100; id < 1400; id++) engine.put(makeCall({ id, path: `/${'x'.repeat(200)}` }));
    const child = spawn('bash', [
      '-c',
      `set -o pipefail; "$0" "$1" calls --format ndjson --data "$2" | head -1; echo "codes \${PIPESTATUS[*]}"`,
      process.execPath,
      join(import.meta.dirname, '../../electron/cli/main.ts'),
      dir,
    ]);
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk) => (out += String(chunk)));
    child.stderr.on('data', (chunk) => (err += String(chunk)));
    await once(child, 'close');
    expect(err).toBe('');
    expect(out).toMatch(/^\{"id":"1399".*\ncodes 0 0\n$/);
  });

  test('follows: the last ones, then new ones as they end, newest last', async () => {
    const child = start([
      'calls',
      '--follow',
      '--limit',
      '1',
      '--format',
      'ndjson',
      '--data',
      dir,
      'host:follow.example',
    ]);
    const seen: string[] = [];
    let rest = '';
    child.stdout.on('data', (chunk) => {
      const lines = (rest + String(chunk)).split('\n');
      rest = lines.pop() ?? '';
      seen.push(...lines.map((line) => JSON.parse(line).id));
      if (seen.length === 1) {
        engine.put(makeCall({ id: 2001, host: 'follow.example', state: 'open', durationUs: null }));
        engine.put(makeCall({ id: 2002, host: 'other.example' }));
        engine.put(makeCall({ id: 2003, host: 'follow.example' }));
        engine.put(makeCall({ id: 2001, host: 'follow.example' }));
      }
      if (seen.length === 3) child.kill('SIGINT');
    });
    engine.put(makeCall({ id: 2000, host: 'follow.example' }));
    await once(child, 'close');
    expect(seen).toEqual(['2000', '2003', '2001']);
  });

  test('none of before when none is asked for: -n 0, also of those that it follows', async () => {
    expect(await cli('calls', '-n', '0')).toMatchObject({ code: 0, stdout: '', stderr: '' });
    engine.put(makeCall({ id: 3000, host: 'zero.example' }));
    const listening = engine.listeners();
    const child = start(['calls', '--follow', '-n', '0', '-f', 'ndjson', '--data', dir, 'host:zero.example']);
    let out = '';
    child.stdout.on('data', (chunk) => {
      out += String(chunk);
      child.kill('SIGINT');
    });
    await vi.waitFor(() => expect(engine.listeners()).toBeGreaterThan(listening), 20_000);
    engine.put(makeCall({ id: 3001, host: 'zero.example' }));
    await once(child, 'close');
    expect(JSON.parse(out)).toMatchObject({ id: '3001' });
  });
});

describe('call', () => {
  test('shows everything for reading', async () => {
    const { code, stdout } = await cli('call', '1');
    expect(code).toBe(0);
    for (const part of [
      '#1  POST https://api.example.com/v1/charges',
      '200 OK',
      'app billing',
      'Timings  125 ms in all, first byte after 120 ms',
      'TLS',
      '24.5 ms',
      '203.0.113.7:443',
      'TLSv1.3 TLS_AES_128_GCM_SHA256 for api.example.com: trusted',
      '  Content-Type: application/json',
      '  "amount": 1200',
      '  "ok": true',
    ])
      expect(stdout).toContain(part);
  });

  test('says what went wrong and what to do', async () => {
    const { stdout } = await cli('call', '3');
    expect(stdout).toContain('Failed: the host name did not resolve (getaddrinfo ENOTFOUND nowhere.example).');
    expect(stdout).toContain('Check the name');
  });

  test('prints bodies as they are, decoded or raw', async () => {
    expect((await cli('call', '1', '--body', 'response')).stdout).toBe('{"ok":true}');
    expect((await cli('call', '1', '--body', 'response', '--raw')).bytes.equals(gzipSync('{"ok":true}'))).toBe(true);
    const none = await cli('call', '2', '--body', 'request');
    expect([none.code, none.stderr]).toEqual([1, 'sallyport: Call 2 has no request body.\n']);
  });

  test('prints JSON, HAR and curl', async () => {
    expect(JSON.parse((await cli('call', '1', '--format', 'json')).stdout)).toMatchObject({
      id: 1,
      responseBodyContent: { text: '{"ok":true}' },
    });
    expect(harSchema.safeParse(JSON.parse((await cli('call', '1', '--format', 'har')).stdout)).success).toBe(true);
    expect((await cli('call', '1', '--format', 'curl')).stdout).toMatch(
      /^curl \\\n {2}--http1\.1 \\\n.*--data-raw '\{"amount":1200\}'\n$/s,
    );
  });

  test.each([
    [['call', '999999'], 1, /There is no call 999999\. List what is there with: sallyport calls/],
    [['call', 'x'], 2, /must be a number/],
    [['call', '1', '--raw'], 2, /--raw says how to print a body/],
    [['call', '1', '--format', 'curl', '--body', 'request'], 2, /cannot be used with/],
    [['calls', '--follow', '--format', 'har'], 2, /--follow cannot write one/],
    [['calls', '--limit', '1.5'], 2, /whole number from 0/],
  ])('%j ends with %i and a reason', async (args, code, reason) => {
    const ended = await cli(...args);
    expect([ended.code, ended.stdout]).toEqual([code, '']);
    expect(ended.stderr).toMatch(reason);
  });
});

test('the questions do not go through the proxy of a recorded shell', async () => {
  const dead = 'http://127.0.0.1:1';
  const { code } = await sallyport(['calls', '--limit', '1', '--data', dir], {
    HTTP_PROXY: dead,
    http_proxy: dead,
    HTTPS_PROXY: dead,
    NODE_USE_ENV_PROXY: '1',
  });
  expect(code).toBe(0);
});

test('leftovers of a crash are no engine', async () => {
  const other = mkdtempSync(join(tmpdir(), 'sallyport-cli-'));
  const crashed = lockEngine(other);
  crashed.announce({
    pid: 1,
    proxy: 'http://127.0.0.1:1',
    workspace: 'http://127.0.0.1:1/',
    token: 't',
    ca: '',
    version: '0',
    ephemeral: false,
    reach: [],
  });
  const { code, stderr } = await sallyport(['calls', '--data', other]);
  expect([code, stderr]).toEqual([
    1,
    expect.stringMatching(/^sallyport: Nothing is recorded in .+ yet\. Send a first call through: /),
  ]);
  const followed = await sallyport(['calls', '--follow', '--data', other]);
  expect([followed.code, followed.stderr]).toEqual([3, expect.stringContaining('does not answer')]);
  crashed.release();
  rmSync(other, { recursive: true });
});
