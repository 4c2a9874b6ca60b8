import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createStoreReader } from '../../../electron/engine/store/store-reader.ts';
import { DEFAULT_BUDGETS, openStore } from '../../../electron/engine/store/store.ts';
import type { Batch, Budgets, Store } from '../../../electron/engine/store/store.ts';
import type { CallRecord } from '../../../shared/events/fold.ts';
import { attachBody, fold } from '../../../shared/events/fold.ts';
import { createDataDir, factsOf } from '../../harness/recorder.ts';

const start = 1_795_000_000_000;
const empty = (): Batch => ({ open: [], closed: [], gaps: [], bodies: [], messages: [], callHigh: 0 });

function createWorld(budgets: Partial<Budgets>): {
  dataDir: string;
  store: Store;
  clock: { now: number };
  add: (id: number, body: Buffer) => void;
} {
  const dataDir = createDataDir(onTestFinished);
  const clock = { now: start };
  const store = openStore({
    dataDir,
    budgets: { ...DEFAULT_BUDGETS, ...budgets },
    log: () => {},
    now: () => clock.now,
  });
  return {
    dataDir,
    store,
    clock,
    add(id, body) {
      const record = factsOf(id, { opened: { startedAt: clock.now * 1000 } }).reduce<CallRecord | null>(fold, null)!;
      const batch = empty();
      const kept = store.bodyFor(body, false, null);
      if (kept.fresh)
        batch.bodies.push({ id: kept.id, bytes: body, digest: kept.digest, redacted: false, coding: null });
      record.response.wireBytes = body.length;
      attachBody(record, 'response', { captured: kept.id, capturedBytes: body.length, decodedBytes: body.length });
      batch.closed.push(record);
      batch.callHigh = id;
      store.commit(batch, true);
      store.settle();
    },
  };
}
const noise = (): Buffer => Buffer.from(crypto.getRandomValues(new Uint8Array(60_000)));

describe('retention', () => {
  it('lets the oldest bodies go first when they take more than their budget, and keeps the calls', () => {
    const { dataDir, store, add } = createWorld({ bodyBytes: 1_000_000 });
    for (let id = 1; id <= 40; id += 1) add(id, noise());
    while (store.retain());
    store.close();
    const reader = createStoreReader(dataDir);
    onTestFinished(() => reader.close());
    expect(reader.body(1, 'response')).toBeNull();
    expect(reader.body(40, 'response')?.bytes.length).toBe(60_000);
    expect(reader.call(1)).toMatchObject({ status: 200, responseBody: { wireBytes: 60_000 } });
    expect(reader.storage().bodyBytes).toBeLessThan(3_000_000);
  });

  it('keeps a body that is still being seen, however old its first copy is', () => {
    const { dataDir, store, add } = createWorld({ bodyBytes: 1_000_000 });
    const common = noise();
    for (let id = 1; id <= 60; id += 1) {
      add(id, id % 5 === 0 ? common : noise());
      while (store.retain());
    }
    store.close();
    const reader = createStoreReader(dataDir);
    onTestFinished(() => reader.close());
    expect(Buffer.from(reader.body(60, 'response')!.bytes).equals(common)).toBe(true);
  });

  it('forgets sums by the minute of times whose calls are gone, and goes on adding up by the hour', () => {
    const { dataDir, store, clock, add } = createWorld({ callAgeDays: 10, bodyAgeDays: 5 });
    for (let id = 1; id <= 30; id += 1) {
      add(id, Buffer.from(`body ${id}`));
      clock.now += 86_400_000;
    }
    while (store.retain());
    clock.now += 3_600_000;
    while (store.retain());
    store.close();
    const minutes = new Database(join(dataDir, 'calls.db'), { readonly: true });
    onTestFinished(() => void minutes.close());
    const oldest = minutes.prepare('SELECT MIN(start) AS start FROM rollups WHERE period = 0').get() as {
      start: number;
    };
    expect(oldest.start * 1000).toBeGreaterThan(start + 15 * 86_400_000);
    const reader = createStoreReader(dataDir);
    onTestFinished(() => reader.close());
    const hour = 3_600_000_000;
    const callsAround = (days: number): number | undefined => {
      const at = (start + days * 86_400_000) * 1000;
      return reader.overview(at - hour, at + hour)?.totals.calls;
    };
    expect([callsAround(2), callsAround(12), callsAround(28)]).toEqual([1, 1, 1]);
  });

  it('lets calls go by age, a page at a time, with their blocks', () => {
    const { dataDir, store, clock, add } = createWorld({ callAgeDays: 10, bodyAgeDays: 5 });
    for (let id = 1; id <= 30; id += 1) {
      add(id, Buffer.from(`body ${id}`));
      clock.now += 86_400_000;
    }
    let steps = 0;
    while (store.retain()) steps += 1;
    expect(steps).toBeGreaterThan(10);
    store.close();
    const reader = createStoreReader(dataDir);
    onTestFinished(() => reader.close());
    const search = reader.search({ tree: null, limit: 100 });
    let step = search.next();
    while (!step.done) step = search.next();
    expect(step.value.calls.map((call) => call.id)).toEqual([30, 29, 28, 27, 26, 25, 24, 23, 22, 21]);
    expect(reader.storage().calls).toBe(10);
    expect(reader.body(25, 'response')).toBeNull();
    expect(reader.body(26, 'response')).not.toBeNull();
  });
});
