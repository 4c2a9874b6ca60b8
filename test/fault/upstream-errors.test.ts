import { connect as connectTcp } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readMessage, valuesOf } from '../harness/http1-exchange.ts';
import { openClient } from '../harness/raw-client.ts';
import { startOrigin } from '../harness/scripted-origin.ts';
import { createTestCa, selfSigned, type ServerCredentials } from '../harness/test-ca.ts';
import {
  INTERCEPTED,
  openPeer,
  ORIGIN_NAME,
  PLAIN,
  startOriginFor,
  startWorld,
  WAYS,
  type Way,
  type World,
} from '../harness/world.ts';

/** Whatever goes wrong on the way to the origin is told: a status, a problem document, a header, and a row with the failure. */
let world: World;
beforeAll(async () => {
  world = await startWorld({
    timeouts: { connect: 1500, head: 400, body: 400 },
    connectTo: [
      { host: ORIGIN_NAME, port: 0, toHost: '127.0.0.1', toPort: 0 },
      { host: 'renamed.test', port: 0, toHost: '127.0.0.1', toPort: 0 },
    ],
  });
});
afterAll(() => world.stop());

/** Asks over a fresh client connection and gives what a program can see of the failure. */
async function askFor(url: { host: string; port: number; tls?: boolean; way?: Way }, bytes = '') {
  const tls = url.tls
    ? { tls: { ca: world.engine.caPem, servername: /^[\d.:]+$/.test(url.host) ? '' : url.host, alpn: ['http/1.1'] } }
    : {};
  const client = await openClient(
    { host: url.host, port: url.port, ...tls },
    url.tls ? 'connect' : 'absolute',
    world.engine.proxyPort,
  );
  const authority = `${url.host}:${url.port}`;
  await client.send(`GET ${url.tls ? '' : `http://${authority}`}/asked HTTP/1.1\r\nHost: ${authority}\r\n${bytes}\r\n`);
  const answer = await readMessage(client);
  client.close();
  const row = await world.engine.waitForCall(
    (one) => one.state === 'closed' && one.host === url.host && one.port === url.port,
  );
  return {
    status: Number(answer.start.split(' ')[1]),
    header: valuesOf(answer.headers, 'sallyport-error')[0],
    problem: JSON.parse(answer.body.toString()) as {
      failure: string;
      detail: string;
      status: number;
      title: string;
      type: string;
    },
    contentType: valuesOf(answer.headers, 'content-type')[0],
    row,
    call: await world.engine.call(row.id),
  };
}

/** Fails with a short message: what the program saw and what the row says, against what they should. */
function expectFailure(
  seen: Awaited<ReturnType<typeof askFor>>,
  status: number,
  failure: string,
  detail: RegExp,
): void {
  expect({
    status: seen.status,
    header: seen.header,
    contentType: seen.contentType,
    row: seen.row.failure,
    path: seen.row.path,
    problem: { status: seen.problem.status, failure: seen.problem.failure },
  }).toEqual({
    status,
    header: failure,
    contentType: 'application/problem+json',
    row: failure,
    path: '/asked',
    problem: { status, failure },
  });
  expect(seen.problem.detail).toMatch(detail);
  expect(seen.problem.title).toMatch(/./);
}

async function closedPort(): Promise<number> {
  const origin = await startOrigin(() => {});
  await origin.stop();
  return origin.port;
}

describe.each([{ tls: false }, { tls: true }])('TLS: $tls', ({ tls }) => {
  it('a name that does not resolve', async () => {
    expectFailure(await askFor({ host: 'no-such-host.invalid', port: 4321, tls }), 502, 'dns', /no-such-host\.invalid/);
  });

  it('a port where nothing listens', async () => {
    const port = await closedPort();
    const seen = await askFor({ host: ORIGIN_NAME, port, tls });
    expectFailure(seen, 502, 'refused', new RegExp(`${port}`));
    expect(seen.call.attempts).toMatchObject([{ failure: { kind: 'refused' } }]);
  });

  it('an origin that never answers', async () => {
    const origin = await startOriginFor(world, tls ? INTERCEPTED : PLAIN, () => {});
    expectFailure(await askFor({ host: ORIGIN_NAME, port: origin.port, tls }), 504, 'timeout-head', /did not answer/);
    await origin.stop();
  });

  it('an origin that answers half a head and stops', async () => {
    const origin = await startOriginFor(world, tls ? INTERCEPTED : PLAIN, async (connection) => {
      await connection.readHead();
      await connection.send('HTTP/1.1 200 OK\r\nX:');
    });
    expectFailure(await askFor({ host: ORIGIN_NAME, port: origin.port, tls }), 504, 'timeout-head', /did not answer/);
    await origin.stop();
  });

  it.each([
    ['resets at once', 'reset', 'reset'],
    ['closes at once', 'end', 'closed-early'],
  ] as const)('an origin that %s when it is asked', async (_what, how, failure) => {
    const origin = await startOriginFor(world, tls ? INTERCEPTED : PLAIN, async (connection) => {
      await connection.readHead();
      connection[how]();
    });
    expectFailure(await askFor({ host: ORIGIN_NAME, port: origin.port, tls }), 502, failure, /origin\.test/);
    await origin.stop();
  });

  it('an origin that stops in the middle of its body makes the answer look cut, and the row says why', async () => {
    const way = tls ? INTERCEPTED : PLAIN;
    const origin = await startOriginFor(world, way, async (connection) => {
      await connection.readHead();
      await connection.send('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n01234');
    });
    const peer = await openPeer(world, way, origin.port);
    await peer.send(`GET ${peer.target('/asked')} HTTP/1.1\r\nHost: ${peer.authority}\r\n\r\n`);
    await expect(readMessage(peer)).rejects.toThrow(/wanted 10 bytes/);
    peer.close();
    expect(await world.engine.waitForCall((one) => one.port === origin.port && one.state === 'closed')).toMatchObject({
      status: 200,
      failure: 'timeout-body',
      responseBytes: 5,
    });
    await origin.stop();
  });

  it('a client that was told can ask again on the same connection', async () => {
    const port = await closedPort();
    const way = tls ? INTERCEPTED : PLAIN;
    const peer = await openPeer(world, way, port);
    for (let i = 0; i < 3; i++) {
      await peer.send(`GET ${peer.target('/')} HTTP/1.1\r\nHost: ${peer.authority}\r\n\r\n`);
      expect((await readMessage(peer)).start).toMatch(/ 502 /);
    }
    peer.close();
  });

  it('HEAD is told without a body', async () => {
    const port = await closedPort();
    const peer = await openPeer(world, tls ? INTERCEPTED : PLAIN, port);
    await peer.send(`HEAD ${peer.target('/')} HTTP/1.1\r\nHost: ${peer.authority}\r\n\r\n`);
    expect(valuesOf((await readMessage(peer, { method: 'HEAD' })).headers, 'sallyport-error')).toEqual(['refused']);
    await peer.send(`HEAD ${peer.target('/')} HTTP/1.1\r\nHost: ${peer.authority}\r\n\r\n`);
    expect((await readMessage(peer, { method: 'HEAD' })).start).toMatch(/ 502 /);
    peer.close();
  });
});

describe('the origin’s certificate', () => {
  const stranger = createTestCa('Nobody you know');
  const ask = async (credentials: ServerCredentials, host = ORIGIN_NAME) => {
    const origin = await startOrigin(
      async (connection) => {
        await connection.readHead();
        await connection.send('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
      },
      { tls: credentials },
    );
    try {
      const seen = await askFor({ host, port: origin.port, tls: true });
      // Refused before a byte of the request could be read by the wrong party.
      expect(origin.connections.every((connection) => connection.received().length === 0)).toBe(true);
      return seen;
    } finally {
      await origin.stop();
    }
  };

  it.each<[string, () => ServerCredentials, string, RegExp]>([
    [
      'of an unknown issuer',
      () => stranger.server(ORIGIN_NAME),
      'SELF_SIGNED_CERT_IN_CHAIN',
      /not trusted on this machine/,
    ],
    ['signed by itself', () => selfSigned(ORIGIN_NAME), 'DEPTH_ZERO_SELF_SIGNED_CERT', /self-signed/],
    [
      'that has expired',
      () => world.ca.server(ORIGIN_NAME, { issuedAt: Date.now() - 300 * 86_400_000 }),
      'CERT_HAS_EXPIRED',
      /expired/,
    ],
    [
      'that is not valid yet',
      () => world.ca.server(ORIGIN_NAME, { issuedAt: Date.now() + 3 * 86_400_000 }),
      'CERT_NOT_YET_VALID',
      /not valid yet/,
    ],
    ['for another host', () => world.ca.server('other.test'), 'ERR_TLS_CERT_ALTNAME_INVALID', /other names/],
  ])('%s is refused, and said so', async (_what, credentials, verdict, detail) => {
    const seen = await ask(credentials());
    expectFailure(seen, 502, 'tls-upstream-untrusted', detail);
    expect(seen.problem.detail).toContain(verdict);
    const [attempt] = seen.call.attempts;
    expect(attempt?.tls).toMatchObject({ verdict, serverName: ORIGIN_NAME });
    expect(attempt?.tls?.chain.length).toBeGreaterThan(0);
    expect(attempt?.failure?.kind).toBe('tls-upstream-untrusted');
  });

  it('advice says to trust an issuer only where that would help', async () => {
    const advice = /--upstream-ca/;
    expect((await ask(stranger.server(ORIGIN_NAME))).problem.detail).toMatch(advice);
    expect((await ask(world.ca.server('other.test'))).problem.detail).not.toMatch(advice);
    expect(
      (await ask(world.ca.server(ORIGIN_NAME, { issuedAt: Date.now() - 300 * 86_400_000 }))).problem.detail,
    ).not.toMatch(advice);
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'an origin that wants a client certificate is told from a reset (%s)',
    async (maxVersion) => {
      const origin = await startOrigin(
        async (connection) => {
          await connection.ending;
        },
        { tls: { ...world.ca.server(ORIGIN_NAME), requestCert: true, rejectUnauthorized: true, maxVersion } },
      );
      const seen = await askFor({ host: ORIGIN_NAME, port: origin.port, tls: true });
      expectFailure(seen, 502, 'tls-upstream-failed', maxVersion === 'TLSv1.3' ? /--client-certificate/ : /handshake/);
      expect(seen.problem.detail).not.toMatch(/deps\/openssl|\n/);
      await origin.stop();
    },
  );

  it('that is good is recorded with its chain, version and cipher', async () => {
    const origin = await startOriginFor(world, INTERCEPTED, async (connection) => {
      await connection.readHead();
      await connection.send('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
    });
    const peer = await openPeer(world, INTERCEPTED, origin.port);
    await peer.send(`GET / HTTP/1.1\r\nHost: ${peer.authority}\r\n\r\n`);
    await readMessage(peer);
    peer.close();
    const row = await world.engine.waitForCall((one) => one.port === origin.port && one.state === 'closed');
    expect(row).toMatchObject({
      failure: null,
      status: 200,
      scheme: 'https',
      tlsVersion: 'TLSv1.3',
      remoteAddress: '127.0.0.1',
    });
    expect((await world.engine.call(row.id)).attempts).toMatchObject([
      {
        reused: false,
        remotePort: origin.port,
        tls: { verdict: 'trusted', version: 'TLSv1.3', alpn: 'http/1.1', cipher: expect.stringMatching(/^TLS_/) },
      },
    ]);
    await origin.stop();
  });

  it('a server that speaks no TLS at all', async () => {
    const origin = await startOrigin(async (connection) => {
      await connection.readSome();
      await connection.send('HTTP/1.1 400 Bad Request\r\n\r\n');
      connection.end();
    });
    expectFailure(
      await askFor({ host: ORIGIN_NAME, port: origin.port, tls: true }),
      502,
      'tls-upstream-failed',
      /handshake/,
    );
    await origin.stop();
  });

  it('a server that never ends its handshake', async () => {
    const origin = await startOrigin(() => {});
    expectFailure(
      await askFor({ host: ORIGIN_NAME, port: origin.port, tls: true }),
      504,
      'timeout-tls',
      /TLS handshake/,
    );
    await origin.stop();
  });
});

it('an IP address as the host works, with a certificate for it', async () => {
  const origin = await startOrigin(
    async (connection) => {
      await connection.readHead();
      await connection.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    },
    { tls: world.ca.server('127.0.0.1') },
  );
  const client = await openClient(
    { host: '127.0.0.1', port: origin.port, tls: { ca: world.engine.caPem } },
    'connect',
    world.engine.proxyPort,
  );
  await client.send(`GET / HTTP/1.1\r\nHost: 127.0.0.1:${origin.port}\r\n\r\n`);
  expect((await readMessage(client)).body.toString()).toBe('ok');
  client.close();
  await origin.stop();
});

describe('a loop to ourselves is refused', () => {
  it.each(['127.0.0.1', 'localhost', ORIGIN_NAME])('by the name %s', async (host) => {
    const port = world.engine.proxyPort;
    const client = await openClient({ host, port }, 'absolute', port);
    await client.send(`GET http://${host}:${port}/ HTTP/1.1\r\nHost: ${host}:${port}\r\n\r\n`);
    const answer = await readMessage(client);
    expect(valuesOf(answer.headers, 'sallyport-error')).toEqual(['loop']);
    client.close();
    expect(await world.engine.waitForCall()).toMatchObject({ failure: 'loop' });
  });

  it('through CONNECT, with or without TLS', async () => {
    const port = world.engine.proxyPort;
    const client = await openClient({ host: 'localhost', port }, 'connect', port);
    await client.send(`GET / HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`);
    expect(valuesOf((await readMessage(client)).headers, 'sallyport-error')).toEqual(['loop']);
    client.close();
    const secure = await openClient(
      { host: 'localhost', port, tls: { ca: world.engine.caPem, servername: 'localhost' } },
      'connect',
      port,
    );
    await secure.send(`GET / HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`);
    expect(valuesOf((await readMessage(secure)).headers, 'sallyport-error')).toEqual(['loop']);
    secure.close();
  });

  it('as a web server it says what it is', async () => {
    const socket = connectTcp(world.engine.proxyPort, '127.0.0.1');
    socket.end(`GET / HTTP/1.1\r\nHost: 127.0.0.1:${world.engine.proxyPort}\r\n\r\n`);
    let text = '';
    for await (const chunk of socket) text += String(chunk);
    expect(text).toMatch(/Sallyport’s proxy/);
  });
});

describe.each(WAYS.filter(({ kind }) => kind !== 'absolute'))('inside $name', (way) => {
  it('the tunnel’s authority decides where a request goes, not its Host', async () => {
    const [mine, other] = (await Promise.all(
      [0, 1].map(() =>
        startOriginFor(world, way, async (connection) => {
          await connection.readHead();
          await connection.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
        }),
      ),
    )) as [Awaited<ReturnType<typeof startOrigin>>, Awaited<ReturnType<typeof startOrigin>>];
    const peer = await openPeer(world, way, mine.port);
    await peer.send(`GET /where HTTP/1.1\r\nHost: ${ORIGIN_NAME}:${other.port}\r\n\r\n`);
    expect((await readMessage(peer)).start).toMatch(/ 200 /);
    expect([mine.connections.length, other.connections.length]).toEqual([1, 0]);
    expect(await world.engine.waitForCall((one) => one.path === '/where' && one.state === 'closed')).toMatchObject({
      host: ORIGIN_NAME,
      port: mine.port,
    });
    peer.close();
    await mine.stop();
    await other.stop();
  });

  it('absolute-form may only name the tunnel’s own authority', async () => {
    const origin = await startOriginFor(world, way, async (connection) => {
      await connection.readHead();
      await connection.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    });
    const scheme = way.tls ? 'https' : 'http';
    const peer = await openPeer(world, way, origin.port);
    await peer.send(`GET ${scheme}://${peer.authority}/own HTTP/1.1\r\nHost: ${peer.authority}\r\n\r\n`);
    expect((await readMessage(peer)).start).toMatch(/ 200 /);
    await peer.send(`GET ${scheme}://other.test/ HTTP/1.1\r\nHost: ${peer.authority}\r\n\r\n`);
    expect((await readMessage(peer)).start).toMatch(/ 400 /);
    peer.close();
    await origin.stop();
  });
});
