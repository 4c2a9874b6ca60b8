import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import Database from 'better-sqlite3';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { constants, gzipSync, zstdCompressSync, brotliCompressSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readMessage } from '../harness/http1-exchange.ts';
import { openClient, type RawClient } from '../harness/raw-client.ts';
import { startOrigin } from '../harness/scripted-origin.ts';
import { startEngine } from '../harness/engine-under-test.ts';
import { openPeer, ORIGIN_NAME, PLAIN, startOriginFor, startWorld, type World } from '../harness/world.ts';

/** Bad days of the machine: the caller's traffic goes on where it can, the engine says what happened, committed calls are never lost. */
let home: string;
let dataDir: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'sallyport-bad-day-'));
  dataDir = join(home, 'data');
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(home, { recursive: true, force: true });
});

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

/** Makes one call through the engine, which must succeed whatever the recorder is doing. */
async function callThrough(world: World, path: string, answer = OK): Promise<string> {
  const origin = await startOriginFor(world, PLAIN, async (connection) => {
    await connection.readHead();
    await connection.send(answer);
  });
  const peer = await openPeer(world, PLAIN, origin.port);
  await peer.send(`GET ${peer.target(path)} HTTP/1.1\r\nHost: ${peer.authority}\r\n\r\n`);
  const { start } = await readMessage(peer);
  peer.close();
  await origin.stop();
  return start;
}

describe('starting', () => {
  it('on a port that is taken fails with the port’s error, and leaves nothing running', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    await expect(startWorld({ dataDir, proxyPort: (other.address() as AddressInfo).port })).rejects.toThrow(
      /EADDRINUSE/,
    );
    other.close();
    // The folder is free again at once.
    const world = await startWorld({ dataDir });
    expect(await callThrough(world, '/after')).toContain('200');
    await world.stop();
  });

  it('in a place that is no folder fails and names it', async () => {
    writeFileSync(dataDir, 'a file');
    await expect(startWorld({ dataDir })).rejects.toThrow(/EEXIST|ENOTDIR|data/);
  });

  it.skipIf(process.getuid?.() === 0 || process.platform === 'win32')(
    'in a folder that is not writable fails and names it (skipped for root, who may write anywhere)',
    async () => {
      mkdirSync(dataDir);
      chmodSync(dataDir, 0o500);
      await expect(startWorld({ dataDir })).rejects.toThrow(/EACCES|readonly/);
      chmodSync(dataDir, 0o700);
    },
  );

  it.each(['calls.db', 'bodies.db'])(
    'with a %s that is no database says so, keeps it aside and goes on, or refuses clearly',
    async (name) => {
      mkdirSync(dataDir);
      const garbage = Buffer.alloc(8192, 'this is not a database ');
      writeFileSync(join(dataDir, name), garbage);
      const outcome = await startWorld({ dataDir }).then(
        async (world) => {
          expect(await callThrough(world, '/x')).toContain('200');
          expect(world.engine.log.join('\n')).toMatch(new RegExp(name.replace('.', '\\.')));
          await world.stop();
          return 'went on';
        },
        (error: unknown) => String(error),
      );
      if (outcome !== 'went on') expect(outcome).toMatch(new RegExp(`${name.replace('.', '\\.')}|not a database`));
      // What was there is not destroyed.
      const kept = existsSync(join(dataDir, name)) && readFileSync(join(dataDir, name)).includes('this is not');
      const aside = outcome === 'went on';
      expect(kept || aside).toBe(true);
    },
  );
});

