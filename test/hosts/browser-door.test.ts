import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import type { OutgoingHttpHeaders } from 'node:http';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { createLeases } from '../../electron/api/leases.ts';
import { createSessions } from '../../electron/hosts/sessions.ts';
import { openWorkspaceHost } from '../../electron/hosts/workspace-host.ts';
import type { WorkspaceHost } from '../../electron/hosts/workspace-host.ts';
import { createStubEngine } from '../fixtures/stub-engine.ts';

/** What a browser may do at the door, and what a page of somebody else may not. */

const TOKEN = 'a-token-of-a-test';
const BEARER = { authorization: `Bearer ${TOKEN}` };
const engine = createStubEngine();
const log: string[] = [];
let folder: string;
let host: WorkspaceHost;

/** As browsers send it: somebody opens an address, a link on a page of another site is followed, our page asks. */
const BY_HAND = { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
const FOREIGN_LINK = { ...BY_HAND, 'sec-fetch-site': 'cross-site' };
const NEIGHBOUR_LINK = { ...BY_HAND, 'sec-fetch-site': 'same-site' };
const OUR_PAGE = { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' };

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-pages-'));
  const workspace = join(folder, 'workspace');
  mkdirSync(join(workspace, 'assets'), { recursive: true });
  writeFileSync(join(folder, 'secret.txt'), 'outside');
  writeFileSync(join(workspace, 'index.html'), '<!doctype html><title>the workspace</title>');
  writeFileSync(join(workspace, 'assets', 'index-Ab12Cd34.js'), 'export {}');
  writeFileSync(join(workspace, 'assets', 'index-Ab12Cd34.css'), 'a {}');
  writeFileSync(join(workspace, 'icon.svg'), '<svg/>');
  writeFileSync(join(workspace, '.hidden'), 'hidden');
  symlinkSync(join(folder, 'secret.txt'), join(workspace, 'assets', 'link.txt'));
  host = await openHost(workspace);
});
afterAll(async () => {
  await host.close();
  rmSync(folder, { recursive: true });
});

function openHost(workspace: string) {
  return openWorkspaceHost({
    doors: { engine, leases: createLeases(), shutdown: null },
    port: 0,
    token: TOKEN,
    log: (line) => log.push(line),
    workspace,
  });
}

async function ask(path: string, headers: OutgoingHttpHeaders = {}, method = 'GET', to = host) {
  const request = httpRequest({
    host: '127.0.0.1',
    port: to.port,
    path,
    method,
    headers,
    setHost: !('host' in headers),
    agent: false, // a connection to a server that is gone must not be used again
  });
  request.end();
  const [response] = await once(request, 'response');
  let body = '';
  for await (const chunk of response) body += String(chunk);
  const one: Record<string, string | undefined> = response.headers;
  return { status: response.statusCode as number, headers: one, cookies: response.headers['set-cookie'] ?? [], body };
}

async function signIn(to = host): Promise<{ cookie: string }> {
  const { cookies } = await ask(`/?token=${TOKEN}`, BY_HAND, 'GET', to);
  return { cookie: cookies[0]?.split(';')[0] ?? '' };
}

describe('the link with the token', () => {
  test('becomes a cookie that only our pages send, and leaves the address bar at once', async () => {
    const answer = await ask(`/traffic/7?token=${TOKEN}&filter=a`, BY_HAND);
    expect([answer.status, answer.headers['location'], answer.body]).toEqual([303, '/traffic/7?filter=a', '']);
    expect(answer.cookies).toEqual([
      expect.stringMatching(new RegExp(`^sallyport-${host.port}=[\\w-]{43}; Path=/; HttpOnly; SameSite=Strict$`)),
    ]);
    expect(answer.cookies[0]).not.toContain(TOKEN);
    expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' });
  });

  test('works again for whoever holds it, each time with a session of its own', async () => {
    expect((await signIn()).cookie).not.toBe((await signIn()).cookie);
  });

  test.each([
    ['a link on a page of another site', FOREIGN_LINK],
    ['a link on a page of another port', NEIGHBOUR_LINK],
    ['a frame', { ...BY_HAND, 'sec-fetch-dest': 'iframe' }],
    ['a script', { ...OUR_PAGE }],
  ])('stolen, it opens nothing from %s', async (_from, headers) => {
    const answer = await ask(`/?token=${TOKEN}`, headers);
    expect([answer.status, answer.cookies]).toEqual([401, []]);
    expect(answer.body).not.toContain(TOKEN);
  });

  test('with another token it says why, in words', async () => {
    const answer = await ask('/?token=of-yesterday', BY_HAND);
    expect([answer.status, answer.cookies]).toEqual([401, []]);
    expect(answer.body).toContain('earlier start');
    expect(answer.body).toContain('sallyport open');
  });
});

