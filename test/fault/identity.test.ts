import http2 from 'node:http2';
import { networkInterfaces } from 'node:os';
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSocks5Client } from '../../shared/bytes/socks5.ts';
import { connectThrough, dial, openClient, secureOver } from '../harness/raw-client.ts';
import { rawSocket, type RawSocket } from '../harness/raw-socket.ts';
import { startOrigin, type Origin } from '../harness/scripted-origin.ts';
import { ORIGIN_NAME, startWorld, type World } from '../harness/world.ts';

/**
 * Where everybody has to prove who they are, nothing of a caller reaches an origin before it has, whatever way it
 * comes in and whatever it tries; and what has proved it notices nothing.
 */
let world: World;
let origin: Origin;
/** Requests that reached the origin. */
let reached: string[];
let url: string;
const clients: RawSocket[] = [];

beforeAll(async () => {
  world = await startWorld({ access: { requireIdentity: 'everywhere' }, limits: { serverFirstTime: 50 } });
});
afterAll(() => world.stop());
beforeEach(async () => {
  reached = [];
  origin = await startOrigin(async (connection) => {
    for (;;) {
      const head = await connection.readHead().catch(() => null);
      if (head === null) return;
      reached.push(head);
      const length = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
      if (length > 0) await connection.read(length);
      await connection.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    }
  });
  url = `http://${ORIGIN_NAME}:${origin.port}/`;
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await origin.stop();
});

async function issue(name: string): Promise<{ secret: string; id: string }> {
  const issued = await world.engine.engine.apps.changes.addCredential(name);
  if ('problem' in issued) throw new Error(JSON.stringify(issued));
  return { secret: new URL(issued.proxyUrl).password, id: issued.credential.id };
}

const basic = (user: string, password: string, encoding: BufferEncoding = 'utf8'): string =>
  `Proxy-Authorization: Basic ${Buffer.from(`${user}:${password}`, encoding).toString('base64')}\r\n`;
const get = (credentials = '', further = ''): string =>
  `GET ${url} HTTP/1.1\r\nHost: ${ORIGIN_NAME}:${origin.port}\r\n${credentials}${further}\r\n`;

async function open(): Promise<RawSocket> {
  const client = rawSocket(await dial('127.0.0.1', world.engine.proxyPort));
  clients.push(client);
  return client;
}

async function answer(client: RawSocket): Promise<{ head: string; status: number; body: string }> {
  const head = await client.readHead();
  const length = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
  return { head, status: Number(head.split(' ')[1]), body: (await client.read(length)).toString() };
}

const refusedRow = () => world.engine.waitForCall((row) => row.failure === 'identity-required');

