import { once } from 'node:events';
import http from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { policyOf, scriptGovernor, type ScriptedGovernor, type ScriptedRule } from '../../harness/stand-in-governor.ts';
import { startOrigin, type Origin } from '../../harness/scripted-origin.ts';
import {
  INTERCEPTED,
  openPeer,
  ORIGIN_NAME,
  PLAIN,
  startOriginFor,
  startWorld,
  type World,
} from '../../harness/world.ts';

let world: World;
let origin: Origin;
let governor: ScriptedGovernor;

async function start(rule: Partial<ScriptedRule>, secure = false): Promise<void> {
  governor = scriptGovernor([{ policy: policyOf({ id: 'gate', kind: 'limit' }), ...rule }]);
  world = await startWorld({ govern: governor });
  const script = async (connection: Origin['connections'][number]): Promise<void> => {
    for (;;) {
      const head = await connection.readHead();
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
      const body = length === 0 ? '' : (await connection.read(length)).toString();
      const text = `${head.split(' ')[1]} ${body.length}`;
      await connection.send(`HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\n\r\n${text}`);
    }
  };
  origin = secure ? await startOriginFor(world, INTERCEPTED, script) : await startOrigin(script);
}

afterEach(async () => {
  await origin.stop();
  await world.stop();
});

/** Until the governor was told so many things of that name. */
async function told(name: string, count: number): Promise<{ call: number; value?: unknown }[]> {
  for (;;) {
    const so = governor.heard.filter((one) => one.name === name);
    if (so.length >= count) return so;
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}

const get = (path: string, peer: Awaited<ReturnType<typeof openPeer>>): string =>
  `GET ${peer.target(path)} HTTP/1.1\r\nHost: ${peer.authority}\r\n\r\n`;

test('calls that wait leave in the order they are let go in, and others pass them', async () => {
  await start({ look: ({ path }) => (path.startsWith('/held') ? 'wait' : 'allow') });
  const peers = await Promise.all([0, 1, 2].map(() => openPeer(world, PLAIN, origin.port)));
  const paths = ['/held-1', '/held-2', '/free'];
  for (const [i, peer] of peers.entries()) {
    await peer.send(get(paths[i]!, peer));
    await told('consider', i + 1);
  }
  expect(await peers[2]!.readUntil('/free 0')).toContain('200 OK');
  expect(origin.connections.length).toBe(1);
  const [first, second] = governor.facts.map(({ call }) => call);
  governor.release(second!, 'allow');
  governor.release(first!, 'allow');
  await peers[1]!.readUntil('/held-2 0');
  await peers[0]!.readUntil('/held-1 0');
  const ended = await told('ended', 3);
  expect(ended.map(({ value }) => value)).toMatchObject([{ left: true, status: 200 }, { left: true }, { left: true }]);
  for (const peer of peers) peer.close();
});

test('a held call that is refused in the end gets 429, and its body is not asked for twice', async () => {
  await start({
    look: () => 'wait',
    numbers: (_verdict, now) => ({
      key: 'app=billing',
      unit: 'calls',
      limit: 3,
      used: 4,
      remaining: 0,
      resetAt: now + 20_000_000,
      waitUs: null,
      retryAt: now + 20_000_000,
    }),
  });
  const peer = await openPeer(world, PLAIN, origin.port);
  await peer.send(`POST ${peer.target('/')} HTTP/1.1\r\nHost: ${peer.authority}\r\nContent-Length: 5\r\n\r\nhello`);
  await told('consider', 1);
  governor.release(governor.facts[0]!.call, 'deny');
  const head = await peer.readHead();
  expect(head).toContain('429 Too Many Requests');
  expect(head).toMatch(/RateLimit-Policy: "gate";q=3\r\n/);
  expect(head).toMatch(/RateLimit: "gate";r=0/);
  // The connection carries on: nobody needs another for the next call.
  expect(head).not.toContain('Connection: close');
  peer.close();
  expect(origin.connections).toHaveLength(0);
  expect(await world.engine.waitForCall()).toMatchObject({ status: 429, failure: 'blocked', decision: 'deny' });
});

test('a caller that leaves while it is held is given up, and nothing of it reaches the origin', async () => {
  await start({ look: () => 'wait' });
  const peer = await openPeer(world, PLAIN, origin.port);
  await peer.send(`POST ${peer.target('/')} HTTP/1.1\r\nHost: ${peer.authority}\r\nContent-Length: 5\r\n\r\nhello`);
  const [asked] = await told('consider', 1);
  peer.close();
  expect(await told('leave', 1)).toMatchObject([{ call: asked!.call }]);
  governor.release(asked!.call, 'allow');
  expect(await world.engine.waitForCall()).toMatchObject({ failure: 'client-left' });
  expect(origin.connections).toHaveLength(0);
});

test('what was held of a body goes out in order, whole, with the back-pressure of the origin', async () => {
  await start({ look: () => 'wait' });
  const body = Buffer.alloc(3_000_000, 'abcdefgh');
  const peer = await openPeer(world, PLAIN, origin.port);
  const sent = peer
    .send(`POST ${peer.target('/')} HTTP/1.1\r\nHost: ${peer.authority}\r\nContent-Length: ${body.length}\r\n\r\n`)
    .then(() => peer.send(body));
  const [asked] = await told('consider', 1);
  governor.release(asked!.call, 'allow');
  await peer.readUntil(`/ ${body.length}`);
  await sent;
  const connection = await origin.connection(0);
  expect(connection.received().includes(body)).toBe(true);
  peer.close();
});

test('a body is read ahead only for who needs it, and a caller that waits to be told goes on', async () => {
  await start({ needs: { body: true } });
  const request = http.request({
    host: '127.0.0.1',
    port: world.engine.proxyPort,
    method: 'POST',
    path: `http://${ORIGIN_NAME}:${origin.port}/expect`,
    headers: { Host: `${ORIGIN_NAME}:${origin.port}`, Expect: '100-continue', 'Content-Length': 5 },
  });
  request.flushHeaders();
  await once(request, 'continue');
  expect(governor.heard).toEqual([]);
  request.end('hello');
  const [answer] = (await once(request, 'response')) as [http.IncomingMessage];
  let text = '';
  for await (const piece of answer) text += String(piece);
  expect(text).toBe('/expect 5');
});

test('a body that is longer than what is read ahead is decided upon without it', async () => {
  await start({ needs: { body: true } });
  const body = Buffer.alloc(1_500_000, 'abcdefgh');
  const peer = await openPeer(world, PLAIN, origin.port);
  await peer.send(
    `POST ${peer.target('/')} HTTP/1.1\r\nHost: ${peer.authority}\r\nTransfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n`,
  );
  await peer.send(body);
  await told('consider', 1);
  expect((await origin.connection(0)).index).toBe(0);
  peer.close();
});
