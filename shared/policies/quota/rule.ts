import type { CallMetered, DecisionNumbers, Policy } from '../../model/policy.ts';
import { createCalendar } from '../calendar.ts';
import { counterKeyReader } from '../counter-key.ts';
import type { CallFacts } from '../facts.ts';
import { createHolds } from '../holds.ts';
import type { Gauge, Kind, Opinion, Rule, RuleSurroundings } from '../kind.ts';
import { restoreTallies, saveTallies } from '../saved-tallies.ts';
import { createTallies, type Tally } from '../tallies.ts';
import { describeQuota, explainQuota } from './explain.ts';
import { quotaSettings, type QuotaSettings } from './settings.ts';
import { asksBody, createKeptFree, createShares } from './shares.ts';

/** So much of something for each period of the calendar, shared out, with a part kept free for what matters most. */
export const quotaKind: Kind<QuotaSettings> = {
  kind: 'quota',
  settings: quotaSettings,
  describe: describeQuota,
  create: createQuotaRule,
};

function createQuotaRule(policy: Policy, settings: QuotaSettings, around: RuleSurroundings): Rule {
  const { limit, unit, unknown } = settings;
  const zone = settings.zone ?? around.zone;
  const keyOf = counterKeyReader(settings.per);
  const shares = createShares(settings, zone);
  const keptFree = createKeptFree(settings.classes, settings.by, zone);
  const calendar = createCalendar(settings.period, zone, settings.startDay);
  const tallies = createTallies({ at: calendar.at, parts: shares.count });
  const holds = createHolds(shares.move);
  const counted: DecisionNumbers['unit'] = unit === 'calls' || unit === 'tokens' || unit === 'bytes' ? unit : 'units';

  const numbers: DecisionNumbers = {
    key: '',
    unit: counted,
    limit,
    used: 0,
    remaining: 0,
    resetAt: null,
    waitUs: null,
    retryAt: null,
  };
  const opinion: Opinion = { verdict: 'allow', because: 'fine', numbers };
  /** The tier or classes of the last opinion, for its sentence. */
  let whose = '';

  /** What a call takes before it leaves; null: nobody knows. */
  function askedBy(facts: CallFacts): number | null {
    if (unit === 'calls') return 1;
    // What is answered is counted when it was; what is sent is sent.
    if (unit === 'bytes') return facts.requestBytes ?? assumed();
    if (unit === 'tokens' && facts.estimate?.inputTokens != null && facts.estimate.maxOutput !== null)
      return facts.estimate.inputTokens + facts.estimate.maxOutput;
    return assumed();
  }

  function assumed(): number | null {
    return typeof unknown === 'number' ? unknown : null;
  }

  function usedBy({ inputTokens, outputTokens, units }: CallMetered): number | null {
    if (unit === 'tokens')
      return inputTokens === null && outputTokens === null ? null : (inputTokens ?? 0) + (outputTokens ?? 0);
    if (Object.hasOwn(units, unit)) return units[unit] ?? null;
    // `sms_segment` counts those to all countries: `sms_segment/US`.
    let sum: number | null = null;
    for (const [name, quantity] of Object.entries(units)) if (name.startsWith(`${unit}/`)) sum = (sum ?? 0) + quantity;
    return sum;
  }

  function say(
    verdict: 'allow' | 'deny',
    because: string,
    key: string,
    most: number,
    used: number,
    end: number,
  ): Opinion {
    opinion.verdict = verdict;
    opinion.because = because;
    numbers.key = key;
    numbers.limit = most;
    numbers.used = used;
    numbers.remaining = Math.max(0, most - used);
    numbers.resetAt = end;
    numbers.retryAt = verdict === 'deny' && because !== 'unknown' ? end : null;
    return opinion;
  }

  function passedOf({ start, end }: Pick<Tally, 'start' | 'end'>, now: number): number {
    return Math.min(1, Math.max(0, (now - start) / (end - start)));
  }

  const nobody: Tally = {
    key: '',
    start: 0,
    end: 0,
    used: 0,
    reserved: 0,
    holds: 0,
    unknown: 0,
    told: 0,
    parts: [],
  };

  return {
    needs: { body: unit === 'tokens' || asksBody(settings, zone) },

    look(facts, now) {
      holds.expire(now);
      const key = keyOf(facts);
      const tally = tallies.find(key, now) ?? nobody;
      const { start, end } = tally === nobody ? tallies.bounds(now) : tally;
      const used = tally.used + tally.reserved;
      const known = askedBy(facts);
      if (known === null && unknown === 'deny') return say('deny', 'unknown', key, limit, used, end);
      const amount = known ?? 0;
      // What uses nobody knows how much still finds nothing where nothing is left.
      if (used + amount > limit || (known === null && used >= limit))
        return say('deny', 'over-limit', key, limit, used, end);
      const kept = keptFree.of(facts, now);
      const free = limit * (1 - kept.share);
      if (kept.share > 0 && (used + amount > free || (known === null && used >= free))) {
        whose = kept.for;
        return say('deny', 'kept-free', key, free, used, end);
      }
      if (shares.count > 0) {
        const part = shares.of(facts, now);
        const least = known === null ? limit * 1e-9 : amount;
        const short = shares.short(tally, part, least, limit, passedOf({ start, end }, now));
        if (short !== null) {
          whose = short.name;
          return say('deny', 'over-share', key, short.cap, short.used, end);
        }
      }
      return say('allow', known === null ? 'unmeasured' : 'fine', key, limit, used + amount, end);
    },

    explain: (_, said) => explainQuota(policy, settings, zone, said, whose),

    take(facts, now) {
      holds.add({
        call: facts.call,
        tally: tallies.at(keyOf(facts), now),
        amount: askedBy(facts) ?? 0,
        part: shares.count === 0 ? -1 : shares.of(facts, now),
        at: now,
        until: null,
      });
    },

    ended({ call }, outcome, now) {
      const hold = holds.get(call);
      if (hold === undefined) return;
      if (!outcome.left) holds.giveBack(hold);
      else if (unit === 'calls') holds.settle(hold, 1);
      else if (unit === 'bytes') holds.settle(hold, outcome.requestBytes + outcome.responseBytes);
      else if (hold.until === null) holds.waits(hold, now);
    },

    metered({ call }, metered) {
      const hold = holds.get(call);
      // Calls and bytes are known at the end.
      if (hold === undefined || unit === 'calls' || unit === 'bytes') return;
      const used = usedBy(metered);
      if (used === null) hold.tally.unknown += 1;
      holds.settle(hold, used ?? hold.amount);
    },

    gauges(now, most) {
      holds.expire(now);
      const rows = tallies.current(now).flatMap((tally): Gauge[] => {
        const row = (key: string, cap: number, used: number, reserved: number | null): Gauge => ({
          key,
          unit: counted,
          limit: cap,
          used,
          remaining: Math.max(0, cap - used),
          resetAt: tally.end,
          waitUs: null,
          retryAt: null,
          reserved,
          waiting: 0,
          running: tally.holds,
        });
        const whole = row(tally.key, limit, tally.used + tally.reserved, tally.reserved);
        const tiers = shares
          .list(tally, limit, passedOf(tally, now))
          .filter(({ used, cap }) => used > 0 || cap > 0)
          .map(({ name, cap, used }) => row(`${tally.key === '' ? '' : `${tally.key} `}tier=${name}`, cap, used, null));
        return [whole, ...tiers];
      });
      return rows.sort((a, b) => fill(b) - fill(a)).slice(0, most);
    },

    save: () => saveTallies(tallies, holds),
    restore: (saved, now) => restoreTallies(saved, tallies, holds, shares.count, now),
  };
}

function fill({ used, limit }: Gauge): number {
  return limit === null || limit === 0 ? 1 : (used ?? 0) / limit;
}
