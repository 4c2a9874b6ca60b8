import type { LatencySketch } from '../../../shared/measure/latency-sketch.ts';
import {
  addDuration,
  createSketch,
  mergeSketch,
  packSketch,
  unpackSketch,
} from '../../../shared/measure/latency-sketch.ts';
import type { CallRow } from './call-row.ts';
import { sourceCodeOf } from './codes.ts';
import type { Db } from './open.ts';

/** Lengths of the periods, in seconds; a period's number in the table is its place here. */
export const PERIODS = [60, 3600, 86_400] as const;

/**
 * What a row tells apart, beside the status class: host, app and source together, or one of them, or
 * nothing. Screens ask for one at a time, and read a fraction of the rows.
 */
export const DIMENSION = { all: 0, none: 1, host: 2, app: 3, source: 4 } as const;
type Dimension = (typeof DIMENSION)[keyof typeof DIMENSION];

/** What closed calls of one minute, host, app, source and status class add up to. */
interface Sum {
  start: number;
  host: number;
  app: number;
  source: number;
  class: number;
  calls: number;
  failures: number;
  requestBytes: number;
  responseBytes: number;
  sketch: LatencySketch;
}

/**
 * Rollups: what dashboards read instead of calls. Closing a call adds to sums in memory; `flush`
 * adds these to the minute, hour and day rows, in the transaction of a commit. `meta.rollup_seq`
 * says up to which change they count, so that a crash between two flushes loses nothing.
 */
export interface Rollups {
  /** `calls` -1 takes a call out again. */
  add(row: CallRow, calls?: 1 | -1): void;
  /** Whether there is anything to write. */
  pending(): boolean;
  flush(): void;
  /** Forgets what was not written: after an undone transaction. */
  reset(): void;
}

interface StoredSum {
  calls: number;
  failures: number;
  request_bytes: number;
  response_bytes: number;
  sketch: Buffer;
}

export function createRollups(db: Db): Rollups {
  const find = db.prepare<unknown[], StoredSum>(
    'SELECT calls, failures, request_bytes, response_bytes, sketch FROM rollups WHERE period = ? AND dimension = ? AND start = ? AND host = ? AND app = ? AND source = ? AND class = ?',
  );
  const put = db.prepare(
    'INSERT OR REPLACE INTO rollups (period, dimension, start, host, app, source, class, calls, failures, request_bytes, response_bytes, sketch) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const drop = db.prepare(
    'DELETE FROM rollups WHERE period = ? AND dimension = ? AND start = ? AND host = ? AND app = ? AND source = ? AND class = ?',
  );
  const minutes = new Map<number, Map<number, Sum>>();

  function sumFor(row: CallRow): Sum {
    const start = Math.floor(row.startedAt / 60_000_000) * 60;
    let keys = minutes.get(start);
    if (!keys) minutes.set(start, (keys = new Map<number, Sum>()));
    const source = sourceCodeOf(row.flags);
    const statusClass = row.status === null ? 0 : Math.floor(row.status / 100);
    const app = row.app ?? 0;
    const key = ((row.host * 1_048_576 + app) * 8 + source) * 10 + statusClass;
    let sum = keys.get(key);
    if (!sum) keys.set(key, (sum = startSum(start, row.host, app, source, statusClass)));
    return sum;
  }

  /** Adds up the sums of a minute by one dimension. */
  function sumBy(dimension: Dimension, sums: Iterable<Sum>): Iterable<Sum> {
    const totals = new Map<number, Sum>();
    for (const sum of sums) {
      const host = dimension === DIMENSION.host ? sum.host : 0;
      const app = dimension === DIMENSION.app ? sum.app : 0;
      const source = dimension === DIMENSION.source ? sum.source : 0;
      const key = (host + app + source) * 10 + sum.class; // only one of them is not 0
      let total = totals.get(key);
      if (!total) totals.set(key, (total = startSum(sum.start, host, app, source, sum.class)));
      total.calls += sum.calls;
      total.failures += sum.failures;
      total.requestBytes += sum.requestBytes;
      total.responseBytes += sum.responseBytes;
      mergeSketch(total.sketch, sum.sketch);
    }
    return totals.values();
  }

  function write(dimension: Dimension, sum: Sum, period: number): void {
    const length = PERIODS[period]!;
    const start = Math.floor(sum.start / length) * length;
    const stored = find.get(period, dimension, start, sum.host, sum.app, sum.source, sum.class);
    let { sketch } = sum;
    if (stored) {
      sketch = unpackSketch(stored.sketch);
      mergeSketch(sketch, sum.sketch);
    }
    const calls = sum.calls + (stored?.calls ?? 0);
    if (calls <= 0) {
      drop.run(period, dimension, start, sum.host, sum.app, sum.source, sum.class);
      return;
    }
    put.run(
      period,
      dimension,
      start,
      sum.host,
      sum.app,
      sum.source,
      sum.class,
      calls,
      sum.failures + (stored?.failures ?? 0),
      sum.requestBytes + (stored?.request_bytes ?? 0),
      sum.responseBytes + (stored?.response_bytes ?? 0),
      packSketch(sketch),
    );
  }

  return {
    add(row, calls = 1) {
      const sum = sumFor(row);
      sum.calls += calls;
      if (row.failure !== null) sum.failures += calls;
      sum.requestBytes += calls * row.requestBytes;
      sum.responseBytes += calls * row.responseBytes;
      addDuration(sum.sketch, row.duration ?? 0, calls);
    },
    pending: () => minutes.size > 0,
    flush() {
      for (const keys of minutes.values()) {
        for (const dimension of Object.values(DIMENSION)) {
          const sums = dimension === DIMENSION.all ? keys.values() : sumBy(dimension, keys.values());
          for (const sum of sums)
            for (let period = 0; period < PERIODS.length; period += 1) write(dimension, sum, period);
        }
      }
    },
    reset() {
      minutes.clear();
    },
  };
}

function startSum(start: number, host: number, app: number, source: number, statusClass: number): Sum {
  return {
    start,
    host,
    app,
    source,
    class: statusClass,
    calls: 0,
    failures: 0,
    requestBytes: 0,
    responseBytes: 0,
    sketch: createSketch(),
  };
}
