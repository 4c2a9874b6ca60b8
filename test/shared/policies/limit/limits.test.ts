import { describe, expect, it } from 'vitest';
import { limitKind } from '../../../../shared/policies/limit/limit-kind.ts';
import { factsOf, meteredOf, MINUTE, NOON, outcomeOf, pass, ruleOf, runTo, SECOND } from './calls.ts';

const verdicts = (rule: ReturnType<typeof ruleOf>, moments: number[]): string[] =>
  moments.map((at) => pass(rule, factsOf(), NOON + at * SECOND).verdict);

describe('a limit of calls', () => {
  it('fixed-window: so many in each full minute, and says whose, how much and when', () => {
    const rule = ruleOf({ algorithm: 'fixed-window', limit: 3, window: '1m', per: ['app'], action: 'reject' });
    expect(verdicts(rule, [10, 20, 30])).toEqual(['allow', 'allow', 'allow']);
    const facts = factsOf({ at: NOON + 40 * SECOND });
    const opinion = rule.look(facts, NOON + 40 * SECOND);
    expect(opinion).toEqual({
      verdict: 'deny',
      because: 'over-limit',
      numbers: {
        key: 'app=billing',
        unit: 'calls',
        limit: 3,
        used: 3,
        remaining: 0,
        resetAt: NOON + MINUTE,
        retryAt: NOON + MINUTE,
        waitUs: null,
      },
    });
    expect(rule.explain(facts, opinion)).toBe(
      'Policy three-a-minute allows 3 calls a minute for app billing; 3 were made since 12:00:00. The next fits at 12:01:00.',
    );
    expect(pass(rule, factsOf({ app: 'other' }), NOON + 40 * SECOND).verdict).toBe('allow');
    expect(verdicts(rule, [60])).toEqual(['allow']);
  });

  it('token-bucket: a burst, then the steady rate', () => {
    const rule = ruleOf({ algorithm: 'token-bucket', limit: 60, window: '1m', burst: 2 });
    expect(verdicts(rule, [0, 0, 0, 0.5, 1, 1, 3, 3, 3])).toEqual([
      'allow',
      'allow',
      'deny',
      'deny',
      'allow',
      'deny',
      'allow',
      'allow',
      'deny',
    ]);
  });

  it('sliding-window: never more in any minute, wherever it begins', () => {
    const rule = ruleOf({ algorithm: 'sliding-window', limit: 2, window: '1m' });
    expect(verdicts(rule, [50, 59, 61, 109.9, 110, 118, 119])).toEqual([
      'allow',
      'allow',
      'deny',
      'deny',
      'allow',
      'deny',
      'allow',
    ]);
  });

  it('sliding-window of a large limit: late by a sixtieth at most, never early', () => {
    const rule = ruleOf({ algorithm: 'sliding-window', limit: 2000, window: '1m' });
    for (let call = 0; call < 2000; call += 1) expect(pass(rule, factsOf(), NOON).verdict).toBe('allow');
    const refused = rule.look(factsOf(), NOON);
    expect(refused.verdict).toBe('deny');
    expect(refused.numbers?.retryAt).toBe(NOON + 61 * SECOND);
    expect(rule.look(factsOf(), NOON + 60 * SECOND).verdict).toBe('deny');
    expect(rule.look(factsOf(), NOON + 61 * SECOND).verdict).toBe('allow');
  });

  it('leaky-bucket: calls leave one after the other, evenly', () => {
    const rule = ruleOf({ algorithm: 'leaky-bucket', limit: 60, window: '1m', maxWait: '3s' });
    const said = Array.from({ length: 6 }, () => pass(rule, factsOf(), NOON));
    expect(said.map(({ verdict }) => verdict)).toEqual(['allow', 'wait', 'wait', 'wait', 'deny', 'deny']);
    expect(said.map(({ numbers }) => numbers?.waitUs)).toEqual([null, SECOND, 2 * SECOND, 3 * SECOND, null, null]);
    expect(said[4]?.because).toBe('wait-too-long');
    expect(runTo(rule, NOON + MINUTE).map(({ at, passed }) => [at - NOON, passed])).toEqual([
      [SECOND, true],
      [2 * SECOND, true],
      [3 * SECOND, true],
    ]);
  });

  it('concurrency: the next goes when one ends', () => {
    const rule = ruleOf({ algorithm: 'concurrency', limit: 2, action: 'wait' });
    const [one, two, three, four] = [factsOf(), factsOf(), factsOf(), factsOf()];
    expect([one, two, three, four].map((facts) => pass(rule, facts, NOON).verdict)).toEqual([
      'allow',
      'allow',
      'wait',
      'wait',
    ]);
    expect(runTo(rule, NOON + SECOND)).toEqual([]);
    rule.ended?.(one, outcomeOf(), NOON + SECOND);
    // A second word on the same end gives nothing more back.
    rule.ended?.(one, outcomeOf(), NOON + SECOND);
    expect(runTo(rule, NOON + SECOND)).toEqual([{ call: three.call, at: NOON + SECOND, passed: true }]);
    expect(rule.gauges(NOON + SECOND, 5)).toMatchObject([{ used: 2, limit: 2, waiting: 1, unit: 'concurrent' }]);
  });
});