describe('without a right secret', () => {
  it('an HTTP/1 request is answered with 407, a challenge, and words that say how to get one', async () => {
    const client = await open();
    await client.send(get());
    const { head, status, body } = await answer(client);
    expect(status).toBe(407);
    expect(head).toMatch(/^Proxy-Authenticate: Basic realm="Sallyport"/m);
    expect(head).toMatch(/^Content-Type: application\/problem\+json/m);
    expect(JSON.parse(body)).toMatchObject({
      status: 407,
      failure: 'identity-required',
      detail: expect.stringMatching(/sallyport apps add NAME/),
    });
    expect(reached).toEqual([]);
    expect(await refusedRow()).toMatchObject({ kind: 'refused', status: 407, host: ORIGIN_NAME, path: '/' });
    client.close();
  });

  it.each([
    ['a wrong secret', () => basic('billing', `sp_${'x'.repeat(43)}`)],
    ['a name alone', () => basic('billing', '')],
    ['a password of its own', () => basic('billing', 'secret')],
    ['what earlier versions of run said', () => basic('billing', 'run')],
    ['the id of a run without its secret', () => basic('billing', 'run-0123456789abcdef')],
    ['the secret of a run that never was', () => basic('billing', `run.sp_${'x'.repeat(43)}`)],
    ['another scheme', () => 'Proxy-Authorization: Bearer abc\r\n'],
    ['no base64', () => 'Proxy-Authorization: Basic \xff\xfe\r\n'],
    ['credentials without end', () => `Proxy-Authorization: Basic ${'QUFB'.repeat(30_000)}\r\n`],
    ['no UTF-8', () => basic('caf\xe9', `sp_${'x'.repeat(43)}`, 'latin1')],
    ['a right one behind a wrong one', () => basic('a', 'b') + basic('billing', 'sp_x')],
  ])('%s is refused', async (_what, credentials) => {
    await issue('billing');
    const client = await open();
    await client.send(get(credentials()));
    expect((await answer(client)).status).toBe(407);
    expect(reached).toEqual([]);
    client.close();
  });

  it('a secret of one app does not prove another', async () => {
    const { secret } = await issue('one');
    await issue('two');
    const client = await open();
    await client.send(get(basic('two', secret)));
    expect((await answer(client)).status).toBe(407);
    await client.send(get(basic('one', secret)));
    expect((await answer(client)).status).toBe(200);
    client.close();
  });

  it('no tunnel is opened', async () => {
    const socket = await dial('127.0.0.1', world.engine.proxyPort);
    await expect(connectThrough(socket, `${ORIGIN_NAME}:${origin.port}`)).rejects.toThrow(/ 407 /);
  });

  it.each([
    ['offers none', null, [5, 0xff]],
    ['gives a wrong one', 'wrong', [5, 2, 1, 1]],
  ])('a SOCKS client that %s is turned away as RFC 1928 and 1929 say', async (_what, password, said) => {
    const client = await open();
    const socks = createSocks5Client({
      host: ORIGIN_NAME,
      port: origin.port,
      ...(password && { user: 'billing', password }),
    });
    await client.send(Uint8Array.from(password === null ? [5, 1, 0] : [5, 2, 0, 2]));
    if (password !== null)
      for (const step of socks.push(await client.read(2))) if (step.type === 'send') await client.send(step.bytes);
    const { bytes } = await client.readToEnd();
    expect([...client.received()]).toEqual(said);
    expect(bytes.length).toBe(2);
    expect(await refusedRow()).toMatchObject({ kind: 'refused' });
    expect(reached).toEqual([]);
  });

  it('a stream of HTTP/2 gets 407, and one beside it that proves itself gets through', async () => {
    const { secret } = await issue('billing');
    const session = http2.connect(`http://127.0.0.1:${world.engine.proxyPort}`);
    const ask = async (
      headers: http2.OutgoingHttpHeaders,
    ): Promise<http2.IncomingHttpHeaders & http2.IncomingHttpStatusHeader> => {
      const stream = session.request({ ':scheme': 'http', ':authority': `${ORIGIN_NAME}:${origin.port}`, ...headers });
      const [got] = (await once(stream, 'response')) as [http2.IncomingHttpHeaders & http2.IncomingHttpStatusHeader];
      stream.resume();
      await once(stream, 'close');
      return got;
    };
    const credentials = {
      'proxy-authorization': basic('billing', secret).slice('Proxy-Authorization: '.length).trim(),
    };
    const [no, yes] = await Promise.all([ask({ ':path': '/' }), ask({ ':path': '/', ...credentials })]);
    expect(no).toMatchObject({ ':status': 407, 'proxy-authenticate': expect.stringMatching(/^Basic /) });
    expect(yes[':status']).toBe(200);
    // The origin is tried with HTTP/2 first.
    expect(reached.filter((head) => head.startsWith('GET'))).toHaveLength(1);
    session.destroy();
  });

  it('TLS to the proxy itself is no way past it', async () => {
    // What is no HTTP would be passed on unread to the name that the client asks for.
    const asked = await startOrigin(() => {});
    const relay = await startWorld({
      access: { requireIdentity: 'everywhere' },
      connectTo: [{ host: 'relay.test', port: 0, toHost: '127.0.0.1', toPort: asked.port }],
    });
    const socket = await dial('127.0.0.1', relay.engine.proxyPort);
    const secure = await secureOver(socket, {
      host: 'relay.test',
      port: 1,
      tls: { ca: relay.engine.caPem, servername: 'relay.test' },
    });
    const client = rawSocket(secure, { transport: socket });
    await client.send('\0\x01binary');
    await client.readToEnd();
    client.close();
    expect(await relay.engine.waitForCall((row) => row.state === 'closed')).toMatchObject({
      kind: 'refused',
      failure: 'identity-required',
    });
    expect(asked.connections).toEqual([]);
    await relay.stop();
    await asked.stop();
  });

  it('a secret in a head that cannot be believed is not recorded either', async () => {
    const { secret } = await issue('billing');
    const encoded = Buffer.from(`billing:${secret}`).toString('base64');
    const client = await open();
    await client.send(get(`Proxy-Authorization: Basic\r\n ${encoded}\r\n`, `X-Copy: ${secret}\r\n`));
    expect((await answer(client)).status).toBe(400);
    const row = await world.engine.waitForCall((one) => one.failure === 'malformed-request');
    const kept = JSON.stringify(await world.engine.call(row.id));
    expect(kept).toContain('X-Copy');
    expect(kept).not.toContain(encoded.slice(0, 16));
    expect(kept).not.toContain(secret.slice(3, 35));
  });
});

