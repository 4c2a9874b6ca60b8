import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CallFacts } from '../../../shared/policies/facts.ts';
import { quotaKind } from '../../../shared/policies/quota/rule.ts';
import { call } from './policies-and-calls.ts';
import { DAY, LEFT, metered, NEVER_LEFT, NOON, ruleOf } from './rules-alone.ts';

function quota(settings: Record<string, unknown>) {
  const made = ruleOf(quotaKind, { period: 'day', ...settings });
  const { rule } = made;
  return {
    ...made,
    goes(facts: CallFacts = call(), now = NOON): boolean {
      if (rule.look(facts, now).verdict !== 'allow') return false;
      rule.take(facts, now);
      return true;
    },
    /** How many of such calls go, one after the other, to their end. */
    goesTimes(facts: Partial<CallFacts>, now = NOON, most = 1000): number {
      let times = 0;
      for (; times < most; times += 1) {
        const one = call(facts);
        if (rule.look(one, now).verdict !== 'allow') break;
        rule.take(one, now);
        rule.ended?.(one, LEFT, now);
      }
      return times;
    },
  };
}

const tokens = (inputTokens: number, maxOutput: number | null): CallFacts =>
  call({ estimate: { inputTokens, maxOutput, ceilingNanoUsd: null, nanoUsdPerOutputToken: null } });

