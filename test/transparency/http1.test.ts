import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readMessage, splitHead } from '../harness/http1-exchange.ts';
import type { OriginConnection } from '../harness/scripted-origin.ts';
import { startWorld, WAYS, type Peer, type Way, type World } from '../harness/world.ts';
import { bothWays, essence, throughUs, type Exchange } from './both-ways.ts';

/**
 * Every exchange below is carried out direct and through the proxy, by each way into it. Both ends
 * must see the same: start lines, headers with their case, order, duplicates and odd bytes, bodies, trailers.
 */
let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

/** Notes each request and answers it with the given bytes. */
const answering =
  (...answers: string[]): Exchange['origin'] =>
  async (connection, note) => {
    for (let i = 0; ; i++) {
      note(essence(await readMessage(connection)));
      await connection.send(answers[Math.min(i, answers.length - 1)] ?? OK);
      if (answers[i]?.includes('Connection: close')) return connection.end();
    }
  };

/** Sends one request and gives its answer. */
const asking =
  (method: string, path: string, rest: string, options: { answerTo?: string } = {}): Exchange['client'] =>
  async (peer) => {
    await peer.send(`${method} ${peer.target(path)} HTTP/1.1\r\nHost: ${peer.authority}\r\n${rest}`);
    return essence(await readMessage(peer, { method: options.answerTo ?? method }));
  };

const get = asking('GET', '/', '\r\n');
const LATIN1 = Array.from({ length: 96 }, (_, i) => String.fromCharCode(0xa0 + i)).join('');

