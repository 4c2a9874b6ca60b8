// Runtimes that proxy variables alone do not bring in, or only half: see electron/engine/capture/attach/hooks.
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test, type TestContext } from 'vitest';
import { WebSocketServer } from 'ws';
import { thingsBody } from './origin.ts';
import { hasProgram, start, startWorld, type Ran, type World } from './world.ts';

let world: World;
const sockets = new WebSocketServer({ noServer: true });
beforeAll(async () => {
  world = await startWorld();
  world.vendor.onUpgrade((request: IncomingMessage, socket: Duplex, head: Buffer) => {
    sockets.handleUpgrade(request, socket, head, (client) => {
      client.on('message', (data, binary) => client.send(data, { binary }));
    });
  });
});
afterAll(() => world.stop());

const program = (name: string): string => join(import.meta.dirname, 'programs', name);
const overTls = ['https://api.vendor.example/things', 'https://api.vendor.example/echo'];
const toThisMachine = (name = '127.0.0.1'): string[] =>
  ['/things', '/echo'].map((path) => `http://${name}:${world.vendor.httpPort}${path}`);

/** Runs a client that GETs and POSTs, and looks at what it printed and at what was recorded. */
async function getsAndPosts(app: string, client: string[], urls: string[]): Promise<Ran> {
  const ran = await world.run(app, [...client, ...urls]);
  expect(ran, ran.stderr).toMatchObject({ code: 0, stdout: expect.stringMatching(/ ahoy\s*$/) });
  expect(ran.stdout.trim()).toBe(`${thingsBody} ahoy`);
  const rows = (await world.calls(app)).map(({ method, url, status, responseBodyBytes }) => ({
    method,
    url,
    status,
    responseBodyBytes,
  }));
  expect(rows).toEqual([
    { method: 'GET', url: urls[0], status: 200, responseBodyBytes: thingsBody.length },
    { method: 'POST', url: urls[1], status: 200, responseBodyBytes: 4 },
  ]);
  return ran;
}

/** Skips where a runtime or a library of it is not there. */
async function needs(context: TestContext, what: string, ...command: string[]): Promise<void> {
  if (!(await hasProgram(...command))) context.skip(`no ${what} on this machine`);
}

describe('Java', () => {
  test.for(['HttpURLConnection', 'HttpClient'])(
    '%s: over intercepted TLS, and to this machine',
    async (way, context) => {
      const classes = join(world.folder, 'classes');
      await needs(context, 'Java compiler', 'javac', '-nowarn', '-d', classes, program('Calls.java'));
      const client = ['java', '-cp', classes, 'Calls', way];
      const { stderr } = await getsAndPosts(`java ${way}`, client, overTls);
      await getsAndPosts(`java ${way} here`, client, toThisMachine('localhost'));
      // All that a JVM says of it; nothing can keep it from that.
      expect(stderr.split('\n')[0]).toMatch(/^Picked up JAVA_TOOL_OPTIONS: .*-Dhttps\.proxyHost/);
      expect(stderr.split('\n')).toHaveLength(3);
    },
  );

  test('options that were set already are kept, and --without java leaves them alone', async (context) => {
    await needs(context, 'java', 'java', '-version');
    const env = { JAVA_TOOL_OPTIONS: '-Dmine="a b"' };
    const show = ['java', '-XshowSettings:properties', '-version'];
    const ran = await world.run('java options', show, { env });
    expect(ran.stderr).toMatch(/^ +mine = a b$/m);
    expect(ran.stderr).toMatch(/^ +https\.proxyHost = 127\.0\.0\.1$/m);
    const without = await world.sallyport('run', ['--without', 'java', '--', ...show], { env });
    expect(without.stderr).not.toContain('proxyHost');
    expect(without.stderr).toMatch(/^ +mine = a b$/m);
  });
});

