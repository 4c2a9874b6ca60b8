import type { CallFacts } from '../../../../shared/policies/facts.ts';
import type { Rule } from '../../../../shared/policies/kind.ts';
import { readLimits } from '../../../../shared/vendors/limits/read-limits.ts';
import { headOf, linesOf } from '../../vendors/limits/head.ts';
import { factsOf, NOON, outcomeOf, pass, SECOND } from './calls.ts';

export interface Answer {
  status: number;
  headers?: Record<string, string>;
  body?: unknown;
}

/** A vendor that counts as its documentation says, on a clock of its own. */
export interface Vendor {
  /** A request comes to it, microseconds since the epoch. */
  answer(at: number, request: { path: string; method: string }): Answer;
  /** An answer has left it. */
  done?(): void;
}

export interface Caller {
  at: number;
  facts?: Parameters<typeof factsOf>[0];
}

export interface Seen {
  answered: number;
  throttled: number;
  refused: number;
  waits: number[];
  /** When each call got to the vendor. */
  arrivals: number[];
  throttledAt: number[];
  because: string[];
}

type Event = { at: number; order: number; run: () => void };

/**
 * Callers, the rule between, and the vendor, on one simulated clock. Requests take `up` to get there and answers `down` to
 * come back, each a little different, so that answers overtake each other.
 */
export function play(
  rule: Rule,
  vendor: Vendor,
  callers: Caller[],
  { up = 20_000, down = 60_000, until = 600 } = {},
): Seen {
  const seen: Seen = { answered: 0, throttled: 0, refused: 0, waits: [], arrivals: [], throttledAt: [], because: [] };
  const events: Event[] = [];
  let order = 0;
  let seed = 7;
  const jitter = (): number => (seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648;
  const at = (when: number, run: () => void): void => {
    events.push({ at: when, order: (order += 1), run });
  };
  const open = new Map<number, { facts: CallFacts; came: number }>();

  const leave = (facts: CallFacts, came: number, now: number): void => {
    seen.waits.push(now - came);
    at(now + Math.round(up * (0.5 + jitter())), () => arrive(facts, now));
  };
  let clock = NOON;
  const arrive = (facts: CallFacts, left: number): void => {
    seen.arrivals.push(clock);
    const answer = vendor.answer(clock, facts);
    const head = headOf({
      host: facts.host,
      path: facts.path,
      method: facts.method,
      status: answer.status,
      responseLines: linesOf({ Date: new Date(clock / 1000).toUTCString(), ...answer.headers }),
    });
    const body = answer.body === undefined ? null : JSON.stringify(answer.body);
    at(clock + Math.round(down * (0.5 + jitter())), () => {
      vendor.done?.();
      const reading = readLimits(head, body, clock);
      const isThrottle = reading?.throttle != null;
      if (isThrottle) {
        seen.throttled += 1;
        seen.throttledAt.push(clock);
      } else seen.answered += 1;
      if (reading) rule.heard?.(facts, reading, answer.status, clock);
      rule.ended?.(facts, outcomeOf({ status: answer.status, durationUs: clock - left }), clock);
    });
  };
  for (const caller of callers) {
    at(NOON + Math.round(caller.at * SECOND), () => {
      const facts = factsOf({ ...caller.facts, at: clock });
      const opinion = pass(rule, facts, clock);
      if (opinion.verdict === 'allow') leave(facts, clock, clock);
      else if (opinion.verdict === 'wait') open.set(facts.call, { facts, came: clock });
      else {
        seen.refused += 1;
        seen.because.push(opinion.because);
      }
    });
  }
  const last = NOON + until * SECOND;
  for (let round = 0; round < 500_000; round += 1) {
    let next = -1;
    for (let index = 0; index < events.length; index += 1) {
      const event = events[index]!;
      const best = events[next];
      if (!best || event.at < best.at || (event.at === best.at && event.order < best.order)) next = index;
    }
    const event = next < 0 ? null : events[next]!;
    const due = rule.due ?? null;
    const now = Math.max(clock, Math.min(event?.at ?? Infinity, due ?? Infinity));
    if (now === Infinity || now > last) break;
    clock = now;
    if (due !== null && due <= now) {
      rule.advance?.(
        now,
        (call) => {
          const { facts, came } = open.get(call)!;
          open.delete(call);
          leave(facts, came, now);
        },
        (call, opinion) => {
          open.delete(call);
          seen.refused += 1;
          seen.because.push(opinion.because);
        },
      );
      continue;
    }
    events.splice(next, 1);
    event!.run();
  }
  return seen;
}

/** So many callers at the same moment, again and again. */
export function bursts(size: number, every: number, times: number, facts?: Caller['facts']): Caller[] {
  return Array.from({ length: size * times }, (_, index) => ({
    at: Math.floor(index / size) * every,
    ...(facts === undefined ? {} : { facts: typeof facts === 'object' ? facts : {} }),
  }));
}

/** A bucket that fills steadily, as vendors keep it. */
export function bucketOf(
  size: number,
  perSecond: number,
): { take(at: number, cost?: number): boolean; level(at: number): number; fullIn(at: number): number } {
  let level = size;
  let since = NOON;
  const fill = (at: number): void => {
    level = Math.min(size, level + ((at - since) / SECOND) * perSecond);
    since = at;
  };
  return {
    take(at, cost = 1) {
      fill(at);
      if (level < cost) return false;
      level -= cost;
      return true;
    },
    level(at) {
      fill(at);
      return level;
    },
    fullIn(at) {
      fill(at);
      return (size - level) / perSecond;
    },
  };
}

/** A window that begins at full multiples of its length, shifted. */
export function windowOf(
  limit: number,
  seconds: number,
  shift = 0,
): { take(at: number): boolean; left(at: number): number; resetAt(at: number): number } {
  const length = seconds * SECOND;
  let start = -1;
  let used = 0;
  const roll = (at: number): void => {
    const now = Math.floor((at - shift * SECOND) / length);
    if (now === start) return;
    start = now;
    used = 0;
  };
  return {
    take(at) {
      roll(at);
      if (used >= limit) return false;
      used += 1;
      return true;
    },
    left(at) {
      roll(at);
      return limit - used;
    },
    resetAt(at) {
      roll(at);
      return (start + 1) * length + shift * SECOND;
    },
  };
}

/** So many in any span of that length. */
export function rollingOf(limit: number, seconds: number): { take(at: number): boolean; left(at: number): number } {
  let times: number[] = [];
  const roll = (at: number): void => {
    times = times.filter((time) => time > at - seconds * SECOND);
  };
  return {
    take(at) {
      roll(at);
      if (times.length >= limit) return false;
      times.push(at);
      return true;
    },
    left(at) {
      roll(at);
      return limit - times.length;
    },
  };
}
