import type { Meter } from './meter.ts';

/** Calls that run now. */
export class Running {
  running = 0;
  /** Of each key, for those that adapt. */
  limit = 0.5;
  /** Moving mean of how long they run; NaN until one ended. */
  meanUs = NaN;
  constructor(limit: number) {
    this.limit = limit;
  }
}

/** At most so many at the same time. Nothing of it outlives the process: no call does. */
export function createConcurrency(limit: number): Meter<Running> {
  return {
    most: limit,
    holds: true,
    fresh: () => new Running(limit),
    readyAt: (count, cost, ahead, at) => (count.running + ahead + cost <= Math.floor(count.limit) ? at : Infinity),
    take(count, cost) {
      count.running += cost;
    },
    amend(count, by) {
      count.running = Math.max(0, count.running + by);
    },
    limit: (count) => Math.floor(count.limit),
    used: (count) => count.running,
    resetAt: () => Infinity,
    idle: (count) => count.running === 0,
    save: () => null,
    load: () => null,
    learn(count, { durationUs }) {
      count.meanUs = Number.isNaN(count.meanUs) ? durationUs : count.meanUs * 0.9 + durationUs * 0.1;
    },
    heldFor: (count) => count.meanUs,
  };
}
