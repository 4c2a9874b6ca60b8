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
  // What can be given back: no more than what a bucket that never got it would have more now. Something that drained
  // away in the meantime, or would have run over the empty end, is gone.
  /** When it was found empty last. */
  emptyAt = 0.5;
  /** Least that was in it when something was taken since then, and the same since `shallowAt`. */
  least = 0.5;
  /** When something was taken last while less was in it than the most that was ever taken at once. */
  shallowAt = 0.5;
  leastSinceShallow = 0.5;

  constructor(at: number, most: number, perUnit: number) {
    this.level = 0;
    this.at = at;
    this.most = most;
    this.perUnit = perUnit;
    this.emptyAt = at;
    this.least = Infinity;
    this.shallowAt = at;
    this.leastSinceShallow = Infinity;
  }
}

/** Rounding of so many divisions must not cost anybody a microsecond. */
const CRUMB = 1e-9;

/** What is in it at a moment. */
export function levelAt(drain: Drain, at: number): number {
  const level = drain.level - (at - drain.at) / drain.perUnit;
  return level > CRUMB ? level : 0;
}

/**
 * @param most what it holds: the burst.
 * @param perUnit microseconds that one unit takes to drain.
 * @param apart what was used before must have drained, however little the next one costs.
 */
export function createDrainMeter(most: number, perUnit: number, clock: SteadyClock, apart = false): Meter<Drain> {
  let largest = 0;
  return {
    most,
    holds: false,
    fresh: (at) => new Drain(at, most, perUnit),
    readyAt(drain, cost, ahead, at) {
      const over = levelAt(drain, at) + ahead + (apart ? 0 : cost - drain.most);
      return over <= CRUMB * drain.most ? at : at + Math.ceil(over * drain.perUnit);
    },
    take(drain, cost, at) {
      const before = levelAt(drain, at);
      if (cost > largest) largest = cost;
      if (before <= 0) {
        drain.emptyAt = at;
        drain.least = Infinity;
      } else if (before < drain.least) drain.least = before;
      if (before < largest) {
        drain.shallowAt = at;
        drain.leastSinceShallow = Infinity;
      } else if (before < drain.leastSinceShallow) drain.leastSinceShallow = before;
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
      drain.level = level;
      if (takenAt < drain.emptyAt) return;
      const floor = takenAt >= drain.shallowAt ? drain.leastSinceShallow : drain.least;
      const back = Math.min(-by, floor);
      if (back <= 0) return;
      drain.level = Math.max(0, level - back);
      drain.least -= back;
      drain.leastSinceShallow -= back;
    },
    limit: (drain) => drain.most,
    used: (drain, at) => levelAt(drain, at),
    resetAt: (drain, at) => at + Math.ceil(levelAt(drain, at) * drain.perUnit),
    since: () => -Infinity,
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
