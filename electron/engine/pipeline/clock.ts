import { performance } from 'node:perf_hooks';

/** Monotonic microseconds since the process started (fractional part dropped). */
export function monotonicMicroseconds(): number {
  return Math.floor(performance.now() * 1000);
}

let anchor = Date.now() * 1000 - performance.now() * 1000;

/**
 * Wall clock in microseconds since the epoch. Counted from the monotonic clock, so two calls in
 * one millisecond keep their order; re-anchored when the wall clock jumps (suspend, NTP, a person).
 */
export function wallMicroseconds(): number {
  const monotonic = performance.now() * 1000;
  const wall = Date.now() * 1000;
  const reckoned = anchor + monotonic;
  // Date.now() truncates to a millisecond: more than 2 ms apart is a jump or drift.
  if (wall - reckoned > 2000 || reckoned - wall > 2000) {
    anchor = wall - monotonic;
    return Math.floor(anchor + monotonic);
  }
  return Math.floor(reckoned);
}