const EXCHANGES: [string, Exchange][] = [
  ...[
    'GET',
    'DELETE',
    'OPTIONS',
    'PROPFIND',
    'TRACE',
    'get',
    'M-SEARCH',
    "X!#$%&'*+-.^_`|~9",
    'MKCALENDAR',
    'HTTP',
    'PRI',
  ].map((method): [string, Exchange] => [
    `the method ${method}`,
    { client: asking(method, '/method', '\r\n'), origin: answering(OK) },
  ]),
  ['OPTIONS *', { client: asking('OPTIONS', '*', '\r\n'), origin: answering(OK) }],
  ...[
    '/?',
    '//a//../b/./c',
    '/%7e%2F%zz?x=%',
    '/a?b=c?d&&e==[]{}|\\^`"<>',
    '/?q=http://other.test/',
    `/${'long/'.repeat(1600)}`,
    '/caf\xe9?\xff=\xa0',
    "/;p=1,2:@!$'()*+",
    '/#fragment',
  ].map((path): [string, Exchange] => [
    `the path ${path.slice(0, 40)}`,
    { client: asking('GET', path, '\r\n'), origin: answering(OK) },
  ]),

  [
    'headers in their case, order and number',
    {
      client: asking(
        'GET',
        '/',
        'b: 2\r\nA: 1\r\nB: 2\r\nx-MiXeD-CaSe: y\r\na: 1\r\nCookie: a=1\r\nCookie: b=2\r\nAccept:*/*\r\n\r\n',
      ),
      origin: answering(
        'HTTP/1.1 200 OK\r\nset-cookie: a=1\r\nSet-Cookie: b=2\r\nSERVER: x\r\nset-cookie: a=1\r\nContent-LENGTH: 0\r\nX: 1\r\nx: 2\r\n\r\n',
      ),
    },
  ],
  [
    'headers with no value, Latin-1 and tabs',
    {
      client: asking(
        'GET',
        '/',
        `Empty:\r\nBlank:   \r\nLatin: ${LATIN1}\r\nTab: a\tb\r\nPadded: \t x \t \r\nColons: ::a:\r\n_under: 1\r\n0: digit\r\n\r\n`,
      ),
      origin: answering(
        `HTTP/1.1 200 OK\r\nEmpty:\r\nLatin: ${LATIN1}\r\nTab: a\tb\r\nContent-Length: 0\r\n!#$%&'*+-.^_\`|~: odd\r\n\r\n`,
      ),
    },
  ],
  [
    'very long headers and very many',
    {
      client: asking(
        'GET',
        '/',
        `Long: ${'x'.repeat(60_000)}\r\n${Array.from({ length: 500 }, (_, i) => `H-${i}: ${i}\r\n`).join('')}\r\n`,
      ),
      origin: answering(
        `HTTP/1.1 200 OK\r\nLong: ${'y'.repeat(60_000)}\r\n${Array.from({ length: 500 }, (_, i) => `H-${i}: ${i}\r\n`).join('')}Content-Length: 0\r\n\r\n`,
      ),
    },
  ],
  [
    'headers that look like ours but are the caller’s',
    {
      client: asking(
        'GET',
        '/',
        'Via: 1.0 other\r\nForwarded: for=x\r\nX-Forwarded-For: 10.0.0.1\r\nMax-Forwards: 3\r\nAuthorization: Basic eDp5\r\nTrailer: x\r\n\r\n',
      ),
      origin: answering(
        'HTTP/1.1 200 OK\r\nVia: 1.1 cdn\r\nAge: 3\r\nWWW-Authenticate: Basic\r\nAlt-Svc: h3=":443"\r\nContent-Length: 0\r\n\r\n',
      ),
    },
  ],

  [
    'a body of known length',
    {
      client: asking('POST', '/', 'Content-Length: 5\r\n\r\nhello'),
      origin: answering('HTTP/1.1 201 Created\r\nContent-Length: 5\r\n\r\nworld'),
    },
  ],
  [
    'a body with every byte',
    {
      client: asking(
        'PUT',
        '/',
        `Content-Length: 256\r\n\r\n${String.fromCharCode(...Array.from({ length: 256 }, (_, i) => i))}`,
      ),
      origin: answering(
        `HTTP/1.1 200 OK\r\nContent-Length: 256\r\n\r\n${String.fromCharCode(...Array.from({ length: 256 }, (_, i) => 255 - i))}`,
      ),
    },
  ],
  [
    'an empty body by length',
    {
      client: asking('POST', '/', 'Content-Length: 0\r\n\r\n'),
      origin: answering('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'),
    },
  ],
  ['a POST without any framing', { client: asking('POST', '/', '\r\n'), origin: answering(OK) }],
  ['a GET with a body', { client: asking('GET', '/', 'Content-Length: 3\r\n\r\nabc'), origin: answering(OK) }],
  [
    'chunked bodies',
    {
      client: asking(
        'POST',
        '/',
        'Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0005;ext=1;q="a;b"\r\n worl\r\n1\r\nd\r\n0\r\n\r\n',
      ),
      origin: answering(
        'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nA\r\n0123456789\r\n1;x\r\n!\r\n0;last\r\n\r\n',
      ),
    },
  ],
  [
    'an empty chunked body',
    {
      client: asking('POST', '/', 'Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n'),
      origin: answering('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'),
    },
  ],
  [
    'trailers both ways',
    {
      client: asking(
        'POST',
        '/',
        'TE: trailers\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-Sum: 1\r\nx-LATIN: \xe9\r\nX-Sum: 2\r\n\r\n',
      ),
      origin: answering(
        'HTTP/1.1 200 OK\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-Sum: 1\r\nEmpty:\r\n\r\n',
      ),
    },
  ],
  [
    'a body that ends with the connection',
    { client: get, origin: answering('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nall of it') },
  ],
  [
    'an empty body that ends with the connection',
    { client: get, origin: answering('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n') },
  ],
  [
    'an answer with a content coding',
    {
      client: asking('GET', '/', 'Accept-Encoding: gzip, br\r\n\r\n'),
      origin: answering('HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 6\r\n\r\n\x1f\x8b\x08broken'),
    },
  ],

  [
    'HEAD with a length',
    { client: asking('HEAD', '/', '\r\n'), origin: answering('HTTP/1.1 200 OK\r\nContent-Length: 12345\r\n\r\n') },
  ],
  [
    'HEAD with chunked',
    { client: asking('HEAD', '/', '\r\n'), origin: answering('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n') },
  ],
  ['HEAD with neither', { client: asking('HEAD', '/', '\r\n'), origin: answering('HTTP/1.1 200 OK\r\nX: 1\r\n\r\n') }],
  ['204', { client: get, origin: answering('HTTP/1.1 204 No Content\r\nX: 1\r\n\r\n') }],
  [
    '304 with a length',
    { client: get, origin: answering('HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\nETag: "x"\r\n\r\n') },
  ],
  ...[
    '200 ',
    '299 Whatever This Is',
    '404 n\xf6',
    "418 I'm a teapot",
    '599 Odd',
    '999 Out of range',
    '301 Moved\tTabbed',
  ].map((line): [string, Exchange] => [
    `the status line ${line}`,
    { client: get, origin: answering(`HTTP/1.1 ${line}\r\nContent-Length: 0\r\nLocation: /x\r\n\r\n`) },
  ]),
];

