import { once } from 'node:events';
import * as http2 from 'node:http2';
import type { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startH2Origin, type SeenStream } from '../harness/h2-origin.ts';
import { readMessage } from '../harness/http1-exchange.ts';
import { connectThrough, dial, openClient, secureOver } from '../harness/raw-client.ts';
import { startOrigin } from '../harness/scripted-origin.ts';
import { ORIGIN_NAME, startWorld, type World } from '../harness/world.ts';
import { essence } from './both-ways.ts';

/** HTTP/2 direct and through the proxy: headers, bodies, trailers and reset codes must be the same at both ends. */
let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

interface H2Way {
  name: string;
  tls: boolean;
}
const WAYS: H2Way[] = [
  { name: 'CONNECT and ALPN h2', tls: true },
  { name: 'prior knowledge', tls: false },
];

/** What one stream came to for the client. */
interface Got {
  informational: unknown[];
  headers: [string, string][];
  body: string;
  trailers: [string, string][];
  code: number;
}

async function session(way: H2Way, port: number, direct: boolean): Promise<http2.ClientHttp2Session> {
  let socket: Socket;
  if (!way.tls) socket = await dial('127.0.0.1', direct ? port : world.engine.proxyPort);
  else {
    const below = await dial('127.0.0.1', direct ? port : world.engine.proxyPort);
    if (!direct) await connectThrough(below, `${ORIGIN_NAME}:${port}`);
    socket = await secureOver(below, {
      host: ORIGIN_NAME,
      port,
      tls: { ca: direct ? world.ca.pem : world.engine.caPem, servername: ORIGIN_NAME, alpn: ['h2'] },
    });
    expect((socket as import('node:tls').TLSSocket).alpnProtocol).toBe('h2');
  }
  const opened = http2.connect(`${way.tls ? 'https' : 'http'}://${ORIGIN_NAME}:${port}`, {
    createConnection: () => socket,
  });
  opened.on('error', () => {});
  return opened;
}

const IGNORED = new Set(['date', 'connection']);
function pairs(raw: unknown): [string, string][] {
  const list: [string, string][] = [];
  for (let i = 0, flat = raw as string[]; i + 1 < flat.length; i += 2)
    if (!IGNORED.has(flat[i] ?? '')) list.push([flat[i] ?? '', flat[i + 1] ?? '']);
  return list;
}

/** The order of the pseudo-headers means nothing (RFC 9113 §8.3); that of the others is kept. */
function inOrder(headers: [string, string][]): [string, string][] {
  const isPseudo = ([name]: [string, string]) => name.startsWith(':');
  return [...headers.filter(isPseudo).sort(), ...headers.filter((header) => !isPseudo(header))];
}

/** Collects what a stream brings until it is over. */
async function collect(stream: http2.ClientHttp2Stream): Promise<Got> {
  const got: Got = { informational: [], headers: [], body: '', trailers: [], code: -1 };
  stream.setEncoding('latin1');
  stream.on('headers', (headers) => got.informational.push({ ...headers }));
  stream.on('response', (_headers, _flags, raw: unknown) => {
    got.headers = pairs(raw);
  });
  stream.on('trailers', (_trailers, _flags, raw: unknown) => {
    got.trailers = pairs(raw);
  });
  stream.on('data', (text: string) => {
    got.body += text;
  });
  stream.on('error', () => {});
  stream.resume();
  await new Promise((resolve) => {
    stream.on('close', resolve);
  });
  got.code = stream.rstCode ?? -1;
  return got;
}

interface Exchange {
  client(opened: http2.ClientHttp2Session): Promise<unknown>;
  origin(seen: SeenStream): Promise<void> | void;
}

async function bothWays(way: H2Way, exchange: Exchange): Promise<{ direct: unknown; through: unknown }> {
  const run = async (direct: boolean) => {
    const origin = await startH2Origin(exchange.origin, way.tls ? { tls: world.server } : {});
    const opened = await session(way, origin.port, direct);
    try {
      const client = await exchange.client(opened);
      const codes = await Promise.all(origin.streams.map((seen) => seen.closed));
      const account = {
        client,
        origin: origin.streams.map((seen, i) => ({
          headers: inOrder(seen.headers),
          body: seen.body().toString('latin1').slice(0, 5000),
          trailers: seen.trailers,
          code: codes[i],
        })),
      };
      return JSON.parse(JSON.stringify(account).replaceAll(`:${origin.port}`, ':PORT'));
    } finally {
      opened.destroy();
      await origin.stop();
    }
  };
  return { direct: await run(true), through: await run(false) };
}

const echo: Exchange['origin'] = async ({ stream, whole }) => {
  const body = await whole;
  stream.respond({ ':status': 200, 'content-type': 'text/plain', 'set-cookie': ['a=1', 'b=2'], 'x-empty': '' });
  stream.end(body);
};

const ask =
  (headers: http2.OutgoingHttpHeaders, body?: string): Exchange['client'] =>
  (opened) => {
    const stream = opened.request(headers, { endStream: body === undefined });
    const got = collect(stream);
    if (body !== undefined) stream.end(body, 'latin1');
    return got;
  };

