import { once } from 'node:events';
import * as http2 from 'node:http2';
import type { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startH2Origin } from '../harness/h2-origin.ts';
import { connectThrough, dial, secureOver } from '../harness/raw-client.ts';
import { FRAME, frame, LARGE_WINDOWS } from '../harness/raw-h2-origin.ts';
import { ORIGIN_NAME, startWorld, type World } from '../harness/world.ts';

/** Most programs end an HTTP/2 connection without a word: no RST_STREAM, no GOAWAY. */
let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

describe.each([
  { name: 'inside TLS', tls: true },
  { name: 'with prior knowledge', tls: false },
])('over HTTP/2 $name', ({ tls }) => {
  async function openSocket(port: number): Promise<{ socket: Socket; bottom: Socket }> {
    const bottom = await dial('127.0.0.1', world.engine.proxyPort);
    if (!tls) return { socket: bottom, bottom };
    await connectThrough(bottom, `${ORIGIN_NAME}:${port}`);
    return {
      socket: await secureOver(bottom, {
        host: ORIGIN_NAME,
        port,
        tls: { ca: world.engine.caPem, servername: ORIGIN_NAME, alpn: ['h2'] },
      }),
      bottom,
    };
  }
  async function openSession(port: number): Promise<{ session: http2.ClientHttp2Session; socket: Socket }> {
    const { socket } = await openSocket(port);
    const session = http2.connect(`${tls ? 'https' : 'http'}://${ORIGIN_NAME}:${port}`, {
      createConnection: () => socket,
    });
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
    expect(
      await world.engine.waitForCall(
        (one) => one.path === '/left' && one.port === origin.port && one.state === 'closed',
      ),
    ).toMatchObject({ status: 200, failure: 'client-left' });
    await origin.streams[0]?.closed;
    session.destroy();
    await origin.stop();
  });

  it.each(['end', 'reset'] as const)(
    'a client that stopped reading and leaves (%s) takes its call off the origin',
    async (how) => {
      const sent = Promise.withResolvers<void>();
      let bytes = 0;
      const origin = await startH2Origin(({ stream }) => {
        stream.respond({ ':status': 200 });
        const more = (): void => {
          do {
            bytes += 65_536;
            if (bytes > 1_000_000) sent.resolve();
          } while (!stream.destroyed && stream.write(Buffer.alloc(65_536)));
        };
        stream.on('drain', more);
        more();
      }, credentials());
      const { socket, bottom } = await openSocket(origin.port);
      // Large windows and nobody who reads: our writes fill the system's buffers, however small they are, and wait.
      socket.pause();
      socket.on('error', () => {});
      socket.write(getWithLargeWindows(tls ? 'https' : 'http', `${ORIGIN_NAME}:${origin.port}`, '/unread'));
      await sent.promise;
      if (how === 'end') bottom.destroy();
      else bottom.resetAndDestroy();
      expect(
        await world.engine.waitForCall(
          (one) => one.path === '/unread' && one.port === origin.port && one.state === 'closed',
        ),
      ).toMatchObject({ status: 200, failure: 'client-left' });
      await origin.streams[0]?.closed;
      socket.destroy();
      await origin.stop();
    },
  );

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

/** The bytes of a client that opens 1 GiB windows and asks for one thing (RFC 9113 §3.4, RFC 7541 §6). */
function getWithLargeWindows(scheme: 'http' | 'https', authority: string, path: string): Buffer {
  const literal = (index: number, value: string): Buffer =>
    Buffer.concat([Buffer.from([index, value.length]), Buffer.from(value)]);
  const headers = Buffer.concat([
    Buffer.from([0x82, scheme === 'https' ? 0x87 : 0x86]),
    literal(0x04, path),
    literal(0x01, authority),
  ]);
  return Buffer.concat([
    Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
    LARGE_WINDOWS,
    frame(FRAME.headers, 5, 1, headers),
  ]);
}