describe('Python', () => {
  test.for([
    ['http_client', 'http.client'],
    ['urllib3', 'urllib3'],
    ['requests', 'requests'],
    ['httplib2', 'httplib2'],
    ['httpx', 'httpx'],
    ['aiohttp', 'aiohttp'],
    ['certifi', 'certifi'],
  ] as const)('%s: over intercepted TLS, and to this machine', async ([way, module], context) => {
    await needs(context, `python3 with ${module}`, 'python3', '-c', `import ${module}`);
    const client = ['python3', program('hooked_clients.py'), way];
    const { stderr } = await getsAndPosts(`python ${way}`, client, overTls);
    expect(stderr.split('\n'), stderr).toHaveLength(2);
    if (way !== 'certifi') await getsAndPosts(`python ${way} here`, client, toThisMachine());
  });

  test('what a .pth file imported before us is brought in too', async (context) => {
    await needs(context, 'python3 with certifi', 'python3', '-c', 'import certifi');
    const env = { PYTHONUSERBASE: join(world.folder, 'python') };
    const ask = ['-c', 'import site; print(site.getusersitepackages(), end="")'];
    const site = await promisify(execFile)('python3', ask, { env: { ...process.env, ...env } });
    mkdirSync(site.stdout, { recursive: true });
    writeFileSync(join(site.stdout, 'early.pth'), 'import certifi, http.client\n');
    const client = ['python3', program('hooked_clients.py'), 'certifi', ...overTls];
    const ran = await world.run('python early', client, { env });
    expect(ran, ran.stderr).toMatchObject({ code: 0, stdout: `${thingsBody} ahoy` });
    expect(await world.calls('python early')).toHaveLength(2);
  });

  test.for(['websockets', 'aiohttp'])('a WebSocket of %s', async (way, context) => {
    await needs(context, `python3 with ${way}`, 'python3', '-c', `import ${way}`);
    const app = `python socket ${way}`;
    const url = 'wss://api.vendor.example/talk';
    const ran = await world.run(app, ['python3', program('hooked_sockets.py'), way, url]);
    expect(ran, ran.stderr).toMatchObject({ code: 0, stdout: 'ahoy' });
    expect(await world.calls(app)).toMatchObject([{ status: 101, messages: expect.any(Number) }]);
  });
});

test('Ruby’s Net::HTTP: over intercepted TLS, and to this machine', async (context) => {
  await needs(context, 'ruby', 'ruby', '-rnet/http', '-e', '');
  const client = ['ruby', '-w', program('calls.rb')];
  const { stderr } = await getsAndPosts('ruby', client, overTls);
  expect(stderr.split('\n'), stderr).toHaveLength(2);
  await getsAndPosts('ruby here', client, toThisMachine());
});

test.for(['streams', 'curl'])('PHP’s %s: over intercepted TLS, and to this machine', async (way, context) => {
  await needs(
    context,
    `php with ${way}`,
    'php',
    '-r',
    way === 'curl' ? 'curl_version();' : 'openssl_get_cipher_methods();',
  );
  const client = ['php', program('calls.php'), way];
  const { stderr } = await getsAndPosts(`php ${way}`, client, overTls);
  expect(stderr.split('\n'), stderr).toHaveLength(2);
  await getsAndPosts(`php ${way} here`, client, toThisMachine());
});

test.for(['LWP', 'HTTP::Tiny'])('Perl’s %s: over intercepted TLS, and to this machine', async (way, context) => {
  const module = way === 'LWP' ? 'LWP::Protocol::https' : 'IO::Socket::SSL';
  await needs(context, `perl with ${module}`, 'perl', `-M${module}`, '-e', '1');
  const client = ['perl', '-w', program('calls.pl'), way];
  const app = `perl ${module.split('::')[0]}`;
  await getsAndPosts(app, client, overTls);
  await getsAndPosts(`${app} here`, client, toThisMachine());
});

test('Go’s net/http: over intercepted TLS; what it calls on this machine goes around, as Go itself decides', async (context) => {
  await needs(context, 'go', 'go', 'version');
  const built = join(world.folder, 'calls');
  const build = await start(['go', 'build', '-o', built, program('calls.go')]).end;
  expect(build.code, build.stderr).toBe(0);
  await getsAndPosts('go', [built], overTls);
  expect(await world.run('go here', [built, ...toThisMachine()])).toMatchObject({
    code: 0,
    stdout: `${thingsBody} ahoy`,
  });
  expect(await world.calls('go here')).toEqual([]);
});

test.for([
  ['Deno', ['deno', 'run', '--allow-net', '--allow-env', '--no-config']],
  ['Bun', ['bun', 'run']],
] as const)('%s’s fetch: over intercepted TLS, and to this machine', async ([name, command], context) => {
  await needs(context, name.toLowerCase(), command[0], '--version');
  const client = [...command, program('calls-fetch.mjs')];
  await getsAndPosts(name, client, overTls);
  await getsAndPosts(`${name} here`, client, toThisMachine());
});

test('apt downloads a file', async (context) => {
  const helper = '/usr/lib/apt/apt-helper';
  await needs(context, 'apt', helper, '--version');
  const file = join(world.folder, 'from-apt');
  const ran = await world.run('apt', [helper, 'download-file', overTls[0] ?? '', file]);
  expect(ran.code, ran.stderr).toBe(0);
  expect(await world.calls('apt')).toMatchObject([{ url: overTls[0], status: 200 }]);
});
