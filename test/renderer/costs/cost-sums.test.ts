import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addCosts, seriesOfDays } from '../../../renderer/views/costs/cost-sums.ts';
import type { CostRow } from '../../../shared/contract/costs.ts';

/** Sums of parts: nothing is lost, and what nobody knows is never 0. */

const DAY = 86_400_000_000;
const MONDAY = Date.UTC(2026, 10, 23) * 1000;

function row(keys: CostRow['keys'], costNanoUsd: number | null): CostRow {
  const none = { estimatedCalls: 0, estimatedNanoUsd: 0, inputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 };
  const known = costNanoUsd !== null;
  return {
    ...none,
    outputTokens: 0,
    reasoningTokens: 0,
    tokenCalls: 0,
    keys,
    calls: 1,
    costNanoUsd,
    pricedCalls: known ? 1 : 0,
    unpricedCalls: known ? 0 : 1,
  };
}

test('a sum is unknown when nothing of it is known, and says how many calls are not in it', () => {
  expect(addCosts([row({}, null), row({}, null)])).toMatchObject({ costNanoUsd: null, calls: 2, unpricedCalls: 2 });
  expect(addCosts([row({}, 5), row({}, null)])).toMatchObject({ costNanoUsd: 5, calls: 2, unpricedCalls: 1 });
  expect(addCosts([row({}, 0)])).toMatchObject({ costNanoUsd: 0 });
});

test('a chart by days loses nothing, however many values there are', () => {
  const costs = fc.array(
    fc.record({ day: fc.integer({ min: 0, max: 6 }), value: fc.integer({ min: 0, max: 12 }), nano: fc.nat(1e9) }),
    { minLength: 1, maxLength: 60 },
  );
  fc.assert(
    fc.property(costs, fc.integer({ min: 1, max: 8 }), (made, most) => {
      const rows = made.map(({ day, value, nano }) =>
        row(
          {
            day: new Date((MONDAY + day * DAY) / 1000).toISOString().slice(0, 10),
            model: value === 0 ? null : `m${value}`,
          },
          nano,
        ),
      );
      const { lines, steps } = seriesOfDays(rows, 'model', { since: MONDAY, until: MONDAY + 7 * DAY }, most);
      expect(steps).toEqual({ since: MONDAY, until: MONDAY + 7 * DAY, step: DAY });
      expect(lines.length).toBeLessThanOrEqual(most + 1);
      for (let day = 0; day < 7; day++) {
        const drawn = lines.reduce((sum, { nanoUsd }) => sum + (nanoUsd[day] ?? 0), 0);
        const spent = made.filter((one) => one.day === day).reduce((sum, { nano }) => sum + nano, 0);
        expect(drawn).toBe(spent);
      }
    }),
    { numRuns: 100 },
  );
});

test('a span from the beginning begins with its first cost', () => {
  const { steps } = seriesOfDays([row({ day: '2026-11-20' }, 1)], null, { since: 0, until: MONDAY + 1 }, 7);
  expect(steps?.since).toBe(Date.UTC(2026, 10, 20) * 1000);
});
