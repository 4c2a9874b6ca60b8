import { describe, expect, it } from 'vitest';
import { createCounters } from '../../../../shared/policies/limit/counters.ts';
import { factsOf, NOON, outcomeOf, pass, ruleOf, SECOND } from './calls.ts';

/** As many calls as are let through in a second, at a rate of 200 asked for, each with that outcome. */
function second(rule: ReturnType<typeof ruleOf>, from: number, outcome: Parameters<typeof outcomeOf>[0]): number {
  let passed = 0;
  for (let call = 0; call < 200; call += 1) {
    const now = from + call * 5000;
    const facts = factsOf();
    if (pass(rule, facts, now).verdict !== 'allow') continue;
    passed += 1;
    rule.ended?.(facts, outcomeOf(outcome), now + 1000);
  }
  return passed;
}

describe('an adaptive limit', () => {
  const settings = { algorithm: 'adaptive', limit: 50, window: '1s', min: 5, max: 100, latency: '1s', errors: '5%' };
  const good = { timeToFirstByteUs: 100_000 };
  const play = (rule: ReturnType<typeof ruleOf>, from: number, seconds: number, outcome: object): number[] =>
    Array.from({ length: seconds }, (_, index) => second(rule, NOON + (from + index) * SECOND, outcome));

  it.each([
    ['fail', { status: 500, failed: false }],
    ['are refused', { status: 429 }],
    ['get slow', { timeToFirstByteUs: 3_000_000 }],
  ])('shrinks at once while calls %s, never below the least, and grows step by step when all is well', (_, bad) => {
    const rule = ruleOf(settings);
    const before = play(rule, 0, 3, good).at(-1)!;
    const during = play(rule, 3, 12, bad);
    expect(during[3]!).toBeLessThan(before * 0.6);
    expect(during.at(-1)!).toBeGreaterThanOrEqual(4);
    expect(during.at(-1)!).toBeLessThanOrEqual(8);
    const after = play(rule, 15, 120, good);
    expect(after[5]!).toBeLessThan(before);
    expect(after.at(-1)!).toBeGreaterThan(90);
    expect(Math.max(...after)).toBeLessThanOrEqual(111);
  });

  it('does not grow where nobody needs it', () => {
    const rule = ruleOf(settings);
    for (let call = 0; call < 300; call += 1) {
      const now = NOON + call * 200_000;
      const facts = factsOf();
      pass(rule, facts, now);
      rule.ended?.(facts, outcomeOf(good), now);
    }
    expect(rule.gauges(NOON + 60 * SECOND, 1)[0]?.limit).toBeLessThanOrEqual(50);
  });

  it('goes on after a restart with what it has learned', () => {
    const rule = ruleOf(settings);
    play(rule, 0, 12, { status: 500 });
    const next = ruleOf(settings);
    next.restore(JSON.parse(JSON.stringify(rule.save(NOON + 12 * SECOND))), NOON + 12 * SECOND);
    expect(second(next, NOON + 13 * SECOND, good)).toBeLessThan(10);
  });

  it('of calls at the same time, where it has no window', () => {
    const rule = ruleOf({ algorithm: 'adaptive', limit: 20, min: 2, max: 40, errors: '5%' });
    for (let round = 0; round < 30; round += 1) {
      const now = NOON + round * SECOND;
      const running = Array.from({ length: 40 }, () => factsOf()).filter(
        (facts) => pass(rule, facts, now).verdict === 'allow',
      );
      for (const facts of running) rule.ended?.(facts, outcomeOf({ status: 503 }), now + 500_000);
    }
    expect(rule.gauges(NOON + 31 * SECOND, 1)[0]).toMatchObject({ limit: 2, used: 0, unit: 'concurrent' });
  });
});

describe('counters of many keys', () => {
  it('are forgotten when they are as new, and share one when too many are in use', () => {
    const counters = createCounters<{ name: string | null; until: number }>(
      ['app'],
      ([name = null], at) => ({ name, until: at + 10 * SECOND }),
      ({ until }, at) => at >= until,
      1000,
    );
    for (let key = 0; key < 50_000; key += 1) {
      counters.get(factsOf({ app: `app-${key}` }), NOON + key * SECOND);
      expect(counters.size).toBeLessThanOrEqual(1000);
    }
    for (let key = 0; key < 2000; key += 1) counters.get(factsOf({ app: `busy-${key}` }), NOON + 60_000 * SECOND);
    expect(counters.size).toBeLessThanOrEqual(1000);
    const one = counters.get(factsOf({ app: 'late-1' }), NOON + 60_000 * SECOND);
    expect(one.name).toBe('(others)');
    expect(counters.get(factsOf({ app: 'late-2' }), NOON + 60_000 * SECOND)).toBe(one);
  });

  it('of several fields are kept apart, whatever stands in them', () => {
    const rule = ruleOf({
      algorithm: 'fixed-window',
      limit: 1,
      window: '1m',
      per: ['app', 'tag.tenant', 'header.x-team'],
    });
    const said = (app: string, tenant: string, team: string) =>
      pass(rule, factsOf({ app, tags: { tenant }, headers: { 'x-team': team } }), NOON);
    expect(said('a', 'b c', 'd').verdict).toBe('allow');
    expect(said('a b', 'c', 'd').verdict).toBe('allow');
    const again = said('a', 'b c', 'd');
    expect(again).toMatchObject({ verdict: 'deny', numbers: { key: 'app=a tag.tenant=b%20c header.x-team=d' } });
    expect(rule.explain(factsOf(), again)).toContain('for app a and tenant b c and x-team d;');
  });
});
