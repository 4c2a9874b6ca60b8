import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { factsOf, meteredOf, MINUTE, NOON, outcomeOf, pass, ruleOf, runTo, SECOND } from './calls.ts';

// Rules against naive references: every call that ever left stands in a list, and what is allowed is found by looking
// through all of it. Steps are random: calls of two apps, ends (of calls that left and of calls that never did), callers
// that give up, time that passes, restarts.

interface Left {
  app: string;
  at: number;
  cost: number;
}
type Step =
  | { kind: 'call'; app: string; cost: number }
  | { kind: 'end'; which: number; left: boolean; actual: number }
  | { kind: 'giveUp'; which: number }
  | { kind: 'pass'; us: number }
  | { kind: 'restart' };

const LIMIT = 5;
const WINDOW = 10 * SECOND;
/** True when what left is never more than the algorithm says, of one app. */
type Holds = (left: readonly Left[], cost: number, at: number) => boolean;

const inSpan = (left: readonly Left[], from: number): number =>
  left.reduce((sum, one) => (one.at > from ? sum + one.cost : sum), 0);
const sliding: Holds = (left, cost, at) => inSpan(left, at - WINDOW) + cost <= LIMIT;
const fixed: Holds = (left, cost, at) => inSpan(left, Math.floor(at / WINDOW) * WINDOW - 1) + cost <= LIMIT;
/** In every span so far that ends now, no more than the burst and what came in that time. */
const bucket =
  (burst: number): Holds =>
  (left, cost, at) => {
    let sum = cost;
    if (sum > burst + 1e-6) return false;
    for (let index = left.length - 1; index >= 0; index -= 1) {
      sum += left[index]!.cost;
      if (sum > burst + ((at - left[index]!.at) * LIMIT) / WINDOW + 1e-6) return false;
    }
    return true;
  };

const steps = (costs: fc.Arbitrary<number>, restarts: boolean): fc.Arbitrary<Step[]> =>
  fc.array(
    fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({ kind: fc.constant('call' as const), app: fc.constantFrom('a', 'b'), cost: costs }),
      },
      {
        weight: 3,
        arbitrary: fc.record({
          kind: fc.constant('end' as const),
          which: fc.nat(20),
          left: fc.boolean(),
          actual: costs,
        }),
      },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('giveUp' as const), which: fc.nat(20) }) },
      {
        weight: 4,
        arbitrary: fc.record({
          kind: fc.constant('pass' as const),
          us: fc.oneof(fc.nat(3 * SECOND), fc.nat(25 * SECOND)),
        }),
      },
      ...(restarts ? [{ weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const) }) }] : []),
    ),
    { minLength: 5, maxLength: 80 },
  );

interface Bounds {
  settings: Record<string, unknown>;
  /** Never broken. */
  safe: Holds;
  /** Whenever this holds and nobody waits, a call is let through; null: not known of this algorithm. */
  sure: Holds | null;
}

const ALGORITHMS: Record<string, Bounds> = {
  'fixed-window': { settings: { algorithm: 'fixed-window', limit: LIMIT, window: '10s' }, safe: fixed, sure: fixed },
  'sliding-window': {
    settings: { algorithm: 'sliding-window', limit: LIMIT, window: '10s' },
    safe: sliding,
    sure: sliding,
  },
  'token-bucket': {
    settings: { algorithm: 'token-bucket', limit: LIMIT, window: '10s', burst: 3 },
    safe: bucket(3),
    sure: null,
  },
  'leaky-bucket': { settings: { algorithm: 'leaky-bucket', limit: LIMIT, window: '10s' }, safe: bucket(1), sure: null },
};

