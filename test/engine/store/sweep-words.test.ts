import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { CALLS_MIGRATIONS } from '../../../electron/engine/store/migrations/index.ts';
import { openForReading } from '../../../electron/engine/store/open.ts';
import { DEFAULT_BUDGETS, openStore } from '../../../electron/engine/store/store.ts';
import { createStoreReader } from '../../../electron/engine/store/store-reader.ts';
import type { CallRecord } from '../../../shared/events/fold.ts';
import { fold } from '../../../shared/events/fold.ts';
import { processKey } from '../../../shared/model/caller.ts';
import { createDataDir, factsOf } from '../../harness/recorder.ts';
import { identityOf } from './samples.ts';

const DAY = 86_400_000;
const NOTHING = { open: [], closed: [], gaps: [], bodies: [], messages: [], callHigh: 5000 };

it('processes, places and tags go with the last call that names them; those in use, pinned calls’ too, stay', () => {
  const dataDir = createDataDir(onTestFinished);
  let now = 20_000 * DAY;
  const store = openStore({ dataDir, budgets: { ...DEFAULT_BUDGETS, callAgeDays: 30 }, log: () => {}, now: () => now });
  onTestFinished(() => store.close());

  /** A call a day, each by a process of its own. */
  function record(id: number): void {
    const identity = identityOf({ pid: id, name: `p${id}`, user: null, command: `run ${id}` });
    const call = factsOf(id, {
      opened: { startedAt: now * 1000, process: processKey(identity), tags: { n: `${id}` } },
    }).reduce<CallRecord | null>(fold, null)!;
    call.site = { package: `package-${id}`, callsite: null, frames: [] };
    store.commit({ ...NOTHING, closed: [call], processes: new Map([[processKey(identity), identity]]) }, true);
    store.settle();
  }
  function left(table: string): number {
    const db = openForReading({ path: join(dataDir, 'calls.db'), migrations: CALLS_MIGRATIONS })!;
    const { count } = db.prepare<[], { count: number }>(`SELECT COUNT(*) AS count FROM ${table}`).get()!;
    db.close();
    return count;
  }

  // Each in a block of calls of its own: what a block had is known for all of it.
  const ids = [1, 1001, 2001, 3001];
  for (const id of ids) {
    record(id);
    now += 10 * DAY;
  }
  store.mark({ ids: [1001], pinned: true });
  now += 15 * DAY; // 1 to 3 are too old, 2 is pinned
  while (store.retain());
  const reader = createStoreReader(dataDir);
  onTestFinished(() => reader.close());
  expect(ids.map((id) => reader.call(id)?.process?.name)).toEqual([undefined, 'p1001', undefined, 'p3001']);
  expect(reader.call(1001)).toMatchObject({ package: 'package-1001', tags: { n: '1001' } });
  // The pinned call is the oldest: what came after it may be in use still, as far as days tell.
  store.mark({ ids: [1001], pinned: false });
  now += 2 * 3_600_000;
  while (store.retain());
  now += 2 * 3_600_000;
  while (store.retain());
  expect([left('processes'), left('sites'), left('words WHERE kind IN (12, 13, 14)')]).toEqual([1, 1, 3]);
  expect(left('app_processes')).toBe(1);
  expect(reader.call(3001)).toMatchObject({ process: { name: 'p3001' }, package: 'package-3001', tags: { n: '3001' } });
  // What went can come again.
  record(4001);
  expect(reader.call(4001)?.process?.name).toBe('p4001');
});

it('a call that says it began later than it was written keeps its words', () => {
  const dataDir = createDataDir(onTestFinished);
  let now = 20_000 * DAY;
  const store = openStore({ dataDir, budgets: DEFAULT_BUDGETS, log: () => {}, now: () => now });
  onTestFinished(() => store.close());
  const identity = identityOf({ pid: 7, name: 'node', user: null, command: null });
  const call = factsOf(1, { opened: { startedAt: (now + 10 * DAY) * 1000, process: processKey(identity) } });
  store.commit(
    {
      ...NOTHING,
      closed: [call.reduce<CallRecord | null>(fold, null)!],
      processes: new Map([[processKey(identity), identity]]),
    },
    true,
  );
  now += 5 * DAY;
  while (store.retain());
  const reader = createStoreReader(dataDir);
  onTestFinished(() => reader.close());
  expect(reader.call(1)?.process?.name).toBe('node');
});
