import { fork } from 'node:child_process';
import { join } from 'node:path';
import { BODIES_MIGRATIONS, CALLS_MIGRATIONS } from '../../../electron/engine/store/migrations/index.ts';
import { openForReading } from '../../../electron/engine/store/open.ts';
import { createStoreReader } from '../../../electron/engine/store/store-reader.ts';
import { DEFAULT_BUDGETS, openStore } from '../../../electron/engine/store/store.ts';

/** Ids of calls that were acknowledged, first and last of each run. A run may begin after ids nobody acknowledged. */
export type Acknowledged = [from: number, to: number][];

export interface KillReport {
  acknowledged: number;
  stored: number;
  missing: number[];
  stillOpen: number;
  interrupted: number;
  integrity: string[];
  /** Calls in the day rollups. */
  counted: number;
}

/** Records in a child process, kills it after some acknowledged flushes, reopens and looks for all runs' calls. */
export async function killAndLook(
  dataDir: string,
  runs: Acknowledged,
  seed: number,
  flushes: number,
  extraMs: number,
): Promise<KillReport> {
  const child = fork(new URL('./ingest-child.ts', import.meta.url), [dataDir, String(seed)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  let from = 0;
  let acknowledged = 0;
  await new Promise<void>((resolve, reject) => {
    let seen = 0;
    child.on('message', (message: { from?: number; acknowledged?: number }) => {
      if (message.acknowledged === undefined) return;
      acknowledged = message.acknowledged;
      from = message.from ?? 0;
      seen += 1;
      if (seen === flushes) setTimeout(() => child.kill('SIGKILL'), extraMs);
    });
    child.on('exit', () => (seen >= flushes ? resolve() : reject(new Error('The child ended before it was killed.'))));
  });
  // The next start: closes what was left open.
  openStore({ dataDir, budgets: DEFAULT_BUDGETS, log: () => {}, now: Date.now }).close();
  runs.push([from, acknowledged]);
  return look(dataDir, runs, acknowledged);
}

function look(dataDir: string, runs: Acknowledged, acknowledged: number): KillReport {
  const calls = openForReading({ path: join(dataDir, 'calls.db'), migrations: CALLS_MIGRATIONS })!;
  const bodies = openForReading({ path: join(dataDir, 'bodies.db'), migrations: BODIES_MIGRATIONS })!;
  const integrity = [calls, bodies].map((db) => String(db.pragma('integrity_check', { simple: true })));
  const rows = new Map(
    (calls.prepare('SELECT id, flags FROM calls').all() as { id: number; flags: number }[]).map((row) => [
      row.id,
      row.flags,
    ]),
  );
  const missing: number[] = [];
  for (const [from, to] of runs) for (let id = from; id <= to; id += 1) if (!rows.has(id)) missing.push(id);
  const counted = (
    calls.prepare('SELECT SUM(calls) AS calls FROM rollups WHERE period = 2 AND dimension = 1').get() as {
      calls: number;
    }
  ).calls;
  const stillOpen = [...rows.values()].filter((flags) => (flags & 1) === 1).length;
  calls.close();
  bodies.close();
  const reader = createStoreReader(dataDir);
  const search = reader.search({ tree: { op: 'text', field: 'failure', pattern: 'interrupted' }, limit: 1_000_000 });
  let step = search.next();
  while (!step.done) step = search.next();
  const interrupted = step.value.calls.length;
  // Every body a row names can be read.
  for (const id of runs.flat()) {
    const call = reader.call(id);
    for (const side of ['request', 'response'] as const) {
      if (call?.[`${side}Body`].captured !== null && reader.body(id, side) === null)
        integrity.push(`body of ${id} is missing`);
    }
  }
  reader.close();
  return { acknowledged, stored: rows.size, missing, stillOpen, interrupted, integrity, counted };
}
