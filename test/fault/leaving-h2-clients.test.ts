import { once } from 'node:events';
import * as http2 from 'node:http2';
import type { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startH2Origin } from '../harness/h2-origin.ts';
import { connectThrough, dial, secureOver } from '../harness/raw-client.ts';
import { ORIGIN_NAME, startWorld, type World } from '../harness/world.ts';

/** Most programs end an HTTP/2 connection without a word: no RST_STREAM, no GOAWAY. */
let world: World;
beforeAll(async () => { world = await startWorld(); });
afterAll(() => world.stop());

describe.each([{ name: 'inside TLS', tls: true }, { name: 'with prior knowledge', tls: false }])('over HTTP/2 $name', ({ tls }) => {
  async function openSession(port: number): Promise<{ session: http2.ClientHttp2Session; socket: Socket }> {
    let socket = await dial('127.0.0.1', world.engine.proxyPort);
    if (tls) {
      await connectThrough(socket, `${ORIGIN_NAME}:${port}`);
      socket = await secureOver(socket, { host: ORIGIN_NAME, port, tls: { ca: world.engine.caPem, servername: ORIGIN_NAME, alpn: ['h2'] } });
    }
    const session = http2.connect(`${tls ? 'https' : 'http'}://${ORIGIN_NAME}:${port}`, { createConnection: () => socket });
    session.on('error', () => {});
    return { session, socket };
  }
  const credentials = () => (tls ? { tls: world.ca.server(ORIGIN_NAME) } : {});

  it('a client that ends its connection takes its calls off the origin', async () => {
    const origin = await startH2Origin(async ({ stream, closed }) => {
      stream.respond({ ':status': 200 });
      stream.write('begin');
      await closed;
    }, credentials());
    const { session, socket } = await openSession(origin.port);
    const stream = session.request({ ':path': '/left' });
    stream.on('error', () => {});
    await once(stream, 'data');
    socket.end();
    expect(await world.engine.waitForCall((one) => one.path === '/left' && one.port === origin.port && one.state === 'closed')).toMatchObject({ status: 200, failure: 'client-left' });
    await origin.streams[0]?.closed;
    session.destroy();
    await origin.stop();
  });

  it('a connection that its client ends after its calls is closed from our side too', async () => {
    const origin = await startH2Origin(({ stream }) => {
      stream.respond({ ':status': 200 });
      stream.end('all');
    }, credentials());
    const { session, socket } = await openSession(origin.port);
    const stream = session.request({ ':path': '/done' });
    stream.resume();
    await once(stream, 'close');
    const closed = once(socket, 'close');
    socket.end();
    await closed;
    session.destroy();
    await origin.stop();
  });
});
