import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import type { OutgoingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { contract } from '../../shared/contract/index.ts';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { createLeases } from '../../electron/api/leases.ts';
import { openWorkspaceHost } from '../../electron/hosts/workspace-host.ts';
import type { WorkspaceHost } from '../../electron/hosts/workspace-host.ts';
import { makeCall } from '../fixtures/calls.ts';
import { createStubEngine, storedBody } from '../fixtures/stub-engine.ts';

const TOKEN = 'a-token-of-a-test';
const BEARER = { authorization: `Bearer ${TOKEN}` };
const engine = createStubEngine();
let host: WorkspaceHost;

beforeAll(async () => {
  host = await openWorkspaceHost({
    doors: { engine, leases: createLeases(), shutdown: null },
    port: 0,
    token: TOKEN,
    log: (line) => {
      throw new Error(line);
    },
  });
  engine.put(makeCall({ id: 7 }), {
    request: storedBody(gzipSync('<script>alert(1)</script>'), { contentType: 'text/html', contentEncoding: 'gzip' }),
    response: storedBody('x', { contentType: 'text/plain\r\nX-Injected: 1', truncated: 'limit' }),
  });
});
afterAll(() => host.close());

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

async function ask(path: string, headers: OutgoingHttpHeaders = {}, method = 'GET', body?: string): Promise<Answer> {
  const request = httpRequest({
    host: '127.0.0.1',
    port: host.port,
    path,
    method,
    headers,
    setHost: !('host' in headers),
  });
  request.end(body);
  const [response] = await once(request, 'response');
  let text = '';
  for await (const chunk of response) text += String(chunk);
  return { status: response.statusCode, headers: response.headers, body: text };
}

describe('who may ask', () => {
  test.each([
    ['no Host rebinding', { host: 'evil.example' }, 421],
    ['no other port', { host: '127.0.0.1:1' }, 421],
    ['no name that begins like ours', { host: 'localhost.evil.example' }, 421],
    ['no page of another origin', { origin: 'https://evil.example' }, 403],
    ['no sandboxed page', { origin: 'null' }, 403],
    ['no page of another port', { origin: 'http://localhost:1' }, 403],
    ['no other site, says the browser', { 'sec-fetch-site': 'cross-site' }, 403],
    ['no other port, says the browser', { 'sec-fetch-site': 'same-site' }, 403],
  ])('%s', async (_rule, headers: OutgoingHttpHeaders, status) => {
    const answer = await ask('/api/system', { ...BEARER, ...headers });
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(JSON.parse(answer.body)).toMatchObject({ status, title: expect.any(String), detail: expect.any(String) });
  });

  test.each([
    ['nothing', {}],
    ['another token', { authorization: 'Bearer wrong' }],
    ['the token and more', { authorization: `Bearer ${TOKEN}x` }],
    ['another scheme', { authorization: `Basic ${TOKEN}` }],
    ['a query', {}, `?token=${TOKEN}`],
    ['a cookie', { cookie: `token=${TOKEN}` }],
  ])('%s is not the token', async (_what, headers: OutgoingHttpHeaders, query = '') => {
    for (const path of [
      '/api/system',
      '/api/openapi.json',
      '/api/calls/7/body/request',
      '/rpc/system/info',
      '/assets/nothing.js',
    ]) {
      const answer = await ask(path + query, headers);
      expect([path, answer.status]).toEqual([path, 401]);
      expect(answer.headers['www-authenticate']).toBe('Bearer realm="sallyport"');
      expect(answer.body).not.toContain(TOKEN);
    }
  });

  test.each(['127.0.0.1', 'localhost', 'LOCALHOST', '[::1]'])('%s is a name of ours', async (name) => {
    const authority = `${name}:${host.port}`;
    const answer = await ask('/api/system', {
      ...BEARER,
      host: authority,
      origin: `http://${authority}`,
      'sec-fetch-site': 'same-origin',
    });
    expect(answer.status).toBe(200);
  });

  test('no answer allows other origins to read it', async () => {
    for (const headers of [BEARER, { ...BEARER, origin: 'https://evil.example' }]) {
      for (const method of ['GET', 'OPTIONS']) {
        const answer = await ask('/api/system', headers, method);
        expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
      }
    }
  });

  test('it listens on loopback only', async () => {
    expect(host.url).toBe(`http://127.0.0.1:${host.port}/`);
  });
});

describe('WebSockets pass the same checks', () => {
  test.each([
    ['no token', '/rpc', {}, 401],
    ['a token in the protocol', '/rpc', { 'sec-websocket-protocol': TOKEN }, 401],
    ['a token in the query', `/rpc?token=${TOKEN}`, {}, 401],
    ['another origin', '/rpc', { ...BEARER, origin: 'https://evil.example' }, 403],
    ['another host', '/rpc', { ...BEARER, host: 'evil.example' }, 421],
    ['another path', '/api', BEARER, 404],
  ])('%s', async (_what, path, headers: Record<string, string>, status) => {
    const webSocket = new WebSocket(`ws://127.0.0.1:${host.port}${path}`, { headers });
    webSocket.on('error', () => {});
    const [, response] = await once(webSocket, 'unexpected-response');
    expect(response.statusCode).toBe(status);
    expect(response.headers['content-type']).toBe('application/problem+json');
    webSocket.terminate();
  });

  test('a message over the limit ends the connection, not the host', async () => {
    const webSocket = new WebSocket(`ws://127.0.0.1:${host.port}/rpc`, { headers: BEARER });
    await once(webSocket, 'open');
    webSocket.send('x'.repeat(2 * 1024 * 1024));
    const [code] = await once(webSocket, 'close');
    expect(code).toBe(1009);
    expect((await ask('/api/system', BEARER)).status).toBe(200);
  });

  test('noise on a connection is not answered and harms nobody', async () => {
    const said = vi.spyOn(console, 'error').mockImplementation(() => {});
    const webSocket = new WebSocket(`ws://127.0.0.1:${host.port}/rpc`, { headers: BEARER });
    await once(webSocket, 'open');
    for (const noise of ['', '{', '[]', 'null', '{"i":1,"p":{"u":"/__proto__"}}', Buffer.from([0, 255])])
      webSocket.send(noise);
    webSocket.close();
    await once(webSocket, 'close');
    said.mockRestore();
    expect((await ask('/api/system', BEARER)).status).toBe(200);
  });
});

test('a bug behind the door is logged, and the asker is not told its inside', async () => {
  const lines: string[] = [];
  const broken = createStubEngine();
  broken.reader.getCall = async () => {
    throw new Error('secret inside');
  };
  const other = await openWorkspaceHost({
    doors: { engine: broken, leases: null, shutdown: null },
    port: 0,
    token: TOKEN,
    log: (line) => lines.push(line),
  });
  for (const path of ['api/calls/7', 'api/calls/7/body/request']) {
    const response = await fetch(other.url + path, { headers: BEARER });
    expect([path, response.status, (await response.text()).includes('inside')]).toEqual([path, 500, false]);
  }
  expect(lines.length).toBe(2);
  expect(lines[0]).toContain('secret inside');
  await other.close();
});

describe('REST', () => {
  test('questions are plain URLs', async () => {
    const answer = await ask('/api/calls?query=status:200&limit=5', BEARER);
    expect(JSON.parse(answer.body)).toMatchObject({ calls: [{ id: 7, host: 'api.example.com' }], more: false });
    expect(JSON.parse((await ask('/api/calls/7', BEARER)).body)).toMatchObject({ id: 7 });
    expect(JSON.parse((await ask('/api/calls/7/bodies/request?raw=true', BEARER)).body)).toMatchObject({
      contentEncoding: 'gzip',
    });
  });

  test('refusals carry code, sentence and data', async () => {
    const answer = await ask('/api/calls?query=stauts:1', BEARER);
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body)).toMatchObject({
      code: 'BAD_QUERY',
      message: expect.stringContaining('did you mean status'),
      data: { start: 0, end: 6 },
    });
  });

  test('every question of the contract is described, with a summary, a description and the token', async () => {
    const spec = JSON.parse((await ask('/api/openapi.json', BEARER)).body);
    expect(spec.openapi).toMatch(/^3\.1/);
    expect(spec.security).toEqual([{ token: [] }]);
    const operations = Object.values<Record<string, { operationId: string; summary: string; description: string }>>(
      spec.paths,
    ).flatMap((path) => Object.values(path));
    const asked = Object.entries(contract).flatMap(([group, questions]) =>
      Object.keys(questions).map((name) => `${group}.${name}`),
    );
    expect(operations.map(({ operationId }) => operationId).sort()).toEqual(
      [...asked, 'calls.download', 'jobs.download', 'jobs.import'].sort(),
    );
    for (const { operationId, summary, description } of operations)
      expect([operationId, Boolean(summary && description)]).toEqual([operationId, true]);
  });

  test('a question over the size limit is refused', async () => {
    const body = JSON.stringify({ json: { query: 'x'.repeat(2_000_000) } });
    for (const path of ['/rpc/calls/list', '/api/system/flush']) {
      const answer = await ask(path, { ...BEARER, 'content-type': 'application/json' }, 'POST', body);
      expect([path, answer.status]).toEqual([path, 413]);
    }
  });

  test('what is not there is said to be not there', async () => {
    for (const path of [
      '/api/nothing',
      '/rpc/nothing',
      '/assets/nothing.js',
      '/nothing.txt',
      '/api/calls/7/body/other',
      '//evil',
      '/api/../x',
    ]) {
      const answer = await ask(path, BEARER);
      expect([path, answer.status, answer.headers['content-type']]).toEqual([path, 404, 'application/problem+json']);
    }
  });
});

