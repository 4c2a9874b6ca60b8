import { monotonicMs } from './monotonic.ts';

/** How much of a core work may take: at once for a while, then a share of the time. */
export interface Allowance {
  /** Does the work and pays for it by this thread's own time. */
  spend<T>(work: () => T): T;
  /** Milliseconds until there is something to spend again; 0 when there is. */
  wait(): number;
}

/** @param burst milliseconds of work that may be done without a pause; `share`: of each further second */
export function createAllowance(burst: number, share: number): Allowance {
  let left = burst;
  let last = monotonicMs();
  return {
    spend(work) {
      const before = threadMs();
      try {
        return work();
      } finally {
        left -= threadMs() - before;
      }
    },
    wait() {
      const now = monotonicMs();
      left = Math.min(burst, left + (now - last) * share);
      last = now;
      return left > 0 ? 0 : Math.min(2000, -left / share + 20);
    },
  };
}

function threadMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
