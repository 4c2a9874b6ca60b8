import { once } from 'node:events';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { NotSeen } from '../../../../shared/contract/coverage.ts';
import { createReader } from '../../../../electron/engine/analytics/reader.ts';
import { storedCoverage } from '../../../../electron/engine/capture/coverage/stored-coverage.ts';
import { openClient } from '../../../harness/raw-client.ts';
import { INTERCEPTED, ORIGIN_NAME, startOriginFor, startWorld, type World } from '../../../harness/world.ts';
import { start } from '../identity/listening.ts';

let world: World;
const servers: net.Server[] = [];
beforeEach(async () => {
  world = await startWorld();
});
afterEach(async () => {
  for (const server of servers.splice(0)) server.close();
  await world.stop();
});

/** A server that says a line and waits; `host` null: on every address. */
async function listen(host: string | null, serve: (socket: net.Socket) => void): Promise<number> {
  const server = net.createServer((socket) => {
    socket.on('error', () => {});
    serve(socket);
  });
  servers.push(server);
  server.listen(0, host ?? undefined);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const everything = () => ({ since: 0, until: Date.now() * 1000 + 1_000_000, limit: 1000 });
/** Each question starts a look and does not wait for it. */
const lookedAt = <T>(ask: () => Promise<T>, enough: (answer: T) => boolean): Promise<T> =>
  vi.waitFor(
    async () => {
      const answer = await ask();
      if (!enough(answer)) throw new Error(`Not yet: ${JSON.stringify(answer)}`);
      return answer;
    },
    { timeout: 10_000 },
  );
const notSeenUntil = (enough: (row: NotSeen) => boolean): Promise<{ notSeen: NotSeen[] }> =>
  lookedAt(
    () => world.engine.engine.coverage.notSeen(everything()),
    ({ notSeen }) => notSeen.some(enough),
  );
const pointed = (app: string) => ({
  ...process.env,
  http_proxy: `http://${app}:run-00112233@127.0.0.1:${world.engine.proxyPort}`,
});
/** An address of this machine that is not the loopback's. */
const outer = Object.values(networkInterfaces())
  .flat()
  .find((address) => address !== undefined && !address.internal && address.family === 'IPv4')?.address;

describe.skipIf(process.platform !== 'linux')('what is not seen', () => {
  it('names the program that was pointed at the proxy and goes past it, and where to', async () => {
    let come = (): void => {};
    const came = new Promise<void>((done) => (come = done));
    const port = await listen('127.0.0.1', () => come());
    const { child, pid, ended } = start('bash', ['-c', `exec 3<>/dev/tcp/127.0.0.1/${port}; read -u 3 line`], {
      env: pointed('etl'),
    });
    await came;
    const { notSeen } = await notSeenUntil((row) => row.port === port);
    expect(notSeen).toMatchObject([
      { app: 'etl', process: 'bash', pid, address: '127.0.0.1', port, connections: 1, reason: 'around' },
    ]);
    expect(notSeen[0]!.why).toContain('bash');
    const { parts, sampler, share } = await world.engine.engine.coverage.get(everything());
    expect(sampler).toEqual({ works: true, why: null });
    expect(parts).toMatchObject({ seen: 0, around: 1 });
    expect(share).toBe(0);
    child.kill();
    await ended;
  });

  it('is empty when the program’s calls come through the proxy', async () => {
    let answer = (): void => {};
    const origin = http.createServer((_request, response) => {
      answer = () => response.end('ok');
      void world.engine.waitForCall((row) => row.process !== null || row.state === 'closed').then(look);
    });
    const look = async (): Promise<void> => {
      found = await world.engine.engine.coverage.notSeen({ ...everything(), run: '00112233' });
      answer();
    };
    let found: unknown = null;
    origin.listen(0, '127.0.0.1');
    await once(origin, 'listening');
    const { ended } = start('curl', ['-s', `http://127.0.0.1:${(origin.address() as AddressInfo).port}/`], {
      env: { ...pointed('shop'), no_proxy: '', NO_PROXY: '' },
    });
    expect(await ended).toBe('ok');
    expect(found).toEqual({ notSeen: [], more: false });
    expect(await world.engine.engine.coverage.get(everything())).toMatchObject({ share: 1, parts: { seen: 1, around: 0 } });
    const shopOf = async () =>
      (await world.engine.engine.apps.list(everything())).apps.find(({ name }) => name === 'shop');
    expect((await shopOf())?.coverage).toEqual({ seen: 1, notSeen: 0 });
    origin.close();
  });

  it('is told of one run alone, and still there by the hour after a restart', async () => {
    let come = (): void => {};
    const came = new Promise<void>((done) => (come = done));
    const port = await listen('127.0.0.1', () => come());
    const { child, ended } = start('bash', ['-c', `exec 3<>/dev/tcp/127.0.0.1/${port}; read -u 3 line`], {
      env: pointed('etl'),
    });
    await came;
    const { coverage } = world.engine.engine;
    const ofRun = () => coverage.notSeen({ ...everything(), run: '00112233' });
    const { notSeen } = await lookedAt(ofRun, (answer) => answer.notSeen.length > 0);
    expect(notSeen).toMatchObject([{ process: 'bash', port }]);
    expect((await coverage.notSeen({ ...everything(), run: 'ffeeddcc' })).notSeen).toEqual([]);
    child.kill();
    await ended;
    const before = await coverage.hours(everything());
    expect(before).toMatchObject([{ share: 0, parts: { around: 1 } }]);
    await world.engine.engine.stop(0);
    const stored = storedCoverage(createReader({ dataDir: world.engine.dataDir }));
    expect(await stored.hours(everything())).toEqual(before);
    expect(await stored.notSeen(everything())).toMatchObject({ notSeen: [{ app: 'etl', process: 'bash', port, reason: 'around' }] });
    expect((await stored.get(everything())).sampler.works).toBe(false);
    world = await startWorld();
  });

  it('names tunnels that were not read, and by whom', async () => {
    await world.stop();
    world = await startWorld({ passThrough: ['origin.test'] });
    const origin = await startOriginFor(world, INTERCEPTED, () => {});
    const peer = await openClient({ host: ORIGIN_NAME, port: origin.port, tls: { ca: world.ca.pem, servername: ORIGIN_NAME } }, 'connect', world.engine.proxyPort);
    await world.engine.waitForCall((row) => row.kind === 'tunnel' && row.process !== null);
    const { notSeen } = await notSeenUntil(({ reason }) => reason === 'pass-through');
    expect(notSeen.filter(({ reason }) => reason === 'pass-through')).toMatchObject([
      { host: ORIGIN_NAME, port: origin.port, pid: process.pid, connections: 1 },
    ]);
    expect((await world.engine.engine.coverage.get(everything())).parts.passThrough).toBe(1);
    peer.close();
    await origin.stop();
  });

  it('leaves alone what a program nobody pointed at us has on the machine, and names what it sends elsewhere', async (context) => {
    if (outer === undefined) context.skip('this machine has no address but the loopback’s');
    let inside = (): void => {};
    let outside = (): void => {};
    const both = Promise.all([new Promise<void>((done) => (inside = done)), new Promise<void>((done) => (outside = done))]);
    const near = await listen('127.0.0.1', () => inside());
    const far = await listen(outer!, () => outside());
    const script = `exec 3<>/dev/tcp/127.0.0.1/${near}; exec 4<>/dev/tcp/${outer}/${far}; read -u 3 line`;
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/proxy/i.test(name)));
    const { child, ended } = start('bash', ['-c', script], { env });
    await both;
    const { notSeen } = await notSeenUntil(({ port }) => port === far);
    expect(notSeen.filter(({ port }) => port === near)).toEqual([]);
    expect(notSeen.filter(({ port }) => port === far)).toMatchObject([
      { process: 'bash', address: outer, reason: 'never-captured', connections: 1 },
    ]);
    child.kill();
    await ended;
  });
});
