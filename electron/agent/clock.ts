/**
 * The clock and the timers as they were when the agent was loaded: a program's tests may put fakes in their place,
 * and ours must go on ticking, and must not show up among theirs.
 */
const sinceStart = performance.now.bind(performance);
const origin = performance.timeOrigin * 1000;
const { setTimeout: startTimer, clearTimeout: stopTimer, setImmediate: startImmediate } = globalThis;

/** Microseconds since the Unix epoch, whole, never going back. */
export function now(): number {
  return Math.round(origin + sinceStart() * 1000);
}

/** When this process began, in the same unit; in a worker thread too. */
export function processStart(): number {
  return Math.round(now() - process.uptime() * 1_000_000);
}

/** Runs `work` later, and never keeps the process for it. */
export function later(work: () => void, milliseconds: number): void {
  startTimer(work, milliseconds).unref();
}

/** Runs `work` once what is happening now is over. */
export function soon(work: () => void): void {
  startImmediate(work).unref();
}

/** The one timer that keeps the process: the program itself waits for what it ends. */
export function deadline(work: () => void, milliseconds: number): { clear(): void } {
  const timer = startTimer(work, milliseconds);
  return { clear: () => stopTimer(timer) };
}
