import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { createServer as createTcpServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { isEngineLocked, readEngineFile } from '../../electron/hosts/engine-lock.ts';
import { sallyport, start } from '../harness/command.ts';
import { createTestCa } from '../harness/test-ca.ts';

/** The real command line, engine and store, with real programs: what a user does in the first minutes. */

const ca = createTestCa();
const origin = createServer(ca.server('api.example.com'), (request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const answer = gzipSync(JSON.stringify({ path: request.url, got: Buffer.concat(chunks).toString() }));
    response.writeHead(request.url === '/missing' ? 404 : 200, {
      'Content-Type': 'application/json',
      'Content-Encoding': 'gzip',
    });
    response.end(answer);
  });
});
let originPort = 0;
let dir: string;
let caFile: string;
const started: ReturnType<typeof start>[] = [];

beforeAll(async () => {
  await once(origin.listen(0, '127.0.0.1'), 'listening');
  originPort = (origin.address() as AddressInfo).port;
});
afterAll(() => {
  origin.closeAllConnections();
  origin.close();
});
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'sallyport-engine-'));
  caFile = join(dir, 'origin-ca.pem');
  writeFileSync(caFile, ca.pem);
  // The folder must look like ours to be tightened; a fresh one is made inside.
  dir = join(dir, 'data');
});
afterEach(async () => {
  for (const child of started.splice(0))
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  await vi.waitUntil(() => !isEngineLocked(dir), 20_000);
  rmSync(join(dir, '..'), { recursive: true, force: true });
});

const reach = () => ['--connect-to', `api.example.com:443=127.0.0.1:${originPort}`, '--upstream-ca', caFile];

interface Ready {
  proxy: string;
  workspace: string;
  token: string;
  ca: string;
  pid: number;
}

async function serve(
  ...more: string[]
): Promise<{ child: ReturnType<typeof start>; ready: Ready; said: () => string; ended: Promise<unknown[]> }> {
  const readyFile = join(dir, '..', 'ready.json');
  const child = start([
    'serve',
    '--data',
    dir,
    '--proxy-port',
    '0',
    '--workspace-port',
    '0',
    '--ready-file',
    readyFile,
    ...reach(),
    ...more,
  ]);
  started.push(child);
  let said = '';
  child.stdout.on('data', (chunk) => (said += String(chunk)));
  child.stderr.on('data', (chunk) => (said += String(chunk)));
  const ended = once(child, 'close');
  await vi.waitFor(() => expect(existsSync(readyFile) || child.exitCode !== null, said).toBe(true), 20_000);
  if (child.exitCode !== null) throw new Error(said);
  return { child, ready: JSON.parse(readFileSync(readyFile, 'utf8')), said: () => said, ended };
}

async function curl(ready: Ready, ...args: string[]): Promise<string> {
  const child = spawn('curl', ['-sS', '--compressed', '--proxy', ready.proxy, '--cacert', ready.ca, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  child.stdout.on('data', (chunk) => (out += String(chunk)));
  await once(child, 'close');
  return out;
}

/** Every call has ended and is stored: a client has its answer a moment before its call is over. */
async function settled({ workspace, token }: Ready): Promise<void> {
  const headers = { authorization: `Bearer ${token}` };
  await vi.waitFor(async () => {
    expect((await fetch(`${workspace}api/system/flush`, { method: 'POST', headers })).status).toBe(200);
    const open = await fetch(`${workspace}api/calls?query=state:open`, { headers });
    expect(await open.json()).toEqual({ calls: [], more: false });
  }, 10_000);
}

const ids = (ndjson: string): string[] =>
  ndjson
    .trim()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line).path);