describe('a ticket', () => {
  const ticket = async (): Promise<string> =>
    JSON.parse((await ask('/api/session/ticket', BEARER, 'POST')).body).ticket;

  test('opens one session, once', async () => {
    const link = `/?ticket=${await ticket()}`;
    expect((await ask(link, BY_HAND)).status).toBe(303);
    const again = await ask(link, BY_HAND);
    expect([again.status, again.cookies]).toEqual([401, []]);
    expect(again.body).toContain('has been used');
  });

  test('is made for the token only', async () => {
    expect((await ask('/api/session/ticket', { ...(await signIn()), ...OUR_PAGE }, 'POST')).status).toBe(403);
    expect((await ask('/api/session/ticket', {}, 'POST')).status).toBe(401);
  });

  test('is worth nothing after a minute', () => {
    let now = 0;
    const sessions = createSessions({ now: () => now });
    const [early, late] = [sessions.issueTicket(), sessions.issueTicket()];
    now = 59_999;
    expect(sessions.redeemTicket(early)).toBe(true);
    now = 60_000;
    expect(sessions.redeemTicket(late)).toBe(false);
  });
});

describe('a session', () => {
  test('opens pages, files and the api to our own pages', async () => {
    const cookie = await signIn();
    expect((await ask('/', { ...BY_HAND, ...cookie })).body).toContain('the workspace');
    expect((await ask('/assets/index-Ab12Cd34.js', { ...OUR_PAGE, ...cookie })).body).toBe('export {}');
    expect((await ask('/api/system', { ...OUR_PAGE, ...cookie })).status).toBe(200);
    expect(JSON.parse((await ask('/api/session', { ...OUR_PAGE, ...cookie })).body)).toEqual({ as: 'session' });
    const webSocket = new WebSocket(`ws://127.0.0.1:${host.port}/rpc`, {
      headers: cookie,
      origin: `http://127.0.0.1:${host.port}`,
    });
    await once(webSocket, 'open');
    webSocket.terminate();
  });

  test.each([
    ['a page of another site', { ...OUR_PAGE, 'sec-fetch-site': 'cross-site' }, 403],
    ['a page of another port', { ...OUR_PAGE, 'sec-fetch-site': 'same-site' }, 403],
    ['an origin of another port', { origin: 'http://127.0.0.1:1' }, 403],
    ['a browser that does not say from where', {}, 401],
    ['a rebound name', { ...OUR_PAGE, host: 'evil.example' }, 421],
  ])('is nothing to %s', async (_who, headers: OutgoingHttpHeaders, status) => {
    const cookie = await signIn();
    for (const path of ['/api/system', '/api/calls/1/body/request', '/rpc/system/info', '/assets/index-Ab12Cd34.js'])
      expect([path, (await ask(path, { ...headers, ...cookie })).status]).toEqual([path, status]);
  });

  test.each([
    ['without an Origin', undefined, 401],
    ['with the Origin of another port', 'http://127.0.0.1:1', 403],
    ['with the Origin of another site', 'https://evil.example', 403],
  ])('does not open a WebSocket %s', async (_how, origin, status) => {
    const webSocket = new WebSocket(`ws://127.0.0.1:${host.port}/rpc`, {
      headers: await signIn(),
      ...(origin === undefined ? {} : { origin }),
    });
    webSocket.on('error', () => {});
    const [, response] = await once(webSocket, 'unexpected-response');
    expect(response.statusCode).toBe(status);
    expect(response.headers['content-security-policy']).toContain("default-src 'none'");
    webSocket.terminate();
  });

  test('of another engine on this machine is not ours: browsers do not tell ports apart', async () => {
    const other = await openHost(join(folder, 'workspace'));
    const theirs = await signIn(other);
    expect((await ask('/', { ...BY_HAND, ...theirs })).status).toBe(401);
    const renamed = { cookie: theirs.cookie.replace(String(other.port), String(host.port)) };
    expect((await ask('/', { ...BY_HAND, ...renamed })).status).toBe(401);
    const both = { cookie: `${theirs.cookie}; ${(await signIn()).cookie}` };
    expect((await ask('/', { ...BY_HAND, ...both })).status).toBe(200);
    await other.close();
  });

  test('can be ended by itself, or all of them by the token, and what is open under it ends', async () => {
    const [mine, theirs] = [await signIn(), await signIn()];
    const open = async (cookie: { cookie: string }) => {
      const webSocket = new WebSocket(`ws://127.0.0.1:${host.port}/rpc`, {
        headers: cookie,
        origin: host.url.slice(0, -1),
      });
      await once(webSocket, 'open');
      return { closed: once(webSocket, 'close') };
    };
    const [myEnd, theirEnd] = [await open(mine), await open(theirs)];
    expect((await ask('/api/session', { ...OUR_PAGE, ...mine }, 'DELETE')).status).toBe(200);
    expect((await myEnd.closed)[0]).toBe(1008);
    expect((await ask('/api/session', { ...OUR_PAGE, ...mine })).status).toBe(401);
    expect((await ask('/api/session', { ...OUR_PAGE, ...theirs })).status).toBe(200);
    await ask('/api/session', BEARER, 'DELETE');
    expect((await theirEnd.closed)[0]).toBe(1008);
    expect((await ask('/', { ...BY_HAND, ...theirs })).status).toBe(401);
  });

  test('outlives the engine, and nothing on disk opens one', async () => {
    const doors = {
      engine: { ...engine, info: { ...engine.info, dataDir: folder } },
      leases: createLeases(),
      shutdown: null,
    };
    const start = (port: number) =>
      openWorkspaceHost({ doors, port, token: `${TOKEN}-${Math.random()}`, log: () => {}, workspace: folder });
    const before = await start(0);
    const link = new URL(before.link);
    const { cookies } = await ask(link.pathname + link.search, BY_HAND, 'GET', before);
    const cookie = cookies[0]?.split(';')[0] ?? '';
    await before.close();
    const after = await start(before.port);
    try {
      expect((await ask('/api/session', { ...OUR_PAGE, cookie }, 'GET', after)).status).toBe(200);
      const kept = readFileSync(join(folder, 'sessions.json'), 'utf8');
      expect(kept).not.toContain(cookie.split('=')[1]);
      for (const digest of Object.keys(JSON.parse(kept) as object)) {
        const forged = `${cookie.split('=')[0]}=${digest}`;
        expect((await ask('/api/session', { ...OUR_PAGE, cookie: forged }, 'GET', after)).status).toBe(401);
      }
      expect(statSync(join(folder, 'sessions.json')).mode & 0o777).toBe(0o600);
    } finally {
      await after.close();
    }
  });

  test('is over after a month', () => {
    let now = 0;
    const sessions = createSessions({ now: () => now });
    const { id } = sessions.open();
    now = 30 * 24 * 3_600_000;
    expect(sessions.find(id)).not.toBeNull();
    now += 1;
    expect(sessions.find(id)).toBeNull();
  });

  test('is one of a hundred at most', () => {
    const sessions = createSessions();
    const first = sessions.open();
    for (let i = 0; i < 150; i++) sessions.open();
    expect([sessions.count(), sessions.find(first.id), first.session.ended.aborted]).toEqual([100, null, true]);
  });
});

