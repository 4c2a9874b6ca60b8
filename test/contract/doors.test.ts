import { once } from 'node:events';
import { gzipSync } from 'node:zlib';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/fetch';
import { RPCLink as PortLink } from '@orpc/client/message-port';
import { RPCLink as WebSocketLink } from '@orpc/client/websocket';
import type { ContractRouterClient } from '@orpc/contract';
import { createRouterClient } from '@orpc/server';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { createLeases } from '../../electron/api/leases.ts';
import { createApi } from '../../electron/api/router.ts';
import type { ApiDoors } from '../../electron/api/router.ts';
import { serveMessagePort } from '../../electron/hosts/message-port.ts';
import { openWorkspaceHost } from '../../electron/hosts/workspace-host.ts';
import type { Contract } from '../../shared/contract/index.ts';
import { bodyFacts, makeCall } from '../fixtures/calls.ts';
import { createStubEngine, storedBody } from '../fixtures/stub-engine.ts';

/** One suite, every door: what the contract promises does not depend on how it is reached. */

type Client = ContractRouterClient<Contract>;
const TOKEN = 'a-token-of-a-test';
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function openHost(doors: ApiDoors) {
  const host = await openWorkspaceHost({
    doors,
    port: 0,
    token: TOKEN,
    log: (line) => {
      throw new Error(line);
    },
  });
  cleanups.push(() => host.close());
  return host;
}

