import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alertKind } from '../../../shared/policies/alert/rule.ts';
import { alertSettings } from '../../../shared/policies/alert/settings.ts';
import { createWindow, STEPS } from '../../../shared/policies/alert/window.ts';
import { call } from './policies-and-calls.ts';
import { LEFT, metered, MINUTE, NOON, ruleOf, SECOND } from './rules-alone.ts';

function alert(settings: Record<string, unknown>) {
  const made = ruleOf(alertKind, settings);
  const { rule } = made;
  return {
    ...made,
    ends: (status: number, now: number, app = 'a') => rule.ended?.(call({ app }), { ...LEFT, status }, now),
    /** Lets time pass as the governor does: wakes the rule whenever something is due. */
    until(now: number): number {
      let woken = 0;
      for (; rule.due !== null && rule.due !== undefined && rule.due <= now; woken++) {
        const before = rule.due;
        rule.advance?.(
          before,
          () => {},
          () => {},
        );
        if (rule.due !== null && rule.due <= before) throw new Error('It is due again in the same moment.');
      }
      return woken;
    },
    states: () => made.alerts.map(({ key, state }) => `${key} ${state}`.trim()),
  };
}

describe('a burn rate', () => {
  const USD = 1_000_000_000;
  const burn = { metric: 'burn-rate', budget: '24 USD', period: 'day', over: '1h', above: 10 };

  it('opens when the long and the short time both are past the mark, and closes soon after it is over', () => {
    const { rule, states, until, alerts } = alert(burn);
    const spend = (usd: number, now: number): void =>
      rule.metered?.(call({ app: 'a' }), metered({ nanoUsd: usd * USD }), now);
    // A dollar an hour is even. Eleven dollars in an hour are eleven times that.
    spend(9, NOON);
    expect(states()).toEqual([]);
    // The short time has passed: what burned then burns no more.
    until(NOON + 10 * MINUTE);
    spend(0.5, NOON + 10 * MINUTE);
    expect(states()).toEqual([]);
    spend(1.5, NOON + 10 * MINUTE + SECOND);
    expect(states()).toEqual(['open']);
    expect(alerts[0]?.sentence).toContain('burn rate of $24.00 a day over 1 h and over 5 min: 11 times the even spend');
    until(NOON + 16 * MINUTE);
    expect(states()).toEqual(['open', 'closed']);
  });

  it('is what the definition says, whatever is spent when, also after a restart', () => {
    const spends = fc.array(fc.record({ after: fc.nat(20), cents: fc.nat(400) }), { maxLength: 60 });
    fc.assert(
      fc.property(spends, fc.nat(60), (list, restartAt) => {
        let one = alert(burn);
        let now = NOON;
        const log: { at: number; usd: number }[] = [];
        let open = false;
        for (const [turn, { after, cents }] of list.entries()) {
          now += after * MINUTE;
          one.until(now);
          if (turn === restartAt) {
            open = (one.states().at(-1) ?? (open ? 'open' : 'closed')) === 'open';
            const next = alert(burn);
            next.rule.restore(JSON.parse(JSON.stringify(one.rule.save(now) ?? null)), now);
            next.until(now);
            expect(next.states()).toEqual([]);
            one = next;
          }
          one.rule.metered?.(call({ app: 'a' }), metered({ nanoUsd: (cents * USD) / 100 }), now);
          log.push({ at: now, usd: cents / 100 });
          const within = (us: number): number =>
            log.reduce(
              (sum, { at, usd }) => (Math.floor(at / (us / 60)) > Math.floor(now / (us / 60)) - 60 ? sum + usd : sum),
              0,
            );
          const rate = Math.min(within(60 * MINUTE) / 1, within(5 * MINUTE) / (1 / 12));
          const state: string = one.states().at(-1) ?? (open ? 'open' : 'closed');
          // So near the mark the order of adding up decides.
          if (Math.abs(rate - 10) > 1e-6) expect(state).toBe(rate > 10 ? 'open' : 'closed');
          open = state === 'open';
        }
      }),
    );
  });

  it('says what it lacks', () => {
    for (const wrong of [
      { metric: 'burn-rate', above: 2 },
      { ...burn, below: 1 },
      { ...burn, short: '2h' },
      { metric: 'calls', above: 1, budget: '1 USD' },
      { metric: 'headroom', above: '5%' },
    ])
      expect(alertSettings.safeParse(wrong).success, JSON.stringify(wrong)).toBe(false);
  });
});

