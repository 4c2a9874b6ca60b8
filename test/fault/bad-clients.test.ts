import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readMessage } from '../harness/http1-exchange.ts';
import { dial, openClient } from '../harness/raw-client.ts';
import { rawSocket } from '../harness/raw-socket.ts';
import { startOrigin } from '../harness/scripted-origin.ts';
import { INTERCEPTED, openPeer, PLAIN, startOriginFor, startWorld, WAYS, type World } from '../harness/world.ts';

/** Programs that are slow, leave, or never stop: told where they can be told, and nothing of them stays. */
let world: World;
const HEAD_LIMIT = 256 * 1024;
beforeAll(async () => {
  world = await startWorld({
    limits: { headTime: 300, bodyTime: 300, handshakeTime: 300, idleTime: 600, headBytes: HEAD_LIMIT },
  });
});
afterAll(() => world.stop());

const MIB = 1024 * 1024;

describe.each([PLAIN, INTERCEPTED])('$name', (way) => {
  it('a head that never ends is given up after its time: 408, recorded', async () => {
    const peer = await openPeer(world, way, 1);
    await peer.send(`GET ${peer.target('/slow')} HTTP/1.1\r\nHost: ${peer.authority}\r\nX-Slow: `);
    const { bytes } = await peer.readToEnd();
    expect(bytes.toString()).toMatch(/^HTTP\/1\.1 408 /);
    peer.close();
    expect(await world.engine.waitForCall((one) => one.failure === 'timeout-request')).toMatchObject({
      kind: 'refused',
      status: 408,
    });
  });

  it('a head that drips byte by byte has the same time, not a new one with each byte', async () => {
    const peer = await openPeer(world, way, 1);
    let over = false;
    void peer.ending.then(() => {
      over = true;
    });
    await peer.send(`GET ${peer.target('/drip')} HTTP/1.1\r\nHost: ${peer.authority}\r\nX: `);
    while (!over)
      await peer.send('x').then(
        () =>
          new Promise((resolve) => {
            setImmediate(resolve);
          }),
        () => {},
      );
    expect(peer.received().toString()).toMatch(/^HTTP\/1\.1 408 |^HTTP\/1\.1 431 |^$/);
    peer.close();
  });

  it('a request body that stops half-way ends the call, and the origin sees it cut', async () => {
    let ended: (how: string) => void = () => {};
    const originSaw = new Promise<string>((resolve) => {
      ended = resolve;
    });
    const origin = await startOriginFor(world, way, async (connection) => {
      await connection.readHead();
      await connection.read(5);
      ended(await connection.ending);
    });
    const peer = await openPeer(world, way, origin.port);
    await peer.send(
      `POST ${peer.target('/half')} HTTP/1.1\r\nHost: ${peer.authority}\r\nContent-Length: 10\r\n\r\nfirst`,
    );
    await peer.readToEnd();
    expect(await originSaw).toMatch(/fin|reset|closed/);
    peer.close();
    expect(await world.engine.waitForCall((one) => one.path === '/half' && one.state === 'closed')).toMatchObject({
      failure: 'timeout-request',
      requestBytes: 5,
    });
    await origin.stop();
  });

  it.each(['one header', 'many headers', 'a target', 'a method'])(
    'a gigabyte of %s is refused with 431 in bounded memory',
    async (what) => {
      const peer = await openPeer(world, way, 1, { keep: false });
      const before = process.memoryUsage().rss;
      const starts: Record<string, string> = {
        'one header': `GET ${peer.target('/')} HTTP/1.1\r\nHost: ${peer.authority}\r\nX: `,
        'many headers': `GET ${peer.target('/')} HTTP/1.1\r\nHost: ${peer.authority}\r\n`,
        'a target': `GET ${peer.target('/')}`,
        'a method': '',
      };
      const piece = what === 'many headers' ? 'X: yyyyyyyyyy\r\n'.repeat(5000) : 'y'.repeat(64 * 1024);
      let over = false;
      void peer.ending.then(() => {
        over = true;
      });
      const answer = peer.readUntil('\r\n\r\n').catch(() => 'cut');
      await peer.send(starts[what] ?? '');
      for (let sent = 0; sent < 1024 * MIB && !over; sent += piece.length) {
        await Promise.race([
          peer.send(piece).catch(() => {
            over = true;
          }),
          peer.ending,
        ]);
      }
      expect(await answer).toMatch(what === 'a method' ? /^HTTP\/1\.1 4\d\d / : /^HTTP\/1\.1 431 /);
      expect(process.memoryUsage().rss - before).toBeLessThan(96 * MIB);
      peer.close();
      expect(await world.engine.waitForCall((one) => one.failure !== null)).toMatchObject({
        failure:
          what === 'a method' ? expect.stringMatching(/malformed-request|request-too-large/) : 'request-too-large',
      });
    },
  );

  it.each(['fin', 'reset'] as const)(
    'a client that leaves (%s) before its answer takes the call off the origin',
    async (how) => {
      let ended: (how: string) => void = () => {};
      const originSaw = new Promise<string>((resolve) => {
        ended = resolve;
      });
      const origin = await startOriginFor(world, way, async (connection) => {
        await connection.readHead();
        await connection.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n');
        ended(await connection.ending);
      });
      const peer = await openPeer(world, way, origin.port);
      await peer.send(`GET ${peer.target('/left')} HTTP/1.1\r\nHost: ${peer.authority}\r\n\r\n`);
      await peer.readUntil('first');
      if (how === 'reset') peer.reset();
      else peer.close();
      expect(await originSaw).toMatch(/fin|reset|closed/);
      expect(
        await world.engine.waitForCall(
          (one) => one.path === '/left' && one.port === origin.port && one.state === 'closed',
        ),
      ).toMatchObject({ status: 200, failure: 'client-left', responseBytes: 5 });
      await origin.stop();
    },
  );

  it('a client that leaves in the middle of its body: the origin never gets a whole request', async () => {
    const origin = await startOriginFor(world, way, async (connection) => {
      await connection.readToEnd();
    });
    const peer = await openPeer(world, way, origin.port);
    await peer.send(
      `POST ${peer.target('/left-body')} HTTP/1.1\r\nHost: ${peer.authority}\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n`,
    );
    const connection = await origin.connection(0);
    await connection.readUntil('first');
    peer.close();
    await connection.ending;
    expect(connection.received().toString('latin1')).not.toContain('\r\n0\r\n');
    expect(
      await world.engine.waitForCall(
        (one) => one.path === '/left-body' && one.port === origin.port && one.state === 'closed',
      ),
    ).toMatchObject({ failure: 'client-left' });
    await origin.stop();
  });
});