describe('bodies as downloads', () => {
  test('are decoded, saved and never run', async () => {
    const answer = await ask('/api/calls/7/body/request', BEARER);
    expect(answer.body).toBe('<script>alert(1)</script>');
    expect(answer.headers).toMatchObject({
      'content-type': 'text/html',
      'content-disposition': 'attachment; filename="call-7-request"',
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringContaining('sandbox'),
      'cache-control': 'no-store',
    });
    expect(answer.headers['content-encoding']).toBe(undefined);
  });

  test('raw ones are as on the wire', async () => {
    const answer = await ask('/api/calls/7/body/request?raw=1', BEARER);
    expect([answer.headers['content-length'], answer.headers['sallyport-content-encoding']]).toEqual([
      String(gzipSync('<script>alert(1)</script>').length),
      'gzip',
    ]);
  });

  test('a recorded media type cannot inject headers', async () => {
    const answer = await ask('/api/calls/7/body/response', BEARER);
    expect([
      answer.headers['content-type'],
      answer.headers['x-injected'],
      answer.headers['sallyport-truncated'],
    ]).toEqual(['application/octet-stream', undefined, 'limit']);
  });

  test.each([
    ['/api/calls/8/body/request', 'GET', 404],
    ['/api/calls/7/body/request', 'POST', 405],
  ])('%s by %s', async (path, method, status) => {
    expect((await ask(path, BEARER, method)).status).toBe(status);
  });
});

