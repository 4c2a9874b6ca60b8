import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CallFacts } from '../../../shared/policies/facts.ts';
import { budgetKind } from '../../../shared/policies/budget/rule.ts';
import { call } from './policies-and-calls.ts';
import { DAY, HOUR, LEFT, metered, MINUTE, NEVER_LEFT, NOON, ruleOf, SECOND } from './rules-alone.ts';

const USD = 1_000_000_000;
const CENT = USD / 100;

/** A call that could cost so much; null: nobody knows. */
function costing(ceilingNanoUsd: number | null, more: Partial<CallFacts> = {}): CallFacts {
  return call({
    estimate: { inputTokens: 10, maxOutput: 100, ceilingNanoUsd, nanoUsdPerOutputToken: null, streamed: false },
    ...more,
  });
}

function budget(settings: Record<string, unknown> = {}) {
  const made = ruleOf(budgetKind, { limit: '1 USD', period: 'day', ...settings });
  const { rule } = made;
  return {
    ...made,
    /** Considers a call as the governor does; true when it may leave. */
    goes(facts: CallFacts, now = NOON): boolean {
      if (rule.look(facts, now).verdict !== 'allow') return false;
      rule.take(facts, now);
      return true;
    },
    /** It is over and has cost so much. */
    costs(facts: CallFacts, nanoUsd: number | null, now = NOON): void {
      rule.ended?.(facts, LEFT, now);
      rule.metered?.(facts, metered({ nanoUsd }), now);
    },
    gauge(now = NOON) {
      const [first] = rule.gauges(now, 1);
      return {
        spent: (first?.used ?? 0) - (first?.reserved ?? 0),
        reserved: first?.reserved ?? 0,
        running: first?.running,
      };
    },
  };
}

