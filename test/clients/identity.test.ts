// Real programs at a proxy that wants to know who calls: with the right secret, a wrong one and none.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { startEngine, type EngineUnderTest } from '../harness/engine-under-test.ts';

let engine: EngineUnderTest;
let origin: Server;
let folder: string;
let ca: string;
/** Proxy addresses. */
let at: { right: string; wrong: string; none: string };
/** Requests the origin got. */
let reached = 0;

beforeAll(async () => {
  origin = createServer((request, response) => {
    reached += 1;
    request.resume();
    request.on('end', () => response.end('thing'));
  }).listen(0, '127.0.0.1');
  await vi.waitUntil(() => origin.listening);
  engine = await startEngine({ access: { requireIdentity: 'everywhere' } });
  const issued = await engine.engine.apps.changes.addCredential('billing');
  if ('problem' in issued) throw new Error(JSON.stringify(issued));
  const none = `http://127.0.0.1:${engine.proxyPort}`;
  at = { right: issued.proxyUrl, wrong: none.replace('//', `//billing:sp_${'x'.repeat(43)}@`), none };
  folder = mkdtempSync(join(tmpdir(), 'sallyport-identity-'));
  ca = join(folder, 'ca.pem');
  writeFileSync(ca, engine.caPem);
});
afterAll(async () => {
  origin.closeAllConnections();
  origin.close();
  await engine.stop();
  rmSync(folder, { recursive: true, force: true });
});

const url = (): string => `http://127.0.0.1:${(origin.address() as AddressInfo).port}/thing`;
const CLEAN = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/proxy|^SALLYPORT|^NODE_/i.test(name)),
);

function run(
  file: string,
  args: string[],
  env: Record<string, string> = {},
): Promise<{ code: number; out: string; missing: boolean }> {
  return new Promise((resolve) => {
    execFile(file, args, { env: { ...CLEAN, ...env } }, (error, stdout, stderr) => {
      const code = error === null ? 0 : Number(error.code);
      resolve({ code, out: stdout + stderr, missing: error?.code === 'ENOENT' });
    });
  });
}

const FETCH = `fetch(process.argv[1]).then((a) => a.text()).then((t) => console.log(t), (e) => { console.log(String(e.cause ?? e)); process.exit(1); })`;
const REQUESTS = `import sys, requests; r = requests.get(sys.argv[1]); print(r.status_code, r.text)`;
const socks = (proxy: string): string => proxy.replace('http://', 'socks5h://');

/** How each program is pointed at the proxy, and what it says when it is refused. */
const CLIENTS: [
  name: string,
  file: string,
  args: (proxy: string) => string[],
  env: (proxy: string) => Record<string, string>,
  refused: RegExp,
][] = [
  ['curl', 'curl', (proxy) => ['-q', '-s', '-x', proxy, url()], () => ({}), /identity-required/],
  ['curl --proxytunnel', 'curl', (proxy) => ['-q', '-sS', '-p', '-x', proxy, url()], () => ({}), /407/],
  [
    'curl --proxy-anyauth with a body',
    'curl',
    (proxy) => ['-q', '-s', '--proxy-anyauth', '-d', 'x'.repeat(100_000), '-x', proxy, url()],
    () => ({}),
    /identity-required/,
  ],
  [
    'curl over SOCKS',
    'curl',
    (proxy) => ['-q', '-sS', '-x', socks(proxy), url()],
    () => ({}),
    /rejected|authentication/,
  ],
  [
    'curl over TLS to the proxy',
    'curl',
    (proxy) => [
      '-q',
      '-s',
      '--proxy-cacert',
      ca,
      '-x',
      proxy.replace('http:', 'https:').replace('127.0.0.1', 'localhost'),
      url(),
    ],
    () => ({}),
    /identity-required/,
  ],
  [
    'fetch of Node',
    process.execPath,
    () => ['-e', FETCH, url()],
    (proxy) => ({ NODE_USE_ENV_PROXY: '1', HTTP_PROXY: proxy, http_proxy: proxy }),
    /cancelled|407|Proxy/,
  ],
  ['requests of Python', 'python3', () => ['-c', REQUESTS, url()], (proxy) => ({ http_proxy: proxy }), /407/],
];

describe.each(CLIENTS)('%s', (_name, file, args, env, refused) => {
  test('gets through with the right secret, and by no other', async (context) => {
    const right = await run(file, args(at.right), env(at.right));
    if (right.missing) return context.skip(`no ${file} on this machine`);
    if (/No module named/.test(right.out)) return context.skip('no requests for Python on this machine');
    if (/option --\S+: (is unknown|the installed libcurl)/.test(right.out))
      return context.skip('this curl cannot do it');
    expect(right.out, right.out).toContain('thing');
    expect(await engine.waitForCall((row) => row.status === 200 && row.state === 'closed')).toMatchObject({
      app: 'billing',
    });
    reached = 0;
    for (const proxy of [at.wrong, at.none]) {
      const { out } = await run(file, args(proxy), env(proxy));
      expect(out).toMatch(refused);
      expect(out).not.toContain('thing\n');
    }
    expect(reached).toBe(0);
  });
});