/** The gRPC way: a message, an answer, the status in the trailers. */
const grpcHeaders = {
  ':method': 'POST',
  ':path': '/pkg.Service/Call',
  'content-type': 'application/grpc',
  te: 'trailers',
  'grpc-timeout': '1S',
};

describe.each(WAYS)('$name', (way) => {
  it.each<[string, Exchange]>([
    ['GET', { client: ask({ ':path': '/p?q=1', 'x-a': '1' }), origin: echo }],
    ['POST', { client: ask({ ':method': 'POST', ':path': '/', 'content-type': 'text/plain' }, 'hello'), origin: echo }],
    [
      'POST with a length',
      { client: ask({ ':method': 'POST', ':path': '/', 'content-length': 5 }, 'hello'), origin: echo },
    ],
    ['an empty body', { client: ask({ ':method': 'PUT', ':path': '/' }, ''), origin: echo }],
    ['an odd method', { client: ask({ ':method': "M-SEARCH!'", ':path': '/' }), origin: echo }],
    ['OPTIONS *', { client: ask({ ':method': 'OPTIONS', ':path': '*' }), origin: echo }],
    [
      'duplicates and order',
      { client: ask({ ':path': '/', 'x-b': ['2', '1', '2'], 'x-a': '1', cookie: ['a=1', 'b=2'] }), origin: echo },
    ],
    ['long headers', { client: ask({ ':path': `/${'p'.repeat(4000)}`, 'x-long': 'x'.repeat(20_000) }), origin: echo }],
    ['300 KiB each way', { client: ask({ ':method': 'POST', ':path': '/' }, 'x'.repeat(300_000)), origin: echo }],
    [
      'HEAD',
      {
        client: ask({ ':method': 'HEAD', ':path': '/' }),
        origin: ({ stream }) => stream.respond({ ':status': 200, 'content-length': '123' }, { endStream: true }),
      },
    ],
    [
      '204',
      {
        client: ask({ ':path': '/' }),
        origin: ({ stream }) => stream.respond({ ':status': 204 }, { endStream: true }),
      },
    ],
    [
      '304',
      {
        client: ask({ ':path': '/' }),
        origin: ({ stream }) => stream.respond({ ':status': 304, etag: '"x"' }, { endStream: true }),
      },
    ],
    [
      '103 before the answer',
      {
        client: ask({ ':path': '/' }),
        origin: ({ stream }) => {
          stream.additionalHeaders({ ':status': 103, link: '</a.css>' });
          stream.respond({ ':status': 200 });
          stream.end('ok');
        },
      },
    ],
    [
      'a gRPC call',
      {
        client: ask(grpcHeaders, '\0\0\0\0\x02hi'),
        origin: async ({ stream, whole }) => {
          await whole;
          stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
          stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0', 'grpc-message': 'fine' }));
          stream.end(Buffer.from('\0\0\0\0\x02ho'));
        },
      },
    ],
    [
      'a gRPC call answered by trailers alone',
      {
        client: ask(grpcHeaders, '\0\0\0\0\x02hi'),
        origin: async ({ stream, whole }) => {
          await whole;
          stream.respond(
            { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '12', 'grpc-message': 'no' },
            { endStream: true },
          );
        },
      },
    ],
    [
      'a gRPC call refused before its message is complete',
      {
        client: async (opened) => {
          const stream = opened.request(grpcHeaders);
          const got = collect(stream);
          stream.write('\0\0\0\0\x02h');
          return got;
        },
        origin: ({ stream }) => {
          stream.respond({ ':status': 200, 'grpc-status': '7' }, { endStream: true });
          setImmediate(() => stream.close(http2.constants.NGHTTP2_NO_ERROR));
        },
      },
    ],
    [
      'trailers of the request',
      {
        client: async (opened) => {
          const stream = opened.request({ ':method': 'POST', ':path': '/' }, { waitForTrailers: true });
          stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sum': '1', 'x-more': '2' }));
          const got = collect(stream);
          stream.end('body');
          return got;
        },
        origin: echo,
      },
    ],
    ...(
      [
        ['CANCEL', 8],
        ['REFUSED_STREAM', 7],
        ['ENHANCE_YOUR_CALM', 11],
        ['INTERNAL_ERROR', 2],
      ] as const
    ).map(([name, code]): [string, Exchange] => [
      `a stream that the origin resets with ${name} in its body`,
      {
        async client(opened) {
          const stream = opened.request({ ':path': '/' });
          const got = await collect(stream);
          return { code: got.code, begins: 'part'.startsWith(got.body), status: got.headers[0] };
        },
        async origin({ stream }) {
          stream.respond({ ':status': 200 });
          stream.write('part');
          await new Promise((resolve) => {
            setImmediate(resolve);
          });
          stream.close(code);
        },
      },
    ]),
  ])('%s', async (_name, exchange) => {
    const { direct, through } = await bothWays(way, exchange);
    expect(through).toEqual(direct);
  });

  it('many streams at once on one session, each its own', async () => {
    const { direct, through } = (await bothWays(way, {
      client: (opened) =>
        Promise.all(
          Array.from({ length: 100 }, (_, i) => ask({ ':method': 'POST', ':path': `/${i}` }, `body ${i}`)(opened)),
        ),
      origin: echo,
    })) as Record<string, { client: unknown; origin: { headers: unknown }[] }>;
    expect(through?.client).toEqual(direct?.client);
    expect(through?.origin).toHaveLength(100);
  });

  it('both directions at once: an answer to each message before the next', async () => {
    const { direct, through } = await bothWays(way, {
      async client(opened) {
        const stream = opened.request({ ':method': 'POST', ':path': '/chat' });
        stream.setEncoding('latin1');
        const answers: string[] = [];
        for (let i = 0; i < 10; i++) {
          stream.write(`${i};`);
          answers.push(String((await once(stream, 'data'))[0]));
        }
        stream.end();
        await once(stream, 'close');
        return answers;
      },
      origin({ stream }) {
        stream.respond({ ':status': 200 });
        stream.on('data', (chunk: Buffer) => stream.write(`got ${chunk.toString()}`));
        stream.on('end', () => stream.end());
      },
    });
    expect(through).toEqual(direct);
  });

  it('a client that cancels its stream cancels it for the origin, and the session lives on', async () => {
    let cancelled: (code: number) => void = () => {};
    const heard = new Promise<number>((resolve) => {
      cancelled = resolve;
    });
    const { through } = (await bothWays(way, {
      async client(opened) {
        const stream = opened.request({ ':path': '/never' });
        stream.on('error', () => {});
        await once(stream, 'response');
        stream.close(http2.constants.NGHTTP2_CANCEL);
        return ((await ask({ ':path': '/after' })(opened)) as Got).headers[0];
      },
      origin({ stream, headers }) {
        if (headers.some(([, value]) => value === '/never')) {
          stream.respond({ ':status': 200 });
          stream.write('x');
          stream.on('close', () => cancelled(stream.rstCode ?? 0));
        } else {
          stream.respond({ ':status': 200 });
          stream.end();
        }
      },
    })) as { through: { client: unknown } };
    expect(through.client).toEqual([':status', '200']);
    expect(await heard).toBe(http2.constants.NGHTTP2_CANCEL);
  });
});