describe.each(WAYS)('$name', (way) => {
  it.each(EXCHANGES)('%s', async (_name, exchange) => {
    const { direct, through } = await bothWays(world, way, exchange);
    expect(direct.origin.length).toBeGreaterThan(0);
    expect(through).toEqual(direct);
  });

  /** Heads of 1xx answers, then the final one. */
  async function readAll1xx(peer: Peer): Promise<unknown[]> {
    const seen: unknown[] = [];
    for (;;) {
      const head = splitHead(await peer.readHead());
      if (!head.start.startsWith('HTTP/1.1 1'))
        return [...seen, { start: head.start, headers: head.headers.filter(([name]) => name !== 'Connection') }];
      seen.push(head);
    }
  }

  it('100-continue: the client waits, the origin says so, the body follows', async () => {
    const { direct, through } = await bothWays(world, way, {
      async client(peer) {
        await peer.send(
          `PUT ${peer.target('/')} HTTP/1.1\r\nHost: ${peer.authority}\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n`,
        );
        const interim = await peer.readHead();
        await peer.send('body');
        return [interim, essence(await readMessage(peer))];
      },
      async origin(connection, note) {
        note((await connection.readHead()).includes('Expect: 100-continue'));
        note(connection.pending());
        await connection.send('HTTP/1.1 100 Continue\r\n\r\n');
        note((await connection.read(4)).toString());
        await connection.send(OK);
      },
    });
    expect(through).toEqual(direct);
  });

  it('100-continue: the origin refuses with 417 and the body never comes', async () => {
    const { direct, through } = await bothWays(world, way, {
      async client(peer) {
        await peer.send(
          `PUT ${peer.target('/')} HTTP/1.1\r\nHost: ${peer.authority}\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n`,
        );
        return essence(await readMessage(peer));
      },
      async origin(connection, note) {
        await connection.readHead();
        await connection.send('HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n');
        note(connection.pending());
      },
    });
    expect(through).toEqual(direct);
  });

  it('100-continue: the origin never says it and the client sends its body anyway', async () => {
    const { direct, through } = await bothWays(world, way, {
      async client(peer) {
        await peer.send(
          `PUT ${peer.target('/')} HTTP/1.1\r\nHost: ${peer.authority}\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n`,
        );
        await peer.send('body');
        return essence(await readMessage(peer));
      },
      origin: answering(OK),
    });
    expect(through).toEqual(direct);
  });

  it('103 early hints and other 1xx come before the answer, as they came', async () => {
    const { direct, through } = await bothWays(world, way, {
      async client(peer) {
        await peer.send(`GET ${peer.target('/')} HTTP/1.1\r\nHost: ${peer.authority}\r\n\r\n`);
        const heads = await readAll1xx(peer);
        return [...heads, (await peer.read(2)).toString()];
      },
      async origin(connection) {
        await connection.readHead();
        await connection.send('HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\nlink: </b.css>\r\n\r\n');
        await connection.send('HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </c>\r\n\r\n');
        await connection.send(OK);
      },
    });
    expect(through).toEqual(direct);
  });

  it('pipelined requests are answered in their order, each once', async () => {
    const { direct, through } = await bothWays(world, way, {
      async client(peer) {
        const one = (path: string, rest: string) =>
          `POST ${peer.target(path)} HTTP/1.1\r\nHost: ${peer.authority}\r\n${rest}`;
        await peer.send(
          one('/1', 'Content-Length: 1\r\n\r\na') +
            one('/2', 'Transfer-Encoding: chunked\r\n\r\n1\r\nb\r\n0\r\n\r\n') +
            one('/3', '\r\n') +
            one('/4', 'Content-Length: 2\r\n\r\ndd'),
        );
        const answers: unknown[] = [];
        for (let i = 0; i < 4; i++) answers.push(essence(await readMessage(peer)));
        return answers;
      },
      // By path: whether one connection or several carry them to the origin is the proxy's choice.
      async origin(connection, note) {
        for (;;) {
          const request = await readMessage(connection);
          note(essence(request));
          const n = /\/(\d)/.exec(request.start)?.[1] ?? '';
          await connection.send(
            {
              2: `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n${n}\r\n0\r\n\r\n`,
              3: 'HTTP/1.1 204 No Content\r\n\r\n',
            }[n] ?? `HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n${n}`,
          );
        }
      },
    });
    expect(through).toEqual(direct);
  });

  it('a client connection is used again, and so is the one to the origin', async () => {
    const connections: OriginConnection[] = [];
    const { direct, through } = await bothWays(world, way, {
      async client(peer) {
        const answers: unknown[] = [];
        for (let i = 0; i < 5; i++) {
          await peer.send(`GET ${peer.target(`/${i}`)} HTTP/1.1\r\nHost: ${peer.authority}\r\n\r\n`);
          answers.push(essence(await readMessage(peer)));
        }
        return answers;
      },
      async origin(connection, note) {
        connections.push(connection);
        note(connection.index);
        for (;;) {
          note(essence(await readMessage(connection)));
          await connection.send(OK);
        }
      },
    });
    expect(through).toEqual(direct);
    expect(connections).toHaveLength(2);
  });

  it('an answer that comes before the request is complete is passed on, and the rest of the request too', async () => {
    const { direct, through } = await bothWays(world, way, {
      async client(peer) {
        await peer.send(
          `POST ${peer.target('/')} HTTP/1.1\r\nHost: ${peer.authority}\r\nContent-Length: 10\r\n\r\nfirst`,
        );
        const answer = essence(await readMessage(peer));
        await peer.send(' rest');
        await peer.send(`GET ${peer.target('/next')} HTTP/1.1\r\nHost: ${peer.authority}\r\n\r\n`);
        return [answer, essence(await readMessage(peer))];
      },
      async origin(connection, note) {
        await connection.readHead();
        await connection.read(5);
        await connection.send('HTTP/1.1 401 Unauthorized\r\nContent-Length: 3\r\n\r\nno!');
        note((await connection.read(5)).toString());
        note(essence(await readMessage(connection)));
        await connection.send(OK);
      },
    });
    expect(through).toEqual(direct);
  });

  it('a client that ends its half after the request still gets its answer', async () => {
    const { direct, through } = await bothWays(world, way, {
      async client(peer) {
        await peer.send(`GET ${peer.target('/')} HTTP/1.1\r\nHost: ${peer.authority}\r\nConnection: close\r\n\r\n`);
        peer.end();
        const answer = essence(await readMessage(peer));
        return [answer, (await peer.readToEnd()).ending];
      },
      async origin(connection, note) {
        note(essence(await readMessage(connection)));
        await connection.send('HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nlate');
        connection.end();
      },
    });
    expect(through).toEqual(direct);
  });
});