test('bytes that are not HTTP get 400 and the host lives on', async () => {
  const socket = connect(host.port, '127.0.0.1');
  socket.end('\x16\x03\x01\x00\xa5 not http\r\n\r\n');
  let text = '';
  for await (const chunk of socket) text += String(chunk);
  expect(text).toMatch(/^HTTP\/1\.1 400/);
  expect((await ask('/api/system', BEARER)).status).toBe(200);
});

test('closing ends streams that would never end by themselves', async () => {
  const other = await openWorkspaceHost({
    doors: { engine: createStubEngine(), leases: createLeases(), shutdown: null },
    port: 0,
    token: TOKEN,
    log: () => {},
  });
  const response = await fetch(`${other.url}api/changes/watch`, { headers: BEARER });
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  const webSocket = new WebSocket(`${other.url.replace('http', 'ws')}rpc`, { headers: BEARER });
  await once(webSocket, 'open');
  const gone = once(webSocket, 'close');
  await other.close();
  await gone;
  await response.body?.cancel().catch(() => {});
});

test('a port in use is refused with the system’s own error', async () => {
  await expect(
    openWorkspaceHost({
      doors: { engine, leases: null, shutdown: null },
      port: host.port,
      token: TOKEN,
      log: () => {},
    }),
  ).rejects.toMatchObject({ code: 'EADDRINUSE' });
});
