import { createSketch, eachBucket, quantile } from '../../../shared/measure/latency-sketch.ts';
import type { Source } from '../../../shared/model/call.ts';
import { SOURCE_CODES } from './codes.ts';
import type { Db } from './open.ts';
import { prepared } from './read-rows.ts';
import { DIMENSION, PERIODS } from './rollups.ts';
import type { WordReader } from './word-reader.ts';

/** What calls of a group add up to. Bytes are body bytes on the wire; latencies microseconds, within 2 %. */
export interface Totals {
  calls: number;
  /** Calls that ended in a failure, and answers by the first digit of their status (0: none). */
  failures: number;
  /** Calls that failed, or were answered with a status from 400 on. */
  errors: number;
  statuses: Record<'0' | '1' | '2' | '3' | '4' | '5', number>;
  requestBytes: number;
  responseBytes: number;
  latency: { p50: number | null; p90: number | null; p95: number | null; p99: number | null };
}

export interface Overview {
  /** Microseconds since the epoch; widened to whole steps. */
  since: number;
  until: number;
  totals: Totals;
  /** The span of the same length right before. */
  previous: Totals;
  hosts: ({ host: string } & Totals)[];
  apps: ({ app: string | null } & Totals)[];
  sources: ({ source: Source } & Totals)[];
  /** Length of a step of the series, in microseconds. */
  step: number;
  series: ({ start: number } & Totals)[];
}

/** `start, host, app, source, class, calls, failures, request_bytes, response_bytes, sketch`: rows as arrays, there are many. */
type SumRow = [number, number, number, number, number, number, number, number, number, Buffer];

interface Group {
  calls: number;
  failures: number;
  errors: number;
  statuses: number[];
  requestBytes: number;
  responseBytes: number;
  /** Counts per bucket of a latency sketch. */
  buckets: number[];
}

const SHOWN = 20;

/** Lengths a step may have, in seconds. */
const STEPS = [60, 120, 300, 600, 1800, 3600, 10_800, 21_600, 86_400];
/** More steps than this are more than a chart can show apart. */
const MOST_STEPS = 180;

/** Since when, in seconds since the epoch, sums of a period are kept; 0 when all there ever were. */
export function keptFrom(db: Db, period: number): number {
  const first = (of: number): number | null =>
    (
      prepared(db, 'SELECT MIN(start) AS start FROM rollups WHERE period = ? AND dimension = ?').get(
        of,
        DIMENSION.none,
      ) as { start: number | null }
    ).start;
  const [kept, ever] = [first(period), first(2)];
  // The first day begins before its first hour, which was never forgotten.
  if (ever === null) return 0;
  if (kept === null) return Infinity;
  return kept - ever < 86_400 ? 0 : kept;
}

/**
 * Answers a dashboard from rollups. The span is widened to whole steps of the series (the shortest of which there are
 * not too many), so that the series adds up to the totals; `previous` is as long as the span that was asked for, so that
 * a step that has only begun compares with no more than its own time.
 */