describe('serve', () => {
  test('says where it is in a file of its owner’s, records, and answers questions while it runs', async () => {
    const { child, ready, said, ended } = await serve();
    expect(ready).toEqual({
      proxy: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      workspace: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/$/),
      token: expect.stringMatching(/^[\w-]{43}$/),
      ca: join(dir, 'ca.pem'),
      pid: child.pid,
      agent: { socket: expect.any(String), secretFile: expect.any(String) },
    });
    expect(statSync(join(dir, '..', 'ready.json')).mode & 0o777).toBe(0o600);
    // The ready file is for programs, and comes first.
    await vi.waitUntil(() => said().includes(`calls through ${ready.proxy} are recorded`), 10_000);

    expect(JSON.parse(await curl(ready, '-d', 'amount=1', 'https://api.example.com/v1/charges'))).toEqual({
      path: '/v1/charges',
      got: 'amount=1',
    });
    await settled(ready);
    const { stdout } = await sallyport(['calls', '--data', dir, '--format', 'ndjson']);
    expect(JSON.parse(stdout)).toMatchObject({
      id: '1',
      url: 'https://api.example.com/v1/charges',
      status: 200,
      tlsVersion: 'TLSv1.3',
      failure: null,
      requestBodyBytes: 8,
    });
    expect((await sallyport(['call', '1', '--data', dir, '--body', 'response'])).stdout).toBe(
      '{"path":"/v1/charges","got":"amount=1"}',
    );
    expect((await sallyport(['doctor', '--data', dir])).stdout).toMatch(/Engine: pid \d+ runs and answers/);

    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  });

  test('loses nothing on SIGTERM, and what it stored can be read without it', async () => {
    const { child, ready, ended } = await serve();
    for (let i = 0; i < 5; i++) await curl(ready, `https://api.example.com/${i}`);
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    expect(readEngineFile(dir)).toBe(null);
    const { stdout } = await sallyport(['calls', '--data', dir, '--format', 'ndjson', 'body:got since:-1h']);
    expect(ids(stdout)).toEqual(['/4', '/3', '/2', '/1', '/0']);
    expect((await sallyport(['calls', '--data', dir, 'stauts:1'])).stderr).toContain('did you mean status:');
  });

  test('a second one on the folder is refused by name and stays away from the first', async () => {
    const { ready } = await serve();
    const second = await sallyport(['serve', '--data', dir]);
    expect([second.code, second.stdout]).toEqual([4, '']);
    expect(second.stderr).toMatch(
      new RegExp(`^sallyport: Another engine \\(pid ${ready.pid}, proxy ${ready.proxy}\\) uses the data folder`),
    );
    expect(await curl(ready, 'https://api.example.com/still')).toContain('/still');
  });

  test('calls --follow shows calls as they end, until the engine does', async () => {
    const { child, ready, ended } = await serve();
    const follower = start(['calls', '--follow', '--format', 'ndjson', '--data', dir, 'path:/f*']);
    started.push(follower);
    let [out, err] = ['', ''];
    follower.stdout.on('data', (chunk) => (out += String(chunk)));
    follower.stderr.on('data', (chunk) => (err += String(chunk)));
    const gone = once(follower, 'close');
    // Until it follows, calls end up in its first list; either way each is shown once.
    for (let i = 0; i < 3; i++) {
      await curl(ready, `https://api.example.com/f${i}`);
      await curl(ready, `https://api.example.com/other`);
      await vi.waitFor(() => expect(ids(out)).toContain(`/f${i}`), 20_000);
    }
    child.kill('SIGTERM');
    await ended;
    expect(await gone).toEqual([3, null]);
    expect(err).toBe('sallyport: The engine has ended.\n');
    expect(ids(out)).toEqual(['/f0', '/f1', '/f2']);
  });

  test('a port in use is refused when it was asked for', async () => {
    const taken = createTcpServer();
    await once(taken.listen(0, '127.0.0.1'), 'listening');
    const { port } = taken.address() as AddressInfo;
    for (const option of ['--proxy-port', '--workspace-port']) {
      const { code, stderr } = await sallyport(['serve', '--data', dir, option, String(port)]);
      expect([option, code]).toEqual([option, 3]);
      expect(stderr).toMatch(/Port \d+ is in use by another program\./);
    }
    taken.close();
  });

  test('files that cannot be used are named before anything is opened', async () => {
    const { code, stderr } = await sallyport(['serve', '--data', dir, '--upstream-ca', '/nowhere.pem']);
    expect([code, stderr]).toEqual([2, 'sallyport: --upstream-ca: /nowhere.pem cannot be read (ENOENT).\n']);
    expect(existsSync(dir)).toBe(false);
  });

  test('killed, it leaves a folder that the next one uses', async () => {
    const first = await serve();
    await curl(first.ready, 'https://api.example.com/before');
    await settled(first.ready);
    first.child.kill('SIGKILL');
    await first.ended;
    expect((await sallyport(['doctor', '--data', dir])).stdout).toContain('the last engine did not end cleanly');
    rmSync(join(dir, '..', 'ready.json'));
    const second = await serve();
    await curl(second.ready, 'https://api.example.com/after');
    second.child.kill('SIGTERM');
    await second.ended;
    expect(ids((await sallyport(['calls', '--data', dir, '--format', 'ndjson'])).stdout)).toEqual([
      '/after',
      '/before',
    ]);
  });
});

