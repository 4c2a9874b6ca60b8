import * as http2 from 'node:http2';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectThrough, dial, secureOver } from '../harness/raw-client.ts';
import { startRawH2Origin } from '../harness/raw-h2-origin.ts';
import { ORIGIN_NAME, startWorld, type World } from '../harness/world.ts';

/** Origins that go away while they are being sent something: node's http2 over TLS does not tell (see origin-http2.ts). */
let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const PIECE = Buffer.alloc(65_536);

it.each(['end', 'reset'] as const)(
  'an origin that stopped reading and leaves (%s) fails the call that it was being sent',
  async (how) => {
    const begun = Promise.withResolvers<void>();
    // Its windows are open, but nobody reads: what we send fills the system's buffers, and waits.
    const origin = await startRawH2Origin(world.server, (stream) => {
      stream.stopReading();
      begun.resolve();
    });
    const session = await openSession(origin.port);
    const stream = session.request({ ':method': 'POST', ':path': '/up' });
    stream.on('error', () => {});
    const status = new Promise((resolve) => {
      stream.on('response', (headers) => resolve(headers[':status']));
    });
    const more = (): void => {
      while (!stream.destroyed && stream.write(PIECE));
    };
    stream.on('drain', more);
    more();
    await begun.promise;
    for (let turn = 0; turn < 1000; turn++) await nextTurn();
    origin.leave(how);
    expect(
      await world.engine.waitForCall((one) => one.path === '/up' && one.port === origin.port && one.state === 'closed'),
    ).toMatchObject({ failure: expect.stringMatching(/^(reset|closed-early)$/) });
    expect(await status).toBe(502);
    session.destroy();
    await origin.stop();
  },
);

/** Everything that waits to be read or written now is, once. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

async function openSession(port: number): Promise<http2.ClientHttp2Session> {
  const bottom = await dial('127.0.0.1', world.engine.proxyPort);
  await connectThrough(bottom, `${ORIGIN_NAME}:${port}`);
  const socket = await secureOver(bottom, {
    host: ORIGIN_NAME,
    port,
    tls: { ca: world.engine.caPem, servername: ORIGIN_NAME, alpn: ['h2'] },
  });
  const session = http2.connect(`https://${ORIGIN_NAME}:${port}`, { createConnection: () => socket });
  session.on('error', () => {});
  return session;
}
