import type { Db } from './open.ts';

/** Calls of a time that were not recorded, counted. Times in microseconds since the epoch. */
export interface StoredGap {
  from: number;
  to: number;
  calls: number;
  reason: string;
}

/** Gaps of one reason that are no further apart are one; microseconds. */
const JOIN_US = 60_000_000;

/** Writes gaps: one pause, or one overload, is one row, in however many pieces it is told. */
export function createGapsWriter(db: Db): (gap: StoredGap) => void {
  const put = db.prepare('INSERT INTO gaps (from_at, to_at, calls, reason) VALUES (?, ?, ?, ?)');
  const grow = db.prepare(
    'UPDATE gaps SET from_at = min(from_at, ?), to_at = max(to_at, ?), calls = calls + ? WHERE id = (SELECT max(id) FROM gaps) AND reason = ? AND to_at >= ? AND from_at <= ?',
  );
  return ({ from, to, calls, reason }) => {
    if (grow.run(from, to, calls, reason, from - JOIN_US, to + JOIN_US).changes === 0) put.run(from, to, calls, reason);
  };
}
