import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countOf, formatCount, formatDuration, formatSize } from '../../../shared/format/quantities.ts';
import { isoTimestamp } from '../../../shared/format/times.ts';
import { failureAdvice, failureSentence } from '../../../shared/format/failures.ts';
import { FAILURE_KINDS } from '../../../shared/model/failure.ts';

test.each([
  [null, '–'],
  [0, '0 µs'],
  [850, '850 µs'],
  [999, '999 µs'],
  [1000, '1 ms'],
  [12_345, '12.3 ms'],
  [999_400, '999 ms'],
  [999_960, '1 s'],
  [1_500_000, '1.5 s'],
  [59_990_000, '1 min'],
  [90_000_000, '1.5 min'],
  [3_600_000_000, '1 h'],
  [360_000_000_000, '100 h'],
])('%s µs reads %s', (value, text) => expect(formatDuration(value)).toBe(text));

test.each([
  [null, '–'],
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1 kB'],
  [1450, '1.45 kB'],
  [100_000, '100 kB'],
  [1_048_576, '1.05 MB'],
  [2e9, '2 GB'],
])('%s bytes reads %s', (value, text) => expect(formatSize(value)).toBe(text));

test('no amount ever shows more than three digits before its unit grows', () => {
  fc.assert(
    fc.property(fc.nat({ max: 3_000_000_000 }), (value) => {
      expect(formatDuration(value)).toMatch(/^\d{1,3}(\.\d{1,2})? /);
      expect(formatSize(value)).toMatch(/^\d{1,3}(\.\d{1,2})? /);
    }),
  );
});

test('counts are grouped and agree with their noun', () => {
  expect(formatCount(1234567)).toBe('1,234,567');
  expect(countOf(1, 'call')).toBe('1 call');
  expect(countOf(2000, 'call')).toBe('2,000 calls');
});

test('timestamps keep microseconds when there are any', () => {
  expect(isoTimestamp(1_000_000)).toBe('1970-01-01T00:00:01.000Z');
  expect(isoTimestamp(1_000_007)).toBe('1970-01-01T00:00:01.000007Z');
});

test('every kind of failure is said in a sentence, with what to do next', () => {
  for (const kind of FAILURE_KINDS) {
    expect(failureSentence({ kind, detail: 'ECODE.' })).toMatch(/^Failed: .+ \(ECODE\)\.$/);
    expect(failureSentence({ kind, detail: '' })).toMatch(/^Failed: [^()]+\.$/);
    expect(failureAdvice(kind)).toMatch(/^[A-Z].*\.$/);
  }
});
