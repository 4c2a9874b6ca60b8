import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import * as x509 from '@peculiar/x509';
import { afterEach, describe, expect, it } from 'vitest';
import { readMessage, valuesOf } from '../harness/http1-exchange.ts';
import { openClient } from '../harness/raw-client.ts';
import { startOrigin, type Origin, type OriginConnection } from '../harness/scripted-origin.ts';
import { createTestCa } from '../harness/test-ca.ts';
import { INTERCEPTED, openPeer, ORIGIN_NAME, PLAIN, startOriginFor, startWorld, type World } from '../harness/world.ts';

/** Networks with a proxy of their own, client certificates, and logins that belong to a connection. */
let world: World;
const running: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of running.splice(0).reverse()) await one.stop();
  await world.stop();
});

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
async function start(...args: Parameters<typeof startOrigin>): Promise<Origin> {
  const origin = await startOrigin(...args);
  running.push(origin);
  return origin;
}

const ESTABLISHED = 'HTTP/1.1 200 Connection established\r\n\r\n';

/** A corporate proxy that carries CONNECT to wherever the test says, and answers absolute-form itself. */
async function corporateProxy(to: () => number, answer = ESTABLISHED): Promise<{ origin: Origin; heads: string[] }> {
  const heads: string[] = [];
  const origin = await start(async (connection: OriginConnection) => {
    for (;;) {
      const head = await connection.readHead();
      heads.push(head);
      if (!head.startsWith('CONNECT ')) {
        await connection.send(OK);
        continue;
      }
      await connection.send(answer);
      if (answer !== ESTABLISHED) return connection.end();
      const inner = await openClient({ host: '127.0.0.1', port: to() });
      await Promise.all([pump(connection, inner), pump(inner, connection)]);
      return;
    }
  });
  return { origin, heads };
}

async function pump(
  from: Pick<OriginConnection, 'readSome'>,
  to: Pick<OriginConnection, 'send' | 'end'>,
): Promise<void> {
  try {
    for (;;) await to.send(await from.readSome());
  } catch {
    to.end();
  }
}

describe('roots that only programs were told about', () => {
  it.each(['SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE', 'SSL_CERT_DIR'])(
    'in %s are trusted for origins too',
    async (variable) => {
      const folder = mkdtempSync(join(tmpdir(), 'sallyport-roots-'));
      const ca = createTestCa();
      writeFileSync(join(folder, 'corporate.pem'), ca.pem);
      const named = variable === 'SSL_CERT_DIR' ? `/nowhere${delimiter}${folder}` : join(folder, 'corporate.pem');
      world = await startWorld({ upstreamCa: [], environment: { [variable]: named } });
      const origin = await start(
        async (connection) => {
          await connection.readHead();
          await connection.send(OK);
        },
        { tls: { ...ca.server(ORIGIN_NAME), ALPNProtocols: ['http/1.1'] } },
      );
      const peer = await openPeer(world, INTERCEPTED, origin.port);
      await peer.send(`GET / HTTP/1.1\r\nHost: ${peer.authority}\r\n\r\n`);
      expect((await readMessage(peer)).start).toBe('HTTP/1.1 200 OK');
      peer.close();
      rmSync(folder, { recursive: true });
    },
  );
});

