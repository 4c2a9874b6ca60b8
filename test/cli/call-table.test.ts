// Rule: on a narrow terminal the table gives up columns before it gives up the address.
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { callTable } from '../../electron/cli/call-table.ts';
import { makeCall, summaryOf } from '../fixtures/calls.ts';

const calls = [makeCall({ id: 1 }), makeCall({ id: 123456, status: 500, app: 'a-program-with-a-long-name' })].map(
  summaryOf,
);
// On the day of the calls: those of other days have a date as well, and their column goes earlier.
beforeAll(() => void vi.useFakeTimers({ now: calls[0]!.startedAt / 1000 }));
afterAll(() => void vi.useRealTimers());
const lines = (width: number | null): string[] =>
  callTable(calls, () => width)
    .all(calls)
    .trimEnd()
    .split('\n');

test.each([
  [null, ['ID', 'TIME', 'APP', 'METHOD', 'STATUS', 'TIME TAKEN', 'SIZE', 'ADDRESS']],
  [200, ['ID', 'TIME', 'APP', 'METHOD', 'STATUS', 'TIME TAKEN', 'SIZE', 'ADDRESS']],
  [80, ['ID', 'TIME', 'METHOD', 'STATUS', 'ADDRESS']],
  [60, ['ID', 'METHOD', 'STATUS', 'ADDRESS']],
  [40, ['ID', 'METHOD', 'STATUS', 'ADDRESS']],
] as const)('%s columns wide, it shows %j', (width, titles) => {
  const [head = '', ...rows] = lines(width);
  expect(head.trim().split(/ {2,}/)).toEqual(titles);
  for (const row of rows) {
    expect(row).toContain('api.example.com'.slice(0, 10));
    if (width !== null) expect([...row].length).toBeLessThanOrEqual(width);
  }
});
