// A set is off by itself when its time is up, and what is told of it is what is so.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createLiveMocks } from '../../../electron/engine/mocks/live-mocks.ts';
import { readMockText } from '../../../electron/engine/mocks/read-mock-text.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const read = readMockText('mocks: [{ id: one }]');
const loaded = { set: 'set' in read ? read.set : { name: null, unmatched: null, mocks: [] }, files: new Map() };
const asked = { name: 'a', file: '/a.yaml', loaded, apps: null, run: null, unmatched: 'pass', seed: 1 } as const;

test('a set is active until its time is up, and no longer', () => {
  const live = createLiveMocks({ now: () => Date.now() * 1000 });
  const told: number[] = [];
  live.onChanged(() => told.push(live.active.length));
  expect(live.idle).toBe(true);
  const started = live.start({ ...asked, minutes: 24 * 60 });
  expect(started?.until).toBe((Date.now() + 86_400_000) * 1000);
  vi.advanceTimersByTime(86_399_999);
  expect(live.idle).toBe(false);
  vi.advanceTimersByTime(1);
  expect(live.idle).toBe(true);
  expect(told).toEqual([1, 0]);
  live.close();
});

test('what was started last answers first, and more than may be active are refused', () => {
  const live = createLiveMocks({ now: () => 0 });
  for (let count = 0; count < 20; count += 1)
    expect(live.start({ ...asked, name: `set-${count}`, minutes: 60 })).not.toBeNull();
  expect(live.start({ ...asked, minutes: 60 })).toBeNull();
  expect(live.active[0]?.name).toBe('set-19');
  live.close();
  expect(live.idle).toBe(true);
});
