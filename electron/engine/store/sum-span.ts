import type { Db } from './open.ts';
import { candidateRanges } from './candidate-ranges.ts';
import type { Span } from './picture-rows.ts';
import { createPruner } from './prune.ts';
import type { WordReader } from './word-reader.ts';
import { keptFrom, splitRange } from './read-rollups.ts';
import { prepared } from './read-rows.ts';
import { evictedTo } from './uncounted.ts';

/** How a span is put together of sums by the hour and the day, and of calls. Sums' bounds are seconds, calls' microseconds. */
export interface SumSpan {
  sums: [period: number, start: number, end: number][];
  /** What the sums cover, microseconds: calls in it that are not in the sums yet must be added too. */
  covered: Span;
  /** Then calls to be added (1), or taken out where sums go beyond the span (-1). */
  calls: { span: Span; calls: 1 | -1 }[];
}

const HOUR = 3_600_000_000;
const DAY = 24 * HOUR;

/**
 * Cuts a span. Hours that it begins or ends in are filled up from the calls, from the side that has fewer of them; where their
 * calls are gone, the whole hour counts, and the whole day where hours are forgotten. `longest`: 1 hours, 2 days.
 */
export function cutSpan(db: Db, { since, until }: Span, longest: 1 | 2): SumSpan {
  const ever = prepared(db, 'SELECT MIN(start) AS first, MAX(start) AS last FROM edges WHERE period = 2').get() as {
    first: number | null;
    last: number | null;
  };
  if (until <= since || ever.first === null || ever.last === null)
    return {
      sums: [],
      covered: { since: 0, until: 0 },
      calls: until > since ? [{ span: { since, until }, calls: 1 }] : [],
    };
  const oldest = ever.first * 1_000_000;
  const newest = ever.last * 1_000_000 + DAY;
  const lastHour = lastHourOf(db) * 1_000_000;
  const gone = evictedTo(db);
  const hoursFrom = keptFrom(db, 1) * 1_000_000;
  const calls: SumSpan['calls'] = [];

  /** Where sums begin or end for a bound of the span, and the calls that are then too many or too few. */
  function bound(at: number, side: 'since' | 'until'): number {
    if (at <= oldest) return oldest;
    if (at >= newest) return newest;
    const length = at < hoursFrom ? DAY : HOUR;
    const low = Math.floor(at / length) * length;
    const high = low + length;
    if (at === low) return low;
    // Of this hour not all calls are there: it counts whole.
    if (low <= gone) return side === 'since' ? low : high;
    const before: Span = { since: low, until: at };
    const after: Span = { since: at, until: high };
    const nearEnd = high - at < at - low;
    if (side === 'since') {
      calls.push(nearEnd ? { span: after, calls: 1 } : { span: before, calls: -1 });
      return nearEnd ? high : low;
    }
    // Behind the present there are no calls: of the last hour the end is the smaller part.
    const wholeHour = nearEnd || low >= lastHour;
    calls.push(wholeHour ? { span: after, calls: -1 } : { span: before, calls: 1 });
    return wholeHour ? high : low;
  }

  const from = bound(since, 'since');
  const to = bound(until, 'until');
  // Both in one hour, and no sum between them.
  if (from > to) return { sums: [], covered: { since: 0, until: 0 }, calls: [{ span: { since, until }, calls: 1 }] };
  return {
    sums: splitRange(from / 1_000_000, to / 1_000_000, longest),
    // Before the first and behind the last sum there is only what is not in them yet.
    covered: { since: since <= oldest || since >= newest ? since : from, until: until >= newest ? until : to },
    calls,
  };
}

function lastHourOf(db: Db): number {
  return (
    (prepared(db, 'SELECT MAX(start) AS start FROM edges WHERE period = 1').get() as { start: number | null }).start ??
    0
  );
}

/** Rows of calls that are over and began in a span, newest first. `columns` of `calls c` and `usages u`. */
export function* closedCalls<Row>(
  db: Db,
  words: WordReader,
  { since, until }: Span,
  columns: string,
  where = '',
): Generator<Row> {
  const { id: oldest } = prepared(db, 'SELECT MIN(id) AS id FROM calls').get() as { id: number | null };
  const { id: newest } = prepared(db, 'SELECT MAX(id) AS id FROM calls').get() as { id: number | null };
  if (oldest === null || newest === null || since >= until) return;
  const pruner = createPruner(
    {
      op: 'and',
      parts: [
        { op: 'time', bound: 'since', at: since },
        { op: 'time', bound: 'until', at: until },
      ],
    },
    words,
  );
  const select = prepared(
    db,
    `SELECT ${columns} FROM calls c LEFT JOIN usages u ON u.call = c.id
     WHERE c.id BETWEEN ? AND ? AND c.started_at >= ? AND c.started_at < ? AND (c.flags & 1) = 0 ${where} ORDER BY c.id DESC`,
  );
  for (const [high, low] of candidateRanges(db, pruner, newest, oldest))
    if (high >= low) yield* select.iterate(low, high, since, until) as IterableIterator<Row>;
}
