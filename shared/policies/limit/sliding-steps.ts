import type { Meter } from './meter.ts';
import type { SteadyClock } from './steady-clock.ts';

/** How finely a window is told: what was used leaves it up to a sixtieth of its length late, never early. */
export const STEPS = 60;

/** What was used in each sixtieth of the window that it is now; one more, because the oldest counts until all of it is out. */
export class StepCount {
  used = new Float64Array(STEPS + 1);
  /** Number of the newest step, from the epoch on. */
  step = 0.5;
  sum = 0.5;
  constructor(step: number) {
    this.step = step;
    this.sum = 0;
  }
}

/**
 * The sliding window for large limits and for costs other than calls: counted in steps of a sixtieth. Weighing two
 * windows against each other would take less memory, and let through more than the limit now and then; this never does.
 */
export function createSlidingSteps(limit: number, window: number, clock: SteadyClock): Meter<StepCount> {
  const length = window / STEPS;
  const forget = (count: StepCount, at: number): void => {
    const step = Math.floor(at / length);
    if (step <= count.step) return;
    if (step - count.step > STEPS || count.sum === 0) {
      count.used.fill(0);
      count.sum = 0;
    } else {
      for (let passed = count.step + 1; passed <= step; passed += 1) {
        const slot = passed % (STEPS + 1);
        count.sum -= count.used[slot]!;
        count.used[slot] = 0;
      }
    }
    count.step = step;
  };
  const add = (count: StepCount, step: number, by: number): void => {
    const slot = step % (STEPS + 1);
    const change = Math.max(by, -count.used[slot]!);
    count.used[slot] = count.used[slot]! + change;
    count.sum += change;
  };
  return {
    most: limit,
    holds: false,
    fresh: (at) => new StepCount(Math.floor(at / length)),
    readyAt(count, cost, ahead, at) {
      forget(count, at);
      let over = count.sum + ahead + cost - limit;
      if (over <= 0) return at;
      for (let step = count.step - STEPS; step <= count.step; step += 1) {
        over -= count.used[step % (STEPS + 1)]!;
        if (over <= 0) return Math.ceil((step + STEPS + 1) * length);
      }
      return Math.ceil((count.step + STEPS + 1) * length + Math.ceil(over / limit) * window);
    },
    take(count, cost, at) {
      forget(count, at);
      add(count, count.step, cost);
    },
    amend(count, by, takenAt, at) {
      forget(count, at);
      const step = Math.floor(takenAt / length);
      if (step >= count.step - STEPS && step <= count.step) add(count, step, by);
      else if (by > 0) add(count, count.step, by);
    },
    limit: () => limit,
    used(count, at) {
      forget(count, at);
      return count.sum;
    },
    resetAt(count, at) {
      forget(count, at);
      for (let step = count.step; step >= count.step - STEPS; step -= 1) {
        if (count.used[step % (STEPS + 1)]! > 0) return Math.ceil((step + STEPS + 1) * length);
      }
      return at;
    },
    idle(count, at) {
      forget(count, at);
      return count.sum === 0;
    },
    save(count, at) {
      forget(count, at);
      if (count.sum === 0) return null;
      const kept: number[] = [];
      for (let step = count.step - STEPS; step <= count.step; step += 1) {
        const used = count.used[step % (STEPS + 1)]!;
        if (used > 0) kept.push(clock.wall(step * length), used);
      }
      return kept;
    },
    load(numbers, at) {
      const count = new StepCount(Math.floor(at / length));
      for (let index = 0; index + 1 < numbers.length; index += 2) {
        // A moment that was rounded must not fall into the step before.
        const step = Math.min(Math.round(numbers[index]! / length), count.step);
        if (step >= count.step - STEPS && numbers[index + 1]! > 0) add(count, step, numbers[index + 1]!);
      }
      return count.sum === 0 ? null : count;
    },
  };
}