describe('a chained proxy from the environment', () => {
  it('carries https in a tunnel, with its credentials, and is named in the record without them', async () => {
    let port = 0;
    const { origin: proxy, heads } = await corporateProxy(() => port);
    world = await startWorld({
      connectTo: [],
      environment: { https_proxy: `http://user:p%40ss@127.0.0.1:${proxy.port}` },
    });
    const origin = await start(
      async (connection) => {
        await connection.readHead();
        await connection.send(OK);
      },
      { tls: { ...world.server, ALPNProtocols: ['http/1.1'] } },
    );
    port = origin.port;
    const peer = await openPeer(world, INTERCEPTED, 443);
    await peer.send(`GET /far HTTP/1.1\r\nHost: ${ORIGIN_NAME}\r\n\r\n`);
    expect((await readMessage(peer)).body.toString()).toBe('ok');
    peer.close();
    expect(heads[0]).toMatch(new RegExp(`^CONNECT ${ORIGIN_NAME}:443 HTTP/1\\.1\\r\\n`));
    expect(heads[0]).toContain(`Proxy-Authorization: Basic ${Buffer.from('user:p@ss').toString('base64')}`);
    expect(origin.connections[0]?.received().toString()).not.toMatch(/proxy-/i);
    const row = await world.engine.waitForCall((one) => one.path === '/far' && one.state === 'closed');
    const call = await world.engine.call(row.id);
    expect(call.attempts[0]?.via).toBe(`http://127.0.0.1:${proxy.port}`);
    expect(JSON.stringify(call)).not.toMatch(/p@ss|p%40ss/);
  });

  it('gets plain http in absolute-form', async () => {
    const { origin: proxy, heads } = await corporateProxy(() => 0);
    world = await startWorld({ connectTo: [], environment: { HTTP_PROXY: `127.0.0.1:${proxy.port}` } });
    const peer = await openPeer(world, PLAIN, 8080);
    await peer.send(`GET ${peer.target('/plain?q')} HTTP/1.1\r\nHost: ${peer.authority}\r\n\r\n`);
    expect((await readMessage(peer)).body.toString()).toBe('ok');
    peer.close();
    expect(heads).toEqual([
      expect.stringMatching(new RegExp(`^GET http://${ORIGIN_NAME}:8080/plain\\?q HTTP/1\\.1\\r\\n`)),
    ]);
  });

  it('is left out for what no_proxy names', async () => {
    const { origin: proxy, heads } = await corporateProxy(() => 0);
    world = await startWorld({
      environment: { http_proxy: `http://127.0.0.1:${proxy.port}`, no_proxy: 'elsewhere.test,.test' },
      connectTo: [],
    });
    const client = await openClient({ host: 'no-such-host.test', port: 80 }, 'absolute', world.engine.proxyPort);
    await client.send('GET http://no-such-host.test/ HTTP/1.1\r\nHost: no-such-host.test\r\n\r\n');
    expect(valuesOf((await readMessage(client)).headers, 'sallyport-error')).toEqual(['dns']);
    client.close();
    expect(heads).toEqual([]);
  });

  it.each([
    [
      'wants credentials',
      'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n',
      /407/,
    ],
    ['forbids it', 'HTTP/1.1 403 Forbidden\r\nContent-Length: 4\r\n\r\nnope', /403/],
    ['talks nonsense', 'nonsense\r\n\r\n', /./],
    ['never stops its head', `HTTP/1.1 200 OK\r\n${'X: y\r\n'.repeat(50_000)}`, /./],
  ])('that %s is the failure upstream-proxy, told with 502', async (_what, answer, detail) => {
    const { origin: proxy } = await corporateProxy(() => 0, answer);
    world = await startWorld({
      connectTo: [],
      environment: { https_proxy: `http://127.0.0.1:${proxy.port}` },
      timeouts: { connect: 1000 },
    });
    const peer = await openPeer(world, INTERCEPTED, 443);
    await peer.send(`GET / HTTP/1.1\r\nHost: ${ORIGIN_NAME}\r\n\r\n`);
    const told = await readMessage(peer);
    expect(told.start).toMatch(/ 502 /);
    expect(valuesOf(told.headers, 'sallyport-error')).toEqual(['upstream-proxy']);
    expect(told.body.toString()).toMatch(detail);
    peer.close();
  });

  it('that is not there is told as such', async () => {
    const gone = await startOrigin(() => {});
    await gone.stop();
    world = await startWorld({ connectTo: [], environment: { all_proxy: `http://127.0.0.1:${gone.port}` } });
    const peer = await openPeer(world, INTERCEPTED, 443);
    await peer.send(`GET / HTTP/1.1\r\nHost: ${ORIGIN_NAME}\r\n\r\n`);
    expect(valuesOf((await readMessage(peer)).headers, 'sallyport-error')[0]).toMatch(/^(upstream-proxy|refused)$/);
    peer.close();
  });

  it('may be a SOCKS proxy: our own kind carries the call', async () => {
    const far = await startWorld();
    const chained = await startWorld({
      connectTo: [],
      environment: { all_proxy: `socks5h://me:x@127.0.0.1:${far.engine.proxyPort}` },
      upstreamCa: [far.engine.caPem],
    });
    world = far;
    running.push(chained);
    const origin = await start(
      async (connection) => {
        await connection.readHead();
        await connection.send(OK);
      },
      { tls: { ...far.server, ALPNProtocols: ['http/1.1'] } },
    );
    const peer = await openPeer(chained, INTERCEPTED, origin.port);
    await peer.send(`GET /chained HTTP/1.1\r\nHost: ${peer.authority}\r\n\r\n`);
    expect((await readMessage(peer)).body.toString()).toBe('ok');
    peer.close();
    expect(await far.engine.waitForCall((one) => one.path === '/chained' && one.state === 'closed')).toMatchObject({
      app: 'me',
      status: 200,
    });
    expect(await chained.engine.waitForCall((one) => one.path === '/chained' && one.state === 'closed')).toMatchObject({
      status: 200,
    });
  });
});

