// Costs over time: steps on boundaries of UTC, only what is in the span, and nothing lost between the lines.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { costSeries, stepsOf } from '../../../../electron/engine/analytics/costs/cost-series.ts';
import { DAY, finish, handCall, HOUR, MONDAY, sourceOf, USD, type HandCall } from '../../../fixtures/cost-rows.ts';

function seriesOf(calls: HandCall[], question: Partial<Parameters<typeof costSeries>[1]> = {}) {
  const found = finish(
    costSeries(sourceOf(calls), { since: MONDAY, until: MONDAY + 7 * DAY, steps: 60, values: 8, ...question }),
  );
  if ('problem' in found) throw new Error(found.why);
  return found;
}

test('the largest values each, the rest together', () => {
  const calls = ['a', 'b', 'c', 'd'].map((app, index) =>
    handCall({ app, costNanoUsd: (4 - index) * USD, startedAt: MONDAY + index * DAY }),
  );
  const { step, starts, series } = seriesOf(calls, { by: 'app', values: 2, steps: 7 });
  expect(step).toBe(DAY);
  expect(starts[0]).toBe(MONDAY);
  expect(series).toEqual([
    { value: 'a', others: false, nanoUsd: [4 * USD, 0, 0, 0, 0, 0, 0] },
    { value: 'b', others: false, nanoUsd: [0, 3 * USD, 0, 0, 0, 0, 0] },
    { value: null, others: true, nanoUsd: [0, 0, 2 * USD, USD, 0, 0, 0] },
  ]);
});

test('without a dimension it is one line; what has no value is not the others', () => {
  expect(seriesOf([handCall(), handCall({ app: 'jobs' })]).series).toHaveLength(1);
  expect(seriesOf([handCall({ app: null })], { by: 'app' }).series).toMatchObject([{ value: null, others: false }]);
});

test('from the beginning of time on it begins with the first cost', () => {
  const { starts, step } = seriesOf([handCall()], { since: 0, until: MONDAY + DAY });
  expect(starts.length * step).toBeLessThanOrEqual(2 * DAY);
});

test('a dimension that there is not is refused', () => {
  expect(finish(costSeries(sourceOf([]), { since: 0, until: 1, steps: 5, values: 3, by: 'colour' }))).toMatchObject({
    problem: 'bad',
  });
});

test('steps are hours or whole days, begin on their boundaries, cover the span, and are not too many', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 2e15 }),
      fc.integer({ min: 1, max: 800 * DAY }),
      fc.integer({ min: 1, max: 400 }),
      (since, length, most) => {
        const { start, step, count } = stepsOf({ since, until: since + length }, most);
        expect(count).toBeLessThanOrEqual(most);
        expect(step % HOUR).toBe(0);
        expect(step < DAY ? DAY % step : step % DAY).toBe(0);
        expect(start % Math.min(step, DAY)).toBe(0);
        expect(start).toBeLessThanOrEqual(since);
        expect(start + count * step).toBeGreaterThanOrEqual(since + length);
      },
    ),
  );
});

test('all steps of all lines are the known cost of the span', () => {
  const times = fc.array(
    fc.record({
      startedAt: fc.integer({ min: MONDAY - DAY, max: MONDAY + 8 * DAY }),
      app: fc.constantFrom('a', 'b', 'c', null),
      costNanoUsd: fc.option(fc.nat(1e9)),
    }),
    { maxLength: 50 },
  );
  fc.assert(
    fc.property(times, fc.integer({ min: 1, max: 60 }), (made, steps) => {
      const calls = made.map((one) => handCall(one));
      const span = { since: MONDAY + HOUR / 3, until: MONDAY + 6 * DAY };
      const { series } = seriesOf(calls, { ...span, by: 'app', values: 2, steps });
      const known = calls
        .filter(({ startedAt }) => startedAt >= span.since && startedAt < span.until)
        .reduce((sum, { costNanoUsd }) => sum + (costNanoUsd ?? 0), 0);
      expect(series.flatMap(({ nanoUsd }) => nanoUsd).reduce((a, b) => a + b, 0)).toBe(known);
    }),
  );
});