describe('the handshake of 407', () => {
  it('a client that asks first without, and then with its secret on the same connection, gets through', async () => {
    const { secret } = await issue('billing');
    const client = await open();
    await client.send(get());
    const { head } = await answer(client);
    expect(head).not.toMatch(/^Connection: close/im);
    await client.send(get(basic('billing', secret)));
    expect(await answer(client)).toMatchObject({ status: 200, body: 'ok' });
    expect(reached).toHaveLength(1);
    expect(reached[0]).not.toMatch(/proxy-authorization/i);
    client.close();
  });

  it('so does a tunnel', async () => {
    const { secret } = await issue('billing');
    const client = await open();
    const authority = `${ORIGIN_NAME}:${origin.port}`;
    await client.send(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`);
    expect((await answer(client)).status).toBe(407);
    await client.send(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n${basic('billing', secret)}\r\n`);
    expect(await client.readHead()).toMatch(/ 200 /);
    await client.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(await answer(client)).toMatchObject({ status: 200 });
    expect(await world.engine.waitForCall((row) => row.state === 'closed' && row.status === 200)).toMatchObject({
      app: 'billing',
    });
    client.close();
  });

  it('after a body that nobody reads the connection ends, and nothing of the body is taken for a request', async () => {
    const client = await open();
    const body = get();
    await client.send(
      `POST ${url} HTTP/1.1\r\nHost: ${ORIGIN_NAME}:${origin.port}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    const { bytes, ending } = await client.readToEnd();
    expect(ending).toBe('fin');
    expect(bytes.toString().match(/HTTP\/1\.1 407/g)).toHaveLength(1);
    expect(bytes.toString()).toMatch(/^Connection: close/m);
    expect(reached).toEqual([]);
  });

  it('does not go on for ever on one connection', async () => {
    const client = await open();
    await client.send(get().repeat(100));
    const { bytes } = await client.readToEnd();
    expect(bytes.toString().match(/HTTP\/1\.1 407/g)).toHaveLength(16);
  });

  it('a flood of refusals does not fill the records', async () => {
    const before = (await world.engine.calls()).length;
    for (let i = 0; i < 20; i++) {
      const client = await open();
      await client.send(get().repeat(16));
      await client.readToEnd();
    }
    expect((await world.engine.calls()).length - before).toBeLessThan(150);
    expect(world.engine.log.join('\n')).toMatch(/callers without a right secret were refused and not recorded/);
  });
});

describe('with a right secret', () => {
  it('a name that is no ASCII, in UTF-8 or as older clients send it, gets through', async () => {
    const { secret } = await issue('café');
    for (const encoding of ['utf8', 'latin1'] as const) {
      const client = await open();
      await client.send(get(basic('café', secret, encoding)));
      expect((await answer(client)).status, encoding).toBe(200);
      client.close();
    }
  });

  it('SOCKS gets through, and its calls carry the name', async () => {
    const { secret } = await issue('socks');
    const client = await open();
    const socks = createSocks5Client({ host: ORIGIN_NAME, port: origin.port, user: 'socks', password: secret });
    await client.send(socks.greeting);
    for (const length of [2, 2, 10])
      for (const step of socks.push(await client.read(length))) if (step.type === 'send') await client.send(step.bytes);
    await client.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    expect((await answer(client)).status).toBe(200);
    expect(await world.engine.waitForCall((row) => row.app === 'socks' && row.state === 'closed')).toMatchObject({
      status: 200,
    });
    client.close();
  });

  it('what the engine gave a program that it started gets through under any name, until its run ends', async () => {
    const { local } = world.engine.engine.apps.changes;
    await issue('billing');
    const run = local.forRun();
    const client = await open();
    await client.send(get(basic('billing', `run-0123456789abcdef.${run.secret}`)));
    expect((await answer(client)).status).toBe(200);
    expect(await world.engine.waitForCall((row) => row.status === 200 && row.state === 'closed')).toMatchObject({
      app: 'billing',
    });
    run.end();
    await client.send(get(basic('billing', `run-0123456789abcdef.${run.secret}`)));
    expect((await answer(client)).status).toBe(407);
    client.close();
  });
});

describe('a secret that is revoked', () => {
  const revoke = (name: string, id: string) => world.engine.engine.apps.changes.revokeCredential(name, id);

  it('is refused from the next request on', async () => {
    const { secret, id } = await issue('leaver');
    const client = await open();
    await client.send(get(basic('leaver', secret)));
    expect((await answer(client)).status).toBe(200);
    await revoke('leaver', id);
    await client.readToEnd();
    const again = await open();
    await again.send(get(basic('leaver', secret)));
    expect(await answer(again)).toMatchObject({ status: 407, body: expect.stringMatching(/revoked or replaced/) });
    again.close();
  });

  it.each([
    ['read', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['passed on unread', '\0\x01binary'],
  ])('cuts the tunnels that were opened by it: %s', async (_what, first) => {
    const silent = await startOrigin(async (connection) => {
      await connection.readSome();
      await connection.readToEnd().catch(() => null);
    });
    const { secret, id } = await issue('leaver');
    const client = await openClient({ host: ORIGIN_NAME, port: silent.port }, 'connect', world.engine.proxyPort, {
      credentials: `leaver:${secret}`,
    });
    clients.push(client);
    await client.send(first);
    await world.engine.waitForCall((row) => row.port === silent.port && row.state === 'open');
    await revoke('leaver', id);
    expect((await client.readToEnd()).ending).toBe('reset');
    expect(await world.engine.waitForCall((row) => row.port === silent.port && row.state === 'closed')).toMatchObject({
      failure: 'identity-required',
    });
    await silent.stop();
  });

  it('of one app leaves the others alone', async () => {
    const [leaver, stayer] = [await issue('leaver'), await issue('stayer')];
    const client = await open();
    await client.send(get(basic('stayer', stayer.secret)));
    expect((await answer(client)).status).toBe(200);
    await revoke('leaver', leaver.id);
    await client.send(get(basic('stayer', stayer.secret)));
    expect((await answer(client)).status).toBe(200);
    client.close();
  });
});

/** An address of this machine that is not loopback. */
const outer = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;

describe.skipIf(outer === undefined)('a proxy that listens elsewhere, too', () => {
  it.each([
    ['its address', [outer ?? '']],
    ['all addresses', ['0.0.0.0']],
  ])('on %s: who comes from there proves it, who comes over loopback need not', async (_what, listen) => {
    const shared = await startWorld({ access: { listen, requireIdentity: 'elsewhere' } });
    const from = async (host: string, request: string): Promise<number> => {
      const client = rawSocket(await dial(host, shared.engine.proxyPort));
      await client.send(request);
      const { status } = await answer(client);
      client.close();
      return status;
    };
    const issued = await shared.engine.engine.apps.changes.addCredential('container');
    if ('problem' in issued) throw new Error('no secret');
    const { password, host } = new URL(issued.proxyUrl);
    expect(host).toBe(`${outer}:${shared.engine.proxyPort}`);
    expect(await from(outer ?? '', get())).toBe(407);
    expect(await from(outer ?? '', get(basic('container', password)))).toBe(200);
    expect(await from('127.0.0.1', get())).toBe(200);
    // The workspace's own addresses stay out of it: nothing else listens there.
    await shared.stop();
  });

  it('does not open without required identity, and says what to do', async () => {
    await expect(startWorld({ access: { listen: [outer ?? ''] } })).rejects.toThrow(
      /--require-identity.*sallyport apps add/,
    );
  });

  it('keeps asking there, whatever the settings say later', async () => {
    const shared = await startWorld({ access: { listen: [outer ?? ''], requireIdentity: 'elsewhere' } });
    const { settings } = shared.engine.engine;
    expect(settings.change({ network: { requireIdentity: 'no' } })).toMatchObject({ problems: [expect.anything()] });
    await shared.stop();
  });
});

describe('where nobody has to prove anything', () => {
  let free: World;
  beforeAll(async () => {
    free = await startWorld();
  });
  afterAll(() => free.stop());
  const send = async (credentials: string): Promise<number> => {
    const client = rawSocket(await dial('127.0.0.1', free.engine.proxyPort));
    await client.send(get(credentials));
    const { status } = await answer(client);
    client.close();
    return status;
  };
  const newest = async () => {
    const row = (await free.engine.calls()).at(-1);
    return { row, call: await free.engine.call(row?.id ?? 0) };
  };

  it('a name that has a secret is not taken from somebody without it: the call goes on, and what was said is kept', async () => {
    expect(await send(basic('billing', 'run'))).toBe(200);
    await free.engine.waitForCall((row) => row.app === 'billing' && row.state === 'closed');
    const issued = await free.engine.engine.apps.changes.addCredential('billing');
    if ('problem' in issued) throw new Error('no secret');
    expect(await send(basic('billing', 'run'))).toBe(200);
    expect((await newest()).row?.app).not.toBe('billing');
    expect(await send(basic('billing', new URL(issued.proxyUrl).password))).toBe(200);
    expect((await newest()).row?.app).toBe('billing');
    // A secret that is not right is worse than none: somebody believes to have proved it.
    expect(await send(basic('billing', `sp_${'x'.repeat(43)}`))).toBe(407);
    // What was given by another engine, or to a run of before, is only a name: its program keeps working.
    expect(await send(basic('other', `run.sp_${'x'.repeat(43)}`))).toBe(200);
  });

  it('identity can be required from now on: tunnels of before are asked, too', async () => {
    const client = await openClient({ host: ORIGIN_NAME, port: origin.port }, 'connect', free.engine.proxyPort);
    clients.push(client);
    await client.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    expect((await answer(client)).status).toBe(200);
    free.engine.engine.settings.change({ network: { requireIdentity: 'everywhere' } });
    await client.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    expect((await answer(client)).status).toBe(407);
    expect(await send('')).toBe(407);
    free.engine.engine.settings.change({ network: { requireIdentity: 'no' } });
    expect(await send('')).toBe(200);
  });
});