it('a client that leaves while the origin’s handshake is under way takes that connection with it', async () => {
  const origin = await startOrigin(async (connection) => {
    await connection.ending;
  });
  for (let i = 0; i < 20; i++) {
    const peer = await openPeer(world, INTERCEPTED, origin.port);
    await peer.send(`GET /gone-${i} HTTP/1.1\r\nHost: ${peer.authority}\r\n\r\n`);
    const connection = await origin.connection(i);
    peer.reset();
    await connection.ending;
  }
  for (let i = 0; i < 20; i++) {
    expect((await world.engine.waitForCall((one) => one.path === `/gone-${i}` && one.state === 'closed')).failure).toBe(
      'client-left',
    );
  }
  await origin.stop();
});

describe.each([PLAIN, INTERCEPTED])('between two requests, $name', (way) => {
  it('a connection is kept about as long as its origin keeps its own, and the client is told', async () => {
    const patient = await startWorld();
    const origin = await startOriginFor(patient, way, async (connection) => {
      await connection.readHead();
      await connection.send(
        'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\nKeep-Alive: timeout=1\r\n\r\nok',
      );
      await connection.ending;
    });
    const peer = await openPeer(patient, way, origin.port);
    await peer.send(`GET ${peer.target('/')} HTTP/1.1\r\nHost: ${peer.authority}\r\n\r\n`);
    const answer = await readMessage(peer);
    expect(answer.headers).toContainEqual(['Keep-Alive', 'timeout=1']);
    expect(await peer.ending).toBe('fin');
    peer.close();
    await origin.stop();
    await patient.stop();
  });
});

describe('connections on which nothing comes', () => {
  it('are closed after their time, silent ones and half-shaken ones', async () => {
    const silent = rawSocket(await dial('127.0.0.1', world.engine.proxyPort));
    const started = rawSocket(await dial('127.0.0.1', world.engine.proxyPort));
    await started.send('GE');
    const socks = rawSocket(await dial('127.0.0.1', world.engine.proxyPort));
    await socks.send('\x05\x01');
    const tunnelled = await openClient({ host: 'origin.test', port: 1 }, 'connect', world.engine.proxyPort);
    await tunnelled.send('\x16\x03\x01\x02\x00\x01'); // a ClientHello that never goes on
    await Promise.all([silent, started, socks, tunnelled].map((one) => one.readToEnd()));
    for (const one of [silent, started, socks, tunnelled]) one.close();
  });

  it('opened and closed by the hundred leave nothing', async () => {
    for (let i = 0; i < 300; i++) {
      const socket = await dial('127.0.0.1', world.engine.proxyPort);
      socket.on('error', () => {});
      socket.resume(); // so that it closes when the proxy does
      if (i % 3 === 0) socket.destroy();
      else if (i % 3 === 1) socket.resetAndDestroy();
      else
        socket.end(
          ['GET', '\x05', '\x16\x03\x01', 'PRI * HTTP', 'CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n'][i % 5] ?? '',
        );
    }
  });
});

describe.each(WAYS)('$name', (way) => {
  it('half-closed by the client after a whole request: the answer still comes, however late', async () => {
    let go: () => void = () => {};
    const later = new Promise<void>((resolve) => {
      go = resolve;
    });
    const origin = await startOriginFor(world, way, async (connection) => {
      await connection.readHead();
      await later;
      await connection.send('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlate');
    });
    const peer = await openPeer(world, way, origin.port);
    await peer.send(`GET ${peer.target('/')} HTTP/1.1\r\nHost: ${peer.authority}\r\n\r\n`);
    peer.end();
    await origin.connection(0);
    go();
    expect((await readMessage(peer)).body.toString()).toBe('late');
    peer.close();
    await origin.stop();
  });
});
