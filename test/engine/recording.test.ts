import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Pulse } from '../../shared/contract/capture.ts';
import { readMessage } from '../harness/http1-exchange.ts';
import { openClient } from '../harness/raw-client.ts';
import { startOrigin, type Origin } from '../harness/scripted-origin.ts';
import { INTERCEPTED, openPeer, ORIGIN_NAME, PLAIN, startOriginFor, startWorld, type World } from '../harness/world.ts';

/** Pausing: calls go on; what is not recorded is counted. */
let world: World;
const running: { stop(): Promise<void> }[] = [];
beforeEach(async () => {
  world = await startWorld({ passThrough: ['pinned.test'] });
});
afterEach(async () => {
  for (const one of running.splice(0).reverse()) await one.stop();
  await world.stop();
});

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

async function answering(way = PLAIN): Promise<Origin> {
  const origin = await startOriginFor(world, way, async (connection) => {
    for (;;) {
      await readMessage(connection);
      await connection.send(OK);
    }
  });
  running.push(origin);
  return origin;
}

async function get(origin: Origin, path: string, way = PLAIN): Promise<string> {
  const peer = await openPeer(world, way, origin.port);
  await peer.send(`GET ${peer.target(path)} HTTP/1.1\r\nHost: ${peer.authority}\r\n\r\n`);
  const { body } = await readMessage(peer);
  peer.close();
  return body.toString();
}

/** The next line of figures that fits. */
function pulse(fits: (line: Pulse) => boolean = () => true): Promise<Pulse> {
  return new Promise((resolve) => {
    const stop = world.engine.engine.capture.onPulse((line) => {
      if (!fits(line)) return;
      stop();
      resolve(line);
    });
  });
}

describe('while recording is paused', () => {
  it.each([PLAIN, INTERCEPTED])(
    'calls by $name go through, are not recorded, and are counted as one gap',
    async (way) => {
      const origin = await answering(way);
      expect(await get(origin, '/before', way)).toBe('ok');
      world.engine.engine.capture.pause();
      for (const path of ['/one', '/two', '/three']) expect(await get(origin, path, way)).toBe('ok');
      world.engine.engine.capture.resume();
      expect(await get(origin, '/after', way)).toBe('ok');
      const rows = await world.engine.calls();
      expect(rows.map(({ path }) => path)).toEqual(['/before', '/after']);
      // Ids stay without holes, and rows of before and after are whole.
      expect(rows.map(({ id, status }) => [id, status])).toEqual([
        [1, 200],
        [2, 200],
      ]);
      const { gaps } = await world.engine.engine.reader.storage();
      expect(gaps).toEqual([{ from: expect.any(Number), to: expect.any(Number), calls: 3, reason: 'paused' }]);
      expect(gaps[0]!.from).toBeGreaterThan(rows[0]!.startedAt);
      expect(gaps[0]!.to).toBeLessThan(rows[1]!.startedAt);
    },
  );

  it('a call that was open is recorded to its end', async () => {
    let answer = (): void => {};
    const asked = new Promise<void>((resolve) => (answer = resolve));
    const origin = await startOrigin(async (connection) => {
      await readMessage(connection);
      await asked;
      await connection.send(OK);
    });
    running.push(origin);
    const peer = await openPeer(world, PLAIN, origin.port);
    await peer.send(`GET ${peer.target('/open')} HTTP/1.1\r\nHost: ${peer.authority}\r\n\r\n`);
    await world.engine.waitForCall((row) => row.state === 'open');
    world.engine.engine.capture.pause();
    answer();
    expect((await readMessage(peer)).body.toString()).toBe('ok');
    peer.close();
    expect(await world.engine.waitForCall()).toMatchObject({ path: '/open', status: 200, state: 'closed' });
  });

  it('tunnels and refused requests are not recorded either', async () => {
    const origin = await startOrigin(async (connection) => {
      await connection.send(`>${(await connection.read(4)).toString('latin1')}<`);
      connection.end();
    });
    running.push(origin);
    world.engine.engine.capture.pause();
    const tunnel = await openClient({ host: ORIGIN_NAME, port: origin.port }, 'connect', world.engine.proxyPort);
    await tunnel.send('\0\x01ab');
    expect((await tunnel.readToEnd()).bytes.toString('latin1')).toBe('>\0\x01ab<');
    tunnel.close();
    const bad = await openClient({ host: '127.0.0.1', port: world.engine.proxyPort });
    await bad.send('GET / HTTP/1.1\r\nBad Header\r\n\r\n');
    expect((await readMessage(bad)).start).toMatch(/ 400 /);
    bad.close();
    expect(await world.engine.calls()).toEqual([]);
    expect((await world.engine.engine.reader.storage()).gaps).toMatchObject([{ calls: 2, reason: 'paused' }]);
  });
});

describe('the pulse', () => {
  it('says what is not recorded, and how much is seen as coverage says it', async () => {
    expect(await pulse()).toMatchObject({ paused: false, skipped: 0, openCalls: 0, lastError: null });
    const origin = await answering();
    await get(origin, '/read');
    await get(origin, '/read-too');
    const unread = await startOrigin(async (connection) => {
      await connection.read(4);
      connection.end();
    });
    running.push(unread);
    const tunnel = await openClient({ host: ORIGIN_NAME, port: unread.port }, 'connect', world.engine.proxyPort);
    await tunnel.send('\0\x01ab');
    await tunnel.readToEnd();
    tunnel.close();
    world.engine.engine.capture.pause();
    await get(origin, '/skipped');
    await world.engine.calls();
    const { share } = await world.engine.engine.coverage.get({ since: 0, until: Date.now() * 1000 });
    const line = await pulse();
    expect(line).toMatchObject({ paused: true, skipped: 1, coverage: share });
    expect(line.storedBytes).toBeGreaterThan(0);
    expect(line.budgetBytes).toBe(10 * 1024 ** 3);
  });

  it('says at once that recording was paused', async () => {
    const paused = pulse((line) => line.paused);
    world.engine.engine.capture.pause();
    expect((await paused).paused).toBe(true);
  });
});
