import type { Db } from './open.ts';
import { evictedTo } from './uncounted.ts';

/** Sums by the minute, and by the hour, are kept so long after their calls were evicted; sums by the day for ever. */
const MINUTES_KEPT = 8 * 86_400;
const HOURS_KEPT = 400 * 86_400;

/** Forgets fine sums of times whose calls are gone. Where calls are left, questions count by the minute. */
export function pruneSums(db: Db, now: number): void {
  const gone = Math.floor(evictedTo(db) / 1_000_000) - 86_400;
  db.transaction(() => {
    const minutes = Math.floor(now / 1000) - MINUTES_KEPT;
    const hours = Math.floor(now / 1000) - HOURS_KEPT;
    for (const table of ['rollups', 'facets', 'edges', 'spending', 'throttles', 'decisions']) {
      const prune = db.prepare(`DELETE FROM ${table} WHERE period = ? AND start < ?`);
      prune.run(0, Math.min(gone, minutes));
      prune.run(1, Math.min(gone, hours));
    }
    // What was left of limits is asked for lately only.
    const prune = db.prepare('DELETE FROM limits WHERE period = ? AND start < ?');
    prune.run(0, minutes);
    prune.run(1, hours);
  })();
}
