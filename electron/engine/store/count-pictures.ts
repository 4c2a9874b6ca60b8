import { isOpen } from './codes.ts';
import type { Stored } from './matching.ts';
import type { Span } from './picture-rows.ts';
import { prepared } from './read-rows.ts';
import { PERIODS } from './rollups.ts';
import { closedCalls, cutSpan } from './sum-span.ts';
import { evictedTo, uncounted } from './uncounted.ts';

const HOUR = PERIODS[1] * 1_000_000;

/**
 * Counts calls that are there by endpoint or model, words, from the sums of pictures; those without one may be left
 * out. Of hours whose calls retention took in part, calls are counted one by one.
 */
export function countPictures(
  { calls: db, words }: Stored,
  field: 'endpoint' | 'model',
  { since, until }: Span,
  use: (value: number, calls: number) => void,
): void {
  const aliases = words.aliases();
  type Row = { host: number; value: number | null };
  const take = ({ host, value }: Row, calls: number): void => {
    if (value !== null && value !== 0)
      use(field === 'endpoint' ? (aliases.get(host)?.get(value) ?? value) : value, calls);
  };
  const columns = `c.host, ${field === 'endpoint' ? 'c.endpoint' : 'u.model'} AS value`;
  const one = prepared(db, `SELECT ${columns} FROM calls c LEFT JOIN usages u ON u.call = c.id WHERE c.id = ?`);
  const read = prepared(
    db,
    `SELECT host, ${field} AS value, SUM(calls) AS calls FROM ${field === 'endpoint' ? 'edges' : 'spending'}
     WHERE period = ? AND start >= ? AND start < ? GROUP BY host, value`,
  );
  // One moment of the database: between two, a call could be counted twice or not at all.
  db.transaction(() => {
    const gone = evictedTo(db);
    const whole = Math.floor(since / HOUR) * HOUR > gone ? since : Math.min(until, Math.floor(gone / HOUR + 1) * HOUR);
    for (const row of closedCalls<Row>(db, words, { since, until: whole }, columns)) take(row, 1);
    const { sums, covered, calls } = cutSpan(db, { since: whole, until }, 2);
    for (const piece of sums)
      for (const row of read.iterate(...piece) as IterableIterator<Row & { calls: number }>) take(row, row.calls);
    for (const { row, calls: counted } of uncounted(db)) {
      const span = isOpen(row.flags) ? { since, until } : covered;
      if (row.started_at < span.since || row.started_at >= span.until) continue;
      take(one.get(row.id) as Row, counted);
    }
    for (const piece of calls)
      for (const row of closedCalls<Row>(db, words, piece.span, columns)) take(row, piece.calls);
  })();
}
