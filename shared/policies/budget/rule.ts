import type { DecisionNumbers, Policy } from '../../model/policy.ts';
import { createCalendar } from '../calendar.ts';
import { counterKeyReader } from '../counter-key.ts';
import type { CallEstimate } from '../facts.ts';
import { createHolds, type Hold } from '../holds.ts';
import type { Gauge, Kind, Opinion, Rule, RuleSurroundings } from '../kind.ts';
import { restoreTallies, saveTallies } from '../saved-tallies.ts';
import { createTallies, FOR_EVER, type Tally } from '../tallies.ts';
import { describeBudget, explainBudget, sayThreshold, sayUsedUp } from './explain.ts';
import { budgetSettings, type BudgetSettings } from './settings.ts';

/** Money for calls: what a call could cost is reserved before it leaves, and settled by what it did cost. */
export const budgetKind: Kind<BudgetSettings> = {
  kind: 'budget',
  settings: budgetSettings,
  describe: describeBudget,
  create: createBudgetRule,
};

/** A refusal because of what others reserved may be over when the first of them is settled. */
const SOON_US = 2_000_000;

interface MoneyHold extends Hold {
  /** Price of what was read, and of one token written; null: not known, so the stream cannot be watched. */
  watch: { fixed: number; perToken: number } | null;
  /** The rest of the money was less than the call could cost. */
  rest: boolean;
}