describe('headroom', () => {
  const signal = { resource: 'requests', unit: 'requests' as const, limit: 100, window: null, source: 'x' };
  const heard = (made: ReturnType<typeof alert>, remaining: number, now: number, more: object = {}): void =>
    made.rule.heard?.(
      call({ app: 'a' }),
      { signals: [{ ...signal, remaining, resetAt: now + MINUTE, ...more }], throttle: null, retryAt: null },
      200,
      now,
    );

  it('opens when less than the mark is left of a limit of the vendor’s, and closes when all is there again', () => {
    const made = alert({ metric: 'headroom', below: '10%' });
    heard(made, 50, NOON);
    expect(made.states()).toEqual([]);
    heard(made, 9, NOON + SECOND);
    expect(made.alerts[0]?.sentence).toContain(
      'share that is left of a limit of the vendor’s own: 9 %; it is below 10 %',
    );
    // Another limit with more left does not hide it.
    heard(made, 90, NOON + 2 * SECOND, { resource: 'tokens' });
    expect(made.states()).toEqual(['open']);
    made.until(NOON + 2 * MINUTE);
    expect(made.states()).toEqual(['open', 'closed']);
  });

  it('goes on after a restart, and asks for what vendors say', () => {
    const made = alert({ metric: 'headroom', below: '10%' });
    expect(made.rule.needs.signals).toBe(true);
    heard(made, 5, NOON);
    const next = alert({ metric: 'headroom', below: '10%' });
    next.rule.restore(JSON.parse(JSON.stringify(made.rule.save(NOON))), NOON + SECOND);
    next.until(NOON + 2 * MINUTE);
    expect(next.states()).toEqual(['closed']);
  });
});