describe('a quota', () => {
  it('lets so many calls go in a period, for each key, and again in the next', () => {
    const { goesTimes } = quota({ limit: 3, per: ['app'] });
    expect(goesTimes({ app: 'a' })).toBe(3);
    expect(goesTimes({ app: 'b' })).toBe(3);
    expect(goesTimes({ app: 'a' }, NOON + DAY)).toBe(3);
  });

  it('begins its month on the billing day of the vendor, by the clock of the zone', () => {
    const { goesTimes, rule } = quota({ limit: 1, period: 'month', startDay: 15, zone: 'America/New_York' });
    expect(goesTimes({})).toBe(1);
    const said = rule.look(call(), NOON);
    expect(said.numbers?.retryAt).toBe(Date.UTC(2026, 10, 15, 5) * 1000);
    expect(rule.explain(call(), said)).toBe(
      'The quota the-quota (platform@example.com) allows 1 call a month, and 1 call is used: not enough is left for this call. It begins anew on 15 November 2026, 00:00 (America/New_York).',
    );
    expect(goesTimes({}, Date.UTC(2026, 10, 15, 5) * 1000)).toBe(1);
  });

  it('takes tokens as the request allows them, and settles by what was used', () => {
    const { goes, rule } = quota({ limit: 1000, unit: 'tokens' });
    const first = tokens(100, 500);
    expect(goes(first)).toBe(true);
    expect(goes(tokens(100, 500))).toBe(false);
    rule.ended?.(first, LEFT, NOON);
    rule.metered?.(first, metered({ inputTokens: 90, outputTokens: 60 }), NOON);
    expect(rule.gauges(NOON, 1)[0]).toMatchObject({ used: 150, remaining: 850, reserved: 0 });
    expect(goes(tokens(100, 500))).toBe(true);
  });

  it('counts bytes both ways, and units with all their kinds', () => {
    const bytes = quota({ limit: '1 kB', unit: 'bytes' });
    const sent = call({ requestBytes: 600 });
    expect(bytes.goes(sent)).toBe(true);
    expect(bytes.goes(call({ requestBytes: 600 }))).toBe(false);
    bytes.rule.ended?.(sent, { ...LEFT, requestBytes: 600, responseBytes: 300 }, NOON);
    expect(bytes.rule.gauges(NOON, 1)[0]).toMatchObject({ used: 900 });
    const sms = quota({ limit: 10, unit: 'sms_segment' });
    const text = call();
    sms.goes(text);
    sms.rule.ended?.(text, LEFT, NOON);
    sms.rule.metered?.(text, metered({ units: { 'sms_segment/US': 2, 'sms_segment/AT': 1, other: 5 } }), NOON);
    expect(sms.rule.gauges(NOON, 1)[0]).toMatchObject({ used: 3, unit: 'units' });
  });

  it('counts what nobody knows beforehand by the rule that was stated', () => {
    expect(quota({ limit: 5, unit: 'tokens', unknown: 'deny' }).rule.look(call(), NOON).because).toBe('unknown');
    expect(quota({ limit: 5, unit: 'tokens' }).rule.look(call(), NOON)).toMatchObject({
      verdict: 'allow',
      because: 'unmeasured',
    });
    const { goes } = quota({ limit: 5, unit: 'tokens', unknown: 2 });
    expect([goes(), goes(), goes()]).toEqual([true, true, false]);
  });

  it('keeps a share free for critical calls, the most important first', () => {
    const { goesTimes, rule } = quota({ limit: 100, classes: { critical: '20%', normal: '30%' } });
    expect(goesTimes({ tags: { priority: 'low' } })).toBe(50);
    expect(goesTimes({})).toBe(0);
    expect(goesTimes({ tags: { priority: 'normal' } })).toBe(30);
    const refused = call({ tags: { priority: 'normal' } });
    expect(rule.explain(refused, rule.look(refused, NOON))).toContain('the rest is kept free for critical calls');
    expect(goesTimes({ tags: { priority: 'critical' } })).toBe(20);
  });

  it('takes classes by what calls are, too', () => {
    const { goesTimes } = quota({ limit: 10, classes: [{ name: 'shop', match: { app: 'shop-*' }, kept: '50%' }] });
    expect(goesTimes({ app: 'nightly' })).toBe(5);
    expect(goesTimes({ app: 'shop-web' })).toBe(5);
  });

  const tiers = [
    {
      name: 'shop',
      match: { app: 'shop' },
      share: '60%',
      tiers: [{ name: 'eu', match: { country: 'AT' }, share: '50%' }],
    },
    { name: 'lab', match: { app: 'lab' }, share: '30%' },
  ];

  it('gives tiers their share, and tiers inside of them a share of it', () => {
    const { goesTimes, rule } = quota({ limit: 100, tiers });
    expect(goesTimes({ app: 'lab' })).toBe(30);
    expect(goesTimes({ app: 'else' })).toBe(10);
    expect(goesTimes({ app: 'shop', country: 'AT' })).toBe(30);
    const refused = call({ app: 'shop', country: 'AT' });
    expect(rule.explain(refused, rule.look(refused, NOON))).toContain(
      'of these 30 calls are for shop/eu now, and 30 calls are used',
    );
    expect(goesTimes({ app: 'shop', country: 'US' })).toBe(30);
    expect(goesTimes({ app: 'shop', country: 'US' })).toBe(0);
  });

  it('lends what others leave as the period passes, once', () => {
    const { goesTimes } = quota({
      limit: 100,
      tiers: [
        { name: 'a', match: { app: 'a' }, share: '50%', borrow: true },
        { name: 'b', match: { app: 'b' }, share: '50%' },
      ],
    });
    const midnight = NOON - DAY / 2;
    expect(goesTimes({ app: 'a' }, midnight)).toBe(50);
    // Half of the day has passed and b has used nothing: half of its share is free.
    expect(goesTimes({ app: 'a' }, NOON)).toBe(25);
    expect(goesTimes({ app: 'b' }, NOON)).toBe(25);
    expect(goesTimes({ app: 'a' }, NOON + DAY / 4)).toBe(0);
  });

  it('never gives more than it has, whatever comes in which order (model-checked)', () => {
    const step = fc.record({
      app: fc.constantFrom('a', 'b', 'c'),
      priority: fc.constantFrom('critical', 'low'),
      tokens: fc.integer({ min: 1, max: 40 }),
      used: fc.double({ min: 0, max: 1, noNaN: true }),
      ends: fc.constantFrom('now', 'later', 'never left'),
      /** Also backwards. */
      hours: fc.integer({ min: -30, max: 30 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), fc.boolean(), (steps, borrow) => {
        const { rule, goes } = quota({
          limit: 200,
          unit: 'tokens',
          borrow,
          tiers: [
            { name: 'a', match: { app: 'a' }, share: '50%' },
            { name: 'b', match: { app: 'b' }, share: '30%' },
          ],
          classes: { critical: '10%' },
        });
        /** By the beginning of the day in which the call left. */
        const ledger = new Map<number, number>();
        const add = (day: number, amount: number): void => void ledger.set(day, (ledger.get(day) ?? 0) + amount);
        const later: (() => void)[] = [];
        let now = NOON;
        for (const { app, priority, tokens: most, used, ends, hours } of steps) {
          // A clock goes wrong by a day at most here: what is older is not kept.
          now = Math.max(NOON - DAY, Math.min(NOON + DAY, now + hours * (DAY / 24)));
          const day = Math.floor(now / DAY);
          const facts = { ...tokens(most, 0), app, tags: { priority } };
          if (!goes(facts, now)) continue;
          add(day, most);
          expect(ledger.get(day)).toBeLessThanOrEqual(priority === 'critical' ? 200 : 180);
          const end = (): void => {
            rule.ended?.(facts, ends === 'never left' ? NEVER_LEFT : LEFT, now);
            rule.metered?.(facts, metered({ inputTokens: Math.floor(most * used) }), now);
            add(day, (ends === 'never left' ? 0 : Math.floor(most * used)) - most);
          };
          if (ends === 'later') later.push(end);
          else end();
        }
        for (const end of later) end();
        const whole = rule.gauges(now, 100).find(({ key }) => key === '');
        expect(whole?.used ?? 0).toBe(ledger.get(Math.floor(now / DAY)) ?? 0);
        expect(whole?.reserved ?? 0).toBe(0);
      }),
      { numRuns: 100, interruptAfterTimeLimit: 4000 },
    );
  });

  it('goes on after a restart, tiers and all', () => {
    const settings = { limit: 100, tiers };
    const before = quota(settings);
    before.goesTimes({ app: 'lab' }, NOON, 20);
    const running = call({ app: 'lab' });
    before.goes(running);
    const after = quota(settings);
    after.rule.restore(JSON.parse(JSON.stringify(before.rule.save(NOON))), NOON);
    after.rule.ended?.(running, NEVER_LEFT, NOON);
    expect(after.goesTimes({ app: 'lab' })).toBe(10);
  });

  it('says what is wrong with its settings, and where', () => {
    const wrong = (settings: Record<string, unknown>): string =>
      quotaKind.settings
        .safeParse({ limit: 10, ...settings })
        .error!.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
        .join('\n');
    expect(
      wrong({
        tiers: [
          { name: 'a', share: '70%' },
          { name: 'a', share: '40%' },
        ],
      }),
    ).toBe('tiers: the shares are 110% together; at most 100% can be given away\ntiers.1.name: `a` is there twice');
    expect(wrong({ period: 'week', startDay: 9 })).toContain('startDay: a week begins on 1 (Monday) to 7');
    expect(wrong({ limit: 'lots' })).toContain('must be a number above 0');
    expect(wrong({ by: 'prio' })).toContain('calls have no `prio`');
    expect(wrong({ classes: { a: '60%', b: '60%' } })).toContain('at most 100% can be kept free');
  });
});
