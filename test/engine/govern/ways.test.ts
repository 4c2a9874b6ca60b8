import { once } from 'node:events';
import http2 from 'node:http2';
import { afterEach, expect, test } from 'vitest';
import { WebSocket } from 'undici';
import { policyOf, scriptGovernor, type ScriptedGovernor, type ScriptedRule } from '../../harness/stand-in-governor.ts';
import { startOrigin, type Origin } from '../../harness/scripted-origin.ts';
import { openClient } from '../../harness/raw-client.ts';
import {
  INTERCEPTED,
  openPeer,
  ORIGIN_NAME,
  PLAIN,
  startOriginFor,
  startWorld,
  type World,
} from '../../harness/world.ts';
import { ProxyAgent } from 'undici';

let world: World;
let origin: Origin;
let governor: ScriptedGovernor;
const ends: (() => unknown)[] = [];

async function start(rule: Partial<ScriptedRule>, options: Parameters<typeof startWorld>[0] = {}): Promise<void> {
  governor = scriptGovernor([{ policy: policyOf({ id: 'gate' }), says: 'Not from here.', ...rule }]);
  world = await startWorld({ govern: governor, ...options });
}

afterEach(async () => {
  for (const end of ends.splice(0)) await end();
  await origin.stop();
  await world.stop();
});

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

test('over HTTP/2 a refused stream is answered and the others of its connection go on', async () => {
  await start({ look: ({ path }) => (path === '/no' ? 'deny' : 'allow') });
  origin = await startOrigin(async (connection) => {
    for (;;) {
      await connection.readHead();
      await connection.send(OK);
    }
  });
  const session = http2.connect(`http://127.0.0.1:${world.engine.proxyPort}`);
  ends.push(() => session.close());
  const ask = async (path: string, body: string): Promise<{ status: number; text: string }> => {
    const stream = session.request({
      ':method': body === '' ? 'GET' : 'POST',
      ':scheme': 'http',
      ':authority': `${ORIGIN_NAME}:${origin.port}`,
      ':path': path,
    });
    if (body !== '') stream.end(body);
    const [headers] = (await once(stream, 'response')) as [http2.IncomingHttpHeaders];
    let text = '';
    for await (const piece of stream) text += String(piece);
    return { status: Number(headers[':status']), text };
  };
  const [refused, allowed] = await Promise.all([ask('/no', 'x'.repeat(100_000)), ask('/yes', '')]);
  expect(refused.status).toBe(403);
  expect(JSON.parse(refused.text)).toMatchObject({ policy: 'gate', detail: 'Not from here.' });
  expect(allowed).toEqual({ status: 200, text: 'ok' });
});

test('a stream that becomes too much ends in the sentence and is cut, never as a whole answer', async () => {
  await start({
    needs: { progress: true },
    progress: (tokens) => tokens > 5,
    policy: policyOf({ id: 'gate', kind: 'budget' }),
  });
  origin = await startOrigin(async (connection) => {
    await connection.readHead();
    await connection.send('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n');
    for (let i = 0; i < 1000; i++) {
      const event = `data: {"choices":[{"delta":{"content":"word"}}]}\n\n`;
      await connection.send(`${event.length.toString(16)}\r\n${event}\r\n`);
      await connection.send('');
    }
  });
  const peer = await openPeer(world, PLAIN, origin.port);
  await peer.send(`POST ${peer.target('/')} HTTP/1.1\r\nHost: ${peer.authority}\r\nContent-Length: 0\r\n\r\n`);
  const { bytes, ending } = await peer.readToEnd();
  const text = bytes.toString();
  expect(text).toContain(
    'event: error\ndata: {"type":"error","error":{"type":"budget_exceeded","message":"Not from here."',
  );
  expect(text.endsWith('0\r\n\r\n')).toBe(false);
  expect(ending).toBe('reset');
  const row = await world.engine.waitForCall();
  expect(row).toMatchObject({ status: 200, failure: 'blocked', decision: 'cut' });
  const connection = await origin.connection(0);
  await connection.ending;
});

