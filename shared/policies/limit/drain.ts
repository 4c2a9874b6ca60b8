import type { Meter } from './meter.ts';
import type { SteadyClock } from './steady-clock.ts';

/**
 * A bucket that fills with what is used and drains at a steady rate: the generic cell rate algorithm (ATM Forum TM 4.0),
 * told by level instead of by arrival time, because levels are small numbers and stay exact.
 */
export class Drain {
  /** Used, as of `at`. */
  level = 0.5;
  at = 0.5;
  /** How much it holds, and how long one unit takes to drain: of each key, for those that adapt. */
  most = 0.5;
  perUnit = 0.5;
  /**
   * Takes that bound what earlier ones can give back: moment and level before, both rising. Somebody who took what was
   * never needed gives back no more than what a bucket that never gave it would have more now: what has drained away in
   * the meantime, down to the empty end, is gone.
   */
  readonly bounds: number[] = [];

  constructor(at: number, most: number, perUnit: number) {
    this.level = 0;
    this.at = at;
    this.most = most;
    this.perUnit = perUnit;
  }
}

/** Rounding of so many divisions must not cost anybody a microsecond. */
const CRUMB = 1e-9;

/** What is in it at a moment. */
export function levelAt(drain: Drain, at: number): number {
  const level = drain.level - (at - drain.at) / drain.perUnit;
  return level > CRUMB ? level : 0;
}

const MOST_BOUNDS = 32;

/** Something is taken at a level: whoever took before cannot give back more than that. */
function bound(bounds: number[], at: number, level: number): void {
  let size = bounds.length;
  while (size > 0 && bounds[size - 1]! >= level) size -= 2;
  bounds.length = size;
  bounds.push(at, level);
  if (bounds.length <= 2 * MOST_BOUNDS) return;
  // Too many: the two oldest become one, the later with the lower level, which is the stricter.
  bounds[0] = bounds[2]!;
  bounds.splice(2, 2);
}

/** How much of `wanted` somebody who took at `takenAt` gives back; those after took from that much less. */
function giveBack(bounds: number[], takenAt: number, wanted: number): number {
  let first = 0;
  while (first < bounds.length && bounds[first]! <= takenAt) first += 2;
  if (first >= bounds.length) return wanted;
  const back = Math.min(wanted, bounds[first + 1]!);
  for (let index = first; index < bounds.length; index += 2) bounds[index + 1] = bounds[index + 1]! - back;
  // Levels rise still, but for those before.
  let kept = first;
  while (kept > 0 && bounds[kept - 1]! >= bounds[first + 1]!) kept -= 2;
  if (kept < first) bounds.splice(kept, first - kept);
  return back;
}

/**
 * @param most what it holds: the burst.
 * @param perUnit microseconds that one unit takes to drain.
 * @param apart what was used before must have drained, however little the next one costs.
 */
export function createDrainMeter(most: number, perUnit: number, clock: SteadyClock, apart = false): Meter<Drain> {
  return {
    most,
    holds: false,
    fresh: (at) => new Drain(at, most, perUnit),
    readyAt(drain, cost, ahead, at) {
      const over = levelAt(drain, at) + ahead + (apart ? 0 : cost - drain.most);
      // However often it was asked before: the same moment, to the microsecond.
      return over <= CRUMB * drain.most ? at : at + Math.max(1, Math.ceil(over * drain.perUnit * (1 - CRUMB)));
    },
    take(drain, cost, at) {
      const before = levelAt(drain, at);
      bound(drain.bounds, at, before);
      drain.level = before + cost;
      drain.at = at;
    },
    amend(drain, by, takenAt, at) {
      const level = levelAt(drain, at);
      drain.at = at;
      if (by >= 0) {
        drain.level = level + by;
        return;
      }
      drain.level = level - giveBack(drain.bounds, takenAt, Math.min(-by, level));
    },
    limit: (drain) => drain.most,
    used: (drain, at) => levelAt(drain, at),
    resetAt: (drain, at) => at + Math.ceil(levelAt(drain, at) * drain.perUnit),
    idle: (drain, at) => levelAt(drain, at) === 0,
    save(drain, at) {
      const level = levelAt(drain, at);
      return level === 0 ? null : [level, clock.wall(at)];
    },
    load([level, at], now) {
      if (level === undefined || at === undefined || level < 0) return null;
      const drain = new Drain(Math.min(now, at), most, perUnit);
      drain.level = level;
      return drain;
    },
  };
}
