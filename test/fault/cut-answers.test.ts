import * as http2 from 'node:http2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startH2Origin } from '../harness/h2-origin.ts';
import { readMessage } from '../harness/http1-exchange.ts';
import { END_STREAM, FRAME, frame, startRawH2Origin, type RawStream } from '../harness/raw-h2-origin.ts';
import { connectThrough, dial, secureOver } from '../harness/raw-client.ts';
import {
  INTERCEPTED,
  openPeer,
  ORIGIN_NAME,
  PLAIN,
  startOriginFor,
  startWorld,
  type Way,
  type World,
} from '../harness/world.ts';

/**
 * An origin's answer that is cut anywhere, in order or by reset, must look cut to the client: a client
 * that trusts framing must never be able to take the part for the whole.
 */
let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const ANSWERS = {
  length: 'HTTP/1.1 200 OK\r\nX: 1\r\nContent-Length: 10\r\n\r\n0123456789',
  chunked: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;e=1\r\n01234\r\n5\r\n56789\r\n0\r\nT: 1\r\n\r\n',
  'until the end': 'HTTP/1.1 200 OK\r\nX: 1\r\n\r\n0123456789',
};
type Framing = keyof typeof ANSWERS;

/** What the client makes of the answer: 'cut', or what it takes for a whole one. */
async function askFor(
  way: Way,
  answer: string,
  length: number,
  how: 'fin' | 'reset',
): Promise<{ whole: string | null; status: string }> {
  const origin = await startOriginFor(world, way, async (connection) => {
    await connection.readHead();
    await connection.send(answer.slice(0, length));
    // One more turn, so that the bytes are on their way before the reset overtakes them.
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    if (how === 'fin') connection.end();
    else connection.reset();
  });
  const peer = await openPeer(world, way, origin.port);
  await peer.send(`GET ${peer.target('/')} HTTP/1.1\r\nHost: ${peer.authority}\r\n\r\n`);
  let status = 'none';
  let whole: string | null = null;
  try {
    const message = await readMessage(peer);
    status = message.start;
    whole = message.body.toString();
  } catch {
    // An end inside the framing or a reset: it looked cut.
  }
  peer.close();
  await origin.stop();
  return { whole, status };
}

describe.each([PLAIN, INTERCEPTED])('$name', (way) => {
  it.each(Object.keys(ANSWERS) as Framing[])(
    'an answer framed by %s, cut at every byte, in order and by reset',
    async (framing) => {
      const answer = ANSWERS[framing];
      const headEnd = answer.indexOf('\r\n\r\n') + 4;
      const wrong: string[] = [];
      for (const how of ['fin', 'reset'] as const) {
        for (let length = 0; length < answer.length; length++) {
          const { whole, status } = await askFor(way, answer, length, how);
          const refused = / 502 /.test(status);
          // Nothing of the head may be believed before it is whole.
          if (
            length < headEnd
              ? !refused
              : framing === 'until the end' && how === 'fin'
                ? whole !== answer.slice(headEnd, length)
                : whole !== null && !refused
          ) {
            wrong.push(`${how} after ${JSON.stringify(answer.slice(0, length))}: ${status}, ${JSON.stringify(whole)}`);
          }
        }
      }
      expect(wrong).toEqual([]);
      expect((await askFor(way, answer, answer.length, 'fin')).whole).toBe('0123456789');
    },
  );

  it.each([
    ['fin', 'closed-early'],
    ['reset', 'reset'],
  ] as const)('the row says how it was cut: %s is %s', async (how, failure) => {
    await askFor(way, ANSWERS.length, ANSWERS.length.length - 3, how);
    const row = await world.engine.waitForCall();
    expect(row).toMatchObject({ status: 200, failure: expect.stringMatching(new RegExp(`^${failure}$`)) });
    expect(row.responseBytes).toBeLessThanOrEqual(7);
  });

  it('what came before the cut is passed on', async () => {
    let cut: () => void = () => {};
    const clientHasIt = new Promise<void>((resolve) => {
      cut = resolve;
    });
    const origin = await startOriginFor(world, way, async (connection) => {
      await connection.readHead();
      await connection.send(ANSWERS.length.slice(0, -3));
      await clientHasIt;
      connection.reset();
    });
    const peer = await openPeer(world, way, origin.port);
    await peer.send(`GET ${peer.target('/')} HTTP/1.1\r\nHost: ${peer.authority}\r\n\r\n`);
    expect(await peer.readUntil('0123456')).toContain('Content-Length: 10');
    cut();
    expect((await peer.readToEnd()).bytes.toString()).toBe('');
    peer.close();
    await origin.stop();
  });
});

