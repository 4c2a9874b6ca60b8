import type { DecisionNumbers, Policy } from '../../model/policy.ts';
import { fieldReader } from '../counter-key.ts';
import type { CallFacts } from '../facts.ts';
import type { Gauge, Opinion, Rule, RuleSurroundings } from '../kind.ts';
import { createCallCost } from './cost.ts';
import { createCounters, keyText } from './counters.ts';
import { explainLimit } from './explain.ts';
import type { Waiter } from './fair-queue.ts';
import { createInFlight } from './in-flight.ts';
import { meterOf } from './meter-of.ts';
import { turnOf, weightsOf } from './turn.ts';
import { readSavedCounts } from './saved-counts.ts';
import type { SavedCounts } from './saved-counts.ts';
import type { LimitSettings } from './settings.ts';
import { createStanding } from './standing.ts';
import { createSteadyClock } from './steady-clock.ts';
import { createWaitingRoom } from './waiting-room.ts';
import type { Door } from './waiting-room.ts';

/** One key's counter, and the queue before it. */
interface Counter extends Door<Waiter> {
  values: readonly (string | null)[];
  key: string;
  count: unknown;
  /** Calls of it that are under way, or not known yet. */
  open: number;
}

export const UNITS: Readonly<Record<LimitSettings['cost'], DecisionNumbers['unit']>> = {
  calls: 'calls',
  tokens: 'tokens',
  bytes: 'bytes',
  units: 'units',
  money: 'nano-dollars',
};
const THROTTLES: ReadonlySet<number> = new Set([429, 503, 529]);