/** Plays steps against a rule, and says what left; throws where the rule breaks its word. */
function check({ settings, safe, sure }: Bounds, plan: readonly Step[], action: 'reject' | 'wait'): void {
  const make = () => ruleOf({ ...settings, per: ['app'], action, maxWait: '8s' });
  let rule = make();
  let now = NOON + 3_333_333;
  const gone: (Left & { call: number })[] = [];
  const running: { facts: ReturnType<typeof factsOf>; left: Left & { call: number } }[] = [];
  const waiting = new Map<number, { facts: ReturnType<typeof factsOf>; came: number }>();
  const depart = (facts: ReturnType<typeof factsOf>, at: number): void => {
    const app = facts.app!;
    const mine = gone.filter((one) => one.app === app);
    if (!safe(mine, 1, at)) throw new Error(`More than allowed left at ${at - NOON}`);
    const left = { app, at, cost: 1, call: facts.call };
    gone.push(left);
    running.push({ facts, left });
  };
  const advance = (until: number): void => {
    for (const { call, at, passed } of runTo(rule, until)) {
      const held = waiting.get(call);
      if (!held) throw new Error('Let go of a call that does not wait');
      waiting.delete(call);
      if (at - held.came > 8 * SECOND) throw new Error('Waited longer than the maximum');
      if (passed) depart(held.facts, at);
    }
    now = until;
  };
  for (const step of plan) {
    switch (step.kind) {
      case 'call': {
        const facts = factsOf({ app: step.app, at: now });
        const mine = gone.filter((one) => one.app === step.app);
        const queued = [...waiting.values()].some((one) => one.facts.app === step.app);
        const before = JSON.stringify(rule.save(now));
        const opinion = rule.look(facts, now);
        const { verdict } = opinion;
        const retryAt = opinion.numbers?.retryAt ?? null;
        if (JSON.stringify(rule.save(now)) !== before) throw new Error('A look changed something');
        if (verdict === 'allow') {
          rule.take(facts, now);
          depart(facts, now);
        } else {
          if (sure?.(mine, 1, now) && !queued) throw new Error('Refused though it fits');
          if (verdict === 'wait') {
            rule.enqueue?.(facts, now);
            waiting.set(facts.call, { facts, came: now });
          } else if (retryAt !== null && retryAt <= now) throw new Error('Told to come back in the past');
        }
        break;
      }
      case 'end': {
        const one = running.splice(step.which % Math.max(1, running.length), 1)[0];
        if (!one) break;
        rule.ended?.(one.facts, outcomeOf({ left: step.left }), now);
        if (!step.left) gone.splice(gone.indexOf(one.left), 1);
        advance(now);
        break;
      }
      case 'giveUp': {
        const held = [...waiting.keys()][step.which % Math.max(1, waiting.size)];
        if (held === undefined) break;
        waiting.delete(held);
        rule.dequeue?.(held, now);
        advance(now);
        break;
      }
      case 'pass':
        advance(now + step.us);
        break;
      case 'restart': {
        const saved = JSON.parse(JSON.stringify(rule.save(now) ?? null)) as unknown;
        rule = make();
        rule.restore(saved, now);
        waiting.clear();
        running.length = 0;
        break;
      }
    }
  }
  // Nobody is left waiting for ever.
  advance(now + 20 * SECOND);
  if (waiting.size > 0) throw new Error('Somebody waits still');
}

const bounded = { numRuns: 250, interruptAfterTimeLimit: 4000 };

describe.each(Object.entries(ALGORITHMS))('%s, whatever happens in whatever order', (_, bounds) => {
  it.each(['reject', 'wait'] as const)('%s: never more than allowed, nobody longer than the maximum', (action) => {
    fc.assert(
      fc.property(steps(fc.constant(1), true), (plan) => check(bounds, plan, action)),
      bounded,
    );
  });
});