describe('client certificates', () => {
  it('are shown to the hosts they are for, and to no other', async () => {
    const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
    const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
    const own = await x509.X509CertificateGenerator.createSelfSigned(
      {
        name: 'CN=me',
        keys,
        signingAlgorithm: algorithm,
        extensions: [new x509.ExtendedKeyUsageExtension(['1.3.6.1.5.5.7.3.2'])],
      },
      webcrypto,
    );
    const cert = `${own.toString('pem')}\n`;
    const key = x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY');
    world = await startWorld({
      clientCertificates: [{ host: '*.mutual.test', cert, key }],
      connectTo: [{ host: '', port: 0, toHost: '127.0.0.1', toPort: 0 }],
    });
    const seen: string[] = [];
    for (const host of ['api.mutual.test', 'other.test']) {
      const origin = await start(
        async (connection) => {
          await connection.readHead();
          seen.push(
            `${host}: ${'getPeerCertificate' in connection.socket ? String((connection.socket as import('node:tls').TLSSocket).getPeerCertificate().subject?.CN) : 'plain'}`,
          );
          await connection.send(OK);
        },
        {
          tls: { ...world.ca.server(host), requestCert: true, rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] },
        },
      );
      const client = await openClient(
        { host, port: origin.port, tls: { ca: world.engine.caPem, servername: host, alpn: ['http/1.1'] } },
        'connect',
        world.engine.proxyPort,
      );
      await client.send(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
      expect((await readMessage(client)).body.toString()).toBe('ok');
      client.close();
    }
    expect(seen).toEqual(['api.mutual.test: me', 'other.test: undefined']);
  });
});

describe.each([PLAIN, INTERCEPTED])('logins that belong to a connection ($name)', (way) => {
  it.each(['NTLM', 'Negotiate'])(
    '%s: a connection on which one client has logged in carries no other client’s request',
    async (scheme) => {
      world = await startWorld();
      const origin = await startOriginFor(world, way, async (connection) => {
        let loggedIn = false;
        for (;;) {
          const head = await connection.readHead();
          if (/authorization: (ntlm|negotiate) /i.test(head)) loggedIn = true;
          const who = loggedIn ? 'somebody' : 'nobody';
          await connection.send(
            loggedIn
              ? `HTTP/1.1 200 OK\r\nContent-Length: ${who.length}\r\n\r\n${who}`
              : `HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: ${scheme}\r\nContent-Length: ${who.length}\r\n\r\n${who}`,
          );
        }
      });
      running.push(origin);
      const ask = async (peer: Awaited<ReturnType<typeof openPeer>>, more = '') => {
        await peer.send(`GET ${peer.target('/')} HTTP/1.1\r\nHost: ${peer.authority}\r\n${more}\r\n`);
        return (await readMessage(peer)).body.toString();
      };
      const first = await openPeer(world, way, origin.port);
      expect(await ask(first)).toBe('nobody');
      expect(await ask(first, `Authorization: ${scheme} abcd\r\n`)).toBe('somebody');
      // The login holds for this client …
      expect(await ask(first)).toBe('somebody');
      // … and for no other, neither now nor after it has left.
      const second = await openPeer(world, way, origin.port);
      expect(await ask(second)).toBe('nobody');
      first.close();
      await first.ending;
      const third = await openPeer(world, way, origin.port);
      expect(await ask(third)).toBe('nobody');
      second.close();
      third.close();
    },
  );
});