const DOORS: Record<string, (doors: ApiDoors) => Promise<Client>> = {
  'in process': async (doors) => createRouterClient(createApi(doors)),
  HTTP: async (doors) => {
    const host = await openHost(doors);
    return createORPCClient(new RPCLink({ url: `${host.url}rpc`, headers: { authorization: `Bearer ${TOKEN}` } }));
  },
  WebSocket: async (doors) => {
    const host = await openHost(doors);
    const webSocket = new WebSocket(`${host.url.replace('http', 'ws')}rpc`, {
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    await once(webSocket, 'open');
    cleanups.push(() => webSocket.terminate());
    return createORPCClient(new WebSocketLink({ websocket: webSocket as unknown as globalThis.WebSocket }));
  },
  MessagePort: async (doors) => {
    const { port1, port2 } = new MessageChannel();
    serveMessagePort(doors)(port1);
    port1.start();
    port2.start();
    cleanups.push(() => port1.close());
    return createORPCClient(new PortLink({ port: port2 }));
  },
};

describe.each(Object.entries(DOORS))('%s', (_name, open) => {
  async function setUp() {
    const engine = createStubEngine();
    const shutdown = vi.fn();
    const leases = createLeases();
    const client = await open({ engine, leases, shutdown });
    return { engine, shutdown, leases, client };
  }

  test('lists calls newest first, filtered and paged', async () => {
    const { engine, client } = await setUp();
    for (let id = 1; id <= 5; id++) engine.put(makeCall({ id, status: id === 3 ? 500 : 200 }));
    expect((await client.calls.list({})).calls.map(({ id }) => id)).toEqual([5, 4, 3, 2, 1]);
    const page = await client.calls.list({ limit: 2, before: 5 });
    expect([page.calls.map(({ id }) => id), page.more]).toEqual([[4, 3], true]);
    expect((await client.calls.list({ query: 'status:5xx' })).calls.map(({ id }) => id)).toEqual([3]);
  });

  test('lists from the oldest on, with values of headers beside the calls', async () => {
    const { engine, client } = await setUp();
    for (let id = 1; id <= 4; id++) engine.put(makeCall({ id, responseHeaders: [['X-Request-Id', `r${id}`]] }));
    const page = await client.calls.list({
      oldestFirst: true,
      after: 1,
      limit: 2,
      headers: ['X-Request-ID', 'x-none'],
    });
    expect(page.calls.map(({ id }) => id)).toEqual([2, 3]);
    expect(page.headers).toEqual([
      ['r2', null],
      ['r3', null],
    ]);
  });

  test('counts over time come as a stream that ends with the whole', async () => {
    const { engine, client } = await setUp();
    engine.put(makeCall({ id: 1 }));
    const counts = [];
    for await (const count of await client.calls.histogram({ since: 0, until: 60, query: 'status:2xx' }))
      counts.push(count);
    expect(counts.at(-1)).toMatchObject({ matched: 1, done: true });
    await expect(client.calls.histogram({ since: 0, until: 60, query: 'stauts:1' })).rejects.toMatchObject({
      code: 'BAD_QUERY',
    });
  });

  test('a count nobody waits for any more is given up', async () => {
    const { engine, client } = await setUp();
    const stop = new AbortController();
    const stream = await client.calls.histogram({ since: 0, until: 60 }, { signal: stop.signal });
    expect((await stream.next()).value).toMatchObject({ done: false });
    expect(engine.searches()).toBe(1);
    const rest = stream.next().catch(() => {});
    stop.abort();
    await stream.return?.(undefined as never).catch(() => {});
    await rest;
    await vi.waitFor(() => expect(engine.searches()).toBe(0));
  });

  test('counts by what calls have in common', async () => {
    const { engine, client } = await setUp();
    engine.put(makeCall({ id: 1 }));
    expect(await client.calls.facets({ since: 0, until: 60, fields: ['host', 'status'] })).toMatchObject({
      counted: 1,
      complete: true,
      facets: [{ field: 'host' }, { field: 'status' }],
    });
  });

  test('a mistake in a filter comes back with its place and a suggestion', async () => {
    const { client } = await setUp();
    await expect(client.calls.list({ query: 'a stauts:500' })).rejects.toMatchObject({
      code: 'BAD_QUERY',
      status: 400,
      message: 'there is no field “stauts”; did you mean status:',
      data: { start: 2, end: 8, suggestion: 'status' },
    });
  });

  test('input outside its limits is refused before anything is asked', async () => {
    const { client } = await setUp();
    await expect(client.calls.list({ limit: 100_000 })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    await expect(client.calls.get({ id: -1 })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  });

  test('shows a call as it is, and says when there is none', async () => {
    const { engine, client } = await setUp();
    const call = makeCall({
      id: 9,
      requestHeaders: [
        ['X-Latin', 'caf\xe9'],
        ['x-dup', '1'],
        ['X-Dup', '2'],
      ],
    });
    engine.put(call);
    expect(await client.calls.get({ id: 9 })).toEqual(call);
    await expect(client.calls.get({ id: 10 })).rejects.toMatchObject({
      code: 'CALL_NOT_FOUND',
      status: 404,
      data: { id: 10 },
    });
  });

  test('bodies come decoded, or raw as on the wire', async () => {
    const { engine, client } = await setUp();
    const packed = gzipSync('{"ok":true}');
    engine.put(makeCall({ id: 1, requestBody: bodyFacts(0) }), {
      response: storedBody(packed, { contentEncoding: 'gzip' }),
    });
    const decoded = await client.calls.body({ id: 1, side: 'response' });
    expect([atob(decoded.base64), decoded.contentEncoding, decoded.problem]).toEqual(['{"ok":true}', null, null]);
    const raw = await client.calls.body({ id: 1, side: 'response', raw: true });
    expect(Buffer.from(raw.base64, 'base64').equals(packed)).toBe(true);
    expect(raw.contentEncoding).toBe('gzip');
    await expect(client.calls.body({ id: 1, side: 'request' })).rejects.toMatchObject({
      code: 'BODY_NOT_KEPT',
      message: 'Call 1 has no request body.',
    });
  });

  test('pins and notes stay until they are taken away, and are found', async () => {
    const { engine, client } = await setUp();
    for (let id = 1; id <= 3; id++) engine.put(makeCall({ id }));
    expect(await client.calls.mark({ ids: [1, 2, 99], pinned: true })).toEqual({ marked: 2 });
    expect(await client.calls.mark({ ids: [2], note: 'ask Kim' })).toEqual({ marked: 1 });
    expect((await client.calls.list({ query: 'pinned:yes note:kim' })).calls).toMatchObject([
      { id: 2, pinned: true, note: 'ask Kim' },
    ]);
    await client.calls.mark({ ids: [2], pinned: false, note: '' });
    expect(await client.calls.get({ id: 2 })).toMatchObject({ pinned: false, note: null });
  });

  test('pages through messages', async () => {
    const { engine, client } = await setUp();
    const message = { at: 5, direction: 'sent' as const, type: 'text' as const, size: 2, data: 'hi', name: null };
    engine.put(makeCall({ id: 1, messages: 2 }), { messages: [message, { ...message, at: 6 }] });
    expect((await client.calls.messages({ id: 1, after: 1 })).messages).toEqual([{ ...message, at: 6 }]);
  });

  test('changes are pulled from a sequence number on', async () => {
    const { engine, client } = await setUp();
    engine.put(makeCall({ id: 1, state: 'open' }));
    const { seq } = await client.calls.changes({});
    engine.put(makeCall({ id: 1 }));
    engine.put(makeCall({ id: 2 }));
    expect((await client.calls.changes({ seq })).calls.map(({ id, state }) => [id, state])).toEqual([
      [1, 'closed'],
      [2, 'closed'],
    ]);
  });

  test('a watcher is told of changes, newest only, and forgotten when it leaves', async () => {
    const { engine, client } = await setUp();
    const stop = new AbortController();
    const stream = await client.calls.watch(undefined, { signal: stop.signal });
    const first = stream.next();
    await vi.waitFor(() => expect(engine.listeners()).toBe(1));
    engine.put(makeCall({ id: 1 }));
    expect((await first).value).toEqual({ seq: 1 });
    stop.abort();
    await stream.return?.(undefined).catch(() => {});
    await vi.waitFor(() => expect(engine.listeners()).toBe(0));
  });

  test('long work is started, followed and given up', async () => {
    const { client } = await setUp();
    const stop = new AbortController();
    const stream = await client.jobs.watch(undefined, { signal: stop.signal });
    expect((await stream.next()).value).toEqual({ jobs: [] });
    const job = await client.jobs.exportCalls({ query: 'status:5xx' });
    expect(job).toMatchObject({ kind: 'export', subject: 'status:5xx', state: 'running', total: null });
    expect((await stream.next()).value).toMatchObject({ jobs: [{ id: job.id }] });
    expect(await client.jobs.cancel({ id: job.id })).toMatchObject({ state: 'cancelled', download: null });
    expect((await client.jobs.list()).jobs).toMatchObject([{ id: job.id, state: 'cancelled' }]);
    await expect(client.jobs.cancel({ id: 99 })).rejects.toMatchObject({ code: 'JOB_NOT_FOUND', status: 404 });
    await expect(client.jobs.removeCalls({ query: 'stauts:1' })).rejects.toMatchObject({ code: 'BAD_QUERY' });
    const rest = stream.next().catch(() => {});
    stop.abort();
    await stream.return?.(undefined as never).catch(() => {});
    await rest;
  });

  test('what the workspace remembers comes back as it was', async () => {
    const { client } = await setUp();
    expect(await client.preferences.put({ key: 'traffic.columns', value: { shown: ['time', 1, null] } })).toEqual({
      kept: true,
    });
    expect(await client.preferences.all()).toEqual({ 'traffic.columns': { shown: ['time', 1, null] } });
    await client.preferences.put({ key: 'traffic.columns', value: null });
    expect(await client.preferences.all()).toEqual({});
    await expect(client.preferences.put({ key: '../x', value: 1 })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  });

  test('a call can be had as code, in the forms that are listed', async () => {
    const { engine, client } = await setUp();
    engine.put(makeCall({ id: 1 }), { request: storedBody('{"amount":12}') });
    const { targets } = await client.calls.snippetTargets();
    expect(targets.slice(0, 3).map(({ target }) => target)).toEqual(['curl', 'fetch', 'python']);
    expect(await client.calls.snippet({ id: 1, target: 'python' })).toMatchObject({
      language: 'python',
      code: expect.stringContaining('requests.post'),
    });
    await expect(client.calls.snippet({ id: 1, target: 'cobol' })).rejects.toMatchObject({
      code: 'SNIPPET_NOT_KNOWN',
      status: 404,
    });
    await expect(client.calls.snippet({ id: 2, target: 'curl' })).rejects.toMatchObject({ code: 'CALL_NOT_FOUND' });
  });

  test('a lease is held until its holder leaves', async () => {
    const { leases, client } = await setUp();
    const stop = new AbortController();
    const stream = await client.system.lease({ name: 'run curl' }, { signal: stop.signal });
    expect((await stream.next()).value).toEqual({ leases: 1, secret: null });
    expect(leases.names()).toEqual(['run curl']);
    const rest = stream.next().catch(() => {});
    stop.abort();
    await stream.return?.(undefined).catch(() => {});
    await rest;
    await vi.waitFor(() => expect(leases.count()).toBe(0));
  });

  test('says who it is, how it does and what it can', async () => {
    const { client } = await setUp();
    expect(await client.system.info()).toMatchObject({ version: '0.1.0', proxy: 'http://127.0.0.1:1' });
    expect(await client.system.health()).toMatchObject({ shedCalls: 0, lastError: null });
    expect(await client.system.capabilities()).toMatchObject({ live: true, agents: false });
    expect(await client.system.storage()).toMatchObject({ calls: 0, gaps: [] });
    expect(await client.system.overview({ since: 0, until: 1 })).toBe(null);
    expect(await client.system.flush()).toEqual({ recordedCalls: 0 });
  });

  test('shutdown answers first and stops then', async () => {
    const { client, shutdown } = await setUp();
    expect(await client.system.shutdown()).toEqual({ stopping: true });
    await vi.waitFor(() => expect(shutdown).toHaveBeenCalledOnce());
  });
});

test('without an engine, what needs one is refused and what does not works', async () => {
  const engine = { ...createStubEngine(), archive: null, jobs: null, preferences: null };
  const client = createRouterClient(createApi({ engine, leases: null, shutdown: null }));
  await expect(client.system.flush()).rejects.toMatchObject({ code: 'ENGINE_NOT_RUNNING' });
  await expect(client.system.shutdown()).rejects.toMatchObject({ code: 'ENGINE_NOT_RUNNING' });
  await expect(client.calls.mark({ ids: [1], pinned: true })).rejects.toMatchObject({ code: 'ENGINE_NOT_RUNNING' });
  await expect(client.jobs.compact()).rejects.toMatchObject({ code: 'ENGINE_NOT_RUNNING' });
  expect(await client.jobs.list()).toEqual({ jobs: [] });
  expect(await client.preferences.all()).toEqual({});
  expect(await client.calls.list({})).toEqual({ calls: [], more: false });
  expect((await client.system.capabilities()).live).toBe(false);
});

test('a lease dies with its connection', async () => {
  const leases = createLeases();
  const host = await openHost({ engine: createStubEngine(), leases, shutdown: null });
  const webSocket = new WebSocket(`${host.url.replace('http', 'ws')}rpc`, {
    headers: { authorization: `Bearer ${TOKEN}` },
  });
  await once(webSocket, 'open');
  const client: Client = createORPCClient(
    new WebSocketLink({ websocket: webSocket as unknown as globalThis.WebSocket }),
  );
  const stream = await client.system.lease({ name: 'x' });
  await stream.next();
  expect(leases.count()).toBe(1);
  webSocket.terminate();
  await vi.waitFor(() => expect(leases.count()).toBe(0));
});
