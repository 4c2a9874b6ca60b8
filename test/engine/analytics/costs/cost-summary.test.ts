// What a span comes to: against the one before, per piece, and what moved.
import { expect, test } from 'vitest';
import { costSummary } from '../../../../electron/engine/analytics/costs/cost-summary.ts';
import { DAY, finish, handCall, MONDAY, sourceOf, USD, type HandCall } from '../../../fixtures/cost-rows.ts';

const summaryOf = (calls: HandCall[], now = MONDAY + 7 * DAY) =>
  finish(costSummary(sourceOf(calls), { since: MONDAY, until: MONDAY + 7 * DAY, now }));

test('unit costs are of what is known: calls without a price make nothing cheaper', () => {
  const summary = summaryOf([
    handCall({ costNanoUsd: 3 * USD, input: 900, output: 600, tags: { user: 'ada' } }),
    handCall({ costNanoUsd: USD, input: 400, output: 100, tags: { user: 'kim' } }),
    handCall({ costNanoUsd: null, input: 1e6, model: 'nobody-knows', tags: { user: 'kim' } }),
    handCall({ host: 'api.stripe.com', costNanoUsd: undefined, model: null }),
  ]);
  expect(summary).toMatchObject({
    perCallNanoUsd: 2 * USD,
    perThousandTokensNanoUsd: 2 * USD,
    perUser: { users: 2, nanoUsd: 2 * USD },
    total: { calls: 4, unpricedCalls: 2 },
  });
});

test('nothing known is null everywhere, not 0', () => {
  expect(summaryOf([handCall({ costNanoUsd: null })])).toMatchObject({
    total: { costNanoUsd: null },
    perCallNanoUsd: null,
    perThousandTokensNanoUsd: null,
    perUser: null,
    movers: [],
    forecast: null,
  });
});

test('movers: the largest changes first, up and down, against the span of the same length before', () => {
  const { movers, previous } = summaryOf([
    handCall({ costNanoUsd: 5 * USD, startedAt: MONDAY - DAY, model: 'old' }),
    handCall({ costNanoUsd: 8 * USD, model: 'new' }),
    handCall({ costNanoUsd: 9 * USD, startedAt: MONDAY - 8 * DAY }),
  ]);
  expect(previous.costNanoUsd).toBe(5 * USD);
  expect(movers).toEqual([
    { dimension: 'model', value: 'new', nanoUsd: 8 * USD, previousNanoUsd: 0 },
    { dimension: 'model', value: 'old', nanoUsd: 0, previousNanoUsd: 5 * USD },
    { dimension: 'vendor', value: 'openai', nanoUsd: 8 * USD, previousNanoUsd: 5 * USD },
    { dimension: 'app', value: 'shop', nanoUsd: 8 * USD, previousNanoUsd: 5 * USD },
  ]);
});

test('the forecast is the month’s of now, whatever the span', () => {
  const calls = [1, 2, 3, 4].map((day) => handCall({ startedAt: MONDAY + day * DAY, costNanoUsd: USD }));
  const { forecast } = summaryOf(calls, MONDAY + 5 * DAY);
  // From Saturday the 7th on 24 days are to come, at a dollar each.
  expect(forecast).toMatchObject({ soFarNanoUsd: 4 * USD, expectedNanoUsd: 28 * USD, days: 4 });
});
