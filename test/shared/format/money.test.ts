import fc from 'fast-check';
import { expect, test } from 'vitest';
import { exactDollars, exactMoney, formatMoney } from '../../../shared/format/money.ts';

test.each([
  [null, 'unknown'],
  [0, '$0.00'],
  [1, '< $0.0001'],
  [99_999, '< $0.0001'],
  [100_000, '$0.0001'],
  [3_300_000, '$0.0033'],
  [12_340_000, '$0.0123'],
  [12_350_000, '$0.0124'],
  [12_345_000, '$0.0123'],
  [123_456_789, '$0.1235'],
  [420_000_000, '$0.42'],
  [151_000_000, '$0.1510'],
  [400_000_000, '$0.40'],
  [10_000_000, '$0.01'],
  [999_940_000, '$0.9999'],
  [999_960_000, '$1.00'],
  [1_000_000_000, '$1.00'],
  [1_005_000_000, '$1.00'],
  [1_015_000_000, '$1.02'],
  [1_204_560_000_000, '$1,204.56'],
  [1_234_567_890_000_000, '$1,234,567.89'],
  [-3_300_000, '−$0.0033'],
  [-1_500_000_000, '−$1.50'],
  [-5, '> −$0.0001'],
])('%s nano-dollars read %s', (nanoUsd, text) => expect(formatMoney(nanoUsd)).toBe(text));

test.each([
  [0, '0'],
  [1, '0.000000001'],
  [3_300_000, '0.0033'],
  [1_204_560_000_000, '1204.56'],
  [-3_000_000_000, '-3'],
  [-1_500_000_000, '-1.5'],
  [Number.MAX_SAFE_INTEGER, '9007199.254740991'],
])('%s nano-dollars are exactly %s dollars', (nanoUsd, text) => expect(exactDollars(nanoUsd)).toBe(text));

test('exact dollars read back as the same nano-dollars', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), (nanoUsd) => {
      const [, sign = '', whole = '0', rest = ''] = /^(-?)(\d+)(?:\.(\d{1,9}))?$/.exec(exactDollars(nanoUsd)) ?? [];
      const back = BigInt(whole) * 1_000_000_000n + BigInt(rest.padEnd(9, '0'));
      expect(Number(sign === '-' ? -back : back)).toBe(nanoUsd === 0 ? 0 : nanoUsd);
    }),
  );
});

test('what is not nothing never reads as nothing, and what is unknown never as a number', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), (nanoUsd) => {
      expect(formatMoney(nanoUsd)).not.toMatch(/^\$0\.0+$/);
    }),
  );
  expect(formatMoney(null)).not.toMatch(/\d/);
});

test.each([
  [null, 'unknown'],
  [0, '$0.00'],
  [1, '$0.000000001'],
  [291_600, '$0.0002916'],
  [1_204_560_000_000, '$1,204.56'],
  [-3_000_000_000, '−$3.00'],
])('%s nano-dollars are %s, to the last digit', (nanoUsd, text) => expect(exactMoney(nanoUsd)).toBe(text));