describe('concurrency, whatever happens in whatever order', () => {
  it('never more at the same time, and room that is given back is used', () => {
    fc.assert(
      fc.property(steps(fc.constant(1), false), (plan) => {
        const rule = ruleOf({ algorithm: 'concurrency', limit: 2, per: ['app'], action: 'wait', maxWait: '8s' });
        let now = NOON;
        const running = new Map<number, ReturnType<typeof factsOf>>();
        const waiting = new Map<number, ReturnType<typeof factsOf>>();
        const of = (all: typeof running, app: string): number =>
          [...all.values()].filter((one) => one.app === app).length;
        const advance = (until: number): void => {
          for (const { call, passed } of runTo(rule, until)) {
            if (passed) running.set(call, waiting.get(call)!);
            waiting.delete(call);
          }
          now = until;
        };
        for (const step of plan) {
          if (step.kind === 'call') {
            const facts = factsOf({ app: step.app });
            const { verdict } = pass(rule, facts, now);
            if (verdict === 'allow') running.set(facts.call, facts);
            else if (verdict === 'wait') waiting.set(facts.call, facts);
          } else if (step.kind === 'end' && running.size > 0) {
            const call = [...running.keys()][step.which % running.size]!;
            rule.ended?.(running.get(call)!, outcomeOf({ left: step.left }), now);
            running.delete(call);
            advance(now);
          } else if (step.kind === 'giveUp' && waiting.size > 0) {
            const call = [...waiting.keys()][step.which % waiting.size]!;
            rule.dequeue?.(call, now);
            waiting.delete(call);
          } else if (step.kind === 'pass') advance(now + step.us);
          for (const app of ['a', 'b']) {
            expect(of(running, app)).toBeLessThanOrEqual(2);
            if (of(running, app) < 2) expect(of(waiting, app)).toBe(0);
          }
        }
      }),
      bounded,
    );
  });
});

describe('costs that are known later', () => {
  it.each(['fixed-window', 'sliding-window', 'token-bucket'])('%s: what is used counts, exactly', (algorithm) => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 400 }), fc.nat(SECOND)), {
          maxLength: 30,
        }),
        (plan) => {
          const rule = ruleOf({ algorithm, limit: 1000, window: '10m', cost: 'tokens' });
          let now = NOON;
          let used = 0;
          for (const [thought, actual, us] of plan) {
            const facts = factsOf({ estimate: { inputTokens: thought, maxOutput: 0 } });
            const { verdict } = pass(rule, facts, now);
            if (algorithm !== 'token-bucket') expect(verdict).toBe(used + thought <= 1000 ? 'allow' : 'deny');
            if (verdict === 'allow') {
              now += us;
              rule.ended?.(facts, outcomeOf(), now);
              rule.metered?.(facts, meteredOf({ inputTokens: actual, outputTokens: 0 }), now);
              used += actual;
            }
          }
          const gauge = rule.gauges(now, 1)[0];
          // A bucket drains while calls run: a token in six tenths of a second.
          if (algorithm === 'token-bucket') {
            expect(gauge?.used ?? 0).toBeLessThanOrEqual(used);
            expect(gauge?.used ?? 0).toBeGreaterThanOrEqual(used - Math.ceil((now - NOON) / 600_000) - 1);
          } else expect(gauge?.used ?? 0).toBe(used);
        },
      ),
      bounded,
    );
  });
});

