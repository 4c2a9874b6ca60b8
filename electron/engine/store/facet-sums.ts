import type { CallRow } from './call-row.ts';
import { PROTOCOL_SHIFT } from './codes.ts';
import type { Db } from './open.ts';
import { prepared } from './read-rows.ts';
import { PERIODS } from './rollups.ts';

/** What `facets` counts by, beside what rollups tell apart anyway. Append only. */
export const FACET = { status: 1, method: 2, type: 3, failure: 4, protocol: 5 } as const;

/** Fields' values go up to here: words, statuses and codes are smaller. */
const VALUES = 2 ** 40;

/**
 * Counts of closed calls per minute, hour and day by one field at a time. Far narrower than rollups: no bytes, no latencies.
 * Like these they are added up in memory and written now and then; `meta.facet_seq` says up to which change they count.
 */
export interface FacetSums {
  add(row: CallRow, calls?: number): void;
  flush(): void;
  reset(): void;
}

export function createFacetSums(db: Db): FacetSums {
  const put = db.prepare(
    'INSERT INTO facets (period, field, start, value, calls) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET calls = calls + excluded.calls',
  );
  const drop = db.prepare(
    'DELETE FROM facets WHERE period = ? AND field = ? AND start = ? AND value = ? AND calls <= 0',
  );
  /** Minute → field and value as one number → calls. */
  const minutes = new Map<number, Map<number, number>>();

  function count(sums: Map<number, number>, field: number, value: number, calls: number): void {
    const key = field * VALUES + value;
    sums.set(key, (sums.get(key) ?? 0) + calls);
  }

  return {
    add(row, calls = 1) {
      const start = Math.floor(row.startedAt / 60_000_000) * 60;
      let sums = minutes.get(start);
      if (!sums) minutes.set(start, (sums = new Map<number, number>()));
      count(sums, FACET.status, row.status ?? 0, calls);
      count(sums, FACET.method, row.method, calls);
      count(sums, FACET.type, row.type ?? 0, calls);
      count(sums, FACET.failure, row.failure ?? 0, calls);
      count(sums, FACET.protocol, (row.flags >> PROTOCOL_SHIFT) & 7, calls);
    },
    flush() {
      PERIODS.forEach((length, period) => {
        const sums = new Map<number, Map<number, number>>();
        for (const [minute, values] of minutes) {
          const start = Math.floor(minute / length) * length;
          let into = sums.get(start);
          if (!into) sums.set(start, (into = new Map<number, number>()));
          for (const [key, calls] of values) into.set(key, (into.get(key) ?? 0) + calls);
        }
        for (const [start, values] of sums) {
          for (const [key, calls] of values) {
            const field = Math.floor(key / VALUES);
            if (calls !== 0) put.run(period, field, start, key % VALUES, calls);
            if (calls < 0) drop.run(period, field, start, key % VALUES);
          }
        }
      });
    },
    reset() {
      minutes.clear();
    },
  };
}

/** Adds up a field's counts over pieces of time, as `splitRange` cuts them. */
export function readFacetSums(
  db: Db,
  field: number,
  pieces: readonly [period: number, start: number, end: number][],
  use: (value: number, calls: number) => void,
): void {
  const read = prepared(
    db,
    'SELECT value, SUM(calls) AS calls FROM facets WHERE period = ? AND field = ? AND start >= ? AND start < ? GROUP BY value',
  );
  for (const [period, start, end] of pieces)
    for (const row of read.iterate(period, field, start, end) as IterableIterator<{ value: number; calls: number }>)
      use(row.value, row.calls);
}
