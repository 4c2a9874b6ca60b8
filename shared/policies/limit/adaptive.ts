import { createConcurrency, Running } from './concurrency.ts';
import { createDrainMeter, Drain, levelAt } from './drain.ts';
import type { LearnedOutcome, Meter } from './meter.ts';
import type { SteadyClock } from './steady-clock.ts';

/** What is watched, and how far the limit may go. */
export interface AdaptiveSettings {
  /** What it begins with. */
  limit: number;
  /** Null: it is how many calls run at the same time that adapts; else how many in a window. */
  window: number | null;
  burst: number | null;
  min: number;
  max: number;
  /** Answers are slow when one in twenty takes longer to its first byte, microseconds; null: not watched. */
  latency: number | null;
  /** Share of calls that may fail; null: not watched. */
  errors: number | null;
}

/** How often it is looked at whether the limit is right. */
const LOOK_EVERY = 1_000_000;
/** So few answers say nothing of a share. */
const FEW = 10;
/** At the latest after so long, few or not. */
const LOOK_ANYWAY = 10_000_000;
const SLOW_SHARE = 0.05;
/** A limit that was not needed is not raised. */
const NEEDED_SHARE = 0.5;
/** Multiplicative decrease as of TCP CUBIC and the AWS SDKs (RFC 9438 §4.6). */
const DECREASE = 0.7;
/** Additive increase: from the least to the most in so many steps. */
const STEPS_UP = 50;

/** What is watched of one key. */
class Watch {
  since = 0.5;
  calls = 0;
  bad = 0;
  slow = 0;
  throttled = 0;
  peak = 0;
  now = 0.5;
  constructor(at: number, limit: number) {
    this.since = at;
    this.now = limit;
  }
}

export type Adapting = (Drain | Running) & { watch: Watch };

/**
 * Follows what the vendor bears: while calls fail or get slow the limit shrinks by a third at once, while all is well and
 * the limit is what holds calls back it grows step by step (additive increase, multiplicative decrease: Chiu and Jain
 * 1989, which alone settles and shares fairly). Between `min` and `max`, always.
 */
export function createAdaptive(settings: AdaptiveSettings, clock: SteadyClock): Meter<Adapting> {
  const { window, min, max, latency, errors } = settings;
  const begin = Math.min(max, Math.max(min, settings.limit));
  const rate = window === null ? null : window;
  const burstOf = (limit: number): number => settings.burst ?? Math.max(1, Math.ceil(limit / 10));
  const inner = (rate === null
    ? createConcurrency(begin)
    : createDrainMeter(burstOf(begin), rate / begin, clock)) as unknown as Meter<Adapting>;

  const set = (count: Adapting, limit: number, at: number): void => {
    count.watch.now = Math.min(max, Math.max(min, limit));
    if (count instanceof Drain) {
      count.level = levelAt(count, at);
      count.at = at;
      count.perUnit = rate! / count.watch.now;
      count.most = burstOf(count.watch.now);
    } else count.limit = count.watch.now;
  };
  const begun = (count: Drain | Running, at: number): Adapting => {
    const adapting = count as Adapting;
    adapting.watch = new Watch(at, begin);
    return adapting;
  };
  const judge = (count: Adapting, at: number): void => {
    const { watch } = count;
    const enough = watch.calls >= FEW || at - watch.since >= LOOK_ANYWAY;
    if (at - watch.since < LOOK_EVERY || !(enough || watch.throttled > 0)) return;
    const poor =
      watch.throttled > 0 ||
      (errors !== null && watch.bad > errors * watch.calls) ||
      (latency !== null && watch.slow > SLOW_SHARE * watch.calls);
    const span = (at - watch.since) / (rate ?? 1);
    const needed = count instanceof Drain ? watch.calls / span : watch.peak;
    if (poor) set(count, Math.floor(watch.now * DECREASE), at);
    else if (needed >= watch.now * NEEDED_SHARE) set(count, watch.now + Math.max(1, (max - min) / STEPS_UP), at);
    watch.since = at;
    watch.calls = watch.bad = watch.slow = watch.throttled = watch.peak = 0;
  };

  return {
    ...inner,
    fresh: (at) => begun(inner.fresh(at), at),
    take(count, cost, at) {
      inner.take(count, cost, at);
      if (count instanceof Running && count.running > count.watch.peak) count.watch.peak = count.running;
    },
    limit: (count) => Math.floor(count.watch.now),
    // What was learned is worth keeping for as long as it can be of use.
    idle: (count, at) => inner.idle(count, at) && at - count.watch.since > 60 * LOOK_ANYWAY,
    save(count, at) {
      return [count.watch.now, clock.wall(at), ...(inner.save(count, at) ?? [])];
    },
    load([limit, savedAt, ...rest], at) {
      if (limit === undefined || savedAt === undefined || !(limit > 0)) return null;
      const count = begun(inner.load(rest, at) ?? inner.fresh(at), at);
      set(count, limit, at);
      return count;
    },
    learn(count, outcome: LearnedOutcome, at) {
      inner.learn?.(count, outcome, at);
      const { watch } = count;
      watch.calls += 1;
      if (outcome.throttled) watch.throttled += 1;
      if (outcome.failed || outcome.throttled) watch.bad += 1;
      if (latency !== null && outcome.latencyUs > latency) watch.slow += 1;
      judge(count, at);
    },
  };
}