describe('a budget', () => {
  it('reserves what a call could cost, and settles by what it did', () => {
    const { goes, costs, gauge } = budget();
    const first = costing(60 * CENT);
    expect(goes(first)).toBe(true);
    expect(gauge()).toEqual({ spent: 0, reserved: 60 * CENT, running: 1 });
    expect(goes(costing(60 * CENT))).toBe(false);
    costs(first, 5 * CENT);
    expect(gauge()).toEqual({ spent: 5 * CENT, reserved: 0, running: 0 });
    expect(goes(costing(60 * CENT))).toBe(true);
  });

  it('is exact with a thousand parallel calls that fail, are cut, are retried or never leave', () => {
    const outcome = fc.record({
      ceiling: fc.integer({ min: 0, max: 3 * CENT }),
      /** Share of the ceiling that it costs in the end. */
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      ends: fc.constantFrom('whole', 'never left', 'unknown', 'metered first', 'forgotten'),
    });
    fc.assert(
      fc.property(
        fc.array(outcome, { minLength: 1000, maxLength: 1000 }),
        fc.array(fc.nat({ max: 1 << 20 }), { minLength: 1000, maxLength: 1000 }),
        (calls, order) => {
          const { rule, goes, gauge } = budget();
          let spent = 0;
          const open: { facts: CallFacts; cost: number; ceiling: number; ends: string }[] = [];
          let at = 0;
          for (const { ceiling, share, ends } of calls) {
            const facts = costing(ceiling);
            if (goes(facts)) open.push({ facts, cost: Math.round(ceiling * share), ceiling, ends });
            const { spent: has, reserved } = gauge();
            expect(has + reserved).toBeLessThanOrEqual(USD);
            expect(has).toBe(spent);
            expect(reserved).toBe(open.reduce((sum, one) => sum + one.ceiling, 0));
            // Some end meanwhile, in any order.
            if ((order[at] ?? 0) % 3 === 0 && open.length > 0)
              spent += end(open.splice((order[at] ?? 0) % open.length, 1)[0]!);
            at += 1;
          }
          while (open.length > 0) spent += end(open.pop()!);
          // What nobody told of counts as used when nobody will.
          expect(gauge(NOON + HOUR)).toEqual({ spent, reserved: 0, running: 0 });

          function end({ facts, cost, ceiling, ends }: (typeof open)[number]): number {
            if (ends === 'never left') {
              rule.ended?.(facts, NEVER_LEFT, NOON);
              return 0;
            }
            if (ends === 'metered first') rule.metered?.(facts, metered({ nanoUsd: cost }), NOON);
            rule.ended?.(facts, LEFT, NOON);
            if (ends === 'whole') rule.metered?.(facts, metered({ nanoUsd: cost }), NOON);
            if (ends === 'unknown') rule.metered?.(facts, metered(), NOON);
            if (ends === 'forgotten') {
              rule.gauges(NOON + HOUR, 1);
            }
            // Told twice is counted once.
            rule.metered?.(facts, metered({ nanoUsd: 77 * USD }), NOON);
            rule.ended?.(facts, LEFT, NOON);
            return ends === 'whole' || ends === 'metered first' ? cost : ceiling;
          }
        },
      ),
      { numRuns: 8, interruptAfterTimeLimit: 4000 },
    );
  });

  it('lets nothing go that does not fit beside what is reserved, and says so', () => {
    const { rule, goes } = budget();
    goes(costing(90 * CENT));
    const facts = costing(20 * CENT);
    const said = rule.look(facts, NOON);
    expect(said).toMatchObject({ verdict: 'deny', because: 'reserved', numbers: { remaining: 10 * CENT } });
    expect(said.numbers?.retryAt).toBeLessThan(NOON + MINUTE);
    expect(rule.explain(facts, said)).toBe(
      'The budget the-budget (platform@example.com) has $1.00 a day, and calls under way hold what is left of it; this call could cost $0.20. It fits when they turn out cheaper.',
    );
  });

  it('says when to come back, and that a call is dearer than all of it', () => {
    const { rule, goes, costs } = budget({ zone: 'Europe/Vienna' });
    const first = costing(99 * CENT);
    goes(first);
    costs(first, 99 * CENT);
    const facts = costing(2 * CENT);
    const said = rule.look(facts, NOON);
    const midnight = Date.UTC(2026, 10, 10, 23) * 1000;
    expect(said.numbers).toMatchObject({ retryAt: midnight, resetAt: midnight });
    expect(rule.explain(facts, said)).toContain('begins anew on 11 November 2026, 00:00 (Europe/Vienna)');
    const dear = rule.look(costing(2 * USD), NOON);
    expect(dear).toMatchObject({ verdict: 'deny', because: 'too-dear', numbers: { retryAt: null } });
  });

  it('counts unknown prices by the rule that was stated', () => {
    const unknown = costing(null);
    expect(budget({ unknownPrice: 'deny' }).rule.look(unknown, NOON)).toMatchObject({
      verdict: 'deny',
      because: 'unknown-price',
    });
    expect(budget({ unknownPrice: 'allow' }).rule.look(unknown, NOON)).toMatchObject({
      verdict: 'allow',
      because: 'unpriced',
    });
    const { goes, gauge, costs } = budget({ unknownPrice: '0.40 USD' });
    const first = costing(null);
    expect([goes(first), goes(costing(null)), goes(costing(null))]).toEqual([true, true, false]);
    costs(first, null);
    expect(gauge()).toEqual({ spent: 40 * CENT, reserved: 40 * CENT, running: 1 });
  });

  it('does not let calls of unknown price go when all of it is used up', () => {
    const { goes, costs } = budget();
    const first = costing(null);
    goes(first);
    costs(first, 100 * CENT);
    expect(goes(costing(null))).toBe(false);
  });

  it('settles what is metered after the end of a period in the period in which the call left', () => {
    const { goes, costs, gauge, rule } = budget();
    const late = costing(80 * CENT);
    goes(late, NOON);
    expect(goes(costing(80 * CENT), NOON + DAY)).toBe(true);
    costs(late, 70 * CENT, NOON + DAY + SECOND);
    expect(gauge(NOON + DAY)).toMatchObject({ spent: 0, reserved: 80 * CENT });
    expect(rule.gauges(NOON, 1)[0]).toMatchObject({ used: 70 * CENT, reserved: 0 });
  });

  it('gives nothing twice when the clock is put back', () => {
    const { goes, costs } = budget();
    for (const at of [NOON, NOON + DAY, NOON + 2 * DAY]) {
      const facts = costing(USD);
      expect(goes(facts, at)).toBe(true);
      costs(facts, USD, at);
    }
    for (const at of [NOON + DAY, NOON, NOON - 30 * DAY]) expect(goes(costing(1), at)).toBe(false);
  });

  it('goes on after a restart with what was spent and what is still to be settled', () => {
    const before = budget({ per: ['app'] });
    const settled = costing(30 * CENT);
    before.goes(settled);
    before.costs(settled, 20 * CENT);
    const running = costing(50 * CENT);
    before.goes(running);
    const after = budget({ per: ['app'] });
    after.rule.restore(JSON.parse(JSON.stringify(before.rule.save(NOON))), NOON + MINUTE);
    expect(after.gauge(NOON + MINUTE)).toEqual({ spent: 20 * CENT, reserved: 50 * CENT, running: 1 });
    // History tells what became of it.
    after.rule.metered?.(running, metered({ nanoUsd: 1 * CENT }), NOON + MINUTE);
    expect(after.gauge(NOON + MINUTE)).toEqual({ spent: 21 * CENT, reserved: 0, running: 0 });
    for (const nonsense of [null, 7, {}, { tallies: 'x', holds: [] }, { tallies: [[1]], holds: [] }])
      expect(() => budget().rule.restore(nonsense, NOON)).not.toThrow();
  });

  it('forgets what was saved of periods that are none any more', () => {
    const before = budget();
    const facts = costing(USD);
    before.goes(facts);
    before.costs(facts, USD);
    const after = budget({ period: 'week' });
    after.rule.restore(before.rule.save(NOON), NOON);
    expect(after.gauge()).toMatchObject({ spent: 0 });
  });

  it('tells of each threshold once in a period, and when a new one begins', () => {
    const { goes, costs, alerts } = budget({ alerts: ['50%', '80%', '100%'], per: ['app'] });
    const spend = (nanoUsd: number, at: number): void => {
      const facts = costing(nanoUsd);
      goes(facts, at);
      costs(facts, nanoUsd, at);
    };
    for (const cents of [40, 15, 5, 25]) spend(cents * CENT, NOON);
    expect(alerts.map(({ key, state }) => `${key} ${state}`)).toEqual(['app=billing 50% open', 'app=billing 80% open']);
    expect(alerts[1]?.sentence).toBe('80 % of the budget the-budget for app=billing is used: $0.85 of $1.00 a day.');
    spend(10 * CENT, NOON + DAY);
    expect(alerts.slice(2).map(({ key, state }) => `${key} ${state}`)).toEqual([
      'app=billing 50% closed',
      'app=billing 80% closed',
    ]);
  });

  it('opens the alert at 100 % when it refuses, though the last cent is not spent', () => {
    const { goes, costs, alerts, rule, policy } = budget({ alerts: ['100%'] });
    const first = costing(97 * CENT);
    goes(first);
    costs(first, 97 * CENT);
    const refused = costing(5 * CENT);
    expect(goes(refused)).toBe(false);
    rule.judged?.(refused, policy, 0, NOON);
    rule.judged?.(refused, policy, 0, NOON);
    expect(alerts).toHaveLength(1);
    expect(alerts[0]?.sentence).toContain('refuses calls: $0.97 of $1.00');
  });

  it('says above its soft stop that calls still go', () => {
    const { goes, costs, rule } = budget({ soft: '80%' });
    const first = costing(85 * CENT);
    goes(first);
    costs(first, 85 * CENT);
    const facts = costing(1 * CENT);
    const said = rule.look(facts, NOON);
    expect(said).toMatchObject({ verdict: 'allow', because: 'soft' });
    expect(rule.explain(facts, said)).toContain('more than 80 % of it is used');
  });
});

