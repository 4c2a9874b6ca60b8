import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addDuration,
  createSketch,
  mergeSketch,
  packSketch,
  quantile,
  quantileOfCounts,
  unpackSketch,
} from '../../../shared/measure/latency-sketch.ts';

const durations = fc.array(fc.integer({ min: 0, max: 100_000_000_000 }), { minLength: 1, maxLength: 300 });
const sketchOf = (values: readonly number[]) => {
  const sketch = createSketch();
  for (const value of values) addDuration(sketch, value);
  return sketch;
};

describe('latency sketch', () => {
  it('gives every percentile within 2 %', () => {
    fc.assert(
      fc.property(durations, fc.double({ min: 0, max: 1, noNaN: true }), (values, q) => {
        const sorted = [...values].sort((a, b) => a - b);
        const exact = sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)]!;
        expect(Math.abs(quantile(sketchOf(values), q)! - exact)).toBeLessThanOrEqual(exact * 0.02);
      }),
    );
  });

  it('says the same of counts that lie flat', () => {
    fc.assert(
      fc.property(durations, fc.double({ min: 0, max: 1, noNaN: true }), (values, q) => {
        const sketch = sketchOf(values);
        const flat = Array.from({ length: 800 }, (_, bucket) => sketch.counts.get(bucket) ?? 0);
        expect(quantileOfCounts(flat, q)).toBe(quantile(sketch, q));
        expect(quantileOfCounts([0, 0], q)).toBeNull();
      }),
    );
  });

  it('merged equals the sketch of all values, also after packing (rule 1)', () => {
    fc.assert(
      fc.property(durations, durations, (a, b) => {
        const merged = unpackSketch(packSketch(sketchOf(a)));
        mergeSketch(merged, sketchOf(b));
        expect(packSketch(merged)).toEqual(packSketch(sketchOf([...a, ...b])));
        expect(merged.total).toBe(a.length + b.length);
      }),
    );
  });

  it('of nothing has no percentile', () => expect(quantile(createSketch(), 0.5)).toBeNull());
});