describe('without a session', () => {
  test.each(['/', '/traffic', '/traffic/7', '/?x=1'])(
    '%s says in words how to get in, and shows nothing',
    async (path) => {
      for (const headers of [BY_HAND, FOREIGN_LINK, {}]) {
        const answer = await ask(path, headers);
        expect(answer.status).toBe(401);
        expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
        expect(answer.body).toContain('sallyport open');
        expect(answer.body).not.toContain('the workspace</title>');
        expect(answer.body).not.toContain(TOKEN);
      }
    },
  );

  test('files are not given away', async () => {
    expect((await ask('/assets/index-Ab12Cd34.js')).status).toBe(401);
    expect((await ask('/icon.svg')).status).toBe(401);
  });

  test('an address in the words is text', async () => {
    expect((await ask('/a"><script>', BY_HAND)).headers['content-type']).toBe('application/problem+json');
  });
});

describe('files', () => {
  test('the page is never kept, files named by their content are', async () => {
    for (const [path, type, caching] of [
      ['/', 'text/html; charset=utf-8', 'no-store'],
      ['/traffic/7', 'text/html; charset=utf-8', 'no-store'],
      ['/assets/index-Ab12Cd34.js', 'text/javascript; charset=utf-8', 'private, max-age=31536000, immutable'],
      ['/assets/index-Ab12Cd34.css', 'text/css; charset=utf-8', 'private, max-age=31536000, immutable'],
      ['/icon.svg', 'image/svg+xml', 'no-store'],
    ] as const) {
      const answer = await ask(path, BEARER);
      expect([path, answer.status, answer.headers['content-type'], answer.headers['cache-control']]).toEqual([
        path,
        200,
        type,
        caching,
      ]);
    }
    const head = await ask('/icon.svg', BEARER, 'HEAD');
    expect([head.headers['content-length'], head.body]).toEqual(['6', '']);
  });

  test.each([
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/assets/%2e%2e/%2e%2e/secret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/assets/..\\..\\secret.txt',
    '//secret.txt',
    '/./icon.svg',
    '/.hidden',
    '/assets/link.txt',
    '/assets/%00.js',
    '/index.html',
    `/assets/${'a'.repeat(5000)}.js`,
    '/assets/',
  ])('nothing but the build is served: %s', async (path) => {
    const answer = await ask(path, BEARER);
    expect([answer.status, answer.headers['content-type']]).toEqual([404, 'application/problem+json']);
    expect(answer.body).not.toContain('outside');
  });

  test('are only read', async () => {
    for (const path of ['/', '/icon.svg']) expect((await ask(path, BEARER, 'POST')).status).toBe(404);
  });
});