/** A limit of ours: every algorithm but vendor pacing. */
export function createCountedRule(policy: Policy, settings: LimitSettings, around: RuleSurroundings): Rule {
  const { per, cost: costKind, action, maxWait } = settings;
  const clock = createSteadyClock();
  const { family, meter } = meterOf(settings, clock);
  const costs = createCallCost(settings, meter.most);
  const waits = action === 'wait';
  const standing = createStanding(meter.holds ? 'concurrent' : UNITS[costKind]);
  const turn = turnOf(settings);
  const flowOf = fieldReader(settings.fairBy);

  const counters = createCounters<Counter>(
    per,
    (values, at) => ({
      values,
      key: keyText(per, values),
      count: meter.fresh(at),
      open: 0,
      queue: null,
      dueAt: Infinity,
      place: -1,
    }),
    (counter, at) => counter.open === 0 && counter.queue === null && meter.idle(counter.count, at),
  );
  const flying = createInFlight<Counter>((held) => {
    held.counter.open -= 1;
    if (meter.holds) meter.amend(held.counter.count, -held.cost, held.at, held.at);
  });
  /** What is known when a call leaves is all that counts. */
  const isSettled =
    around.allLeave === true && !meter.holds && !meter.learn && costs.later === null && costs.atEnd === null;
  const hold = (call: number, counter: Counter, cost: number, at: number): void => {
    meter.take(counter.count, cost, at);
    if (isSettled) return;
    counter.open += 1;
    flying.add(call, counter, cost, at);
  };
  const room = createWaitingRoom<Waiter, Counter>({
    maxWait,
    ageing: settings.ageing,
    weightOf: weightsOf(settings),
    readyAt: (counter, waiter, at) => meter.readyAt(counter.count, waiter.cost, 0, at),
    take: (counter, waiter, at) => hold(waiter.call, counter, waiter.cost, at),
  });

  // A call that is looked at is taken next, most times.
  let lastCall = NaN;
  let lastCounter: Counter | null = null;
  let lastCost = 0.5;
  const recall = (facts: CallFacts, at: number): Counter => {
    if (lastCounter === null || facts.call !== lastCall) {
      lastCall = facts.call;
      lastCounter = counters.get(facts, at);
      lastCost = costs.before(facts);
    }
    return lastCounter;
  };

  const usedOf = (counter: Counter, at: number): number => Math.max(0, Math.ceil(meter.used(counter.count, at) - 1e-6));
  const settle = (call: number, actual: number | null, at: number): void => {
    const held = flying.get(call);
    if (!held) return;
    const { counter } = held;
    if (actual !== null) {
      costs.learn(actual);
      if (actual !== held.cost) meter.amend(counter.count, actual - held.cost, held.at, at);
    }
    counter.open -= 1;
    flying.remove(call);
    room.stir(counter, at);
  };

  const look = (facts: CallFacts, now: number): Opinion => {
    const at = clock.read(now);
    lastCall = facts.call;
    const counter = (lastCounter = counters.get(facts, at));
    const cost = (lastCost = costs.before(facts));
    const { count, key, queue } = counter;
    const ready = meter.readyAt(count, cost, 0, at);
    const limit = meter.limit(count);
    const used = usedOf(counter, at);
    if (queue === null && ready <= at)
      return standing.allow(key, limit, used + cost, clock.wall(resetOf(counter, cost, at)));
    const resetAt = clock.wall(meter.resetAt(count, at));
    if (cost > limit && !meter.holds) return standing.deny('too-much', key, limit, used, resetAt, Infinity);
    if (!waits) return standing.deny('over-limit', key, limit, used, resetAt, clock.wall(ready));
    const priority = turn.priorityOf(facts);
    const ahead = queue === null ? 0 : queue.ahead(priority, flowOf(facts), at);
    const expected = meter.readyAt(count, cost, ahead, at);
    const retryAt = clock.wall(expected);
    if (queue !== null && queue.sizeUpTo(priority) >= settings.queue)
      return standing.deny('queue-full', key, limit, used, resetAt, retryAt);
    if (expected !== Infinity && expected - at > maxWait)
      return standing.deny('wait-too-long', key, limit, used, resetAt, retryAt);
    const waitUs =
      expected === Infinity
        ? (meter.heldFor?.(count) ?? NaN) * Math.ceil((used + ahead + cost - limit) / Math.max(1, limit))
        : expected - at;
    return standing.wait('over-limit', key, limit, used, resetAt, retryAt, Math.min(waitUs, maxWait));
  };
  /** When all would be there again, with this call. */
  const resetOf = (counter: Counter, cost: number, at: number): number =>
    family === 'drain'
      ? meter.resetAt(counter.count, at) + Math.ceil((cost * (settings.window ?? 0)) / (settings.limit ?? 1))
      : family === 'log'
        ? at + (settings.window ?? 0)
        : meter.resetAt(counter.count, at);

  const gaugeOf = (counter: Counter, at: number): Gauge => {
    const limit = meter.limit(counter.count);
    const used = usedOf(counter, at);
    const resetAt = clock.wall(meter.resetAt(counter.count, at));
    const ready = clock.wall(meter.readyAt(counter.count, 1, counter.queue?.cost ?? 0, at));
    return {
      key: counter.key,
      unit: meter.holds ? 'concurrent' : UNITS[costKind],
      limit,
      used,
      remaining: Math.max(0, limit - used),
      resetAt: Number.isFinite(resetAt) ? resetAt : null,
      waitUs: null,
      retryAt: Number.isFinite(ready) ? ready : null,
      reserved: null,
      waiting: counter.queue?.size ?? 0,
      running: counter.open,
    };
  };
  const same = { family, per: [...per], cost: `${costKind} ${settings.unit ?? ''}`.trim() };

  const rule: Rule = {
    needs: {
      body: per.includes('model') || costKind === 'tokens' || costKind === 'money',
      price: costKind === 'money',
    },
    look,
    explain: (facts, opinion) => explainLimit(policy, settings, around.zone, facts, opinion),
    take(facts, now) {
      if (flying.has(facts.call) || (waits && room.has(facts.call))) return;
      const at = clock.read(now);
      const counter = recall(facts, at);
      hold(facts.call, counter, lastCost, at);
      lastCounter = null;
      if (counter.queue !== null) room.stir(counter, at);
    },
    enqueue(facts, now) {
      if (flying.has(facts.call) || room.has(facts.call)) return;
      const at = clock.read(now);
      const counter = recall(facts, at);
      const priority = turn.priorityOf(facts);
      const flow = flowOf(facts);
      room.enter(counter, { call: facts.call, cost: lastCost, at, priority, flow }, at);
      lastCounter = null;
    },
    dequeue(call, now) {
      room.leave(call, clock.late(now));
    },
    get due() {
      return room.dueAt === Infinity ? null : Math.ceil(clock.wall(room.dueAt));
    },
    advance(now, let_, refuse) {
      const at = clock.read(now);
      room.advance(
        at,
        (_, waiter) => let_(waiter.call),
        (counter, waiter) => {
          const limit = meter.limit(counter.count);
          const resetAt = clock.wall(meter.resetAt(counter.count, at));
          const retryAt = clock.wall(meter.readyAt(counter.count, waiter.cost, counter.queue?.cost ?? 0, at));
          const { numbers } = standing.deny(
            'waited-too-long',
            counter.key,
            limit,
            usedOf(counter, at),
            resetAt,
            retryAt,
          );
          refuse(waiter.call, {
            verdict: 'deny',
            because: 'waited-too-long',
            numbers: numbers === null ? null : { ...numbers, waitUs: at - waiter.at },
          });
        },
      );
    },
    ended(facts, outcome, now) {
      const { call } = facts;
      const at = clock.late(now);
      const held = flying.get(call);
      if (!held) {
        room.leave(call, at);
        return;
      }
      const { counter } = held;
      if (!outcome.left || meter.holds) {
        meter.amend(counter.count, -held.cost, held.at, at);
      }
      if (outcome.left && meter.learn) {
        meter.learn(
          counter.count,
          {
            failed: outcome.failed || (outcome.status ?? 0) >= 500,
            latencyUs: outcome.timeToFirstByteUs ?? outcome.durationUs,
            durationUs: outcome.durationUs,
            throttled: THROTTLES.has(outcome.status ?? 0),
          },
          at,
        );
      }
      if (outcome.left && costs.later) return;
      settle(call, outcome.left && costs.atEnd ? costs.atEnd(outcome) : null, at);
    },
    ...(costs.later === null
      ? {}
      : {
          metered(facts, metered, now) {
            settle(facts.call, costs.later?.(metered) ?? null, clock.late(now));
          },
        }),
    gauges(now, most) {
      const at = clock.late(now);
      const all: Gauge[] = [];
      for (const counter of counters.all()) all.push(gaugeOf(counter, at));
      const share = ({ used, limit }: Gauge): number => (used ?? 0) / (limit ?? Infinity);
      return all.toSorted((one, other) => share(other) - share(one) || other.waiting - one.waiting).slice(0, most);
    },
    save(now) {
      const at = clock.late(now);
      const keys: SavedCounts['keys'] = [];
      for (const { values, count } of counters.all()) {
        const numbers = meter.save(count, at);
        if (numbers !== null) keys.push([[...values], numbers]);
      }
      const mean = Number.isNaN(costs.mean) ? null : costs.mean;
      if (keys.length === 0 && mean === null) return undefined;
      return { ...same, at: clock.wall(at), mean, keys } satisfies SavedCounts;
    },
    restore(saved, now) {
      const read = readSavedCounts(saved, same);
      if (read === null) return;
      // As if the clock had gone on since then: what was saved may even lie ahead of it.
      const then = clock.read(read.at);
      if (read.mean !== null) costs.mean = read.mean;
      for (const [values, numbers] of read.keys) {
        const count = meter.load(numbers, then);
        if (count === null) continue;
        const key = keyText(per, values);
        counters.put(values, { values, key, count, open: 0, queue: null, dueAt: Infinity, place: -1 });
      }
      clock.read(now);
    },
  };
  if (isSettled) delete rule.ended;
  return rule;
}