describe('while running', () => {
  it('a database that somebody else holds locked: calls go on, and are stored when it is free again', async () => {
    const world = await startWorld({ dataDir });
    expect(await callThrough(world, '/before')).toContain('200');
    await world.engine.engine.archive.flush();
    const other = new Database(join(dataDir, 'calls.db'));
    other.exec('BEGIN IMMEDIATE');
    for (let i = 0; i < 5; i++) expect(await callThrough(world, `/locked-${i}`)).toContain('200');
    other.exec('COMMIT');
    other.close();
    const paths = (await world.engine.calls()).map((row) => row.path);
    for (let i = 0; i < 5; i++) expect(paths).toContain(`/locked-${i}`);
    await world.stop();
  });

  it('a disk that is full: calls go on, the engine says so, and stores again when there is room', async (context) => {
    mkdirSync(dataDir);
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', dataDir]).status === 0;
    if (!mounted) context.skip('no right to mount a small file system here');
    try {
      const world = await startWorld({ dataDir });
      expect(await callThrough(world, '/before')).toContain('200');
      await world.engine.calls();
      const filler = join(dataDir, 'filler');
      const block = Buffer.alloc(64 * 1024, 1);
      try {
        for (;;) appendFileSync(filler, block);
      } catch (error) {
        expect((error as { code: string }).code).toBe('ENOSPC');
      }
      const health = world.engine.engine.archive.health;
      for (let i = 0; health().lastError === null; i++)
        expect(
          await callThrough(
            world,
            `/full-${i}`,
            `HTTP/1.1 200 OK\r\nContent-Length: 20000\r\n\r\n${randomBytes(10_000).toString('hex')}`,
          ),
        ).toContain('200');
      expect(health().lastError).toMatch(/full|ENOSPC|space/i);
      expect(await callThrough(world, '/still')).toContain('200');
      rmSync(filler);
      expect(await world.engine.waitForCall((row) => row.path === '/still')).toMatchObject({ status: 200 });
      expect((await world.engine.calls()).map((row) => row.path)).toContain('/before');
      expect(health().lastError).toBe(null);
      await world.stop();
    } finally {
      spawnSync('umount', ['-l', dataDir]);
    }
  });

  it('a stop closes what is still open as interrupted, whatever it is, and says nothing else of it', async () => {
    const world = await startWorld({ dataDir });
    const origin = await startOrigin(async (connection) => {
      const head = await connection.readHead();
      if (head.includes('/half')) await connection.send('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf');
      await connection.ending;
    });
    const peers: RawClient[] = [];
    for (const path of ['/half', '/unanswered']) {
      const peer = await openPeer(world, PLAIN, origin.port);
      peers.push(peer);
      await peer.send(`GET ${peer.target(path)} HTTP/1.1\r\nHost: ${peer.authority}\r\n\r\n`);
      await world.engine.waitForCall((one) => one.path === path && (path !== '/half' || one.status === 200));
    }
    const tunnel = await openClient({ host: ORIGIN_NAME, port: origin.port }, 'connect', world.engine.proxyPort);
    peers.push(tunnel);
    await tunnel.send('\u0001not http');
    await world.engine.waitForCall((one) => one.kind === 'tunnel');
    await world.engine.engine.stop(0);
    for (const peer of peers) peer.close();
    await origin.stop();
    await world.stop();
    const again = await startEngine({ dataDir });
    expect((await again.calls()).map(({ state, failure }) => ({ state, failure }))).toEqual(
      Array.from({ length: 3 }, () => ({ state: 'closed', failure: 'interrupted' })),
    );
    expect(again.log.join()).not.toContain('left open');
    await again.stop();
  });

  it('a stop in the middle of calls loses none that were answered', async () => {
    const world = await startWorld({ dataDir });
    for (let i = 0; i < 20; i++) await callThrough(world, `/kept-${i}`);
    await world.engine.engine.stop(0);
    const again = await startWorld({ dataDir });
    const paths = new Set((await again.engine.calls()).map((row) => row.path));
    for (let i = 0; i < 20; i++) expect(paths).toContain(`/kept-${i}`);
    await again.stop();
  });

  it.each(['a day ahead', 'a day back'])(
    'a clock that jumps %s makes no duration wrong and mixes up no order',
    async (jump) => {
      const world = await startWorld({ dataDir });
      const real = Date.now.bind(Date);
      await callThrough(world, '/1');
      vi.spyOn(Date, 'now').mockImplementation(() => real() + (jump === 'a day ahead' ? 86_400_000 : -86_400_000));
      await callThrough(world, '/2');
      vi.restoreAllMocks();
      await callThrough(world, '/3');
      const rows = await world.engine.calls();
      expect(rows.map((row) => row.path)).toEqual(['/1', '/2', '/3']);
      for (const row of rows) {
        expect(row.durationUs).toBeGreaterThanOrEqual(0);
        expect(row.durationUs).toBeLessThan(60_000_000);
        expect(row.timeToFirstByteUs ?? 0).toBeLessThanOrEqual(row.durationUs ?? 0);
      }
      await world.stop();
    },
  );

  const bomb = Buffer.alloc(192 * 1024 * 1024);
  it.each([
    ['gzip', () => gzipSync(bomb, { level: 1 })],
    ['br', () => brotliCompressSync(bomb, { params: { [constants.BROTLI_PARAM_QUALITY]: 3 } })],
    ['zstd', () => zstdCompressSync(bomb)],
  ] as const)('a decompression bomb (%s) is passed on and stored without being blown up', async (coding, make) => {
    const body = make();
    expect(body.length).toBeLessThan(1024 * 1024);
    const world = await startWorld({ dataDir });
    const before = process.memoryUsage().rss;
    expect(
      await callThrough(
        world,
        '/bomb',
        `HTTP/1.1 200 OK\r\nContent-Encoding: ${coding}\r\nContent-Length: ${body.length}\r\n\r\n${body.toString('latin1')}`,
      ),
    ).toContain('200');
    const row = await world.engine.waitForCall((one) => one.path === '/bomb' && one.state === 'closed');
    expect(row.responseBytes).toBe(body.length);
    expect(process.memoryUsage().rss - before).toBeLessThan(128 * 1024 * 1024);
    await world.stop();
  });
});
