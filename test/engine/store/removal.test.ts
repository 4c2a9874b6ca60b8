import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CALLS_MIGRATIONS } from '../../../electron/engine/store/migrations/index.ts';
import { openForReading, openForWriting } from '../../../electron/engine/store/open.ts';
import { createStoreReader } from '../../../electron/engine/store/store-reader.ts';
import { DEFAULT_BUDGETS, openStore } from '../../../electron/engine/store/store.ts';
import type { Batch, Budgets, Store } from '../../../electron/engine/store/store.ts';
import type { CallRecord } from '../../../shared/events/fold.ts';
import { attachBody, fold } from '../../../shared/events/fold.ts';
import { createDataDir, factsOf } from '../../harness/recorder.ts';
import { finish } from './samples.ts';

const START = 1_795_000_000_000;

interface Put {
  id: number;
  body: string;
  host?: string;
  status?: number;
  startedAt?: number;
}

function openAt(dataDir: string, budgets: Partial<Budgets> = {}, clock = { now: START }): Store {
  return openStore({ dataDir, budgets: { ...DEFAULT_BUDGETS, ...budgets }, log: () => {}, now: () => clock.now });
}

/** Commits calls with an answer each, as the archive would. */
function put(store: Store, calls: readonly Put[], settle = true): void {
  const batch: Batch = { open: [], closed: [], gaps: [], bodies: [], messages: [], callHigh: 0 };
  for (const { id, body, host = 'api.example.com', status = 200, startedAt = START * 1000 + id * 1000 } of calls) {
    const record = factsOf(id, { opened: { startedAt, host }, answered: { status } }).reduce<CallRecord | null>(
      fold,
      null,
    )!;
    const kept = store.bodyFor(Buffer.from(body), false, null);
    if (kept.fresh)
      batch.bodies.push({ id: kept.id, bytes: Buffer.from(body), digest: kept.digest, redacted: false, coding: null });
    record.response.wireBytes = body.length;
    attachBody(record, 'response', { captured: kept.id, capturedBytes: body.length, decodedBytes: body.length });
    batch.closed.push(record);
    batch.messages.push({ call: id, first: 0, count: 0, data: Buffer.from(`said ${body}`) });
    batch.callHigh = Math.max(batch.callHigh, id);
  }
  store.commit(batch, true);
  if (settle) store.settle();
}

const readAt = (dataDir: string): ReturnType<typeof createStoreReader> => {
  const reader = createStoreReader(dataDir);
  onTestFinished(() => reader.close());
  return reader;
};
const idsIn = (reader: ReturnType<typeof createStoreReader>): number[] =>
  finish(reader.search({ tree: null, limit: 1000 })).calls.map(({ id }) => id);

/** Rollups and counts by field of a folder, without their place in the file. */
function sumsIn(dataDir: string): unknown[] {
  const db = openForReading({ path: join(dataDir, 'calls.db'), migrations: CALLS_MIGRATIONS })!;
  onTestFinished(() => void db.close());
  return [
    db
      .prepare(
        'SELECT period, dimension, start, class, calls, failures, response_bytes, hex(sketch) AS sketch, h.text AS host, a.text AS app, source FROM rollups r LEFT JOIN words h ON h.id = r.host LEFT JOIN words a ON a.id = r.app ORDER BY 1, 2, 3, 4, 9, 10, 11',
      )
      .all(),
    db
      .prepare(
        'SELECT period, start, h.text AS host, a.text AS app, e.text AS endpoint, calls, errors, failures, throttled, request_bytes, response_bytes, cost, priced, hex(sketch) AS sketch FROM edges e1 JOIN words h ON h.id = e1.host LEFT JOIN words a ON a.id = e1.app LEFT JOIN words e ON e.id = e1.endpoint ORDER BY 1, 2, 3, 4, 5',
      )
      .all(),
    db
      .prepare(
        'SELECT period, field, start, CASE WHEN field IN (2, 3) THEN w.text ELSE value END AS value, calls FROM facets f LEFT JOIN words w ON w.id = f.value ORDER BY 1, 2, 3, 4',
      )
      .all(),
  ];
}