describe('between the protocols', () => {
  const h2 = WAYS[0] as H2Way;

  it('an h2 client is carried to an origin that speaks HTTP/1.1 only', async () => {
    const notes: unknown[] = [];
    const origin = await startOrigin(
      async (connection) => {
        notes.push(essence(await readMessage(connection)));
        await connection.send(
          'HTTP/1.1 200 OK\r\nX-Case: Kept?\r\nConnection: keep-alive, x-hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\nTrailer: x-sum\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 1\r\n\r\n',
        );
      },
      { tls: { ...world.server, ALPNProtocols: ['http/1.1'] } },
    );
    const opened = await session(h2, origin.port, false);
    const got = (await ask(
      { ':method': 'POST', ':path': '/x', 'x-a': '1', cookie: ['a=1', 'b=2'], te: 'trailers' },
      'body',
    )(opened)) as Got;
    expect(got).toEqual({
      informational: [],
      headers: [
        [':status', '200'],
        ['x-case', 'Kept?'],
        ['trailer', 'x-sum'],
      ],
      body: 'abc',
      trailers: [['x-sum', '1']],
      code: 0,
    });
    expect(notes).toEqual([
      {
        start: 'POST /x HTTP/1.1',
        framing: 'chunked',
        body: 'body',
        trailers: [],
        headers: expect.arrayContaining([
          expect.stringMatching(new RegExp(`^host: ${ORIGIN_NAME}:${origin.port}$`, 'i')),
          'x-a: 1',
          'cookie: a=1; b=2',
        ]),
      },
    ]);
    opened.destroy();
    await origin.stop();
  });

  it('an HTTP/1.1 client and an origin that speaks h2 only do not understand each other, with or without us', async () => {
    const origin = await startH2Origin(({ stream }) => stream.respond({ ':status': 200 }, { endStream: true }), {
      tls: world.server,
    });
    const client = await openClient(
      {
        host: ORIGIN_NAME,
        port: origin.port,
        tls: { ca: world.engine.caPem, servername: ORIGIN_NAME, alpn: ['http/1.1'] },
      },
      'connect',
      world.engine.proxyPort,
    );
    await client.send(`GET / HTTP/1.1\r\nHost: ${ORIGIN_NAME}:${origin.port}\r\n\r\n`);
    const answer = await readMessage(client);
    expect(answer.start).toMatch(/^HTTP\/1\.1 502/);
    expect(JSON.parse(answer.body.toString())).toMatchObject({ failure: 'tls-upstream-failed' });
    client.close();
    await origin.stop();
  });
});
