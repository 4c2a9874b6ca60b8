// Rule: the one line says how much was recorded, how much of it failed, and the command that shows it.
import { expect, test } from 'vitest';
import { aroundLine, createTally, queryForRun, summaryLine } from '../../electron/cli/run-summary.ts';

const RUN = '0123456789abcdef';
const answered = (status: number, host = 'a.example') => ({ host, status, failure: null });

test('counts calls, hosts, and as failed what got no answer or one of 400 and more', () => {
  const tally = createTally();
  tally.add([answered(200), answered(204, 'b.example'), answered(404), answered(503)]);
  tally.add([{ host: 'c.example', status: null, failure: 'refused' }, answered(101)]);
  expect(summaryLine(tally, 'shop', queryForRun(RUN), null)).toBe(
    '6 calls (3 failed) to 3 hosts as "shop"; see: npx sallyport calls tag:run=0123456789abcdef',
  );
});

test('one is one, and none failed is not said', () => {
  const tally = createTally();
  tally.add([answered(200)]);
  expect(summaryLine(tally, 'shop', queryForRun(RUN), '/tmp/my data')).toBe(
    `1 call to 1 host as "shop"; see: npx sallyport calls --data '/tmp/my data' tag:run=0123456789abcdef`,
  );
});

test('nothing recorded is said too', () => {
  expect(summaryLine(createTally(), 'shop', queryForRun(RUN), null)).toBe('no call of "shop" came this way');
});

test('what went past is named, with where to look', () => {
  const row = { process: 'python3', host: '10.0.0.5', port: 5432, connections: 2 };
  expect(aroundLine([row], null)).toBe(
    '2 connections went past Sallyport: python3 → 10.0.0.5:5432; see: npx sallyport coverage',
  );
  const six = { process: 'java', host: '2001:db8::1', port: 443, connections: 1 };
  expect(aroundLine([row, six, six, six, six], '/my data')).toBe(
    "6 connections went past Sallyport: python3 → 10.0.0.5:5432, java → [2001:db8::1]:443, java → [2001:db8::1]:443 and 2 more places; see: npx sallyport coverage --data '/my data'",
  );
  expect(aroundLine([], null)).toBe(null);
});
