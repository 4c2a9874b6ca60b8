import type { QueryTree } from '../../../shared/query/tree.ts';
import { compileFilter } from '../../../shared/query/evaluate.ts';
import { summaryOf } from './call-row.ts';
import { candidateRanges } from './candidate-ranges.ts';
import { prepareMatching } from './matching.ts';
import type { Stored } from './matching.ts';
import type { RawRow } from './read-calls.ts';
import { withTexts } from './read-calls.ts';
import { splitRange } from './read-rollups.ts';
import { prepared } from './read-rows.ts';
import { rollupFilter } from './rollup-filter.ts';
import { DIMENSION, PERIODS } from './rollups.ts';
import { MINUTE, splitMinutes, splitTime, withinTime } from './time-span.ts';
import type { TimeSpan } from './time-span.ts';
import { evictedTo, uncounted } from './uncounted.ts';

export interface Histogram {
  /** Microseconds since the epoch, widened to whole steps. */
  since: number;
  until: number;
  step: number;
  /** Calls per step by the first digit of their status; first: no answer. */
  steps: [number, number, number, number, number, number][];
  matched: number;
  done: boolean;
}

export interface HistogramQuestion {
  tree: QueryTree | null;
  since: number;
  until: number;
  /** At most so many. */
  steps: number;
}

/** Growing counts are given so often. */
const TELL_MS = 250;

/** Lengths people think in, microseconds. */
const LENGTHS = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500].map((ms) => ms * 1000),
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * 1_000_000),
  ...[1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720].map((minutes) => minutes * MINUTE),
  ...[1, 2, 7, 14, 28].map((days) => days * 86_400_000_000),
];

/** The shortest usual length that makes at most `most` steps of a span, which is widened to whole steps. */
export function stepsOf(since: number, until: number, most: number): { since: number; until: number; step: number } {
  const end = Math.max(until, since + 1);
  const fits = (step: number): boolean => Math.ceil(end / step) - Math.floor(since / step) <= most;
  let step = LENGTHS.find(fits);
  for (let days = 56; step === undefined; days *= 2) if (fits(days * 86_400_000_000)) step = days * 86_400_000_000;
  return { since: Math.floor(since / step) * step, until: Math.ceil(end / step) * step, step };
}

/**
 * Counts calls over time. From rollups at once where they know enough; else a search newest first that pauses, giving the
 * counts so far now and then. Counts are those of the calls that a list with the same filter shows.
 */
export function* countOverTime(
  stored: Stored,
  { tree, since, until, steps: most }: HistogramQuestion,
): Generator<Histogram | void, Histogram> {
  const counts: Histogram = { ...stepsOf(since, until, most), steps: [], matched: 0, done: false };
  counts.steps = Array.from({ length: (counts.until - counts.since) / counts.step }, () => [0, 0, 0, 0, 0, 0]);
  const span = splitTime(tree, counts.since, counts.until);
  if (span.since < span.until) {
    const fits = counts.step % MINUTE === 0 ? rollupFilter(span.rest, stored.words) : null;
    if (fits) {
      const { from, to, edges } = splitMinutes(span.since, span.until, evictedTo(stored.calls));
      addRollups(stored, counts, from, to, fits, span.rest);
      for (const [start, end] of edges) yield* addCalls(stored, counts, { ...span, since: start, until: end });
    } else yield* addCalls(stored, counts, span);
  }
  counts.done = true;
  return counts;
}

function add(counts: Histogram, startedAt: number, status: number, calls: number): void {
  const step = counts.steps[Math.floor((startedAt - counts.since) / counts.step)];
  counts.matched += calls;
  if (step) step[Math.min(status, 5)]! += calls;
}

/** Whole minutes, from what closed calls add up to and the few that are not added up yet. */
function addRollups(
  { calls: db, words }: Stored,
  counts: Histogram,
  from: number,
  to: number,
  fits: NonNullable<ReturnType<typeof rollupFilter>>,
  rest: QueryTree | null,
): void {
  const longest = PERIODS.findLastIndex((seconds) => counts.step % (seconds * 1_000_000) === 0);
  const dimension = rest === null ? DIMENSION.none : DIMENSION.all;
  const accepts = compileFilter(rest);
  // One moment of the database: between two, a call could be counted twice or not at all.
  db.transaction(() => {
    const read = prepared(
      db,
      'SELECT start, host, app, source, class, calls FROM rollups WHERE period = ? AND dimension = ? AND start >= ? AND start < ?',
    );
    for (const [period, start, end] of splitRange(from / 1_000_000, to / 1_000_000, longest)) {
      for (const row of read.iterate(period, dimension, start, end) as IterableIterator<{
        start: number;
        host: number;
        app: number;
        source: number;
        class: number;
        calls: number;
      }>)
        if (fits(row)) add(counts, row.start * 1_000_000, row.class, row.calls);
    }
    for (const { row, calls } of uncounted(db)) {
      if (row.started_at < from || row.started_at >= to) continue;
      // Rollups tell nothing apart that needs more than the row.
      if (accepts(summaryOf(withTexts(row, words)), NO_DETAILS))
        add(counts, row.started_at, Math.floor((row.status ?? 0) / 100), calls);
    }
  })();
}

const NO_DETAILS = { headers: () => [], bodies: () => [] };

function* addCalls(stored: Stored, counts: Histogram, span: TimeSpan): Generator<Histogram | void, void> {
  const { calls: db, words, details } = stored;
  const matching = yield* prepareMatching(stored, withinTime(span));
  if (!matching.span) return;
  const { sql, parameters, accepts, pruner } = matching;
  const where = `c.id BETWEEN @low AND @high AND ${sql}`;
  const sums = db
    .prepare<Record<string, string | number>, [number, number, number]>(
      `SELECT (c.started_at - @first) / @step AS part, COALESCE(c.status / 100, 0) AS class, COUNT(*) FROM calls c WHERE ${where} GROUP BY part, class`,
    )
    .raw(true);
  const rows = db.prepare<Record<string, string | number>, RawRow>(
    `SELECT * FROM calls c WHERE ${where} ORDER BY c.id DESC LIMIT 64`,
  );
  const bounds = { ...parameters, first: BigInt(counts.since), step: BigInt(counts.step) } as unknown as Record<
    string,
    number
  >;
  let told = performance.now();
  for (const [high, low] of candidateRanges(db, pruner, matching.span.top, matching.span.bottom)) {
    if (accepts === null) {
      for (const [part, status, calls] of sums.iterate({ ...bounds, low, high }))
        add(counts, counts.since + part * counts.step, status, calls);
    } else {
      for (let from = high; from >= low;) {
        const page = rows.all({ ...parameters, low, high: from });
        for (const row of page)
          if (accepts(summaryOf(withTexts(row, words)), details.of(row)))
            add(counts, row.started_at, Math.floor((row.status ?? 0) / 100), 1);
        from = page.length < 64 ? low - 1 : page.at(-1)!.id - 1;
        if (performance.now() - told >= TELL_MS) {
          told = performance.now();
          yield { ...counts, steps: counts.steps.map((step) => [...step]) };
        } else yield;
      }
    }
    if (performance.now() - told >= TELL_MS) {
      told = performance.now();
      yield { ...counts, steps: counts.steps.map((step) => [...step]) };
    } else yield;
  }
}
