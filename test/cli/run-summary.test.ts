// Rule: the one line says how much was recorded, how much of it failed, and the command that shows it.
import { expect, test } from 'vitest';
import { createTally, summaryLine } from '../../electron/cli/run-summary.ts';

const answered = (status: number, host = 'a.example') => ({ host, status, failure: null });

test('counts calls, hosts, and as failed what got no answer or one of 400 and more', () => {
  const tally = createTally();
  tally.add([answered(200), answered(204, 'b.example'), answered(404), answered(503)]);
  tally.add([{ host: 'c.example', status: null, failure: 'refused' }, answered(101)]);
  expect(summaryLine(tally, 'shop', null)).toBe(
    '6 calls (3 failed) to 3 hosts as "shop"; see: npx sallyport calls app:shop',
  );
});

test('one is one, and none failed is not said', () => {
  const tally = createTally();
  tally.add([answered(200)]);
  expect(summaryLine(tally, 'shop', '/tmp/my data')).toBe(
    `1 call to 1 host as "shop"; see: npx sallyport calls --data '/tmp/my data' app:shop`,
  );
});

test('the command can be pasted whatever the name', () => {
  const tally = createTally();
  tally.add([answered(200)]);
  expect(summaryLine(tally, 'my app', null)).toContain(`calls 'app:"my app"'`);
  expect(summaryLine(tally, '@shop/checkout', null)).toContain('calls app:@shop/checkout');
});

test('nothing recorded is said too', () => {
  expect(summaryLine(createTally(), 'shop', null)).toBe('no call of "shop" came this way');
});
