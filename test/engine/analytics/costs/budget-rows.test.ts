import { expect, test } from 'vitest';
import { budgetRows, type BudgetsQuestion } from '../../../../electron/engine/analytics/costs/budget-rows.ts';
import type { Gauge } from '../../../../shared/policies/kind.ts';
import { DAY, finish, handCall, HOUR, MONDAY, sourceOf, USD, type HandCall } from '../../../fixtures/cost-rows.ts';
import { setOf } from '../../../shared/policies/policies-and-calls.ts';

const CENT = USD / 100;
/** Thursday noon of the second week, UTC. */
const NOW = MONDAY + 10 * DAY + 12 * HOUR;

function rowsOf(calls: readonly HandCall[], policy: object, more: Partial<BudgetsQuestion> = {}, file: object = {}) {
  const { policies, exceptions, zone } = setOf({
    policies: [{ id: 'money', kind: 'budget', mode: 'observe', ...policy }],
    ...file,
  });
  return finish(budgetRows(sourceOf(calls), { now: NOW, zone, policies, exceptions, gauges: {}, ...more })).budgets;
}

const gauge = (key: string, used: number, reserved: number): Gauge => ({
  key,
  unit: 'nano-dollars',
  limit: USD,
  used,
  remaining: 0,
  resetAt: null,
  waitUs: null,
  retryAt: null,
  reserved,
  waiting: 0,
  running: 0,
});

/** A dollar at noon of each of so many days before today. */
const daily = (days: number, costNanoUsd = USD): HandCall[] =>
  Array.from({ length: days }, (_, back) => handCall({ startedAt: NOW - (back + 1) * DAY, costNanoUsd }));

test('a budget shows its counter, and day by day what was spent of it in this period', () => {
  const [row] = rowsOf(
    [
      ...daily(3),
      handCall({ startedAt: NOW - HOUR, costNanoUsd: null }),
      handCall({ host: 'api.stripe.com', startedAt: NOW - HOUR }),
    ],
    { match: { vendor: 'openai' }, settings: { limit: '10 USD', period: 'week', alerts: ['50%', '100%'] } },
    { gauges: { money: [gauge('', 3 * USD + 40 * CENT, 40 * CENT)] } },
  );
  expect(row).toMatchObject({
    policy: 'money',
    key: '',
    mode: 'observe',
    limitNanoUsd: 10 * USD,
    spentNanoUsd: 3 * USD,
    reservedNanoUsd: 40 * CENT,
    unpricedCalls: 1,
    periodStart: MONDAY + 7 * DAY,
    periodEnd: MONDAY + 14 * DAY,
    days: [
      { start: MONDAY + 7 * DAY, spentNanoUsd: USD },
      { start: MONDAY + 8 * DAY, spentNanoUsd: USD },
      { start: MONDAY + 9 * DAY, spentNanoUsd: USD },
      // Its price is not known.
      { start: MONDAY + 10 * DAY, spentNanoUsd: 0 },
    ],
    alertsAt: [0.5, 1],
  });
});

test('days are those of its zone', () => {
  const late = handCall({ startedAt: MONDAY + 8 * DAY + 23 * HOUR });
  const [row] = rowsOf([late], { settings: { limit: '10 USD', period: 'week', zone: 'Europe/Vienna' } });
  expect(row?.days).toEqual([{ start: MONDAY + 9 * DAY - HOUR, spentNanoUsd: CENT }]);
});

test('each counter has its own days; exceptions are nobody’s', () => {
  const calls = [
    handCall({ startedAt: NOW - HOUR, app: 'shop', tags: { team: 'a' } }),
    handCall({ startedAt: NOW - HOUR, app: 'lab', tags: { team: 'b' }, costNanoUsd: 5 * CENT }),
    handCall({ startedAt: NOW - HOUR, app: 'nightly', tags: { team: 'b' } }),
  ];
  const rows = rowsOf(
    calls,
    { settings: { limit: '1 USD', per: ['tag.team'] } },
    {},
    { exceptions: [{ policy: 'money', match: { app: 'nightly' }, owner: 'ops', expires: '2099-01-01' }] },
  );
  expect(rows.map(({ key, spentNanoUsd }) => [key, spentNanoUsd])).toEqual([
    ['tag.team=b', 5 * CENT],
    ['tag.team=a', CENT],
  ]);
});

test('what comes of it is forecast, and when it is used up', () => {
  // A dollar a day, every day of four weeks; this month has nineteen and a half to go.
  const [row] = rowsOf(daily(28), { settings: { limit: '20 USD', period: 'month' } });
  // The first to the eleventh; the twelfth is today.
  expect(row?.spentNanoUsd).toBe(11 * USD);
  expect(row?.forecast?.likely).toBeCloseTo(29.5 * USD, -4);
  expect(row?.forecast?.low).toBeLessThanOrEqual(row!.forecast!.likely);
  expect(row?.forecast?.exhaustedAt).toBeCloseTo(NOW + 9 * DAY, -6);
  // Days that differ make the band wider.
  const uneven = daily(28).map((call, index) => ({ ...call, costNanoUsd: index % 2 === 0 ? 2 * USD : 0 }));
  const [wide] = rowsOf(uneven, { settings: { limit: '90 USD', period: 'month' } });
  expect(wide!.forecast!.high - wide!.forecast!.low).toBeGreaterThan(USD);
  expect(wide?.forecast?.exhaustedAt).toBeNull();
  expect(rowsOf(daily(1), { settings: { limit: '20 USD' } })[0]?.forecast).toBeNull();
});

test('of what sums do not know it shows the counter alone', () => {
  const [row] = rowsOf(
    daily(3),
    { match: { path: '/v1/**' }, settings: { limit: '10 USD' } },
    { gauges: { money: [gauge('', 2 * USD, 0)] } },
  );
  expect(row).toMatchObject({ spentNanoUsd: 2 * USD, days: [], forecast: null });
});

test('budgets that are off or have expired are not shown', () => {
  const settings = { limit: '10 USD' };
  expect(rowsOf(daily(3), { mode: 'off', settings })).toEqual([]);
  expect(rowsOf(daily(3), { expires: '2026-11-01', settings })).toEqual([]);
});
