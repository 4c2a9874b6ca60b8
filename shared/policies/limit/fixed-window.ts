import type { Meter } from './meter.ts';
import { createSteadyClock } from './steady-clock.ts';
import type { SteadyClock } from './steady-clock.ts';

/** What was used in the window that it is now. */
export class WindowCount {
  /** Beginning, by the wall. */
  start = 0.5;
  /** The steady moment at which it was counted in first. */
  from = 0.5;
  used = 0.5;
  constructor(start: number, from: number, used: number) {
    this.start = start;
    this.from = from;
    this.used = used;
  }
}

/**
 * So much in each window; windows begin with the clock (each full minute). Of two windows' edge the most is twice the
 * limit, which is what people accept who choose it: vendors count so.
 */
export function createFixedWindow(
  { limit, window }: { limit: number; window: number },
  clock: SteadyClock,
): Meter<WindowCount> {
  // Set back by less than a window, the window that has begun goes on; by more, windows begin at the full minutes there.
  const aligned = createSteadyClock(window);
  const beginOf = (at: number): number => Math.floor(aligned.read(clock.wall(at)) / window) * window;
  const leftOf = (begin: number, at: number): number => begin + window - aligned.read(clock.wall(at));
  return {
    most: limit,
    holds: false,
    fresh: (at) => new WindowCount(beginOf(at), at, 0),
    readyAt(count, cost, ahead, at) {
      const begin = beginOf(at);
      const used = count.start === begin ? count.used : 0;
      const rest = ahead + cost - Math.max(0, limit - used);
      if (rest <= 0) return at;
      return at + leftOf(begin, at) + (Math.ceil(rest / limit) - 1) * window;
    },
    take(count, cost, at) {
      const begin = beginOf(at);
      if (count.start !== begin) {
        count.start = begin;
        count.from = at;
        count.used = cost;
      } else count.used += cost;
    },
    amend(count, by, takenAt, at) {
      const begin = beginOf(at);
      if (count.start !== begin) {
        if (by <= 0) return;
        count.start = begin;
        count.from = at;
        count.used = by;
      } else if (by > 0 || takenAt >= count.from) count.used = Math.max(0, count.used + by);
    },
    limit: () => limit,
    used: (count, at) => (count.start === beginOf(at) ? count.used : 0),
    resetAt: (_, at) => at + leftOf(beginOf(at), at),
    idle: (count, at) => count.used === 0 || count.start !== beginOf(at),
    save: (count, at) => (count.start === beginOf(at) && count.used > 0 ? [clock.wall(count.from), count.used] : null),
    load([from, used], at) {
      if (from === undefined || used === undefined || used < 0) return null;
      const begin = beginOf(at);
      return beginBefore(from, begin, window) ? null : new WindowCount(begin, Math.min(from, at), used);
    },
  };
}

/** Whether something counted at `from` belongs to a window before the one that begins at `begin`. */
function beginBefore(from: number, begin: number, window: number): boolean {
  return Math.floor(from / window) * window < begin;
}
