import * as tls from 'node:tls';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { captureHello } from '../harness/captured-hello.ts';
import { connectThrough, dial, openClient } from '../harness/raw-client.ts';
import { rawSocket } from '../harness/raw-socket.ts';
import { startOrigin } from '../harness/scripted-origin.ts';
import { ORIGIN_NAME, startWorld, type World } from '../harness/world.ts';

/** What cannot or may not be read is passed on untouched and recorded as a tunnel that says why. */
let world: World;
beforeAll(async () => {
  world = await startWorld({
    passThrough: ['pinned.test', '*.bank.test'],
    limits: { serverFirstTime: 50 },
    connectTo: ['origin.test', 'pinned.test', 'my.bank.test'].map((host) => ({
      host,
      port: 0,
      toHost: '127.0.0.1',
      toPort: 0,
    })),
  });
});
afterAll(() => world.stop());

const rowOf = (port: number) => world.engine.waitForCall((one) => one.state === 'closed' && one.port === port);

describe.each(['connect', 'socks5'] as const)('in a tunnel by %s', (way) => {
  it('bytes that are not HTTP pass both ways and make a row with sizes', async () => {
    const origin = await startOrigin(async (connection) => {
      await connection.send(`>${(await connection.read(10)).toString('latin1')}<`);
      connection.end();
    });
    const client = await openClient({ host: ORIGIN_NAME, port: origin.port }, way, world.engine.proxyPort);
    await client.send('\0\x01binary\xff!');
    const { bytes } = await client.readToEnd();
    expect(bytes.toString('latin1')).toBe('>\0\x01binary\xff!<');
    client.close();
    const row = await rowOf(origin.port);
    expect(row).toMatchObject({
      kind: 'tunnel',
      scheme: 'tcp',
      host: ORIGIN_NAME,
      failure: null,
      requestBytes: 10,
      responseBytes: 12,
    });
    expect((await world.engine.call(row.id)).tunnel).toMatchObject({
      reason: 'not-http',
      advice: expect.stringMatching(/not HTTP/),
    });
    await origin.stop();
  });

  it('a protocol whose server speaks first works', async () => {
    const origin = await startOrigin(async (connection) => {
      await connection.send('220 mail.test ESMTP\r\n');
      await connection.send(`250 ${await connection.readUntil('\r\n')}`);
    });
    const client = await openClient({ host: ORIGIN_NAME, port: origin.port }, way, world.engine.proxyPort);
    expect(await client.readUntil('\r\n')).toBe('220 mail.test ESMTP\r\n');
    await client.send('EHLO me\r\n');
    expect(await client.readUntil('\r\n')).toBe('250 EHLO me\r\n');
    client.close();
    expect(await rowOf(origin.port)).toMatchObject({ kind: 'tunnel', requestBytes: 9, responseBytes: 34 });
    await origin.stop();
  });

  it('a client that only is slow to speak is read as any other', async () => {
    const origin = await startOrigin(
      async (connection) => {
        await connection.readUntil('\r\n\r\n');
        await connection.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
      },
      // The probe says nothing, and is gone when the client speaks.
      {},
    );
    const client = await openClient({ host: ORIGIN_NAME, port: origin.port }, way, world.engine.proxyPort);
    // We have asked the server by now whether it speaks.
    await origin.connection(0);
    await client.send(`GET /slow HTTP/1.1\r\nHost: ${ORIGIN_NAME}:${origin.port}\r\n\r\n`);
    expect(await client.readUntil('ok')).toContain('200 OK');
    client.close();
    expect(await rowOf(origin.port)).toMatchObject({ kind: 'http', path: '/slow', status: 200 });
    await origin.stop();
  });

  it('SSH passes', async () => {
    const origin = await startOrigin(async (connection) => {
      await connection.send(await connection.readUntil('\r\n'));
    });
    const client = await openClient({ host: ORIGIN_NAME, port: origin.port }, way, world.engine.proxyPort);
    await client.send('SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n');
    expect(await client.readUntil('\r\n')).toMatch(/^SSH-2\.0/);
    client.close();
    expect(await rowOf(origin.port)).toMatchObject({ kind: 'tunnel' });
    await origin.stop();
  });

  it('half-closes pass, each side on its own', async () => {
    const origin = await startOrigin(async (connection) => {
      const { bytes } = await connection.readToEnd();
      await connection.send(`got ${bytes.length}`);
      connection.end();
    });
    const client = await openClient({ host: ORIGIN_NAME, port: origin.port }, way, world.engine.proxyPort);
    await client.send('\0\0\0');
    client.end();
    expect((await client.readToEnd()).bytes.toString()).toBe('got 3');
    client.close();
    await origin.stop();
  });

  it('a reset on one side is a reset on the other', async () => {
    const origin = await startOrigin(async (connection) => {
      await connection.read(3);
      connection.reset();
    });
    const client = await openClient({ host: ORIGIN_NAME, port: origin.port }, way, world.engine.proxyPort);
    await client.send('\0\0\0');
    expect((await client.readToEnd()).ending).toBe('reset');
    client.close();
    expect(await rowOf(origin.port)).toMatchObject({ kind: 'tunnel', failure: 'reset' });
    await origin.stop();
  });

  it('a TLS record of garbage is passed on, not choked on', async () => {
    const origin = await startOrigin(async (connection) => {
      await connection.send((await connection.read(12)).subarray(5));
    });
    const client = await openClient({ host: ORIGIN_NAME, port: origin.port }, way, world.engine.proxyPort);
    await client.send('\x16\x03\x01\x00\x07garbage');
    expect((await client.read(7)).toString()).toBe('garbage');
    client.close();
    expect(await rowOf(origin.port)).toMatchObject({ kind: 'tunnel' });
    await origin.stop();
  });

  it('a target that cannot be reached is said so in the row, and the client is cut', async () => {
    const gone = await startOrigin(() => {});
    await gone.stop();
    const client = await openClient({ host: ORIGIN_NAME, port: gone.port }, way, world.engine.proxyPort);
    await client.send('\0\0\0');
    expect((await client.readToEnd()).bytes).toHaveLength(0);
    client.close();
    expect(await rowOf(gone.port)).toMatchObject({ kind: 'tunnel', failure: 'refused' });
  });
});

