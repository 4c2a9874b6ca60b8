import type { Reading } from './history.ts';

/** How far long work is: so much of so much, never less than said before. */
export interface Progress {
  state: 'working';
  done: number;
  total: number;
}

/**
 * Adds up the reading and the work after it: the first takes `reading` of all of it, by experience. Told at most four
 * times a second.
 */
export function createProgress(now: () => number = () => performance.now()) {
  const TOTAL = 1000;
  let told = 0;
  let toldAt = -Infinity;

  function tell(share: number): Progress | undefined {
    const done = Math.max(told, Math.min(TOTAL, Math.floor(share * TOTAL)));
    if (now() - toldAt < 250) return undefined;
    toldAt = now();
    told = done;
    return { state: 'working', done, total: TOTAL };
  }

  return {
    *reading<T>(work: Generator<Reading, T>, share: number): Generator<Progress | undefined, T> {
      let step = work.next();
      while (!step.done) {
        yield tell((share * step.value.done) / Math.max(1, step.value.of));
        step = work.next();
      }
      return step.value;
    },
    /** `of`: how much the work is; from `begin` to `end` of the whole. */
    *working<T>(work: Generator<number, T>, of: number, begin: number, end = 1): Generator<Progress | undefined, T> {
      let step = work.next();
      while (!step.done) {
        yield tell(begin + ((end - begin) * step.value) / Math.max(1, of));
        step = work.next();
      }
      return step.value;
    },
  };
}