describe('the queue', () => {
  const leaky = { algorithm: 'leaky-bucket', limit: 1, window: '1s', maxWait: '1000s', queue: 10_000 };

  it('gives turns by weight, however many each app asks for', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 20, max: 60 }), (weight, many) => {
        const rule = ruleOf({ ...leaky, weights: { heavy: weight } });
        const apps = new Map<number, string>();
        pass(rule, factsOf(), NOON);
        for (const app of [...Array<string>(many).fill('greedy'), ...Array<string>(60).fill('heavy')]) {
          const facts = factsOf({ app });
          apps.set(facts.call, app);
          expect(pass(rule, facts, NOON).verdict).toBe('wait');
        }
        let [heavy, greedy] = [0, 0];
        for (const { call } of runTo(rule, NOON + 18 * SECOND)) {
          if (apps.get(call) === 'heavy') heavy += 1;
          else greedy += 1;
          expect(Math.abs(heavy / weight - greedy)).toBeLessThanOrEqual(2);
        }
        expect(heavy + greedy).toBe(18);
      }),
      { numRuns: 50, interruptAfterTimeLimit: 3000 },
    );
  });

  it('lets critical calls go first, and nobody starve', () => {
    const rule = ruleOf({ ...leaky, priority: { critical: 0, batch: 2 }, ageing: '5s' });
    pass(rule, factsOf(), NOON);
    const batch = factsOf({ tags: { priority: 'batch' } });
    expect(pass(rule, batch, NOON).verdict).toBe('wait');
    let batchAt = Infinity;
    for (let second = 0; second < 30; second += 1) {
      const now = NOON + second * SECOND;
      for (const turn of runTo(rule, now)) if (turn.call === batch.call) batchAt = (turn.at - NOON) / SECOND;
      for (let each = 0; each < 2; each += 1) pass(rule, factsOf({ tags: { priority: 'critical' } }), now + each);
    }
    // Two critical calls come for each that can leave: without ageing it would wait for ever.
    expect(batchAt).toBeGreaterThan(5);
    expect(batchAt).toBeLessThan(25);
  });

  it('is no longer than it may be, and a place that is left is free', () => {
    const rule = ruleOf({ ...leaky, queue: 2 });
    const [, second, third, fourth] = Array.from({ length: 4 }, () => factsOf());
    pass(rule, factsOf(), NOON);
    expect([second, third, fourth].map((facts) => pass(rule, facts!, NOON).verdict)).toEqual(['wait', 'wait', 'deny']);
    rule.dequeue?.(second!.call, NOON);
    expect(pass(rule, factsOf(), NOON).verdict).toBe('wait');
    expect(runTo(rule, NOON + SECOND).map(({ call }) => call)).toEqual([third!.call]);
  });
});

describe('a clock that is set', () => {
  const each = Object.entries({
    ...ALGORITHMS,
    steps: { settings: { algorithm: 'sliding-window', limit: 2000, window: '10s' } },
  });

  it.each(each)('%s: back by a day gives nothing more, and locks nobody out', (_, { settings }) => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 * 86_400 }), fc.nat(9 * SECOND), (seconds, after) => {
        const rule = ruleOf({ ...settings, action: 'reject' });
        let taken = 0;
        while (pass(rule, factsOf(), NOON + after).verdict === 'allow') taken += 1;
        const back = NOON + after - seconds * SECOND;
        let more = 0;
        while (pass(rule, factsOf(), back).verdict === 'allow') more += 1;
        expect(more).toBe(0);
        // Two windows of real time later all is there again.
        let again = 0;
        while (pass(rule, factsOf(), back + 21 * SECOND).verdict === 'allow') again += 1;
        expect(again).toBe(taken);
      }),
      { numRuns: 25, interruptAfterTimeLimit: 3000 },
    );
  });

  it.each(each)('%s: moments a little out of order do not make time run faster', (_, { settings }) => {
    const rule = ruleOf({ ...settings, action: 'reject' });
    let taken = 0;
    for (let turn = 0; turn < 20_000; turn += 1) {
      if (pass(rule, factsOf(), NOON + 5 * SECOND + (turn % 2) * 3000).verdict === 'allow') taken += 1;
    }
    expect(taken).toBeLessThanOrEqual(Number(settings['limit']));
  });

  it('forwards, as after sleep: those who wait leave as far as they fit, and the others are told', () => {
    const rule = ruleOf({ algorithm: 'leaky-bucket', limit: 60, window: '1m' });
    for (let call = 0; call < 4; call += 1) pass(rule, factsOf(), NOON);
    const turns: boolean[] = [];
    rule.advance?.(
      NOON + 60 * MINUTE,
      () => turns.push(true),
      () => turns.push(false),
    );
    expect(turns).toEqual([true, false, false]);
  });
});