describe('what a call costs', () => {
  it('tokens: its most before it leaves, what it used afterwards', () => {
    const rule = ruleOf({ algorithm: 'fixed-window', limit: 1000, window: '1m', cost: 'tokens' });
    const facts = factsOf({ estimate: { inputTokens: 200, maxOutput: 700 } });
    expect(pass(rule, facts, NOON).numbers).toMatchObject({ used: 900, remaining: 100, unit: 'tokens' });
    expect(rule.look(factsOf({ estimate: { inputTokens: 200, maxOutput: 0 } }), NOON).verdict).toBe('deny');
    rule.ended?.(facts, outcomeOf(), NOON + SECOND);
    rule.metered?.(facts, meteredOf({ inputTokens: 200, outputTokens: 50 }), NOON + SECOND);
    expect(rule.gauges(NOON + SECOND, 1)).toMatchObject([{ used: 250, remaining: 750, running: 0 }]);
  });

  it('tokens that nobody said count as what calls have used so far, and never refuse by a guess alone', () => {
    const rule = ruleOf({ algorithm: 'token-bucket', limit: 1000, window: '1m', cost: 'tokens' });
    const first = factsOf();
    expect(pass(rule, first, NOON).numbers).toMatchObject({ used: 1 });
    rule.ended?.(first, outcomeOf(), NOON);
    rule.metered?.(first, meteredOf({ inputTokens: 300, outputTokens: 100 }), NOON);
    expect(pass(rule, factsOf(), NOON).numbers).toMatchObject({ used: 800 });
  });

  it('bytes: both ways, settled at the end', () => {
    const rule = ruleOf({ algorithm: 'fixed-window', limit: '10 kB', window: '1m', cost: 'bytes' });
    const facts = factsOf({ requestBytes: 1000 });
    expect(pass(rule, facts, NOON).numbers).toMatchObject({ used: 1000, limit: 10_000, unit: 'bytes' });
    rule.ended?.(facts, outcomeOf({ requestBytes: 1200, responseBytes: 5000 }), NOON);
    expect(rule.gauges(NOON, 1)).toMatchObject([{ used: 6200 }]);
  });

  it('units: of one kind', () => {
    const rule = ruleOf({ algorithm: 'fixed-window', limit: 10, window: '1h', cost: 'units', unit: 'sms_segment' });
    const facts = factsOf();
    pass(rule, facts, NOON);
    rule.ended?.(facts, outcomeOf(), NOON);
    rule.metered?.(facts, meteredOf({ units: { sms_segment: 4 } }), NOON);
    expect(rule.gauges(NOON, 1)).toMatchObject([{ used: 4, unit: 'units' }]);
  });

  it('money: reserved at its ceiling', () => {
    const rule = ruleOf({ algorithm: 'sliding-window', limit: '1 USD', window: '1h', cost: 'money' });
    const facts = factsOf({ estimate: { ceilingNanoUsd: 800_000_000 } });
    expect(pass(rule, facts, NOON).verdict).toBe('allow');
    expect(pass(rule, factsOf({ estimate: { ceilingNanoUsd: 300_000_000 } }), NOON).verdict).toBe('deny');
    rule.ended?.(facts, outcomeOf(), NOON);
    rule.metered?.(facts, meteredOf({ nanoUsd: 100_000_000 }), NOON);
    expect(pass(rule, factsOf({ estimate: { ceilingNanoUsd: 300_000_000 } }), NOON).verdict).toBe('allow');
  });

  it('a call that may use more than the limit at once is told so, and not to come back', () => {
    const rule = ruleOf({ algorithm: 'token-bucket', limit: 1000, window: '1m', cost: 'tokens' });
    const facts = factsOf({ estimate: { inputTokens: 10, maxOutput: 4096 } });
    const opinion = rule.look(facts, NOON);
    expect(opinion).toMatchObject({ verdict: 'deny', because: 'too-much', numbers: { retryAt: null } });
    expect(rule.explain(facts, opinion)).toContain('never fits');
  });

  it.each(['token-bucket', 'fixed-window', 'sliding-window', 'concurrency'])(
    '%s: what never left is given back',
    (algorithm) => {
      const rule = ruleOf({ algorithm, limit: 1, ...(algorithm === 'concurrency' ? {} : { window: '1m' }) });
      const facts = factsOf();
      expect(pass(rule, facts, NOON + 5).verdict).toBe('allow');
      expect(rule.look(factsOf(), NOON + 10).verdict).toBe('deny');
      rule.ended?.(facts, outcomeOf({ left: false, status: null }), NOON + 20);
      expect(rule.look(factsOf(), NOON + 30).verdict).toBe('allow');
    },
  );
});

describe('settings of a limit', () => {
  it.each([
    [{ algorithm: 'token-bucket', window: '1m' }, 'limit', 'how much'],
    [{ algorithm: 'token-bucket', limit: 3 }, 'window', 'in which time'],
    [{ algorithm: 'concurrency', limit: 3, window: '1m' }, 'window', 'concurrency has none'],
    [{ algorithm: 'fixed-window', limit: 0, window: '1m' }, 'limit', 'whole number of calls'],
    [{ algorithm: 'fixed-window', limit: 5, window: '1m', cost: 'money' }, 'limit', 'USD'],
    [{ algorithm: 'fixed-window', limit: 5, window: '1m', cost: 'units' }, 'unit', 'which'],
    [{ algorithm: 'adaptive', limit: 5 }, 'latency', 'latency'],
    [{ algorithm: 'vendor-pacing', reserve: '100%' }, 'reserve', 'less than 100%'],
    [{ algorithm: 'fixed-window', limit: 5, window: '1m', errors: '5%' }, 'errors', 'adaptive'],
  ])('%j: says what is wrong with %s', (settings, path, words) => {
    const read = limitKind.settings.safeParse(settings);
    expect(read.success).toBe(false);
    const issue = read.error?.issues.find((one) => one.path[0] === path);
    expect(issue?.message).toContain(words);
  });
});