describe('deleting calls', () => {
  it('takes them out of lists, sums and summaries, as if they had never been, and counts them as a gap', () => {
    const [dataDir, other] = [createDataDir(onTestFinished), createDataDir(onTestFinished)];
    const calls = Array.from({ length: 1200 }, (_, index): Put => ({
      id: index + 1,
      body: `body ${index % 7}`,
      host: `h${index % 5}.example`,
      status: index % 9 === 0 ? 500 : 200,
      startedAt: START * 1000 + index * 700_000,
    }));
    const gone = calls.filter(({ id }) => id % 3 === 0 || (id > 300 && id < 900)).map(({ id }) => id);
    const store = openAt(dataDir);
    put(store, calls);
    const first = store.remove({ ids: gone.slice(0, 200), pinned: false, gap: null });
    const second = store.remove({ ids: gone.slice(200), pinned: false, gap: first.gap });
    expect([first.removed + second.removed, second.gap]).toEqual([gone.length, first.gap]);
    store.close();
    const control = openAt(other);
    put(
      control,
      calls.filter(({ id }) => !gone.includes(id)),
    );
    control.close();
    expect(sumsIn(dataDir)).toEqual(sumsIn(other));
    const reader = readAt(dataDir);
    expect(finish(reader.search({ tree: null, limit: 1000 })).calls).toHaveLength(1200 - gone.length);
    expect(
      finish(reader.search({ tree: { op: 'text', field: 'host', pattern: 'h0.example' }, limit: 1000 })).calls.map(
        ({ id }) => id,
      ),
    ).toEqual(
      calls
        .filter(({ id, host }) => host === 'h0.example' && !gone.includes(id))
        .map(({ id }) => id)
        .toReversed(),
    );
    expect(reader.call(3)).toBeNull();
    expect(reader.call(1)).toMatchObject({
      host: 'h0.example',
      requestHeaders: [
        ['Host', 'api.example.com'],
        ['Accept', '*/*'],
      ],
    });
    expect(reader.storage()).toMatchObject({
      calls: 1200 - gone.length,
      gaps: [{ calls: gone.length, from: START * 1000 + 2 * 700_000 }],
    });
  });

  it('takes bodies that nobody else has, and leaves the others', () => {
    const dataDir = createDataDir(onTestFinished);
    const store = openAt(dataDir);
    put(store, [
      { id: 1, body: 'only mine' },
      { id: 2, body: 'shared' },
      { id: 3, body: 'shared' },
    ]);
    store.remove({ ids: [1, 2], pinned: false, gap: null });
    // Somebody comes with the same bytes before the old copy is gone, and is stored after it: it needs its own.
    const late = store.bodyFor(Buffer.from('only mine'), false, null);
    while (store.removeUnusedBodies());
    const record = factsOf(4, {}).reduce<CallRecord | null>(fold, null)!;
    attachBody(record, 'response', { captured: late.id, capturedBytes: 9, decodedBytes: 9 });
    const fresh = { id: late.id, bytes: Buffer.from('only mine'), digest: late.digest, redacted: false, coding: null };
    store.commit(
      { open: [], closed: [record], gaps: [], bodies: late.fresh ? [fresh] : [], messages: [], callHigh: 4 },
      true,
    );
    store.close();
    const reader = readAt(dataDir);
    expect(Buffer.from(reader.body(3, 'response')!.bytes).toString()).toBe('shared');
    expect(Buffer.from(reader.body(4, 'response')!.bytes).toString()).toBe('only mine');
    expect(reader.storage().bodies).toBe(2);
  });

  it('leaves nothing of them in any file of the folder', () => {
    const dataDir = createDataDir(onTestFinished);
    const store = openAt(dataDir);
    put(store, [{ id: 1, body: 'a planted text that is looked for', host: 'planted.example' }], false);
    put(store, [{ id: 2, body: 'something else' }], false);
    store.remove({ ids: [1], pinned: false, gap: null });
    while (store.removeUnusedBodies());
    store.close();
    const found = readdirSync(dataDir).filter((name) => readFileSync(join(dataDir, name)).includes('a planted text'));
    expect(found).toEqual([]);
  });

  it('leaves open calls, and pinned ones unless they are meant', () => {
    const dataDir = createDataDir(onTestFinished);
    const store = openAt(dataDir);
    put(store, [
      { id: 1, body: 'a' },
      { id: 2, body: 'b' },
    ]);
    const open = factsOf(3, { open: true }).reduce<CallRecord | null>(fold, null)!;
    store.commit({ open: [open], closed: [], gaps: [], bodies: [], messages: [], callHigh: 3 }, true);
    store.mark({ ids: [1], pinned: true });
    expect(store.remove({ ids: [1, 2, 3, 99], pinned: false, gap: null })).toMatchObject({ removed: 1, stayed: 2 });
    expect(store.remove({ ids: [1, 3], pinned: true, gap: null })).toMatchObject({ removed: 1, stayed: 1 });
    expect(idsIn(readAt(dataDir))).toEqual([3]);
    store.close();
  });

  it('cut short by the end of the process goes on at the next start', () => {
    const dataDir = createDataDir(onTestFinished);
    const store = openAt(dataDir);
    put(store, [
      { id: 1, body: 'only mine' },
      { id: 2, body: 'other' },
    ]);
    store.remove({ ids: [1], pinned: false, gap: null });
    store.close(); // before a body was looked at
    const next = openAt(dataDir);
    put(next, [{ id: 3, body: 'only mine' }]); // must not be given the body that is on its way out
    while (next.removeUnusedBodies());
    next.close();
    const reader = readAt(dataDir);
    expect(Buffer.from(reader.body(3, 'response')!.bytes).toString()).toBe('only mine');
    expect(reader.storage().bodies).toBe(2);
  });

  it('gives the room back, in small steps', () => {
    const dataDir = createDataDir(onTestFinished);
    const store = openAt(dataDir);
    const noise = (): string => Buffer.from(crypto.getRandomValues(new Uint8Array(30_000))).toString('base64');
    put(
      store,
      Array.from({ length: 200 }, (_, index) => ({ id: index + 1, body: noise() })),
    );
    const before = readAt(dataDir).storage().bodyBytes;
    store.remove({ ids: Array.from({ length: 190 }, (_, index) => index + 1), pinned: false, gap: null });
    while (store.removeUnusedBodies());
    let steps = 0;
    while (store.compact() > 0) steps += 1;
    expect(steps).toBeGreaterThan(2);
    store.close();
    expect(readAt(dataDir).storage().bodyBytes).toBeLessThan(before / 5);
    expect(readAt(dataDir).body(195, 'response')!.bytes.length).toBe(40_000);
  });
});