test('every answer has a policy, allows no frame, and lets no other origin read it', async () => {
  const cookie = await signIn();
  const answers = await Promise.all([
    ask('/', { ...BY_HAND, ...cookie }),
    ask('/assets/index-Ab12Cd34.js', BEARER),
    ask('/icon.svg', BEARER),
    ask('/', BY_HAND),
    ask(`/?token=${TOKEN}`, BY_HAND),
    ask('/?token=wrong', BY_HAND),
    ask('/assets/none.js', BEARER),
    ask('/api/system', BEARER),
    ask('/api/system'),
    ask('/api/nothing', BEARER),
    ask('/api/session', BEARER),
    ask('/api/openapi.json', BEARER),
    ask('/', { host: 'evil.example' }),
    ask('/', { origin: 'https://evil.example' }),
    ask('/api/system', BEARER, 'OPTIONS'),
  ]);
  for (const { headers } of answers) {
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'.*frame-ancestors 'none'/);
    expect(headers['content-security-policy']).not.toMatch(/script-src[^;]*(unsafe|\*|http)/);
    expect(headers).toMatchObject({
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
    });
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  }
  expect(answers[0]?.headers['content-security-policy']).toContain("script-src 'self';");
  expect(answers[0]?.headers['content-security-policy']).toContain(`connect-src 'self' ws://127.0.0.1:${host.port}`);
});

test('a page that has a place for a nonce gets a fresh one, and strict style rules with it', async () => {
  const strict = join(folder, 'strict');
  mkdirSync(strict);
  writeFileSync(join(strict, 'index.html'), '<meta property="csp-nonce" nonce="__CSP_NONCE__">');
  const other = await openHost(strict);
  const [one, two] = [await ask('/', BEARER, 'GET', other), await ask('/', BEARER, 'GET', other)];
  await other.close();
  const nonce = /nonce="([\w-]{22})"/.exec(one.body)?.[1];
  expect(one.headers['content-security-policy']).toContain(`style-src-elem 'self' 'nonce-${nonce}'`);
  expect(one.headers['content-security-policy']).not.toContain("style-src 'self' 'unsafe-inline'");
  expect(one.body).not.toBe(two.body);
});

test('where the workspace has not been built, the page says so and what to do', async () => {
  const other = await openHost(join(folder, 'nothing'));
  const answer = await ask('/', BEARER, 'GET', other);
  expect([answer.status, answer.headers['content-type']]).toEqual([503, 'text/html; charset=utf-8']);
  expect(answer.body).toContain('npm run build');
  await other.close();
});

test('the log never holds the token, whatever breaks', async () => {
  log.length = 0;
  const broken = createStubEngine();
  broken.reader.getCall = async () => {
    throw new Error('inside');
  };
  const other = await openWorkspaceHost({
    doors: { engine: broken, leases: null, shutdown: null },
    port: 0,
    token: TOKEN,
    log: (line) => log.push(line),
    workspace: folder,
  });
  expect((await ask(`/api/calls/7/body/request?token=${TOKEN}`, BEARER, 'GET', other)).status).toBe(500);
  await other.close();
  expect(log.length).toBe(1);
  expect(log.join()).not.toContain(TOKEN);
});
