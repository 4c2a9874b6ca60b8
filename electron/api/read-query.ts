import { parseQuery } from '../../shared/query/parse.ts';
import type { QueryError } from '../../shared/query/parse.ts';
import type { QueryTree } from '../../shared/query/tree.ts';

/**
 * Reads a filter with this machine's clock and zone. `refuse` makes the contract's error of a
 * mistake, which is thrown.
 */
export function readQuery(text: string | undefined, refuse: (mistake: QueryError) => Error): QueryTree | null {
  const reading = parseQuery(text ?? '', { now: Date.now() * 1000, offsetMinutesAt });
  if (!reading.ok) throw refuse(reading.error);
  return reading.tree;
}

/** Minutes east of UTC at a wall-clock time of this machine's zone, daylight saving included. */
function offsetMinutesAt(wallClockMs: number): number {
  const wall = new Date(wallClockMs);
  const local = new Date(
    wall.getUTCFullYear(),
    wall.getUTCMonth(),
    wall.getUTCDate(),
    wall.getUTCHours(),
    wall.getUTCMinutes(),
    wall.getUTCSeconds(),
  );
  return Math.round((wallClockMs - local.getTime()) / 60_000);
}