/** A TLS client that goes through CONNECT; resolves with its error code, or 'ok'. */
async function shake(
  host: string,
  port: number,
  options: tls.ConnectionOptions,
): Promise<{ outcome: string; issuer: string }> {
  const below = await dial('127.0.0.1', world.engine.proxyPort);
  await connectThrough(below, `${host}:${port}`);
  const secure = tls.connect({ socket: below, servername: host, ...options });
  try {
    await once(secure, 'secureConnect');
    return { outcome: 'ok', issuer: String(secure.getPeerCertificate().issuer.CN) };
  } catch (error) {
    return { outcome: String((error as { code?: string }).code), issuer: '' };
  } finally {
    secure.destroy();
    below.destroy();
  }
}

describe('TLS that is not read', () => {
  it.each(['pinned.test', 'my.bank.test'])(
    '%s is on the pass-through list: the client gets the origin’s own certificate',
    async (host) => {
      const origin = await startOrigin(
        async (connection) => {
          await connection.send((await connection.read(4)).toString('latin1').toUpperCase());
        },
        { tls: world.ca.server(host) },
      );
      const client = await openClient(
        { host, port: origin.port, tls: { ca: world.ca.pem, servername: host, alpn: [] } },
        'connect',
        world.engine.proxyPort,
      );
      await client.send('ping');
      expect((await client.read(4)).toString()).toBe('PING');
      client.close();
      const row = await rowOf(origin.port);
      expect(row).toMatchObject({ kind: 'tunnel', scheme: 'tls', host, failure: null });
      expect((await world.engine.call(row.id)).tunnel).toMatchObject({
        reason: 'pass-through',
        serverName: host,
        advice: expect.stringContaining(host),
      });
      await origin.stop();
    },
  );

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'a client that does not trust our CA (%s) makes a row that says so and what to do',
    async (version) => {
      const origin = await startOrigin(() => {}, { tls: world.server });
      expect(
        await shake(ORIGIN_NAME, origin.port, { ca: world.ca.pem, minVersion: version, maxVersion: version }),
      ).toMatchObject({ outcome: 'SELF_SIGNED_CERT_IN_CHAIN' });
      const row = await rowOf(origin.port);
      expect(row).toMatchObject({
        kind: 'tunnel',
        scheme: 'tls',
        host: ORIGIN_NAME,
        failure: 'tls-client-rejected-us',
      });
      const { tunnel } = await world.engine.call(row.id);
      expect(tunnel).toMatchObject({
        reason: 'client-rejected-ca',
        serverName: ORIGIN_NAME,
        advice: expect.stringMatching(/sallyport run|ca path|pass-through/),
      });
      expect(origin.connections).toHaveLength(0);
      await origin.stop();
    },
  );

  it('a client that shares no TLS version with us makes a row, too', async () => {
    const below = rawSocket(await dial('127.0.0.1', world.engine.proxyPort));
    await below.send(`CONNECT ${ORIGIN_NAME}:4444 HTTP/1.1\r\nHost: ${ORIGIN_NAME}:4444\r\n\r\n`);
    await below.readHead();
    // A hello that offers SSLv3 only, with one cipher that nobody has.
    const body = [3, 0, ...new Uint8Array(32), 0, 0, 2, 0, 1, 1, 0];
    await below.send(Uint8Array.from([0x16, 3, 0, 0, body.length + 4, 1, 0, 0, body.length, ...body]));
    await below.readToEnd();
    below.close();
    expect(await rowOf(4444)).toMatchObject({
      kind: 'tunnel',
      failure: expect.stringMatching(/^tls-client-(failed|rejected-us)$/),
    });
  });

  it('a client that gives up in the handshake makes a row', async () => {
    const below = rawSocket(await dial('127.0.0.1', world.engine.proxyPort));
    await below.send(`CONNECT ${ORIGIN_NAME}:4445 HTTP/1.1\r\nHost: ${ORIGIN_NAME}:4445\r\n\r\n`);
    await below.readHead();
    await below.send(await captureHello({ servername: ORIGIN_NAME }));
    await below.readSome();
    below.reset();
    expect((await rowOf(4445)).kind).toBe('tunnel');
  });

  it('TLS inside which no HTTP is spoken is passed on over TLS of ours', async () => {
    const origin = await startOrigin(
      async (connection) => {
        await connection.send(`<${await connection.readUntil('\n')}`);
      },
      { tls: world.server },
    );
    const client = await openClient(
      { host: ORIGIN_NAME, port: origin.port, tls: { ca: world.engine.caPem, servername: ORIGIN_NAME, alpn: [] } },
      'connect',
      world.engine.proxyPort,
    );
    await client.send('{"id":1,"method":"mining.subscribe"}\n');
    expect(await client.readUntil('\n')).toBe('<{"id":1,"method":"mining.subscribe"}\n');
    client.close();
    expect(await rowOf(origin.port)).toMatchObject({ kind: 'tunnel', scheme: 'tls' });
    await origin.stop();
  });

  it('a tunnel through which nothing was sent leaves no row with an error', async () => {
    const below = rawSocket(await dial('127.0.0.1', world.engine.proxyPort));
    await below.send(`CONNECT ${ORIGIN_NAME}:4446 HTTP/1.1\r\nHost: ${ORIGIN_NAME}:4446\r\n\r\n`);
    await below.readHead();
    below.close();
    expect((await world.engine.calls()).filter((one) => one.port === 4446 && one.failure !== null)).toEqual([]);
  });
});

