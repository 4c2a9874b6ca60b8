import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readMessage } from '../harness/http1-exchange.ts';
import type { Script } from '../harness/scripted-origin.ts';
import {
  INTERCEPTED,
  openPeer,
  PLAIN,
  startOriginFor,
  startWorld,
  type Peer,
  type Way,
  type World,
} from '../harness/world.ts';

/** Origins that do not keep to HTTP: the client is told, nothing hangs, nothing is served to the wrong request. */
let world: World;
beforeAll(async () => {
  world = await startWorld({ limits: { headTime: 5000 } });
});
afterAll(() => world.stop());

async function withOrigin<T>(way: Way, script: Script, client: (peer: Peer) => Promise<T>): Promise<T> {
  const origin = await startOriginFor(world, way, script);
  const peer = await openPeer(world, way, origin.port);
  try {
    return await client(peer);
  } finally {
    peer.close();
    await origin.stop();
  }
}

const get = (peer: Peer, path = '/', more = '') =>
  peer.send(`GET ${peer.target(path)} HTTP/1.1\r\nHost: ${peer.authority}\r\n${more}\r\n`);
const saying =
  (answer: string): Script =>
  async (connection) => {
    for (;;) {
      await connection.readHead();
      await connection.send(answer);
    }
  };

describe.each([PLAIN, INTERCEPTED])('$name', (way) => {
  it.each([
    ['garbage', 'garbage\r\n\r\n'],
    ['HTTP/0.9', '<html>hello</html>\r\n\r\n'],
    ['another protocol', 'SSH-2.0-OpenSSH_9\r\n\r\n'],
    ['HTTP/2 in words', 'HTTP/2.0 200 OK\r\n\r\n'],
    ['ICY', 'ICY 200 OK\r\n\r\n'],
    ['no status', 'HTTP/1.1 \r\n\r\n'],
    ['a status of two digits', 'HTTP/1.1 20 OK\r\n\r\n'],
    ['a status of four digits', 'HTTP/1.1 2000 OK\r\n\r\n'],
    ['status 000', 'HTTP/1.1 000 OK\r\n\r\n'],
    ['a status in words', 'HTTP/1.1 OK\r\n\r\n'],
    ['a signed status', 'HTTP/1.1 +20 OK\r\n\r\n'],
    ['two different lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
    ['a signed length', 'HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nab'],
    ['a list of different lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n\r\nab'],
    ['an unknown transfer coding', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n'],
    ['a NUL in a header', 'HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n'],
    ['a bare CR in a header', 'HTTP/1.1 200 OK\r\nX: a\rSet-Cookie: b\r\n\r\n'],
    ['a line without a colon', 'HTTP/1.1 200 OK\r\nnonsense\r\n\r\n'],
    ['a control in the reason', 'HTTP/1.1 200 O\0K\r\n\r\n'],
    ['TLS', '\x15\x03\x01\x00\x02\x02\x28\r\n\r\n'],
  ])('%s is answered with 502 that says so', async (_name, answer) => {
    await withOrigin(way, saying(answer), async (peer) => {
      await get(peer);
      const told = await readMessage(peer);
      expect(told.start).toMatch(/^HTTP\/1\.1 502 /);
      expect(told.headers).toContainEqual(['Sallyport-Error', 'malformed-answer']);
      expect(JSON.parse(told.body.toString())).toMatchObject({ failure: 'malformed-answer' });
    });
    expect(await world.engine.waitForCall()).toMatchObject({ failure: 'malformed-answer' });
  });

  it.each([
    ['a chunk size that is none', 'zz\r\nab\r\n0\r\n\r\n'],
    ['a chunk without its CRLF', '1\r\naXX\r\n0\r\n\r\n'],
    ['a chunk size beyond all numbers', 'ffffffffffffffffff\r\na'],
    ['a negative chunk size', '-1\r\n'],
  ])('%s in an answer makes it look cut', async (_name, body) => {
    await withOrigin(
      way,
      saying(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n${body}`),
      async (peer) => {
        await get(peer);
        await expect(
          readMessage(peer).then((message) =>
            / 502 /.test(message.start) ? Promise.reject(new Error('refused')) : message,
          ),
        ).rejects.toThrow();
      },
    );
    expect(await world.engine.waitForCall()).toMatchObject({ failure: 'malformed-answer' });
  });

  it.each([
    [
      'a length and chunked: chunked counts, and the length is not passed on (RFC 9112 §6.3)',
      'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n0\r\n\r\n',
      'abcd',
    ],
    ['the same length twice', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok', 'ok'],
    ['bare LFs', 'HTTP/1.1 200 OK\nContent-Length: 2\nX: 1\r\n\r\nok', 'ok'],
    ['a folded header', 'HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 2\r\n\r\nok', 'ok'],
    ['a space before the colon', 'HTTP/1.1 200 OK\r\nX : a\r\nContent-Length: 2\r\n\r\nok', 'ok'],
  ])('%s is mended', async (_name, answer, body) => {
    await withOrigin(way, saying(answer), async (peer) => {
      await get(peer);
      const message = await readMessage(peer);
      expect(message.body.toString()).toBe(body);
      expect(message.headers.filter(([name]) => /^(content-length|transfer-encoding)$/i.test(name))).toHaveLength(1);
    });
  });

  it('bytes after the end of an answer are never the next one', async () => {
    await withOrigin(
      way,
      async (connection) => {
        await connection.readHead();
        await connection.send(
          'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\npoisoned',
        );
        await connection.readHead();
        await connection.send('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood');
      },
      async (peer) => {
        await get(peer);
        expect((await readMessage(peer)).body.toString()).toBe('ok');
        await get(peer, '/second');
        expect((await readMessage(peer)).body.toString()).not.toBe('poisoned');
      },
    );
  });

  it('an answer that was not asked for is never somebody’s', async () => {
    await withOrigin(
      way,
      async (connection) => {
        for (let i = 0; ; i++) {
          await connection.readHead();
          await connection.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
          await new Promise((resolve) => {
            setImmediate(resolve);
          });
          await connection.send('HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\npoisoned').catch(() => {});
        }
      },
      async (peer) => {
        for (let i = 0; i < 5; i++) {
          await get(peer, `/${i}`);
          expect((await readMessage(peer)).body.toString()).toBe('ok');
        }
      },
    );
  });

  it.each(['204 No Content', '304 Not Modified'])('a body after %s is not the next answer', async (line) => {
    await withOrigin(
      way,
      async (connection) => {
        await connection.readHead();
        await connection.send(
          `HTTP/1.1 ${line}\r\nContent-Length: 46\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\npoisoned`,
        );
        await connection.readHead();
        await connection.send('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood');
      },
      async (peer) => {
        await get(peer);
        expect((await readMessage(peer)).start).toContain(line);
        await get(peer, '/second');
        expect((await readMessage(peer)).body.toString()).not.toBe('poisoned');
      },
    );
  });

  it('a body after the answer to HEAD is not the next answer', async () => {
    await withOrigin(
      way,
      async (connection) => {
        await connection.readHead();
        await connection.send(
          'HTTP/1.1 200 OK\r\nContent-Length: 46\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\npoisoned',
        );
        await connection.readHead();
        await connection.send('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood');
      },
      async (peer) => {
        await peer.send(`HEAD ${peer.target('/')} HTTP/1.1\r\nHost: ${peer.authority}\r\n\r\n`);
        await readMessage(peer, { method: 'HEAD' });
        await get(peer, '/second');
        expect((await readMessage(peer)).body.toString()).not.toBe('poisoned');
      },
    );
  });

  it('a 101 that was not asked for is a malformed answer, not a tunnel', async () => {
    await withOrigin(
      way,
      saying('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nraw bytes'),
      async (peer) => {
        await get(peer);
        const told = await readMessage(peer);
        expect(told.start).toMatch(/^HTTP\/1\.1 502 /);
      },
    );
    expect(await world.engine.waitForCall()).toMatchObject({ failure: 'malformed-answer' });
  });

  it('Upgrade: h2c is not passed on, and the call is answered as HTTP/1.1', async () => {
    await withOrigin(
      way,
      async (connection) => {
        const head = await connection.readHead();
        await connection.send(
          /upgrade|http2-settings/i.test(head)
            ? 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n'
            : 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
        );
      },
      async (peer) => {
        await get(
          peer,
          '/',
          'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n',
        );
        expect((await readMessage(peer)).body.toString()).toBe('ok');
      },
    );
  });

  it.each([
    ['headers without end', (i: number) => `X-${i}: ${'y'.repeat(1000)}\r\n`, 'HTTP/1.1 200 OK\r\n'],
    ['one header without end', () => 'y'.repeat(10_000), 'HTTP/1.1 200 OK\r\nX: '],
    ['a status line without end', () => 'y'.repeat(10_000), 'HTTP/1.1 200 '],
    [
      'interim answers without end',
      (i: number) => `HTTP/1.1 103 Early Hints\r\nX: ${i}${'y'.repeat(1000)}\r\n\r\n`,
      '',
    ],
    [
      'a chunk extension without end',
      () => 'y'.repeat(10_000),
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;',
    ],
    [
      'trailers without end',
      (i: number) => `X-${i}: ${'y'.repeat(1000)}\r\n`,
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n',
    ],
  ])('%s end by our doing, not by ours running out of memory', async (_name, piece, start) => {
    const before = process.memoryUsage().rss;
    let sent = 0;
    await withOrigin(
      way,
      async (connection) => {
        await connection.readHead();
        await connection.send(start);
        for (let i = 0; ; i++) {
          const more = piece(i);
          sent += more.length;
          if (sent > 64 * 1024 * 1024) throw new Error('64 MiB were taken and nothing happened');
          await connection.send(more);
        }
      },
      async (peer) => {
        await get(peer);
        // Told with 502, or cut when the answer had already begun.
        let head = '';
        while (head === '' || / 1\d\d /.test(head)) head = await peer.readHead().catch(() => 'cut');
        if (/ 200 /.test(head)) await peer.readToEnd();
      },
    );
    expect(process.memoryUsage().rss - before).toBeLessThan(128 * 1024 * 1024);
    expect((await world.engine.waitForCall()).failure).toBe('malformed-answer');
  });
});
