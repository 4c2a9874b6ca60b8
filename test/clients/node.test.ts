// Node's own clients, undici from npm, and ws.
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { thingsBody } from './origin.ts';
import { startWorld, type World } from './world.ts';

let world: World;
const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: true });
beforeAll(async () => {
  world = await startWorld();
  world.vendor.onUpgrade((request: IncomingMessage, socket: Duplex, head: Buffer) => {
    sockets.handleUpgrade(request, socket, head, (client) => {
      client.on('message', (data, binary) => client.send(data, { binary }));
    });
  });
});
afterAll(() => world.stop());

const program = (name: string) => [process.execPath, join(import.meta.dirname, 'programs', name)];

test.each(['http', 'fetch', 'undici'])('node %s: a get and a post over intercepted TLS', async (way) => {
  const app = `node ${way}`;
  const urls = ['https://api.vendor.example/things', 'https://api.vendor.example/echo'];
  const ran = await world.run(app, [...program('node-clients.mjs'), way, ...urls]);
  expect(ran, ran.stderr).toMatchObject({ code: 0, stdout: `${thingsBody} ahoy` });
  const [get, post, ...more] = await world.calls(app);
  expect(more).toEqual([]);
  expect(get).toMatchObject({ app, url: urls[0], status: 200, responseBodyBytes: thingsBody.length, failure: null });
  expect(post).toMatchObject({ app, url: urls[1], status: 200, requestBodyBytes: 4, responseBodyBytes: 4 });
  expect(await world.body(get?.id ?? '', 'response')).toBe(thingsBody);
  expect(await world.body(post?.id ?? '', 'request')).toBe('ahoy');
});

test.each(['http', 'fetch', 'undici'])('node %s: plain http to this machine', async (way) => {
  const app = `node ${way} plain`;
  const origin = `http://localhost:${world.vendor.httpPort}`;
  const ran = await world.run(app, [...program('node-clients.mjs'), way, `${origin}/things`, `${origin}/echo`]);
  expect(ran, ran.stderr).toMatchObject({ code: 0, stdout: `${thingsBody} ahoy` });
  expect(await world.calls(app)).toMatchObject([
    { url: `${origin}/things`, status: 200 },
    { url: `${origin}/echo`, status: 200 },
  ]);
});

test.each(['wss://api.vendor.example/talk', 'ws'])(
  'ws with Node’s agents: %s, both ways, compressed',
  async (address) => {
    const url = address === 'ws' ? `ws://127.0.0.1:${world.vendor.httpPort}/talk` : address;
    const app = `ws ${address.slice(0, 3)}`;
    const ran = await world.run(app, [...program('web-socket.mjs'), 'agent', url]);
    expect(ran, ran.stderr).toMatchObject({ code: 0, stdout: 'ahoy 5000 1000\n' });
    const [row, ...more] = await world.calls(app);
    expect(more).toEqual([]);
    expect(row).toMatchObject({ status: 101, failure: null, messages: 6 });
  },
);

test.each([
  ['axios', 'GET', 200],
  ['got', 'GET', 200],
  ['node-fetch', 'GET', 200],
  ['undici request', 'GET', 200],
  ['undici fetch', 'GET', 200],
  ['superagent', 'GET', 200],
  ['stripe', 'GET', 200],
  ['aws-sdk', 'POST', 404],
  ['https agent', 'GET', 200],
  ['agent without new', 'GET', 200],
] as const)('%s: over intercepted TLS, and to this machine', async (way, method, status) => {
  const said = status === 200 ? thingsBody : 'answered 404';
  for (const url of ['https://api.vendor.example/things', `http://127.0.0.1:${world.vendor.httpPort}/things`]) {
    const app = `${way} ${new URL(url).hostname}`;
    const ran = await world.run(app, [...program('node-libraries.mjs'), way, url]);
    expect(ran, ran.stderr).toMatchObject({ code: 0, stdout: said });
    expect(await world.calls(app)).toMatchObject([{ method, status }]);
  }
});

test.each([
  'undici Pool',
  'undici Agent',
  'agent with its own trust',
  'agent without a proxy',
  'agent of its own kind',
])('%s goes around the proxy, and our agent tells of it', async (way) => {
  const url = `http://127.0.0.1:${world.vendor.httpPort}/things`;
  const ran = await world.run(way, [...program('node-libraries.mjs'), way, url]);
  expect(ran, ran.stderr).toMatchObject({ code: 0, stdout: thingsBody });
  const [row, ...more] = await world.calls(way);
  expect(more).toEqual([]);
  expect(row).toMatchObject({ url, status: 200, source: 'agent' });
  expect(await world.body(row?.id ?? '', 'response')).toBe(thingsBody);
});

test('ws as it is goes around every proxy setting, and our agent tells of it', async () => {
  const url = `ws://127.0.0.1:${world.vendor.httpPort}/talk`;
  expect(await world.run('ws plain', [...program('web-socket.mjs'), 'plain', url])).toMatchObject({
    code: 0,
    stdout: 'ahoy 5000 1000\n',
  });
  expect(await world.calls('ws plain')).toMatchObject([{ status: 101, source: 'agent' }]);
});
