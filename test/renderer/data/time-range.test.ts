import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readRange, rangeTerms, stepSpan, writeBetween } from '../../../renderer/data/time-range.ts';
import { parseQuery } from '../../../shared/query/parse.ts';

const NOW = 1_763_890_000_000_000;
const ranges = fc.oneof(
  fc.constantFrom('5m', '15m', '1h', '24h', '7d', 'all'),
  fc
    .tuple(fc.integer({ min: 1, max: 1e10 }), fc.integer({ min: 1, max: 1e9 }))
    .map(([before, length]) => writeBetween(NOW - before * 1000, NOW - before * 1000 + length * 1000)),
);

test('a span in steps covers its range, in whole steps, and never in more than a strip can show', () => {
  fc.assert(
    fc.property(ranges, fc.integer({ min: 0, max: 4e8 }), (text, seconds) => {
      const range = readRange(text);
      if (!range) throw new Error(`${text} is no range`);
      const oldest = NOW - seconds * 1e6;
      const { since, until, step } = stepSpan(range, NOW, oldest);
      const steps = (until - since) / step;
      expect(Number.isInteger(steps)).toBe(true);
      expect(steps).toBeGreaterThan(0);
      expect(steps).toBeLessThanOrEqual(181);
      const from = range.kind === 'between' ? range.since : range.kind === 'last' ? NOW - range.us : oldest;
      expect(since).toBeLessThanOrEqual(from);
      expect(until).toBeGreaterThan(range.kind === 'between' ? range.until - 1 : NOW);
    }),
  );
});

test('bars stay what they are while time goes on', () => {
  const range = { kind: 'last', us: 9e8 } as const;
  const before = stepSpan(range, NOW, null);
  const after = stepSpan(range, NOW + 3e6, null);
  expect(after.step).toBe(before.step);
  expect((after.since - before.since) % before.step).toBe(0);
});

test('the filter of a range can be read, and all time has none', () => {
  expect(rangeTerms({ kind: 'all' }, NOW)).toBe('');
  fc.assert(
    fc.property(ranges, (text) => {
      const range = readRange(text);
      expect(range && parseQuery(rangeTerms(range, NOW), { now: NOW }).ok).toBe(true);
    }),
  );
});

test('what is no range in an address is none', () => {
  for (const text of ['', '15', 'x', '5-3', '1-', '15y']) expect([text, readRange(text)]).toEqual([text, null]);
});
