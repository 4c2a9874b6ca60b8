import type { LimitReading } from '../../../shared/model/limit-signal.ts';
import type { CallMetered } from '../../../shared/model/policy.ts';

export type MeteredListener = (call: number, metered: CallMetered, limits: LimitReading | null) => void;

/** One call that somebody waits for, as the worker tells of it. */
export interface MeteredCallReport {
  call: number;
  metered: CallMetered;
  limits: LimitReading | null;
}

/** Nothing was to be found out of it. */
export const UNKNOWN_USE: CallMetered = Object.freeze({
  inputTokens: null,
  outputTokens: null,
  units: Object.freeze({}),
  nanoUsd: null,
  model: null,
  cut: false,
});

/** Calls that somebody waits for, on the capturing thread: each is answered once, if need be with unknowns. */
export interface AwaitedCalls {
  /** True when the worker is to be told. */
  add(call: number): void;
  /** Those the worker was not told of; it is told now. */
  takeAnnounced(): number[] | null;
  readonly waits: boolean;
  has(call: number): boolean;
  take(reports: readonly MeteredCallReport[]): void;
  /** Nobody will find it out. Answered soon, not at once: whoever loses it is in the middle of something. */
  lose(call: number): void;
  loseAll(): void;
  listen(listener: MeteredListener): () => void;
}

/** More are not waited for: the oldest are answered with unknowns. */
export const MOST_AWAITED = 200_000;

export function createAwaitedCalls(log: (line: string) => void): AwaitedCalls {
  const awaited = new Set<number>();
  const listeners = new Set<MeteredListener>();
  let announced: number[] = [];
  let lost: number[] = [];

  function answer(call: number, metered: CallMetered, limits: LimitReading | null): void {
    if (!awaited.delete(call)) return;
    for (const listener of listeners) {
      try {
        listener(call, metered, limits);
      } catch (error) {
        log(`What call ${call} used could not be counted: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }

  function answerLost(): void {
    const calls = lost;
    lost = [];
    for (const call of calls) answer(call, UNKNOWN_USE, null);
  }

  function lose(call: number): void {
    if (lost.push(call) === 1) queueMicrotask(answerLost);
  }

  return {
    add(call) {
      if (awaited.has(call)) return;
      awaited.add(call);
      announced.push(call);
      if (awaited.size <= MOST_AWAITED) return;
      const [oldest] = awaited;
      if (oldest !== undefined) lose(oldest);
    },
    takeAnnounced() {
      if (announced.length === 0) return null;
      const taken = announced;
      announced = [];
      return taken;
    },
    get waits() {
      return awaited.size > 0;
    },
    has: (call) => awaited.has(call),
    take(reports) {
      for (const { call, metered, limits } of reports) answer(call, metered, limits);
    },
    lose,
    loseAll() {
      announced = [];
      for (const call of awaited) lose(call);
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
