import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readMessage } from '../harness/http1-exchange.ts';
import type { Origin } from '../harness/scripted-origin.ts';
import { INTERCEPTED, openPeer, PLAIN, startOriginFor, startWorld, type Peer, type World } from '../harness/world.ts';

/**
 * Requests that two programs could read differently are refused: answered with 400, recorded, nothing
 * of them reaches the origin, and no byte after them is ever taken for a request.
 */
let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const SMUGGLED = 'GET /smuggled HTTP/1.1\r\nHost: origin.test\r\n\r\n';

/** What comes after the request line and a good Host header. */
const HEADERS: [name: string, lines: string, status?: number][] = [
  ['a signed length', 'Content-Length: +4\r\n\r\nbody'],
  ['a negative length', 'Content-Length: -4\r\n\r\nbody'],
  ['an empty length', 'Content-Length:\r\n\r\n'],
  ['a length in hex', 'Content-Length: 0x4\r\n\r\nbody'],
  ['a length with a fraction', 'Content-Length: 4.0\r\n\r\nbody'],
  ['a length with an exponent', 'Content-Length: 4e0\r\n\r\nbody'],
  ['a list of lengths', 'Content-Length: 4, 4\r\n\r\nbody'],
  ['a length with a space inside', 'Content-Length: 4 4\r\n\r\nbody'],
  ['a length beyond all numbers', 'Content-Length: 99999999999999999999\r\n\r\nbody'],
  ['a length with other digits', 'Content-Length: \xb2\r\n\r\nbo'],
  ['two different lengths', 'Content-Length: 4\r\nContent-Length: 5\r\n\r\nbody'],
  ['the same length twice', 'Content-Length: 4\r\nContent-Length: 4\r\n\r\nbody'],
  ['a length and chunked', 'Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
  ['chunked and a length', 'Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n'],
  ['xchunked', 'Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n'],
  ['chunked, identity', 'Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n'],
  ['chunked twice', 'Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n'],
  ['chunked twice over two lines', 'Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
  [
    'identity after chunked over two lines',
    'Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n',
  ],
  ['chunked in quotes', 'Transfer-Encoding: "chunked"\r\n\r\n0\r\n\r\n'],
  ['chunked with a parameter', 'Transfer-Encoding: chunked;q=1\r\n\r\n0\r\n\r\n'],
  ['chunked after a vertical tab', 'Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n'],
  ['an empty transfer coding', 'Transfer-Encoding:\r\n\r\n'],
  ['identity alone', 'Transfer-Encoding: identity\r\n\r\n'],
  ['gzip and chunked', 'Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n', 501],
  ['a space before the colon', 'Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n'],
  ['a tab before the colon', 'Content-Length\t: 4\r\n\r\nbody'],
  ['a folded line', 'X: a\r\n b\r\n\r\n'],
  ['a folded line with a tab', 'X: a\r\n\tb\r\n\r\n'],
  ['a line folded over Transfer-Encoding', 'Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n'],
  ['a first line with a space before it', ' X: a\r\n\r\n'],
  ['a bare LF', 'X: a\nY: b\r\n\r\n'],
  ['a bare LF before Transfer-Encoding', 'X: a\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
  ['heads that end in bare LFs', 'X: a\n\n'],
  ['a bare CR', 'X: a\rY: b\r\n\r\n'],
  ['a bare CR before Transfer-Encoding', 'X: a\rTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
  ['CR CR LF', 'X: a\r\r\n\r\n'],
  ['a NUL in a value', 'X: a\0b\r\n\r\n'],
  ['a NUL in a name', 'X\0: a\r\n\r\n'],
  ['another control in a value', 'X: a\x01b\r\n\r\n'],
  ['DEL in a value', 'X: a\x7fb\r\n\r\n'],
  ['a line without a colon', 'nonsense\r\n\r\n'],
  ['an empty name', ': a\r\n\r\n'],
  ['a name with a space', 'X Y: a\r\n\r\n'],
  ['a name with Latin-1', 'X\xe9: a\r\n\r\n'],
  ['a name in brackets', '(X): a\r\n\r\n'],
  ['a second Host', 'Host: other.test\r\n\r\n'],
  ['the same Host twice', 'hOST: origin.test\r\n\r\n'],
];

/** Whole heads. `%` stands for the target. */
const HEADS: [name: string, head: string, status?: number][] = [
  ['no version', 'GET %\r\nHost: origin.test\r\n\r\n'],
  ['two spaces', 'GET  % HTTP/1.1\r\nHost: origin.test\r\n\r\n'],
  ['two spaces before the version', 'GET %  HTTP/1.1\r\nHost: origin.test\r\n\r\n'],
  ['a tab for a space', 'GET %\tHTTP/1.1\r\nHost: origin.test\r\n\r\n'],
  ['a space at the end', 'GET % HTTP/1.1 \r\nHost: origin.test\r\n\r\n'],
  ['a space in the target', 'GET %a b HTTP/1.1\r\nHost: origin.test\r\n\r\n'],
  ['a NUL in the target', 'GET %\0 HTTP/1.1\r\nHost: origin.test\r\n\r\n'],
  ['a bare CR in the target', 'GET %\r HTTP/1.1\r\nHost: origin.test\r\n\r\n'],
  ['a bare LF after the request line', 'GET % HTTP/1.1\nHost: origin.test\r\n\r\n'],
  ['a version in lower case', 'GET % http/1.1\r\nHost: origin.test\r\n\r\n'],
  ['a version with a minus', 'GET % HTTP/-1.1\r\nHost: origin.test\r\n\r\n'],
  ['HTTP/1.10', 'GET % HTTP/1.10\r\nHost: origin.test\r\n\r\n'],
  ['HTTP/2.0', 'GET % HTTP/2.0\r\nHost: origin.test\r\n\r\n', 505],
  ['HTTP/0.9 in words', 'GET % HTTP/0.9\r\nHost: origin.test\r\n\r\n', 505],
  ['no Host', 'GET % HTTP/1.1\r\nX: 1\r\n\r\n'],
  ['chunked in HTTP/1.0', 'POST % HTTP/1.0\r\nHost: origin.test\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
  ['a method that is no token', 'G[T % HTTP/1.1\r\nHost: origin.test\r\n\r\n'],
];

const CASES = (peer: Peer): [string, string, number][] => [
  ...HEADERS.map(([name, lines, status]): [string, string, number] => [
    name,
    `POST ${peer.target('/')} HTTP/1.1\r\nHost: ${peer.authority}\r\n${lines}`,
    status ?? 400,
  ]),
  ...HEADS.map(([name, head, status]): [string, string, number] => [
    name,
    head.replace('%', peer.target('/')).replace('Host: origin.test', `Host: ${peer.authority}`),
    status ?? 400,
  ]),
];
const NAMES = [...HEADERS, ...HEADS].map(([name]) => name);

describe.each([PLAIN, INTERCEPTED])('$name', (way) => {
  let origin: Origin;
  beforeEach(async () => {
    origin = await startOriginFor(world, way, async (connection) => {
      for (;;) {
        await readMessage(connection);
        await connection.send('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
      }
    });
  });
  afterEach(() => origin.stop());

  it.each(NAMES)('%s', async (name) => {
    const peer = await openPeer(world, way, origin.port);
    const [, bytes, status] = CASES(peer).find(([one]) => one === name) as [string, string, number];
    await peer.send(bytes + SMUGGLED);
    const answer = await readMessage(peer);
    expect(answer.start).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(answer.headers).toContainEqual(['Sallyport-Error', 'malformed-request']);
    expect(answer.headers).toContainEqual(['Content-Type', 'application/problem+json']);
    expect(JSON.parse(answer.body.toString())).toMatchObject({
      status,
      failure: 'malformed-request',
      detail: expect.stringMatching(/./),
    });
    const rest = await peer.readToEnd();
    expect(rest.bytes.toString()).toBe('');
    peer.close();
    const row = await world.engine.waitForCall((one) => one.state === 'closed' && one.failure === 'malformed-request');
    expect(row).toMatchObject({ kind: 'refused', status });
    expect(origin.connections).toHaveLength(0);
    expect((await world.engine.calls()).some((one) => one.path === '/smuggled')).toBe(false);
  });

  it('a good request before it is answered, the refused one is not, and the one after it is not served', async () => {
    const peer = await openPeer(world, way, origin.port);
    const good = `GET ${peer.target('/good')} HTTP/1.1\r\nHost: ${peer.authority}\r\n\r\n`;
    await peer.send(
      `${good}POST ${peer.target('/')} HTTP/1.1\r\nHost: ${peer.authority}\r\nContent-Length: +4\r\n\r\n${good}`,
    );
    expect((await readMessage(peer)).start).toBe('HTTP/1.1 200 OK');
    expect((await readMessage(peer)).start).toMatch(/^HTTP\/1\.1 400 /);
    expect((await peer.readToEnd()).bytes).toHaveLength(0);
    peer.close();
    expect(origin.connections).toHaveLength(1);
    expect(
      origin.connections[0]
        ?.received()
        .toString('latin1')
        .match(/GET \/good/g),
    ).toHaveLength(1);
  });

  /** Bodies whose head is good: the origin may have seen it, but must never take what came for the whole. */
  it.each([
    ['a chunk size that is none', 'zz\r\n'],
    ['a signed chunk size', '+1\r\na\r\n0\r\n\r\n'],
    ['a negative chunk size', '-1\r\n'],
    ['a chunk size in 0x', '0x1\r\na\r\n0\r\n\r\n'],
    ['a chunk size after a space', ' 1\r\na\r\n0\r\n\r\n'],
    ['a chunk size beyond all numbers', 'fffffffffffffffff\r\n'],
    ['an empty chunk size', '\r\na\r\n'],
    ['an underscore in a chunk size', '1_0\r\n'],
    ['a bare LF after a chunk size', '1\na\r\n0\r\n\r\n'],
    ['a bare CR after a chunk size', '1\ra\r\n0\r\n\r\n'],
    ['a bare LF in an extension', '1;x\ny\r\na\r\n0\r\n\r\n'],
    ['a NUL in an extension', '1;\0\r\na\r\n0\r\n\r\n'],
    ['a chunk longer than it says', '1\r\nab\r\n0\r\n\r\n'],
    ['a chunk without its CRLF', '1\r\na0\r\n\r\n'],
    ['a chunk ended by a bare LF', '1\r\na\n0\r\n\r\n'],
    ['a trailer without a colon', '0\r\nnonsense\r\n\r\n'],
    ['a folded trailer', '0\r\nA: 1\r\n b\r\n\r\n'],
    ['a NUL in a trailer', '0\r\nA: \0\r\n\r\n'],
    ['a bare LF in the trailers', '0\r\nA: 1\nB: 2\r\n\r\n'],
    ['an extension without end', `1;${'x'.repeat(100_000)}`],
    ['trailers without end', `0\r\n${'A: b\r\n'.repeat(200_000)}`],
  ])('chunked coding with %s: neither taken for whole nor repaired', async (_name, body) => {
    const peer = await openPeer(world, way, origin.port);
    await peer.send(
      `POST ${peer.target('/chunked')} HTTP/1.1\r\nHost: ${peer.authority}\r\nTransfer-Encoding: chunked\r\n\r\n`,
    );
    peer.send(body + SMUGGLED).catch(() => {});
    const { bytes } = await peer.readToEnd();
    expect(bytes.toString('latin1')).not.toMatch(/ 200 /);
    if (bytes.length > 0) expect(bytes.toString('latin1')).toMatch(/^HTTP\/1\.1 4\d\d /);
    peer.close();
    const row = await world.engine.waitForCall(
      (one) => one.path === '/chunked' && one.state === 'closed' && one.port === origin.port,
    );
    expect(row.failure).toMatch(/^(malformed-request|request-too-large)$/);
    for (const connection of origin.connections) {
      await connection.ending;
      expect(connection.received().toString('latin1')).not.toMatch(/smuggled|\r\n0\r\n\r\n$/);
    }
  });
});

describe('targets', () => {
  const ask = async (head: string) => {
    const peer = await openPeer(world, PLAIN, 1);
    await peer.send(head);
    const answer = await readMessage(peer);
    const rest = await peer.readToEnd();
    peer.close();
    return {
      status: Number(/ (\d{3}) /.exec(answer.start)?.[1]),
      failure: (JSON.parse(answer.body.toString()) as { failure: string }).failure,
      rest: rest.bytes.length,
    };
  };

  it.each([
    ['ftp://origin.test/', 'unsupported'],
    ['file:///etc/passwd', 'unsupported'],
    ['gopher://origin.test:70/', 'unsupported'],
    ['javascript:alert(1)', 'malformed-request'],
    ['mailto:a@origin.test', 'malformed-request'],
    ['urn:x:y', 'malformed-request'],
    ['http:/origin.test/', 'malformed-request'],
    ['http:origin.test', 'malformed-request'],
    ['http://', 'malformed-request'],
    ['http:///path', 'malformed-request'],
    ['http://:80/', 'malformed-request'],
    ['http://origin.test:0/', 'malformed-request'],
    ['http://origin.test:65536/', 'malformed-request'],
    ['http://origin.test:70000/', 'malformed-request'],
    ['http://origin.test:-1/', 'malformed-request'],
    ['http://origin.test:+80/', 'malformed-request'],
    ['http://origin.test:8o/', 'malformed-request'],
    ['http://origin.test:80:80/', 'malformed-request'],
    ['http://[::1/', 'malformed-request'],
    ['http://::1/', 'malformed-request'],
    ['http://[origin.test]/', 'malformed-request'],
    ['http://[::1%25lo]/', 'malformed-request'],
    ['http://user:pass@origin.test/', 'malformed-request'],
    ['http://origin.test\\@evil.test/', 'malformed-request'],
    [`http://${'h'.repeat(300)}/`, 'malformed-request'],
    ['http://ori\x00gin.test/', 'malformed-request'],
    ['http://"origin".test/', 'malformed-request'],
    ['origin.test:80', 'malformed-request'],
    ['*', 'malformed-request'],
    ['?x', 'malformed-request'],
    ['/', 'unsupported'],
    ['/metrics', 'unsupported'],
  ])('GET %s is refused (%s)', async (target, failure) => {
    expect(await ask(`GET ${target} HTTP/1.1\r\nHost: origin.test\r\n\r\n`)).toMatchObject({
      status: expect.toSatisfy((status: number) => status >= 400 && status < 600),
      failure,
      rest: 0,
    });
  });

  it.each([
    'origin.test',
    'origin.test:',
    'origin.test:0',
    'origin.test:65536',
    'origin.test:70000',
    'origin.test:x',
    ':443',
    'http://origin.test:443',
    'https://origin.test/',
    '/',
    '*',
    'user@origin.test:443',
    '[::1:443',
    '::1:443',
    '[origin.test]:443',
    `${'h'.repeat(300)}:443`,
    'a b:443',
    'origin.test:443/x',
    'origin.test:443?',
  ])('CONNECT %s is refused', async (target) => {
    expect(await ask(`CONNECT ${target} HTTP/1.1\r\nHost: origin.test\r\n\r\n`)).toMatchObject({
      status: 400,
      failure: 'malformed-request',
      rest: 0,
    });
  });

  it.each([
    ['http://origin.test/', 'other.test'],
    ['http://origin.test/', 'origin.test:8080'],
    ['http://origin.test:8080/', 'origin.test'],
    ['http://origin.test/', ''],
    ['http://origin.test/', 'origin.test, other.test'],
    ['http://origin.test/', 'user@origin.test'],
    ['http://origin.test/', 'origin.test/'],
    ['http://origin.test/', 'origin.test '.repeat(2)],
  ])('GET %s with Host: %s is refused', async (target, host) => {
    expect(await ask(`GET ${target} HTTP/1.1\r\nHost: ${host}\r\n\r\n`)).toMatchObject({
      status: 400,
      failure: 'malformed-request',
      rest: 0,
    });
  });

  it('CONNECT with a body is refused', async () => {
    expect(
      await ask('CONNECT origin.test:443 HTTP/1.1\r\nHost: origin.test:443\r\nContent-Length: 4\r\n\r\nbody'),
    ).toMatchObject({ status: 400, failure: 'malformed-request' });
    expect(
      await ask(
        'CONNECT origin.test:443 HTTP/1.1\r\nHost: origin.test:443\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      ),
    ).toMatchObject({ status: 400, failure: 'malformed-request' });
  });

  it('Host in other case or with the default port is the same host', async () => {
    const peer = await openPeer(world, PLAIN, 1);
    for (const host of ['ORIGIN.test', 'origin.test:80']) {
      await peer.send(`GET http://origin.test/ HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
      // Nothing listens on port 80 of the stand-in's machine, or something that is not ours: it was not refused.
      expect((await readMessage(peer)).start).not.toMatch(/ 400 /);
    }
    peer.close();
  });
});

it('a user name and password in the address of a refused request are not kept', async () => {
  const peer = await openPeer(world, PLAIN, 9);
  await peer.send(`GET http://me:plant-1234@${peer.authority}/in HTTP/1.1\r\nHost: ${peer.authority}\r\n\r\n`);
  await peer.readToEnd();
  peer.close();
  const row = await world.engine.waitForCall((one) => one.path === '/in');
  expect(row).toMatchObject({ kind: 'refused', host: peer.authority.split(':')[0], port: 9 });
  expect(JSON.stringify(await world.engine.call(row.id))).not.toContain('plant');
});

it('a refused CONNECT or OPTIONS shows the host it named', async () => {
  for (const [line, host, port, path] of [
    ['CONNECT named.test', 'named.test', 80, ''],
    ['OPTIONS *', 'named.test', 81, '*'],
  ] as const) {
    const peer = await openPeer(world, PLAIN, 9);
    await peer.send(`${line} HTTP/1.1\r\nHost: named.test:81\r\n\r\n`);
    await peer.readToEnd();
    peer.close();
    const row = await world.engine.waitForCall(
      (one) => one.kind === 'refused' && one.method === line.split(' ')[0] && one.host === host,
    );
    expect(row).toMatchObject({ port, path });
  }
});