describe('a pinned call', () => {
  it('and its bodies outlive everything else, by age and by size', () => {
    const dataDir = createDataDir(onTestFinished);
    const clock = { now: START };
    const store = openAt(dataDir, { callAgeDays: 10, bodyAgeDays: 5 }, clock);
    for (let id = 1; id <= 30; id += 1) {
      put(store, [
        { id, body: `body ${id}`, startedAt: clock.now * 1000 },
        { id: id + 100, body: `other ${id}`, startedAt: clock.now * 1000 },
      ]);
      clock.now += 86_400_000;
    }
    store.mark({ ids: [3, 104], pinned: true });
    while (store.retain());
    store.close();
    const reader = readAt(dataDir);
    const left = idsIn(reader).filter((id) => id < 20 || (id > 100 && id < 120));
    expect(left).toEqual([104, 3]);
    expect(Buffer.from(reader.body(3, 'response')!.bytes).toString()).toBe('body 3');
    expect(Buffer.from(reader.body(104, 'response')!.bytes).toString()).toBe('other 4');
    expect(reader.call(104)).toMatchObject({
      pinned: true,
      requestHeaders: [
        ['Host', 'api.example.com'],
        ['Accept', '*/*'],
      ],
    });
    // What counts calls that are there does not count those that are gone.
    const counts = finish(reader.histogram({ tree: null, since: START * 1000, until: clock.now * 1000, steps: 60 }));
    expect(counts.matched).toBe(idsIn(reader).length);
  });

  it('goes last when nothing else is left to go', () => {
    const dataDir = createDataDir(onTestFinished);
    const store = openAt(dataDir, { bodyBytes: 450_000 });
    const noise = (): string => Buffer.from(crypto.getRandomValues(new Uint8Array(30_000))).toString('base64');
    put(
      store,
      Array.from({ length: 20 }, (_, index) => ({ id: index + 1, body: noise() })),
    );
    store.mark({ ids: Array.from({ length: 20 }, (_, index) => index + 1), pinned: true });
    while (store.retain());
    store.close();
    const reader = readAt(dataDir);
    expect(idsIn(reader)).toHaveLength(20);
    expect([reader.body(1, 'response'), reader.body(20, 'response') !== null]).toEqual([null, true]);
  });

  it('is told to followers, and a crash afterwards counts nothing twice', () => {
    const dataDir = createDataDir(onTestFinished);
    const store = openAt(dataDir);
    put(store, [{ id: 1, body: 'a' }]);
    const before = sumsIn(dataDir);
    const { seq } = readAt(dataDir).changedSince({ seq: 1e9, limit: 1, tree: null });
    store.mark({ ids: [1], pinned: true, note: 'ask Kim' });
    expect(readAt(dataDir).changedSince({ seq, limit: 9, tree: null }).calls).toMatchObject([
      { id: 1, pinned: true, note: 'ask Kim' },
    ]);
    // The next start without an end of this one.
    const next = openAt(dataDir);
    next.commit({ open: [], closed: [], gaps: [], bodies: [], messages: [], callHigh: 1 }, true);
    expect(sumsIn(dataDir)).toEqual(before);
    next.close();
    store.close();
  });
});

