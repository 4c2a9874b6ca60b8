import { once } from 'node:events';
import * as http2 from 'node:http2';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { dial } from '../harness/raw-client.ts';
import { FRAME, frame, LARGE_WINDOWS } from '../harness/raw-h2-origin.ts';
import { startOrigin } from '../harness/scripted-origin.ts';
import { startWorld, type World } from '../harness/world.ts';

/** A connection that nobody uses is given up about when the origin gives up its own, as over HTTP/1, and politely. */
let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const SHORT_LIVED = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\nKeep-Alive: timeout=1\r\n\r\nok';

function ask(session: http2.ClientHttp2Session, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const stream = session.request({ ':path': path });
    let body = '';
    stream.on('data', (chunk: Buffer) => (body += chunk.toString()));
    stream.on('error', reject);
    stream.on('close', () => resolve(body));
  });
}

it('an idle connection is ended with GOAWAY, one with an open stream is not', async () => {
  const release = Promise.withResolvers<void>();
  const origin = await startOrigin(async (connection) => {
    const head = await connection.readHead();
    if (head.includes('/slow')) await release.promise;
    await connection.send(SHORT_LIVED);
  });
  const open = (): http2.ClientHttp2Session => {
    const session = http2.connect(`http://${origin.authority}`, {
      createConnection: () => dialled.shift()!,
    });
    session.on('error', () => {});
    return session;
  };
  const dialled = [await dial('127.0.0.1', world.engine.proxyPort), await dial('127.0.0.1', world.engine.proxyPort)];
  const idle = open();
  const busy = open();
  const goneAway = once(idle, 'goaway') as Promise<[code: number, lastStream: number]>;
  const closed = once(idle, 'close');
  expect(await ask(busy, '/quick')).toBe('ok');
  const slow = ask(busy, '/slow');
  expect(await ask(idle, '/quick')).toBe('ok');
  expect((await goneAway)[0]).toBe(http2.constants.NGHTTP2_NO_ERROR);
  await closed;
  expect(busy.closed).toBe(false);
  release.resolve();
  expect(await slow).toBe('ok');
  busy.destroy();
  await origin.stop();
});

it('a request that crosses the GOAWAY is told that nobody saw it, and the connection ends in order', async () => {
  const origin = await startOrigin(async (connection) => {
    await connection.readHead();
    await connection.send(SHORT_LIVED);
  });
  const socket = await dial('127.0.0.1', world.engine.proxyPort);
  let held: Buffer = Buffer.alloc(0);
  const lastSeen: number[] = [];
  const ended = Promise.withResolvers<string>();
  socket.on('data', (chunk: Buffer) => {
    held = Buffer.concat([held, chunk]);
    while (held.length >= 9 && held.length >= 9 + held.readUIntBE(0, 3)) {
      if (held[3] === FRAME.goAway) {
        if (lastSeen.length === 0) socket.write(get(3, origin.authority));
        lastSeen.push(held.readUInt32BE(9));
      }
      held = held.subarray(9 + held.readUIntBE(0, 3));
    }
  });
  socket.on('end', () => ended.resolve('in order'));
  socket.on('error', () => ended.resolve('by reset'));
  const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
  socket.write(Buffer.concat([preface, LARGE_WINDOWS, get(1, origin.authority)]));
  expect(await ended.promise).toBe('in order');
  expect(new Set(lastSeen)).toEqual(new Set([1]));
  expect((await world.engine.calls()).filter(({ port }) => port === origin.port).length).toBe(1);
  socket.destroy();
  await origin.stop();
});

/** A HEADERS frame of a GET for `/` (RFC 7541 §6). */
function get(stream: number, authority: string): Buffer {
  const headers = Buffer.concat([Buffer.from([0x82, 0x86, 0x84, 0x01, authority.length]), Buffer.from(authority)]);
  return frame(FRAME.headers, 5, stream, headers);
}