describe('HTTP/2', () => {
  async function h2(port: number): Promise<http2.ClientHttp2Session> {
    const below = await dial('127.0.0.1', world.engine.proxyPort);
    await connectThrough(below, `${ORIGIN_NAME}:${port}`);
    const socket = await secureOver(below, {
      host: ORIGIN_NAME,
      port,
      tls: { ca: world.engine.caPem, servername: ORIGIN_NAME, alpn: ['h2'] },
    });
    const session = http2.connect(`https://${ORIGIN_NAME}:${port}`, { createConnection: () => socket });
    session.on('error', () => {});
    return session;
  }

  /** Resolves with how the stream ended: its reset code, and what came. */
  async function ask(
    session: http2.ClientHttp2Session,
    onData: () => void = () => {},
  ): Promise<{ code: number; body: string; status: number }> {
    const stream = session.request({ ':path': '/' });
    let body = '';
    let status = 0;
    stream.on('response', (headers) => {
      status = Number(headers[':status']);
    });
    stream.on('data', (chunk: Buffer) => {
      body += chunk.toString();
      onData();
    });
    stream.on('error', () => {});
    await new Promise((resolve) => {
      stream.on('close', resolve);
    });
    return { code: stream.rstCode ?? 0, body, status };
  }

  it.each(['length', 'chunked', 'until the end'] as const)(
    'an h1 origin’s answer framed by %s and reset in its body resets the h2 client’s stream',
    async (framing) => {
      const origin = await startOriginFor(world, INTERCEPTED, async (connection) => {
        await connection.readHead();
        await connection.send(ANSWERS[framing].slice(0, ANSWERS[framing].indexOf('34')));
        await new Promise((resolve) => {
          setImmediate(resolve);
        });
        connection.reset();
      });
      const session = await h2(origin.port);
      const got = await ask(session);
      expect(got.status === 502 ? 'refused' : got.code === 0 ? 'taken for whole' : 'cut').not.toBe('taken for whole');
      session.destroy();
      await origin.stop();
    },
  );

  it.each(['length', 'chunked'] as const)(
    'an h1 origin’s answer framed by %s and ended in its body resets the h2 client’s stream',
    async (framing) => {
      const origin = await startOriginFor(world, INTERCEPTED, async (connection) => {
        await connection.readHead();
        await connection.send(ANSWERS[framing].slice(0, ANSWERS[framing].indexOf('34')));
        connection.end();
      });
      const session = await h2(origin.port);
      const got = await ask(session);
      expect(got).toMatchObject({ status: 200, code: expect.toSatisfy((code: number) => code !== 0) });
      session.destroy();
      await origin.stop();
    },
  );

  it.each(['connection', 'session', 'stream', 'stream, politely'] as const)(
    'an h2 origin that drops its %s in the body resets the client’s stream, h2 or h1',
    async (what) => {
      const origin = await startH2Origin(
        async ({ stream }) => {
          stream.respond({ ':status': 200, 'content-length': '10' });
          stream.write('01234');
          await new Promise((resolve) => {
            setImmediate(resolve);
          });
          if (what === 'connection') stream.session?.socket.destroy();
          if (what === 'session') stream.session?.destroy();
          if (what === 'stream') stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR);
          if (what === 'stream, politely') stream.close(http2.constants.NGHTTP2_NO_ERROR);
        },
        { tls: world.server },
      );
      const session = await h2(origin.port);
      const got = await ask(session);
      // When head and drop come as one, the answer may never have begun for us either.
      expect(got.status === 502 || got.code !== 0).toBe(true);
      session.destroy();
      const row = await world.engine.waitForCall((one) => one.state === 'closed' && one.port === origin.port);
      expect(row.failure).toMatch(/^(reset|closed-early)$/);
      await origin.stop();
    },
  );

  const NO_ERROR = Buffer.alloc(4);
  const CANCEL = Buffer.from([0, 0, 0, 8]);
  const goAway = (stream: RawStream): Buffer =>
    frame(FRAME.goAway, 0, 0, Buffer.from([0, 0, 0, stream.id, 0, 0, 0, 0]));

  it.each<[what: string, drop: (stream: RawStream) => Promise<void> | void]>([
    ['the stream, politely', ({ id, write }) => write(frame(FRAME.reset, 0, id, NO_ERROR))],
    ['the stream', ({ id, write }) => write(frame(FRAME.reset, 0, id, CANCEL))],
    ['the connection', ({ end }) => end()],
    [
      'the connection, politely',
      async (stream) => {
        await stream.write(goAway(stream));
        stream.end();
      },
    ],
  ])('an h2 origin that did not say its length and drops %s resets the client’s stream', async (_what, drop) => {
    const begun = Promise.withResolvers<void>();
    const origin = await startRawH2Origin(world.server, async (stream) => {
      await stream.begin('01234');
      await begun.promise;
      await drop(stream);
    });
    const session = await h2(origin.port);
    const got = await ask(session, () => begun.resolve());
    expect(got).toMatchObject({ status: 200, body: '01234', code: expect.toSatisfy((code: number) => code !== 0) });
    session.destroy();
    const row = await world.engine.waitForCall((one) => one.state === 'closed' && one.port === origin.port);
    expect(row.failure).toMatch(/^(reset|closed-early)$/);
    await origin.stop();
  });

  it.each<[what: string, close: (stream: RawStream) => Promise<void> | void]>([
    ['the stream', ({ id, write }) => write(frame(FRAME.reset, 0, id, NO_ERROR))],
    ['the connection', ({ end }) => end()],
    [
      'the connection, politely',
      async (stream) => {
        await stream.write(goAway(stream));
        stream.end();
      },
    ],
  ])('a whole answer stays whole when the origin then drops %s, however slowly it is taken', async (_what, close) => {
    const sent = Promise.withResolvers<void>();
    const piece = Buffer.alloc(16_384, 'x');
    const pieces = 200;
    const origin = await startRawH2Origin(world.server, async (stream) => {
      const { id } = stream;
      await stream.begin();
      await stream.write(...Array.from({ length: pieces - 1 }, () => frame(FRAME.data, 0, id, piece)));
      await stream.write(frame(FRAME.data, END_STREAM, id, piece));
      await close(stream);
      sent.resolve();
    });
    const session = await h2(origin.port);
    const stream = session.request({ ':path': '/slow' });
    stream.on('error', () => {});
    // Nothing is taken until the origin has gone: most of the answer waits in the engine.
    await sent.promise;
    for (let turn = 0; turn < 200; turn++)
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    let bytes = 0;
    stream.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    await new Promise((resolve) => {
      stream.on('close', resolve);
    });
    expect({ bytes, code: stream.rstCode }).toEqual({ bytes: pieces * piece.length, code: 0 });
    session.destroy();
    await origin.stop();
  });

  it('the session of the client lives on after one stream was cut', async () => {
    let first = true;
    const origin = await startOriginFor(world, INTERCEPTED, async (connection) => {
      await connection.readHead();
      if (first) {
        first = false;
        await connection.send(ANSWERS.length.slice(0, -3));
        connection.end();
      } else await connection.send(ANSWERS.length);
    });
    const session = await h2(origin.port);
    expect((await ask(session)).code).not.toBe(0);
    expect(await ask(session)).toEqual({ code: 0, status: 200, body: '0123456789' });
    session.destroy();
    await origin.stop();
  });
});