function createBudgetRule(policy: Policy, settings: BudgetSettings, around: RuleSurroundings): Rule {
  const { limit, unknownPrice, cut } = settings;
  const zone = settings.zone ?? around.zone;
  const keyOf = counterKeyReader(settings.per);
  const thresholds = [...new Set([...settings.alerts, ...(settings.soft === undefined ? [] : [settings.soft])])].sort(
    (a, b) => a - b,
  );
  const softAt = settings.soft === undefined ? Infinity : settings.soft * limit;
  const calendar = settings.period === 'total' ? null : createCalendar(settings.period, zone, settings.startDay);
  const tallies = createTallies({ at: calendar === null ? () => FOR_EVER : calendar.at, turned: close });
  const holds = createHolds();

  const numbers: DecisionNumbers = {
    key: '',
    unit: 'nano-dollars',
    limit,
    used: 0,
    remaining: 0,
    resetAt: null,
    waitUs: null,
    retryAt: null,
  };
  const opinion: Opinion = { verdict: 'allow', because: 'fine', numbers };

  function say(verdict: Opinion['verdict'], because: string, key: string, used: number, end: number): Opinion {
    opinion.verdict = verdict;
    opinion.because = because;
    numbers.key = key;
    numbers.used = used;
    numbers.remaining = Math.max(0, limit - used);
    numbers.resetAt = Number.isFinite(end) ? end : null;
    numbers.retryAt = null;
    return opinion;
  }

  /** What may be reserved of the rest, where a call could cost more than that: null, unless it can be cut. */
  function restFor(estimate: CallEstimate | null, ceiling: number, room: number): number | null {
    const watch = cut && estimate?.streamed === true ? watchOf(estimate, ceiling) : null;
    return watch !== null && room >= watch.fixed + Math.max(1, watch.perToken) ? room : null;
  }

  /** Thresholds that were passed are told of once in each period; a hard stop passes all of them up to 100 %. */
  function tell(tally: Tally, now: number, why: 'spent' | 'stopped' | 'history' = 'spent'): void {
    if (around.onlyCounts === true) return;
    for (let next = thresholds[tally.told]; next !== undefined; next = thresholds[tally.told]) {
      const passed = tally.used >= next * limit;
      if (!passed && !(why === 'stopped' && next <= 1)) return;
      tally.told += 1;
      around.alerted({
        key: alertKey(tally.key, next),
        at: now,
        state: 'open',
        value: tally.used,
        sentence: passed
          ? sayThreshold(policy, settings, tally.key, next, tally.used, why === 'history')
          : sayUsedUp(policy, settings, tally.key, tally.used),
      });
    }
  }

  /** A new period has begun. */
  function close(before: Tally, now: number): void {
    for (const threshold of thresholds.slice(0, before.told))
      around.alerted({
        key: alertKey(before.key, threshold),
        at: now,
        state: 'closed',
        value: 0,
        sentence: `The budget ${policy.id}${before.key === '' ? '' : ` for ${before.key}`} began anew.`,
      });
  }

  return {
    needs: { body: true, price: true, progress: cut },

    look(facts, now) {
      holds.expire(now);
      const key = keyOf(facts);
      const tally = tallies.find(key, now);
      const end = tally?.end ?? tallies.bounds(now).end;
      const used = tally === null ? 0 : tally.used + tally.reserved;
      const ceiling = facts.estimate?.ceilingNanoUsd ?? null;
      const amount = ceiling ?? (typeof unknownPrice === 'number' ? unknownPrice : null);
      if (amount === null) {
        if (unknownPrice === 'deny') return say('deny', 'unknown-price', key, used, end);
        // Of a budget that is used up nobody knows what another call would make.
        if (used < limit) return say('allow', 'unpriced', key, used, end);
        const refused = say('deny', 'used-up', key, used, end);
        numbers.retryAt = numbers.resetAt;
        return refused;
      }
      const room = limit - used;
      if (amount <= room) {
        const because = used + amount > softAt ? 'soft' : ceiling === null ? 'assumed' : 'fine';
        return say('allow', because, key, used + amount, end);
      }
      if (restFor(facts.estimate, amount, room) !== null) return say('allow', 'rest', key, limit, end);
      const reserved = tally?.reserved ?? 0;
      const because =
        amount > limit
          ? 'too-dear'
          : room <= 0 && reserved === 0
            ? 'used-up'
            : amount <= room + reserved
              ? 'reserved'
              : 'over-budget';
      const refused = say('deny', because, key, used, end);
      if (because === 'reserved') numbers.retryAt = Math.min(now + SOON_US, end);
      else if (because !== 'too-dear') numbers.retryAt = numbers.resetAt;
      return refused;
    },

    explain(facts, said) {
      const ceiling = facts.estimate?.ceilingNanoUsd ?? null;
      const cost = ceiling ?? (typeof unknownPrice === 'number' ? unknownPrice : null);
      const rest = said.because === 'rest' ? (holds.get(facts.call)?.amount ?? null) : null;
      return explainBudget(policy, settings, zone, said, rest ?? cost);
    },

    take(facts, now) {
      const tally = tallies.at(keyOf(facts), now);
      const { estimate } = facts;
      const ceiling = estimate?.ceilingNanoUsd ?? null;
      const most = ceiling ?? (typeof unknownPrice === 'number' ? unknownPrice : 0);
      const room = limit - tally.used - tally.reserved;
      const rest = most > room ? restFor(estimate, most, room) : null;
      const hold: MoneyHold = {
        call: facts.call,
        tally,
        amount: rest ?? most,
        part: -1,
        at: now,
        until: null,
        watch: cut ? watchOf(estimate, most) : null,
        rest: rest !== null,
      };
      holds.add(hold);
    },

    judged(facts, refusedBy, _waitUs, now) {
      if (refusedBy?.id !== policy.id || (opinion.because !== 'used-up' && opinion.because !== 'over-budget')) return;
      const tally = tallies.find(keyOf(facts), now);
      if (tally !== null) tell(tally, now, 'stopped');
    },

    progress(facts, outputTokens) {
      const hold = holds.get(facts.call) as MoneyHold | undefined;
      if (hold === undefined || hold.watch === null) return false;
      const { tally, watch, amount } = hold;
      const soFar = watch.fixed + outputTokens * watch.perToken;
      const free = Math.max(0, limit - tally.used - tally.reserved);
      // Whoever goes on the rest is stopped one token before it, others when there is no more behind their reservation.
      return soFar + (hold.rest ? watch.perToken : 0) > amount + free;
    },

    ended({ call }, outcome, now) {
      const hold = holds.get(call);
      if (hold === undefined) return;
      if (!outcome.left) holds.giveBack(hold);
      else if (hold.until === null) holds.waits(hold, now);
    },

    metered({ call }, { nanoUsd }, now) {
      const hold = holds.get(call);
      if (hold === undefined) return;
      if (nanoUsd === null) hold.tally.unknown += 1;
      // Where nobody knows what it cost, what was reserved is the best that is known.
      holds.settle(hold, nanoUsd ?? hold.amount);
      tell(hold.tally, now);
    },

    gauges(now, most) {
      holds.expire(now);
      return tallies
        .current(now)
        .sort((a, b) => b.used + b.reserved - a.used - a.reserved)
        .slice(0, most)
        .map((tally): Gauge => {
          const used = tally.used + tally.reserved;
          return {
            key: tally.key,
            unit: 'nano-dollars',
            limit,
            used,
            remaining: Math.max(0, limit - used),
            resetAt: Number.isFinite(tally.end) ? tally.end : null,
            waitUs: null,
            retryAt: null,
            reserved: tally.reserved,
            waiting: 0,
            running: tally.holds,
          };
        });
    },

    save: () => saveTallies(tallies, holds),
    restore(saved, now) {
      restoreTallies(saved, tallies, holds, 0, now);
      // What the period had seen before may be past a mark; no call need come for that to be told.
      for (const tally of tallies.current(now)) tell(tally, now, 'history');
    },
  };
}

/** By what a stream is watched; null where it is none, or its price is not known. */
function watchOf(estimate: CallEstimate | null, most: number): { fixed: number; perToken: number } | null {
  if (estimate === null || estimate.streamed === false) return null;
  const { nanoUsdPerOutputToken: perToken, maxOutput } = estimate;
  if (perToken === null || perToken <= 0) return null;
  // What is not output: what was read, and fees.
  const fixed = maxOutput === null ? 0 : Math.max(0, most - maxOutput * perToken);
  return { fixed, perToken };
}

function alertKey(key: string, threshold: number): string {
  const at = `${Number((threshold * 100).toFixed(2))}%`;
  return key === '' ? at : `${key} ${at}`;
}