test('a WebSocket is refused like any call, before the origin hears of it', async () => {
  await start({ look: () => 'deny' });
  origin = await startOrigin(() => {});
  const dispatcher = new ProxyAgent({ uri: `http://127.0.0.1:${world.engine.proxyPort}`, proxyTunnel: true });
  ends.push(() => dispatcher.close());
  const socket = new WebSocket(`ws://${ORIGIN_NAME}:${origin.port}/live`, { dispatcher });
  await once(socket as never, 'error');
  expect(await world.engine.waitForCall()).toMatchObject({ status: 403, failure: 'blocked', path: '/live' });
  expect(origin.connections).toHaveLength(0);
});

test.each(['connect', 'socks5'] as const)('a tunnel that is not read is refused by its host: %s', async (kind) => {
  await start({ look: ({ scheme, host }) => (scheme === 'tcp' && host === ORIGIN_NAME ? 'deny' : 'allow') });
  origin = await startOrigin(() => {});
  const client = await openClient({ host: ORIGIN_NAME, port: origin.port }, kind, world.engine.proxyPort);
  await client.send('\u0000\u0001 not http at all');
  await client.ending;
  const row = await world.engine.waitForCall(({ kind: of }) => of === 'tunnel');
  expect(row).toMatchObject({ failure: 'blocked', decision: 'deny' });
  expect(origin.connections).toHaveLength(0);
});

test('TLS that is passed on unread is refused with an alert that says so', async () => {
  await start({ look: ({ scheme }) => (scheme === 'tls' ? 'deny' : 'allow') }, { passThrough: [ORIGIN_NAME] });
  origin = await startOriginFor(world, INTERCEPTED, () => {});
  const refused = openPeer(world, INTERCEPTED, origin.port);
  await expect(refused).rejects.toThrow(/alert access denied/);
  expect(await world.engine.waitForCall(({ kind }) => kind === 'tunnel')).toMatchObject({ failure: 'blocked' });
  expect(origin.connections).toHaveLength(0);
});

test('a name that leads to a refused address is not even knocked at, nor is an address itself', async () => {
  await start({
    needs: { connection: true },
    connect: ({ address }) => (address !== null && /^(127\.|::1|169\.254\.)/.test(address) ? 'deny' : 'allow'),
  });
  origin = await startOrigin(() => {});
  for (const host of [ORIGIN_NAME, 'localhost', '127.0.0.1', '169.254.169.254']) {
    const client = await openClient({ host, port: origin.port }, 'absolute', world.engine.proxyPort);
    await client.send(`GET http://${host}:${origin.port}/ HTTP/1.1\r\nHost: ${host}:${origin.port}\r\n\r\n`);
    expect(await client.readHead()).toContain('403 Forbidden');
    client.close();
    expect(await world.engine.waitForCall((row) => row.state === 'closed' && row.host === host)).toMatchObject({
      failure: 'blocked',
      decision: 'deny',
      status: 403,
    });
  }
  expect(origin.connections).toHaveLength(0);
  expect(governor.heard.filter(({ name }) => name === 'ended').map(({ value }) => value)).toMatchObject([
    { left: false },
    { left: false },
    { left: false },
    { left: false },
  ]);
});

test('a connection that is there already is asked about too, with its TLS', async () => {
  let tls: string | null = 'TLSv1.3';
  await start({ needs: { connection: true }, connect: ({ tlsVersion }) => (tlsVersion === tls ? 'allow' : 'deny') });
  origin = await startOriginFor(world, INTERCEPTED, async (connection) => {
    for (;;) {
      await connection.readHead();
      await connection.send(OK);
    }
  });
  const peer = await openPeer(world, INTERCEPTED, origin.port);
  const ask = `GET / HTTP/1.1\r\nHost: ${peer.authority}\r\n\r\n`;
  await peer.send(ask);
  await peer.readUntil('\r\n\r\nok');
  tls = 'TLSv1.4';
  await peer.send(ask);
  expect(await peer.readHead()).toContain('403 Forbidden');
  peer.close();
  expect(origin.connections).toHaveLength(1);
  expect((await origin.connection(0)).received().toString().match(/GET/g)).toHaveLength(1);
});
