import { fork } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createArchive } from '../../../electron/engine/archive/archive.ts';
import { BODIES_MIGRATIONS, CALLS_MIGRATIONS } from '../../../electron/engine/store/migrations/index.ts';
import { openForReading } from '../../../electron/engine/store/open.ts';
import { createStoreReader } from '../../../electron/engine/store/store-reader.ts';
import { DEFAULT_BUDGETS, openStore } from '../../../electron/engine/store/store.ts';
import { createDataDir, factsOf } from '../../harness/recorder.ts';
import { finish } from '../store/samples.ts';

/** Deletes in a child process and kills it once so many calls are gone. */
async function removeAndKill(dataDir: string, after: number): Promise<void> {
  const child = fork(new URL('./removal-child.ts', import.meta.url), [dataDir], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  child.on('message', ({ gone }: { gone: number }) => {
    if (gone >= after) child.kill('SIGKILL');
  });
  await new Promise((resolve) => child.on('exit', resolve));
}

describe('kill -9 in the middle of a deletion', () => {
  it('leaves whole calls, right sums, and no body that nobody has after the next start', async () => {
    const dataDir = createDataDir(onTestFinished);
    const archive = await createArchive({ dataDir, log: () => {} });
    for (let i = 0; i < 1200; i += 1) {
      const id = archive.nextCallId();
      for (const fact of factsOf(id, {
        responseBody: `body ${id % 600}`,
        answered: { status: id % 7 === 0 ? 500 : 200 },
      }))
        archive.emit(fact);
    }
    await archive.stop();
    for (const after of [200, 700, 1200]) {
      await removeAndKill(dataDir, after);
      const store = openStore({ dataDir, budgets: DEFAULT_BUDGETS, log: () => {}, now: Date.now });
      while (store.removeUnusedBodies());
      store.close();
      const [calls, bodies] = [
        openForReading({ path: join(dataDir, 'calls.db'), migrations: CALLS_MIGRATIONS })!,
        openForReading({ path: join(dataDir, 'bodies.db'), migrations: BODIES_MIGRATIONS })!,
      ];
      const one = (sql: string): unknown => calls.prepare(sql).pluck().get();
      expect([calls, bodies].map((db) => db.pragma('integrity_check', { simple: true }))).toEqual(['ok', 'ok']);
      const left = Number(one('SELECT COUNT(*) FROM calls'));
      expect(left).toBeLessThanOrEqual(1200 - after);
      expect(one("SELECT value FROM meta WHERE name = 'calls'")).toBe(left);
      expect(one('SELECT SUM(calls) FROM gaps')).toBe(1200 - left);
      expect(one('SELECT COALESCE(SUM(calls), 0) FROM rollups WHERE period = 2 AND dimension = 1')).toBe(left);
      expect(one('SELECT COALESCE(SUM(calls), 0) FROM facets WHERE period = 2 AND field = 1')).toBe(left);
      const named = Number(one('SELECT COUNT(DISTINCT response_body) FROM calls'));
      expect(bodies.prepare('SELECT COUNT(*) FROM bodies').pluck().get()).toBe(named);
      calls.close();
      bodies.close();
      const reader = createStoreReader(dataDir);
      for (const { id } of finish(reader.search({ tree: null, limit: 50 })).calls) {
        expect(reader.call(id)).toMatchObject({
          requestHeaders: [
            ['Host', 'api.example.com'],
            ['Accept', '*/*'],
          ],
        });
        expect(Buffer.from(reader.body(id, 'response')!.bytes).toString()).toBe(`body ${id % 600}`);
      }
      reader.close();
    }
  }, 120_000);
});