export function readOverview(db: Db, words: WordReader, since: number, until: number): Overview {
  const seconds = (until - since) / 1_000_000;
  // Of times whose calls are gone, sums are kept by the hour or by the day only.
  const finest = since / 1_000_000 >= keptFrom(db, 0) ? 60 : since / 1_000_000 >= keptFrom(db, 1) ? 3600 : 86_400;
  const step = STEPS.find((length) => length >= finest && seconds / length <= MOST_STEPS) ?? 86_400;
  const longest = step < 3600 ? 0 : step < 86_400 ? 1 : 2;
  const from = Math.floor(since / 1_000_000 / step) * step;
  const to = Math.max(from, Math.ceil(until / 1_000_000 / step) * step);
  const read = prepared(
    db,
    'SELECT start, host, app, source, class, calls, failures, request_bytes, response_bytes, sketch FROM rollups WHERE period = ? AND dimension = ? AND start >= ? AND start < ?',
  ).raw(true);

  function groupBy(
    dimension: number,
    coarsest: number,
    keyOf: (row: SumRow) => number,
    [first, last] = [from, to],
  ): Map<number, Group> {
    const groups = new Map<number, Group>();
    for (const [period, start, end] of splitRange(first, last, coarsest)) {
      for (const row of read.iterate(period, dimension, start, end) as IterableIterator<SumRow>)
        addTo(groupIn(groups, keyOf(row)), row);
    }
    return groups;
  }

  const steps = groupBy(DIMENSION.none, longest, ([start]) => Math.floor(start / step) * step);
  const all = groupBy(DIMENSION.none, 2, () => 0).get(0) ?? startGroup();
  const before = groupBy(DIMENSION.none, 2, () => 0, [Math.max(0, from - Math.ceil(seconds / 60) * 60), from]).get(0);
  return {
    since: from * 1_000_000,
    until: to * 1_000_000,
    totals: totalsOf(all),
    previous: totalsOf(before ?? startGroup()),
    hosts: largest(groupBy(DIMENSION.host, 2, ([, host]) => host)).map(([id, group]) => ({
      host: words.text(id),
      ...totalsOf(group),
    })),
    apps: largest(groupBy(DIMENSION.app, 2, ([, , app]) => words.appOf(app))).map(([id, group]) => ({
      app: id === 0 ? null : words.appName(id),
      ...totalsOf(group),
    })),
    sources: largest(groupBy(DIMENSION.source, 2, ([, , , source]) => source)).map(([code, group]) => ({
      source: sourceNamed(code),
      ...totalsOf(group),
    })),
    step: step * 1_000_000,
    series: [...steps]
      .sort(([a], [b]) => a - b)
      .map(([start, group]) => ({ start: start * 1_000_000, ...totalsOf(group) })),
  };
}

function largest<K>(groups: Map<K, Group>): [K, Group][] {
  return [...groups].sort(([, a], [, b]) => b.calls - a.calls).slice(0, SHOWN);
}

/** Cuts a range of seconds into pieces of the longest periods that fit, none longer than a step. */
export function splitRange(from: number, to: number, longest: number): [period: number, start: number, end: number][] {
  if (from >= to) return [];
  for (let period = longest; period > 0; period -= 1) {
    const length = PERIODS[period]!;
    const start = Math.ceil(from / length) * length;
    const end = Math.floor(to / length) * length;
    if (start < end)
      return [...splitRange(from, start, period - 1), [period, start, end], ...splitRange(end, to, period - 1)];
  }
  return [[0, from, to]];
}

function startGroup(): Group {
  return {
    calls: 0,
    failures: 0,
    errors: 0,
    statuses: [0, 0, 0, 0, 0, 0],
    requestBytes: 0,
    responseBytes: 0,
    buckets: [],
  };
}

function groupIn<K>(groups: Map<K, Group>, key: K): Group {
  let group = groups.get(key);
  if (!group) groups.set(key, (group = startGroup()));
  return group;
}

function addTo(group: Group, row: SumRow): void {
  const [, , , , statusClass, calls, failures, requestBytes, responseBytes, sketch] = row;
  group.calls += calls;
  group.failures += failures;
  group.errors += statusClass >= 4 ? calls : failures;
  group.requestBytes += requestBytes;
  group.responseBytes += responseBytes;
  if (statusClass <= 5) group.statuses[statusClass] = (group.statuses[statusClass] ?? 0) + calls;
  const { buckets } = group;
  eachBucket(sketch, (bucket, count) => {
    buckets[bucket] = (buckets[bucket] ?? 0) + count;
  });
}

function totalsOf({ calls, failures, errors, statuses, requestBytes, responseBytes, buckets }: Group): Totals {
  const sketch = createSketch();
  buckets.forEach((count, bucket) => {
    sketch.counts.set(bucket, count);
    sketch.total += count;
  });
  const [p50 = null, p90 = null, p95 = null, p99 = null] = [0.5, 0.9, 0.95, 0.99].map((q) => quantile(sketch, q));
  const [none = 0, informed = 0, fine = 0, moved = 0, theirs = 0, ours = 0] = statuses;
  return {
    calls,
    failures,
    errors,
    statuses: { 0: none, 1: informed, 2: fine, 3: moved, 4: theirs, 5: ours },
    requestBytes,
    responseBytes,
    latency: { p50, p90, p95, p99 },
  };
}

function sourceNamed(code: number): Source {
  return (Object.keys(SOURCE_CODES) as Source[]).find((name) => SOURCE_CODES[name] === code) ?? 'proxy';
}
