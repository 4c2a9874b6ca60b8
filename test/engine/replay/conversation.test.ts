import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { startReplayWorld, type ReplayWorld } from './replay-world.ts';

/** A draft whose address is a WebSocket's opens one, says its body, and is recorded like any conversation. */

let world: ReplayWorld;
let server: WebSocketServer;
let url: string;
beforeAll(async () => {
  world = await startReplayWorld();
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/talk`;
  server.on('connection', (socket, request) => {
    socket.on('message', (data, isBinary) => {
      socket.send(data, { binary: isBinary });
      if (request.url === '/talk') socket.close(4000, 'enough');
    });
  });
});
afterAll(async () => {
  for (const client of server.clients) client.terminate();
  server.close();
  await world.stop();
});

test.each([
  ['a short text', 'hellö'],
  ['one of two length bytes', 'x'.repeat(300)],
  ['one of eight', 'y'.repeat(70_000)],
])('says %s, tells what comes, and ends with the origin’s close', async (_name, text) => {
  const moments = await world.send(world.madeUp(url, { kind: 'text', text }, { method: 'GET' }));
  expect(moments.map((one) => ('moment' in one ? one.moment : one))).toEqual([
    'sent',
    'head',
    'message',
    'message',
    'message',
    'message',
    'end',
  ]);
  expect(moments[2]).toMatchObject({ direction: 'sent', type: 'text', data: text });
  expect(moments[3]).toMatchObject({ direction: 'received', type: 'text', data: text });
  expect(moments[4]).toMatchObject({ direction: 'received', type: 'close', name: '4000', data: 'enough' });
  const row = await world.engine.waitForCall((one) => one.state === 'closed' && one.kind === 'websocket');
  expect(row).toMatchObject({ source: 'replay', scheme: 'ws', status: 101, failure: null, messages: 4 });
});

test('bytes are said as bytes', async () => {
  const base64 = Buffer.from([0, 255, 128]).toString('base64');
  const moments = await world.send(world.madeUp(url, { kind: 'base64', base64 }, { method: 'GET' }));
  expect(moments[3]).toMatchObject({ direction: 'received', type: 'binary', data: base64 });
});

test('whoever stops listening ends the conversation', async () => {
  const draft = world.madeUp(url.replace('/talk', '/on'), { kind: 'text', text: 'a' }, { method: 'GET' });
  for await (const moment of world.engine.engine.replay.send({ draft, confirmed: true }))
    if ('moment' in moment && moment.moment === 'message' && moment.direction === 'received') break;
  const row = await world.engine.waitForCall((one) => one.state === 'closed' && one.path === '/on');
  expect(row.failure).toBe('client-left');
});

test('an origin that does not switch is told as the answer it gives', async () => {
  const moments = await world.send(
    world.madeUp(`ws://${world.origin.authority}/`, { kind: 'none' }, { method: 'GET' }),
  );
  expect(moments[1]).toMatchObject({ moment: 'head', status: 200 });
  expect(moments.at(-1)).toMatchObject({ moment: 'end' });
});