describe('a budget that cuts streams', () => {
  /** 10 cents for what is read, a cent for each token written, at most 200. */
  const stream = (): CallFacts =>
    call({
      estimate: {
        inputTokens: 10,
        maxOutput: 200,
        ceilingNanoUsd: 210 * CENT,
        nanoUsdPerOutputToken: CENT,
        streamed: true,
      },
    });

  it('lets a stream use what is left, ends it there, and settles what it cost', () => {
    const { rule, goes, costs, gauge } = budget({ cut: true });
    const facts = stream();
    expect(rule.look(facts, NOON)).toMatchObject({ verdict: 'allow', because: 'rest' });
    expect(goes(facts)).toBe(true);
    expect(gauge()).toMatchObject({ reserved: USD });
    expect(goes(costing(1))).toBe(false);
    expect(rule.progress?.(facts, 89, NOON)).toBe(false);
    expect(rule.progress?.(facts, 90, NOON)).toBe(true);
    // The vendor had written more when it was stopped.
    costs(facts, 103 * CENT);
    expect(gauge()).toMatchObject({ spent: 103 * CENT, reserved: 0 });
  });

  it('lets go on what was reserved in full, whatever else is spent', () => {
    const { rule, goes } = budget({ cut: true, limit: '3 USD' });
    const facts = stream();
    goes(facts);
    goes(costing(90 * CENT));
    expect(rule.progress?.(facts, 200, NOON)).toBe(false);
    expect(rule.progress?.(facts, 201, NOON)).toBe(true);
  });

  it('does not let a call use the rest that cannot be cut', () => {
    const { rule } = budget({ cut: true });
    const facts = stream();
    const whole = call({ estimate: { ...facts.estimate!, streamed: false } });
    expect(rule.look(whole, NOON)).toMatchObject({ verdict: 'deny', because: 'too-dear' });
  });
});