describe('an alert', () => {
  it('opens when its figure goes past the mark, once, and closes when the window has emptied without another call', () => {
    const { ends, states, until, alerts } = alert({ metric: 'errors', above: 2, over: '1m' });
    for (let i = 0; i < 5; i++) ends(500, NOON + i);
    expect(states()).toEqual(['open']);
    expect(alerts[0]?.sentence).toContain('calls that failed over 1 min: 3; it is above 2');
    until(NOON + MINUTE + SECOND);
    expect(states()).toEqual(['open', 'closed']);
  });

  it('waits `for` as long as said, and forgets a rise that is over before', () => {
    const rate = { metric: 'error-rate', above: '50%', over: '5m', for: '2m' };
    const stays = alert(rate);
    stays.ends(500, NOON);
    stays.until(NOON + 2 * MINUTE - 1);
    expect(stays.states()).toEqual([]);
    stays.until(NOON + 2 * MINUTE);
    expect(stays.states()).toEqual(['open']);
    const passes = alert(rate);
    passes.ends(500, NOON);
    passes.ends(200, NOON + MINUTE);
    passes.until(NOON + 10 * MINUTE);
    expect(passes.states()).toEqual([]);
  });

  it('has a figure for each of `per`, and never refuses a call', () => {
    const { rule, ends, states } = alert({ metric: 'throttled', above: 0, per: ['app'] });
    ends(429, NOON, 'shop');
    ends(200, NOON, 'billing');
    expect(states()).toEqual(['app=shop open']);
    expect(rule.look(call({ app: 'shop' }), NOON).verdict).toBe('allow');
  });

  it('says that there is too little only after a whole window, also when nothing comes at all', () => {
    const { ends, states, until } = alert({ metric: 'calls', below: 1, over: '1m' });
    ends(200, NOON);
    until(NOON + MINUTE - 1);
    expect(states()).toEqual([]);
    until(NOON + 2 * MINUTE);
    expect(states()).toEqual(['open']);
    ends(200, NOON + 3 * MINUTE);
    expect(states()).toEqual(['open', 'closed']);
  });

  it('sees cost, unpriced calls, refusals and waits; what is not known is no cost', () => {
    const cost = alert({ metric: 'cost', above: '1 USD' });
    cost.rule.metered?.(call(), metered({ nanoUsd: null }), NOON);
    cost.rule.metered?.(call(), metered({ nanoUsd: 1_000_000_001 }), NOON);
    expect(cost.alerts.map(({ value }) => value)).toEqual([1_000_000_001]);
    const unpriced = alert({ metric: 'unpriced', above: 0 });
    unpriced.rule.metered?.(call(), metered({ nanoUsd: null }), NOON);
    expect(unpriced.states()).toEqual(['open']);
    const denied = alert({ metric: 'denied', above: 0 });
    denied.rule.judged?.(call(), null, 5, NOON);
    expect(denied.states()).toEqual([]);
    denied.rule.judged?.(call(), denied.policy, 0, NOON);
    expect(denied.states()).toEqual(['open']);
    const delayed = alert({ metric: 'delayed', above: 0 });
    delayed.rule.judged?.(call(), null, 5, NOON);
    expect(delayed.states()).toEqual(['open']);
  });

  it('goes on after a restart with what it had seen, and does not open twice', () => {
    const before = alert({ metric: 'errors', above: 1, over: '1m' });
    before.ends(500, NOON);
    before.ends(500, NOON);
    const after = alert({ metric: 'errors', above: 1, over: '1m' });
    after.rule.restore(JSON.parse(JSON.stringify(before.rule.save(NOON))), NOON);
    after.until(NOON + 30 * SECOND);
    expect(after.states()).toEqual([]);
    after.until(NOON + 2 * MINUTE);
    expect(after.states()).toEqual(['closed']);
  });

  it('keeps a bounded number of keys, and never comes due without end', () => {
    const { rule, ends, until } = alert({ metric: 'calls', above: 5, below: 2, over: '1m', for: '10s', per: ['app'] });
    for (let i = 0; i < 1500; i++) ends(200, NOON + i, `app-${i}`);
    expect((rule.save(NOON) as { keys: unknown[] }).keys).toHaveLength(1000);
    expect(until(NOON + 10 * MINUTE)).toBeLessThan(5000);
  });

  it('says what is wrong with its settings', () => {
    const says = (settings: unknown) =>
      alertSettings.safeParse(settings).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    expect(says({ metric: 'errors' })).toEqual([': needs a mark: `above: …` or `below: …`']);
    expect(says({ metric: 'error-rate', above: 0.1 })?.[0]).toContain('above: must say of what: `10%`');
    expect(says({ metric: 'heat', above: 1 })?.[0]).toContain('is no figure that is watched');
    expect(says({ metric: 'cost', above: '5 USD' })).toBeUndefined();
  });
});

it('a window holds what a list of everything would, to one step, however the clock steps', () => {
  const OVER = 60 * SECOND;
  const width = OVER / STEPS;
  fc.assert(
    fc.property(
      fc.array(fc.record({ step: fc.integer({ min: -2 * SECOND, max: 20 * SECOND }), sum: fc.nat(100) }), {
        maxLength: 200,
      }),
      (events) => {
        const window = createWindow(OVER);
        const all: { no: number; sum: number }[] = [];
        let now = NOON;
        let newest = 0;
        for (const { step, sum } of events) {
          now += step;
          const no = Math.floor(now / width);
          newest = Math.max(newest, no);
          window.add(sum, 1, now);
          all.push({ no, sum });
          const within = all.filter((one) => one.no > newest - STEPS);
          expect(window.read(now)).toEqual({
            sum: within.reduce((total, one) => total + one.sum, 0),
            of: within.length,
          });
        }
      },
    ),
    { numRuns: 200, interruptAfterTimeLimit: 3000 },
  );
});

it('a percentile is at most a bin too high', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 100_000_000 }), { minLength: 1, maxLength: 100 }), (values) => {
      const window = createWindow(MINUTE);
      for (const value of values) window.put(value, NOON);
      const exact = values.toSorted((a, b) => a - b)[Math.ceil(0.95 * values.length) - 1]!;
      const said = window.percentile(0.95, NOON)!;
      expect(said).toBeGreaterThanOrEqual(exact * 0.999999);
      expect(said).toBeLessThanOrEqual(exact * 2 ** (1 / 8) * 1.000001);
    }),
    { numRuns: 100 },
  );
});
