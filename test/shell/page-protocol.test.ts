// `app://sallyport/`: the built workspace, and the engine behind /api, whose token no page ever sees.
import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createWorkspaceFiles } from '../../electron/hosts/workspace-files.ts';
import { createPageProtocol, registerScheme } from '../../electron/shell/page-protocol.ts';
import { createElectronStandIn } from '../harness/electron-stand-in.ts';

const TOKEN = 'token-of-a-test';
let folder: string;
let seen: IncomingMessage[] = [];
const engine = createServer((request, response) => {
  seen.push(request);
  response.setHeader('Set-Cookie', 'a=b');
  response.setHeader('Content-Security-Policy', "default-src 'none'");
  if (request.url === '/api/stream') {
    response.write('first');
    return; // the rest never comes
  }
  request.pipe(response);
});
let place: { pid: number; proxy: string; workspace: string; token: string; ca: string };
let ask: (request: Request) => Promise<Response>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-protocol-'));
  mkdirSync(join(folder, 'workspace', 'assets'), { recursive: true });
  writeFileSync(join(folder, 'secret.txt'), 'outside');
  writeFileSync(join(folder, 'workspace', 'index.html'), '<meta property="csp-nonce" nonce="__CSP_NONCE__">the page');
  writeFileSync(join(folder, 'workspace', 'assets', 'a-12345678.js'), 'export {}');
  await once(engine.listen(0, '127.0.0.1'), 'listening');
  const workspace = `http://127.0.0.1:${(engine.address() as AddressInfo).port}/`;
  place = { pid: 1, proxy: '', workspace, token: TOKEN, ca: '' };
  ask = createPageProtocol(createWorkspaceFiles(join(folder, 'workspace')), () => place);
});
afterAll(() => {
  engine.closeAllConnections();
  engine.close();
  rmSync(folder, { recursive: true });
});

const get = (path: string, init?: RequestInit) => ask(new Request(`app://sallyport${path}`, init));

test('the scheme is a proper origin that fetch works on', () => {
  const world = createElectronStandIn({ home: folder });
  registerScheme(world.electron);
  expect(world.schemes).toEqual([
    {
      scheme: 'app',
      privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true },
    },
  ]);
});

describe('pages', () => {
  test('are the built workspace, under a strict policy', async () => {
    for (const path of ['/', '/traffic']) {
      const answer = await get(path);
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
      const policy = answer.headers.get('content-security-policy') ?? '';
      expect(policy).toMatch(/^default-src 'none'; script-src 'self'; .*connect-src 'self';.*frame-ancestors 'none'/);
      const nonce = /nonce="([\w-]{22})"the page|nonce="([\w-]{22})"/.exec(await answer.text())?.[2];
      expect(policy).toContain(`'nonce-${nonce}'`);
    }
    const script = await get('/assets/a-12345678.js');
    expect([await script.text(), script.headers.get('content-type')]).toEqual([
      'export {}',
      'text/javascript; charset=utf-8',
    ]);
  });

  test.each([
    '/../secret.txt',
    '/assets/%2e%2e/%2e%2e/secret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/none.js',
    '/rpc/x',
  ])('nothing else is: %s', async (path) => {
    const answer = await get(path);
    expect(await answer.text()).not.toContain('outside');
    if (path !== '/rpc/x') expect(answer.status).toBe(404);
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  test('are of one host, and only read', async () => {
    expect((await ask(new Request('app://other/'))).status).toBe(404);
    expect((await get('/', { method: 'POST' })).status).toBe(405);
  });

  test('that have not been built are said to be missing', async () => {
    const bare = createPageProtocol(createWorkspaceFiles(join(folder, 'nothing')), () => null);
    const answer = await bare(new Request('app://sallyport/'));
    expect([answer.status, (await answer.text()).includes('npm run build')]).toEqual([503, true]);
  });
});

describe('/api', () => {
  test('goes to the engine with the token, and without what else a page sends', async () => {
    seen = [];
    const answer = await get('/api/calls?query=a%20b', { headers: { cookie: 'x=y', 'x-page': '1', accept: 'text/x' } });
    expect(answer.status).toBe(200);
    const [request] = seen;
    expect([request?.method, request?.url]).toEqual(['GET', '/api/calls?query=a%20b']);
    expect(request?.headers).toMatchObject({ authorization: `Bearer ${TOKEN}`, accept: 'text/x' });
    expect(
      Object.keys(request?.headers ?? {}).filter((name) => /cookie|x-page|origin|referer|sec-/.test(name)),
    ).toEqual([]);
    expect([...answer.headers.keys()]).not.toContain('set-cookie');
    expect([...answer.headers.values()].join()).not.toContain(TOKEN);
    expect(answer.headers.get('content-security-policy')).toBe("default-src 'none'");
  });

  test('bodies stream both ways, whatever their size', async () => {
    const chunk = new Uint8Array(64 * 1024).fill(7);
    let left = 512;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => (left-- > 0 ? controller.enqueue(chunk) : controller.close()),
    });
    const answer = await get('/api/import', { method: 'POST', body, duplex: 'half' });
    let bytes = 0;
    for await (const part of answer.body ?? []) bytes += part.length;
    expect(bytes).toBe(512 * chunk.length);
  });

  test('what has come is passed on before the rest, and giving up reaches the engine', async () => {
    const giveUp = new AbortController();
    const answer = await get('/api/stream', { signal: giveUp.signal });
    const reader = answer.body?.getReader();
    expect(new TextDecoder().decode((await reader?.read())?.value)).toBe('first');
    const socket = seen.at(-1)?.socket;
    const gone = once(socket as NonNullable<typeof socket>, 'close');
    giveUp.abort();
    await gone;
    await reader?.cancel().catch(() => {});
  });

  test('says when there is no engine, or none that answers', async () => {
    const none = createPageProtocol(createWorkspaceFiles(folder), () => null);
    const answer = await none(new Request('app://sallyport/api/system'));
    expect([answer.status, await answer.json()]).toMatchObject([503, { title: 'The engine is not running just now' }]);
    const dead = createPageProtocol(createWorkspaceFiles(folder), () => ({
      ...place,
      workspace: 'http://127.0.0.1:1/',
    }));
    expect((await dead(new Request('app://sallyport/api/system'))).status).toBe(502);
  });
});