it('a folder of version 1 is counted by field, and by who called what, when it is brought up', () => {
  const dataDir = createDataDir(onTestFinished);
  const store = openAt(dataDir);
  put(
    store,
    Array.from({ length: 50 }, (_, index) => ({
      id: index + 1,
      body: 'x',
      status: index % 4 === 0 ? 404 : 200,
      startedAt: START * 1000 + index * 40_000_000,
    })),
  );
  store.close();
  const expected = [sumsIn(dataDir), seenIn(dataDir)];
  const path = join(dataDir, 'calls.db');
  const old = openForWriting({ path, migrations: CALLS_MIGRATIONS });
  old.exec(
    `DROP TABLE decisions; ALTER TABLE calls DROP COLUMN policies; ALTER TABLE calls DROP COLUMN held; DROP TABLE IF EXISTS policy_versions;
     DROP TABLE usages; DROP TABLE edges; DROP TABLE spending; DROP TABLE sightings; DROP TABLE endpoint_aliases; DROP TABLE learned;
     DROP TABLE versions; DROP TABLE deprecations; DROP TABLE limits; DROP TABLE throttles; DROP TABLE repricings;
     ALTER TABLE commits DROP COLUMN amend_tags; ALTER TABLE calls DROP COLUMN endpoint; ALTER TABLE calls DROP COLUMN credential;
     DELETE FROM meta WHERE name = 'edges';
     DROP TABLE coverage_hours; DROP TABLE coverage_apps; DROP TABLE not_seen; DROP TABLE processes; DROP TABLE sites; DROP TABLE app_processes;
     ALTER TABLE commits DROP COLUMN amends; ALTER TABLE calls DROP COLUMN process; ALTER TABLE calls DROP COLUMN site;
     ALTER TABLE calls DROP COLUMN tags; ALTER TABLE calls DROP COLUMN trace;
     DROP TABLE marks; DROP TABLE facets; DROP TABLE orphans; DELETE FROM meta WHERE name = 'facet_seq'; PRAGMA user_version = 1`,
  );
  old.close();
  openAt(dataDir).close();
  expect([sumsIn(dataDir), seenIn(dataDir)]).toEqual(expected);
});

function seenIn(dataDir: string): unknown[] {
  return readAt(dataDir).sightings({});
}
