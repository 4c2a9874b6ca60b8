import { afterEach, describe, expect, it } from 'vitest';
import { readMessage } from '../../harness/http1-exchange.ts';
import { openClient } from '../../harness/raw-client.ts';
import { startOrigin, type Origin } from '../../harness/scripted-origin.ts';
import {
  INTERCEPTED,
  openPeer,
  ORIGIN_NAME,
  PLAIN,
  startOriginFor,
  startWorld,
  type Peer,
  type World,
} from '../../harness/world.ts';

/** A setting counts from the next call on, without a new start. */
let world: World;
const running: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of running.splice(0).reverse()) await one.stop();
  await world.stop();
});

async function answering(way = PLAIN): Promise<Origin> {
  const origin = await startOriginFor(world, way, async (connection) => {
    for (;;) {
      const { body } = await readMessage(connection);
      await connection.send(
        `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body.toString()}`,
      );
    }
  });
  running.push(origin);
  return origin;
}

async function post(peer: Peer, path: string, body: string): Promise<void> {
  await peer.send(
    `POST ${peer.target(path)} HTTP/1.1\r\nHost: ${peer.authority}\r\nX-Acme: not-for-everyone\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
  expect((await readMessage(peer)).body.toString()).toBe(body);
}

const change = (settings: Parameters<World['engine']['engine']['settings']['change']>[0]): void => {
  expect(world.engine.engine.settings.change(settings)).toHaveProperty('answer');
};
const stored = async (path: string) => {
  const row = await world.engine.waitForCall((one) => one.path === path && one.state === 'closed');
  const body = await world.engine.engine.reader.getBody(row.id, 'response');
  return { row, call: await world.engine.call(row.id), text: Buffer.from(body?.bytes ?? []).toString() };
};

describe('settings that change while calls are recorded', () => {
  it('bodies are kept up to the new limit', async () => {
    world = await startWorld();
    const origin = await answering();
    const peer = await openPeer(world, PLAIN, origin.port);
    await post(peer, '/whole', '"0123456789"');
    change({ capture: { bodyLimit: 5 } });
    await post(peer, '/cut', '"0123456789"');
    change({ capture: { bodyLimit: 50 } });
    await post(peer, '/whole-again', '"0123456789"');
    peer.close();
    expect((await stored('/whole')).text).toBe('"0123456789"');
    expect(await stored('/cut')).toMatchObject({
      text: '"0123',
      call: { responseBody: { wireBytes: 12, truncated: 'limit' } },
    });
    expect((await stored('/whole-again')).text).toBe('"0123456789"');
  });

  it('names are redacted, in headers, queries and bodies that were seen before too', async () => {
    world = await startWorld();
    const origin = await answering();
    const peer = await openPeer(world, PLAIN, origin.port);
    const body = '{"access_token_type":"x","internal_id":"a-number-of-ours"}';
    await post(peer, '/plain?internal_id=a-number-of-ours', body);
    change({ redaction: { names: ['Internal-ID', 'x-acme'] } });
    await post(peer, '/redacted?internal_id=a-number-of-ours', body);
    peer.close();
    const before = await stored('/plain');
    expect(before.text).toBe(body);
    expect(JSON.stringify(before.call)).toContain('a-number-of-ours');
    const after = await stored('/redacted');
    expect(after.text).toMatch(/^\{"access_token_type":"x","internal_id":"\*\*\*/);
    expect(JSON.stringify(after.call)).not.toMatch(/a-number-of-ours|not-for-everyone/);
  });

  it('a host is passed on unread, and read again', async () => {
    world = await startWorld();
    const origin = await answering(INTERCEPTED);
    const read = await openPeer(world, INTERCEPTED, origin.port);
    await post(read, '/read', '{}');
    read.close();
    change({ capture: { passThrough: [ORIGIN_NAME] } });
    // Now it is the origin's own certificate that is shown, and trusted.
    const passed = await openClient(
      {
        host: ORIGIN_NAME,
        port: origin.port,
        tls: { ca: world.ca.pem, servername: ORIGIN_NAME, alpn: ['http/1.1'] },
      },
      'connect',
      world.engine.proxyPort,
    );
    passed.close();
    const tunnel = await world.engine.waitForCall((row) => row.kind === 'tunnel');
    expect((await world.engine.call(tunnel.id)).tunnel?.reason).toBe('pass-through');
  });

  it('another way out is taken by new calls, and no kept connection of the old way is used again', async () => {
    world = await startWorld({ connectTo: [] });
    const seen: string[] = [];
    const proxy = (name: string): Promise<Origin> =>
      startOrigin(async (connection) => {
        for (;;) {
          const { start } = await readMessage(connection);
          seen.push(`${name} ${start.split(' ')[1]}`);
          await connection.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
        }
      });
    const [one, two] = [await proxy('one'), await proxy('two')];
    running.push(one, two);
    const peer = await openPeer(world, PLAIN, 80);
    const get = async (path: string): Promise<void> => {
      await peer.send(`GET http://far.test${path} HTTP/1.1\r\nHost: far.test\r\n\r\n`);
      expect((await readMessage(peer)).start).toMatch(/ 200 /);
    };
    change({ network: { upstreamProxy: `http://127.0.0.1:${one.port}` } });
    await get('/a');
    await get('/b');
    change({ network: { upstreamProxy: `http://127.0.0.1:${two.port}` } });
    await get('/c');
    peer.close();
    expect(seen).toEqual(['one http://far.test/a', 'one http://far.test/b', 'two http://far.test/c']);
    // The old way's connection was dropped, not kept for later.
    await one.connections[0]?.readToEnd();
    expect(one.connections).toHaveLength(1);
  });

  it('a smaller budget evicts what is stored', async () => {
    world = await startWorld();
    const origin = await answering();
    const peer = await openPeer(world, PLAIN, origin.port);
    for (let index = 0; index < 40; index += 1) await post(peer, `/${index}`, `"${String(index).repeat(10_000)}"`);
    await world.engine.calls();
    // One that waits for others to be packed with goes, too.
    await post(peer, '/last', '"the last one"');
    peer.close();
    await world.engine.calls();
    expect((await world.engine.engine.reader.storage()).bodies).toBeGreaterThan(0);
    change({ retention: { bodyBytes: 0 } });
    await expect.poll(async () => (await world.engine.engine.reader.storage()).bodies, { timeout: 20_000 }).toBe(0);
  });
});

it('redaction can be tried on a sample without being set', async () => {
  world = await startWorld();
  const { settings } = world.engine.engine;
  const sample = 'X-Acme: not-for-everyone\r\nX-Api-Key: another-of-them\r\nAccept: */*\r\n';
  const now = settings.tryRedaction({ sample, as: 'headers', redaction: undefined });
  expect(now).toMatchObject({ found: 1, redacted: expect.stringContaining('X-Acme: not-for-everyone') });
  const then = settings.tryRedaction({
    sample,
    as: 'headers',
    redaction: { names: ['x-acme'], plain: ['X-API-Key'] },
  });
  expect(then).toMatchObject({ found: 1, redacted: expect.stringMatching(/^X-Acme: \*\*\*/) });
  expect(
    settings.tryRedaction({
      sample: '?grüße=a-secret-value&b=2',
      as: 'query',
      redaction: { names: ['Grüße'], plain: [] },
    }),
  ).toMatchObject({ found: 1, redacted: expect.stringMatching(/^\?grüße=\*\*\*[a-z]{0,4}\([0-9a-f]{8}\)&b=2$/) });
  expect(world.engine.engine.settings.answer().settings.redaction).toEqual({ names: [], plain: [] });
});
