// curl and wget, through the real command line.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { thingsBody } from './origin.ts';
import { hasProgram, startWorld, type World } from './world.ts';

let world: World;
let curl: boolean;
let wget: boolean;
beforeAll(async () => {
  world = await startWorld();
  curl = await hasProgram('curl', '--version');
  wget = await hasProgram('wget', '--version');
});
afterAll(() => world.stop());

const url = 'https://api.vendor.example/things?page=1';

describe('curl', () => {
  beforeEach((context) => {
    if (!curl) context.skip('no curl on this machine');
  });

  test.each([
    ['--http1.1', 'http/1.1'],
    ['--http2', 'h2'],
  ])('%s over intercepted TLS', async (option, protocol) => {
    const app = `curl ${option}`;
    const ran = await world.run(app, ['curl', '-sS', option, url]);
    expect(ran).toMatchObject({ code: 0, stdout: thingsBody });
    const [row, ...more] = await world.calls(app);
    expect(more).toEqual([]);
    expect(row).toMatchObject({
      app,
      method: 'GET',
      url,
      host: 'api.vendor.example',
      status: 200,
      failure: null,
      protocol,
      tlsVersion: expect.stringContaining('1.3'),
      responseBodyBytes: thingsBody.length,
    });
    expect(await world.body(row?.id ?? '', 'response')).toBe(thingsBody);
  });

  test('nothing but its own output, and one line of ours on stderr', async () => {
    const ran = await world.run('curl quiet', ['curl', '-s', '-w', '%{http_code}', '-o', '/dev/null', url]);
    expect(ran.stdout).toBe('200');
    expect(ran.stderr).toMatch(/^sallyport: 1 call to 1 host as "curl quiet"; see: .*\n$/);
  });

  test('a post with its body both ways', async () => {
    const ran = await world.run(
      'curl post',
      ['curl', '-sS', '--data-binary', '@-', 'https://api.vendor.example/echo'],
      { input: 'ahoy' },
    );
    expect(ran).toMatchObject({ code: 0, stdout: 'ahoy' });
    const [row] = await world.calls('curl post');
    expect(row).toMatchObject({ method: 'POST', requestBodyBytes: 4, responseBodyBytes: 4, status: 200 });
    expect(await world.body(row?.id ?? '', 'request')).toBe('ahoy');
  });

  test('plain http to this machine', async () => {
    const plain = `http://127.0.0.1:${world.vendor.httpPort}/things`;
    expect(await world.run('curl plain', ['curl', '-sS', plain])).toMatchObject({ code: 0, stdout: thingsBody });
    expect(await world.calls('curl plain')).toMatchObject([{ url: plain, status: 200, tlsVersion: null }]);
  });

  test('plain http through a tunnel (-p)', async () => {
    const plain = `http://127.0.0.1:${world.vendor.httpPort}/things`;
    expect(await world.run('curl tunnel', ['curl', '-sS', '-p', plain])).toMatchObject({ code: 0, stdout: thingsBody });
    expect(await world.calls('curl tunnel')).toMatchObject([{ url: plain, status: 200 }]);
  });

  test('SOCKS5, the name resolved by the proxy', async () => {
    const socks = ['--proxy', `socks5h://socks%20app:run@${world.proxy}`];
    expect(await world.run('curl', ['curl', '-sS', ...socks, url])).toMatchObject({ code: 0, stdout: thingsBody });
    expect(await world.calls('socks app')).toMatchObject([{ url, status: 200, protocol: 'h2' }]);
  });

  test('NO_PROXY keeps a host out, and trust for it is as before', async () => {
    const plain = `http://127.0.0.1:${world.vendor.httpPort}/things`;
    const ran = await world.run('curl direct', ['curl', '-sS', plain], { env: { NO_PROXY: '127.0.0.1' } });
    expect(ran).toMatchObject({ code: 0, stdout: thingsBody });
    expect(await world.calls('curl direct')).toEqual([]);
  });

  test('an origin that is not there is curl’s own kind of answer, and the row says why', async () => {
    const ran = await world.run('curl refused', ['curl', '-sS', '-f', 'http://127.0.0.1:1/']);
    expect(ran.code).toBe(22);
    expect(await world.calls('curl refused')).toMatchObject([{ status: null, failure: 'refused' }]);
    expect(ran.stderr).toContain('1 call (1 failed)');
  });
});

describe('wget', () => {
  beforeEach((context) => {
    if (!wget) context.skip('no wget on this machine');
  });

  test('over intercepted TLS, with the settings it had', async () => {
    writeFileSync(join(world.folder, '.wgetrc'), 'user_agent = my own agent\n');
    const ran = await world.run('wget', ['wget', '-q', '-O', '-', url], { env: { HOME: world.folder } });
    expect(ran).toMatchObject({ code: 0, stdout: thingsBody });
    const [row, ...more] = await world.calls('wget');
    expect(more).toEqual([]);
    expect(row).toMatchObject({ url, status: 200, protocol: 'http/1.1', responseBodyBytes: thingsBody.length });
    const { stdout } = await world.sallyport('call', [row?.id ?? '', '--format', 'json']);
    expect(stdout).toContain('my own agent');
  });
});
