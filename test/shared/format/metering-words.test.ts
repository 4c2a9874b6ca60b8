import { expect, test } from 'vitest';
import {
  formatQuantity,
  limitWords,
  partName,
  priceWords,
  provenanceSentence,
  throttleSentence,
} from '../../../shared/format/metering-words.ts';
import { THROTTLES } from '../../../shared/model/limit-signal.ts';
import { PROVENANCES } from '../../../shared/model/money.ts';

test('every way a cost is known and every throttle has a sentence', () => {
  for (const provenance of PROVENANCES) expect(provenanceSentence(provenance)).toMatch(/^[A-Z].*\.$/);
  for (const throttle of THROTTLES) expect(throttleSentence(throttle)).toMatch(/^[A-Z].*\.$/);
});

test('prices keep every digit', () => {
  expect(priceWords({ priceNanoUsd: 1_250_000_000, per: 'million' })).toBe('$1.25 per million');
  expect(priceWords({ priceNanoUsd: 7_900_000, per: 'one' })).toBe('$0.0079 each');
  expect(priceWords({ priceNanoUsd: 3, per: 'one' })).toBe('$0.000000003 each');
  expect(priceWords({ priceNanoUsd: 2_500_000.5, per: 'one' })).toBe('$0.0025000005 each');
});

test('quantities are grouped before the point and never behind it', () => {
  expect([0, 1234, 1234.56789, 0.123456].map(formatQuantity)).toEqual(['0', '1,234', '1,234.56789', '0.123456']);
});

test('parts and units have names', () => {
  expect([partName('cache_read'), partName('sms_segment')]).toEqual(['input from cache', 'sms segment']);
});

test('limits say what is left, of what is known', () => {
  const signal = {
    resource: 'core',
    unit: 'requests',
    limit: 5000,
    remaining: 4999,
    resetAt: null,
    window: null,
    source: 'x',
  } as const;
  expect(limitWords(signal)).toBe('4,999 of 5,000 requests left');
  expect(limitWords({ ...signal, limit: null, unit: 'other' })).toBe('4,999 left');
  expect(limitWords({ ...signal, remaining: null, unit: 'concurrency' })).toBe('limit 5,000 at a time');
  expect(limitWords({ ...signal, remaining: null, limit: null })).toBe('not said');
});