describe('SOCKS', () => {
  const speak = async (bytes: string) => {
    const client = rawSocket(await dial('127.0.0.1', world.engine.proxyPort));
    await client.send(bytes);
    const { bytes: answer } = await client.readToEnd();
    client.close();
    return [...answer];
  };

  it('BIND and UDP are refused with reply 7', async () => {
    for (const command of ['\x02', '\x03'])
      expect(await speak(`\x05\x01\x00\x05${command}\x00\x01\x7f\x00\x00\x01\x00\x50`)).toEqual([
        5, 0, 5, 7, 0, 1, 0, 0, 0, 0, 0, 0,
      ]);
  });

  it('an unknown way of authentication is refused', async () => expect(await speak('\x05\x01\x01')).toEqual([5, 255]));
  it('SOCKS4 is refused in its own words', async () =>
    expect((await speak('\x04\x01\x00\x50\x7f\x00\x00\x01\x00')).slice(0, 2)).toEqual([0, 0x5b]));

  it('the user name tells the app', async () => {
    const origin = await startOrigin(async (connection) => {
      await connection.readHead();
      await connection.send('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
    });
    const client = rawSocket(await dial('127.0.0.1', world.engine.proxyPort));
    await client.send('\x05\x01\x02');
    await client.read(2);
    await client.send('\x01\x06my-app\x01x');
    await client.read(2);
    await client.send(`\x05\x01\x00\x03\x0b${ORIGIN_NAME}${String.fromCharCode(origin.port >> 8, origin.port & 255)}`);
    await client.read(10);
    await client.send(`GET / HTTP/1.1\r\nHost: ${ORIGIN_NAME}\r\n\r\n`);
    await client.readHead();
    client.close();
    expect(await rowOf(origin.port)).toMatchObject({ app: 'my-app', status: 200 });
    await origin.stop();
  });
});
