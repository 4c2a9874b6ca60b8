import type { LatencySketch } from '../../../shared/measure/latency-sketch.ts';
import { createSketch, mergeSketch, quantile, unpackSketch } from '../../../shared/measure/latency-sketch.ts';
import type { Source } from '../../../shared/model/call.ts';
import { SOURCE_CODES } from './codes.ts';
import type { Db } from './open.ts';
import { prepared } from './read-rows.ts';
import { PERIODS } from './rollups.ts';
import type { WordReader } from './word-reader.ts';

/** What calls of a group add up to. Bytes are body bytes on the wire; latencies microseconds, within 2 %. */
export interface Totals {
  calls: number;
  /** Calls that ended in a failure, and answers by the first digit of their status (0: none). */
  failures: number;
  statuses: Record<'0' | '1' | '2' | '3' | '4' | '5', number>;
  requestBytes: number;
  responseBytes: number;
  latency: { p50: number | null; p90: number | null; p95: number | null; p99: number | null };
}

export interface Overview {
  /** Microseconds since the epoch; widened to whole minutes. */
  since: number;
  until: number;
  totals: Totals;
  hosts: ({ host: string } & Totals)[];
  apps: ({ app: string | null } & Totals)[];
  sources: ({ source: Source } & Totals)[];
  /** Length of a step of the series, in microseconds. */
  step: number;
  series: ({ start: number } & Totals)[];
}

interface SumRow {
  period: number;
  start: number;
  host: number;
  app: number;
  source: number;
  class: number;
  calls: number;
  failures: number;
  request_bytes: number;
  response_bytes: number;
  sketch: Buffer;
}

interface Group {
  calls: number;
  failures: number;
  statuses: Totals['statuses'];
  requestBytes: number;
  responseBytes: number;
  sketch: LatencySketch;
}

const SHOWN = 20;

/** Answers a dashboard from rollups: days where whole days are asked for, then hours, then minutes at the ends. */
export function readOverview(db: Db, words: WordReader, since: number, until: number): Overview {
  const from = Math.floor(since / 60_000_000) * 60;
  const to = Math.max(from, Math.ceil(until / 60_000_000) * 60);
  const stepPeriod = to - from <= 6 * 3600 ? 0 : to - from <= 14 * 86_400 ? 1 : 2;
  const all = startGroup();
  const hosts = new Map<number, Group>();
  const apps = new Map<number, Group>();
  const sources = new Map<number, Group>();
  const steps = new Map<number, Group>();
  const read = prepared(db, 'SELECT * FROM rollups WHERE period = ? AND start >= ? AND start < ?');
  for (const [period, start, end] of splitRange(from, to, stepPeriod)) {
    for (const row of read.iterate(period, start, end) as IterableIterator<SumRow>) {
      const sketch = unpackSketch(row.sketch);
      for (const group of [
        all,
        groupIn(hosts, row.host),
        groupIn(apps, row.app),
        groupIn(sources, row.source),
        groupIn(steps, Math.floor(row.start / PERIODS[stepPeriod]) * PERIODS[stepPeriod]),
      ])
        addTo(group, row, sketch);
    }
  }
  const largest = <K>(groups: Map<K, Group>): [K, Group][] =>
    [...groups].sort(([, a], [, b]) => b.calls - a.calls).slice(0, SHOWN);
  return {
    since: from * 1_000_000,
    until: to * 1_000_000,
    totals: totalsOf(all),
    hosts: largest(hosts).map(([id, group]) => ({ host: words.text(id), ...totalsOf(group) })),
    apps: largest(apps).map(([id, group]) => ({ app: id === 0 ? null : words.text(id), ...totalsOf(group) })),
    sources: largest(sources).map(([code, group]) => ({ source: sourceNamed(code), ...totalsOf(group) })),
    step: PERIODS[stepPeriod] * 1_000_000,
    series: [...steps]
      .sort(([a], [b]) => a - b)
      .map(([start, group]) => ({ start: start * 1_000_000, ...totalsOf(group) })),
  };
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
    statuses: { 0: 0, 1: 0, 2: 0, 3: 0, 4: 0, 5: 0 },
    requestBytes: 0,
    responseBytes: 0,
    sketch: createSketch(),
  };
}

function groupIn<K>(groups: Map<K, Group>, key: K): Group {
  let group = groups.get(key);
  if (!group) groups.set(key, (group = startGroup()));
  return group;
}

function addTo(group: Group, row: SumRow, sketch: LatencySketch): void {
  group.calls += row.calls;
  group.failures += row.failures;
  group.requestBytes += row.request_bytes;
  group.responseBytes += row.response_bytes;
  const digit = String(row.class) as keyof Totals['statuses'];
  if (digit in group.statuses) group.statuses[digit] += row.calls;
  mergeSketch(group.sketch, sketch);
}

function totalsOf({ calls, failures, statuses, requestBytes, responseBytes, sketch }: Group): Totals {
  const [p50 = null, p90 = null, p95 = null, p99 = null] = [0.5, 0.9, 0.95, 0.99].map((q) => quantile(sketch, q));
  return { calls, failures, statuses, requestBytes, responseBytes, latency: { p50, p90, p95, p99 } };
}

function sourceNamed(code: number): Source {
  return (Object.keys(SOURCE_CODES) as Source[]).find((name) => SOURCE_CODES[name] === code) ?? 'proxy';
}
