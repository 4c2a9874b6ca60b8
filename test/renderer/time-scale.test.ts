import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { spread } from '../../renderer/charts/time-option.ts';
import {
  countSteps,
  fillSteps,
  niceCount,
  niceDuration,
  niceTop,
  stepAt,
  timeTicks,
} from '../../renderer/charts/time-scale.ts';

const minute = 60_000_000;
const hour = 60 * minute;
const day = 24 * hour;

describe('an axis', () => {
  it('ends at a round figure at or above the highest value, and not far above', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000_000 }), (value) => {
        for (const top of [niceTop(value), niceCount(value)]) {
          expect(top).toBeGreaterThanOrEqual(value * 0.9999);
          expect(top).toBeLessThanOrEqual(Math.max(2, value * 2));
        }
        expect(niceDuration(value * 1000)).toBeGreaterThanOrEqual(value * 999);
      }),
    );
    expect(niceDuration(65_000_000)).toBe(120_000_000);
    expect(niceDuration(4 * hour)).toBe(4 * hour);
    expect(niceCount(1)).toBe(2);
  });

  it('has ticks at whole times of the reader’s clock, few enough to be read', () => {
    const nepal = (): number => 345;
    const since = Date.UTC(2026, 10, 23, 10, 7) * 1000;
    const { ticks, distance } = timeTicks({ since, until: since + day, step: minute }, 12, nepal);
    expect(distance).toBe(2 * hour);
    expect(ticks.length).toBeLessThanOrEqual(13);
    for (const tick of ticks) expect((tick + 345 * minute) % (2 * hour)).toBe(0);
  });

  it('keeps its ticks on the clock when summer time ends', () => {
    const change = Date.UTC(2026, 9, 25, 1) * 1000;
    const berlin = (at: number): number => (at < change ? 120 : 60);
    const { ticks } = timeTicks({ since: change - 2 * day, until: change + 2 * day, step: hour }, 5, berlin);
    for (const tick of ticks) expect((tick + berlin(tick) * minute) % day).toBe(0);
    expect(ticks).toHaveLength(4);
  });
});

describe('steps', () => {
  const steps = { since: 10 * hour, until: 11 * hour, step: minute };

  it('have a value each, the missing ones too', () => {
    const values = fillSteps(steps, [{ start: 10 * hour + 2 * minute }, { start: 12 * hour }], () => 7, 0);
    expect(values).toHaveLength(60);
    expect(values.map((value, index) => value * index).filter(Boolean)).toEqual([14]);
  });

  it('are found under the pointer, at the very ends too', () => {
    expect([0, 0.5, 1, 1.2, -1].map((share) => stepAt(steps, share))).toEqual([0, 30, 59, 59, 0]);
    expect(countSteps(steps)).toBe(60);
  });
});

it('labels at the ends of lines never lie on one another', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.integer({ min: 0, max: 1000 })), { maxLength: 6 }), (heights) => {
      const moved = spread(heights, 50);
      const at = heights
        .map((height, index) => (height === null ? null : height + (moved[index]?.by ?? 0)))
        .filter((one) => one !== null)
        .sort((a, b) => a - b);
      for (let i = 1; i < at.length; i += 1) expect(at[i]! - at[i - 1]!).toBeGreaterThanOrEqual(50);
    }),
  );
});