describe('run', () => {
  const run = (...args: string[]) => sallyport(['run', '--data', dir, ...reach(), ...args]);

  test('starts an engine, records the program, ends as it ended, and leaves nothing running', async () => {
    const { code, stdout, stderr } = await run(
      '--app',
      'shop',
      '--',
      'curl',
      '-s',
      '--compressed',
      '-f',
      'https://api.example.com/missing',
    );
    expect([code, stdout]).toEqual([22, '']);
    expect(stderr).toMatch(
      /^sallyport: 1 call \(1 failed\) to 1 host as "shop"; see: npx sallyport calls --data .+ tag:run=[0-9a-f]+\n$/,
    );
    await vi.waitFor(() => expect(isEngineLocked(dir)).toBe(false), 20_000);
    expect(JSON.parse((await sallyport(['calls', '--data', dir, '--format', 'ndjson'])).stdout)).toMatchObject({
      app: 'shop',
      status: 404,
      path: '/missing',
    });
  });

  test('two at once share one engine', async () => {
    const both = await Promise.all(
      ['one', 'two'].map((name) =>
        run('--app', name, '--', 'curl', '-s', '--compressed', `https://api.example.com/${name}`),
      ),
    );
    expect(both.map(({ code, stderr }) => [code, stderr])).toEqual(
      Array.from({ length: 2 }, () => [0, expect.stringContaining('1 call to 1 host') as string]),
    );
    expect(ids((await sallyport(['calls', '--data', dir, '--format', 'ndjson'])).stdout).sort()).toEqual([
      '/one',
      '/two',
    ]);
  });

  test('does not quietly go without what it was told about reaching origins', async () => {
    await serve();
    const { code, stdout, stderr } = await sallyport([
      'run',
      '--data',
      dir,
      '--connect-to',
      ':443=127.0.0.1:1',
      '--',
      'echo',
      'ran',
    ]);
    expect([code, stdout]).toEqual([125, '']);
    expect(stderr).toContain('was started with other options; --connect-to cannot change it');
  });

  test('uses the engine that runs, which stays', async () => {
    const { ready } = await serve();
    const [one, two] = await Promise.all(
      ['one', 'two'].map((name) =>
        sallyport(['run', '--data', dir, '--', 'curl', '-s', '--compressed', `https://api.example.com/${name}`]),
      ),
    );
    expect([one?.code, two?.code]).toEqual([0, 0]);
    expect(readEngineFile(dir)?.pid).toBe(ready.pid);
    expect(ids((await sallyport(['calls', '--data', dir, '--format', 'ndjson'])).stdout).sort()).toEqual([
      '/one',
      '/two',
    ]);
  });

  test('killed, it takes its engine with it, which loses nothing', async () => {
    const child = start([
      'run',
      '--data',
      dir,
      ...reach(),
      '--',
      'sh',
      '-c',
      'curl -s --compressed https://api.example.com/x; echo; echo done; sleep 60',
    ]);
    started.push(child);
    let out = '';
    child.stdout.on('data', (chunk) => (out += String(chunk)));
    await vi.waitFor(() => expect(out).toContain('done'), 20_000);
    expect(isEngineLocked(dir)).toBe(true);
    child.kill('SIGKILL');
    await vi.waitFor(() => expect(isEngineLocked(dir)).toBe(false), 20_000);
    expect(ids((await sallyport(['calls', '--data', dir, '--format', 'ndjson'])).stdout)).toEqual(['/x']);
  });

  test('a recorded call can be repeated with the command that `call` prints', async () => {
    const { ready } = await serve();
    await curl(ready, '-d', '{"note":"it\'s 5 o\'clock"}', 'https://api.example.com/v1/notes');
    await settled(ready);
    const { stdout } = await sallyport(['call', '1', '--data', dir, '--format', 'curl']);
    const child = spawn('bash', ['-s'], {
      env: { PATH: process.env['PATH'], HTTPS_PROXY: ready.proxy, CURL_CA_BUNDLE: ready.ca },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    child.stdin.end(stdout);
    let out = '';
    child.stdout.on('data', (chunk) => (out += String(chunk)));
    await once(child, 'close');
    expect(JSON.parse(out)).toEqual({ path: '/v1/notes', got: '{"note":"it\'s 5 o\'clock"}' });
  });
});