it('a status line without the space after its code is mended (RFC 9112 §4)', async () => {
  const { client } = await throughUs(world, WAYS[0] as Way, {
    client: get,
    origin: answering('HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n'),
  });
  expect(client).toMatchObject({ start: 'HTTP/1.1 200 ' });
});

describe('HTTP/1.0', () => {
  const way = { name: 'absolute-form', tls: false, kind: 'absolute' } as const;

  it('a client of it gets its answer unchunked, and then the end', async () => {
    const through = await throughUs(world, way, {
      async client(peer) {
        await peer.send(`GET ${peer.target('/old')} HTTP/1.0\r\nX: 1\r\n\r\n`);
        const { bytes, ending } = await peer.readToEnd();
        return [bytes.toString('latin1').replace(/^Connection: .*\r\n/m, ''), ending];
      },
      origin: answering(
        'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX: 2\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\nT: 1\r\n\r\n',
      ),
    });
    expect(through.client).toEqual(['HTTP/1.1 200 OK\r\nX: 2\r\n\r\nabcde', 'fin']);
    expect(through.origin).toMatchObject([
      {
        start: expect.stringMatching(/^GET \/old HTTP\/1\.[01]$/),
        headers: expect.arrayContaining(['Host: origin.test:PORT', 'X: 1']),
      },
    ]);
  });

  it('an origin of it ends its body by closing, and the client sees where it ends', async () => {
    const { direct, through } = await bothWays(world, way, {
      async client(peer) {
        await peer.send(`GET ${peer.target('/')} HTTP/1.1\r\nHost: ${peer.authority}\r\n\r\n`);
        const { start, body } = await readMessage(peer);
        return [start.replace('1.0', '1.1'), body.toString()];
      },
      async origin(connection) {
        await connection.readHead();
        await connection.send('HTTP/1.0 200 OK\r\nX: 1\r\n\r\nold body');
        connection.end();
      },
    });
    expect(through).toEqual(direct);
  });
});
