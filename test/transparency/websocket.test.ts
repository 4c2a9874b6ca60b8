import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { openClient } from '../harness/raw-client.ts';
import { ORIGIN_NAME, startWorld, WAYS, type World } from '../harness/world.ts';
import { bothWays, throughUs } from './both-ways.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const handshake = (target: string, authority: string, more = '') =>
  `GET ${target} HTTP/1.1\r\nHost: ${authority}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n${more}\r\n`;
const SWITCH =
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n';

const MASK = [1, 2, 3, 4];
const masked = (first: number, text: string) =>
  String.fromCharCode(
    first,
    0x80 | text.length,
    ...MASK,
    ...Array.from(text, (char, i) => char.charCodeAt(0) ^ (MASK[i % 4] ?? 0)),
  );
const plain = (first: number, text: string) => String.fromCharCode(first, text.length) + text;

describe.each(WAYS)('$name', (way) => {
  it('every byte after the upgrade is passed on as it is, also those that came with the handshake', async () => {
    const { direct, through } = await bothWays(world, way, {
      async client(peer) {
        await peer.send(
          handshake(peer.target('/socket?x=1'), peer.authority, 'Sec-WebSocket-Protocol: a, b\r\n') +
            masked(0x81, 'early'),
        );
        const head = await peer.readHead();
        const greeting = await peer.read(7);
        await peer.send(masked(0x01, 'frag') + masked(0x89, '?') + masked(0x80, 'ment') + masked(0x88, '\x03\xe8bye'));
        const rest = await peer.readToEnd();
        return [
          head.toLowerCase().split('\r\n').sort(),
          greeting.toString('latin1'),
          rest.bytes.toString('latin1'),
          rest.ending,
        ];
      },
      async origin(connection, note) {
        const head = await connection.readHead();
        note(
          head
            .replace(/ http:\/\/[^/ ]+/, ' ')
            .toLowerCase()
            .split('\r\n')
            .sort(),
        );
        await connection.send(SWITCH + plain(0x81, 'hello'));
        note((await connection.read(masked(0x81, 'early').length)).toString('latin1'));
        note(await connection.readUntil(masked(0x88, '\x03\xe8bye')));
        await connection.send(plain(0x8a, '?') + plain(0x88, '\x03\xe8bye'));
        connection.end();
      },
    });
    expect(through).toEqual(direct);
  });

  it('what is no frame at all is passed on, too', async () => {
    const { direct, through } = await bothWays(world, way, {
      async client(peer) {
        await peer.send(handshake(peer.target('/'), peer.authority));
        await peer.readHead();
        await peer.send('\xff\xff\xffgarbage');
        return (await peer.readToEnd()).bytes.toString('latin1');
      },
      async origin(connection, note) {
        await connection.readHead();
        await connection.send(SWITCH);
        note(await connection.readUntil('garbage'));
        await connection.send('\x77\x77more');
        connection.end();
      },
    });
    expect(through).toEqual(direct);
  });

  it('an upgrade that the origin declines is an ordinary answer', async () => {
    const { direct, through } = await bothWays(world, way, {
      async client(peer) {
        await peer.send(handshake(peer.target('/'), peer.authority));
        return [(await peer.readHead()).split('\r\n')[0], (await peer.read(2)).toString()];
      },
      async origin(connection) {
        await connection.readHead();
        await connection.send('HTTP/1.1 426 Upgrade Required\r\nContent-Length: 2\r\n\r\nno');
      },
    });
    expect(through).toEqual(direct);
  });

  it('a reset by the origin is a reset for the client, and a client that leaves is gone for the origin', async () => {
    const through = await throughUs(world, way, {
      async client(peer, more) {
        await peer.send(handshake(peer.target('/'), peer.authority));
        await peer.readHead();
        const first = (await peer.readToEnd()).ending;
        const second = await more();
        await second.send(handshake(second.target('/'), second.authority));
        await second.readHead();
        second.reset();
        await left;
        return first;
      },
      async origin(connection) {
        await connection.readHead();
        await connection.send(SWITCH);
        if (connection.index === 0) connection.reset();
        else {
          await connection.ending;
          gone();
        }
      },
    }).finally(() => {
      left = new Promise<void>((resolve) => {
        gone = resolve;
      });
    });
    expect(through.client).toBe('reset');
  });
});

let gone: () => void = () => {};
let left = new Promise<void>((resolve) => {
  gone = resolve;
});

it('messages are recorded both ways, fragments joined and compressed ones readable', async () => {
  const server = createServer();
  const sockets = new WebSocketServer({ server, perMessageDeflate: { threshold: 0 } });
  sockets.on('connection', (socket) => {
    socket.on('message', (data, isBinary) => socket.send(isBinary ? data : `echo ${String(data)}`));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const raw = await openClient({ host: ORIGIN_NAME, port }, 'connect', world.engine.proxyPort);
  raw.socket.removeAllListeners('data');
  const client = new WebSocket(`ws://${ORIGIN_NAME}:${port}/chat`, {
    createConnection: () => raw.socket,
    perMessageDeflate: { threshold: 0 },
  });
  await once(client, 'open');
  const said = 'hello '.repeat(200);
  client.send(said);
  expect(String((await once(client, 'message'))[0])).toBe(`echo ${said}`);
  client.send('one', { fin: false });
  client.send('two', { fin: true });
  await once(client, 'message');
  client.send(Buffer.from([1, 2, 3]));
  await once(client, 'message');
  client.ping('are you there');
  await once(client, 'pong');
  client.close(1000, 'done');
  await once(client, 'close');
  const row = await world.engine.waitForCall(
    (one) => one.kind === 'websocket' && one.path === '/chat' && one.state === 'closed',
  );
  expect(row).toMatchObject({ scheme: 'ws', status: 101, failure: null, host: ORIGIN_NAME, port });
  const messages = await world.engine.engine.reader.listMessages({ call: row.id, limit: 100 });
  expect(messages.map(({ direction, type, data, name }) => ({ direction, type, data, name }))).toEqual([
    { direction: 'sent', type: 'text', data: said, name: null },
    { direction: 'received', type: 'text', data: `echo ${said}`, name: null },
    { direction: 'sent', type: 'text', data: 'onetwo', name: null },
    { direction: 'received', type: 'text', data: 'echo onetwo', name: null },
    { direction: 'sent', type: 'binary', data: 'AQID', name: null },
    { direction: 'received', type: 'binary', data: 'AQID', name: null },
    { direction: 'sent', type: 'ping', data: expect.anything(), name: null },
    { direction: 'received', type: 'pong', data: expect.anything(), name: null },
    { direction: 'sent', type: 'close', data: 'done', name: '1000' },
    { direction: 'received', type: 'close', data: expect.anything(), name: '1000' },
  ]);
  expect(row.messages).toBe(messages.length);
  sockets.close();
  server.close();
});
