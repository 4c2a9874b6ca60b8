import { expect, test } from 'vitest';
import type { App } from '../../../shared/contract/apps.ts';
import { ageText } from '../../../renderer/data/age.ts';
import {
  coverageOf,
  findApps,
  nextOrder,
  orderApps,
  readDay,
  readOrder,
} from '../../../renderer/views/apps/app-order.ts';

const app = (name: string, change: Partial<App> = {}): App => ({
  name,
  names: [name],
  owner: null,
  team: null,
  criticality: null,
  calls: 0,
  errors: 0,
  hosts: 0,
  topHosts: [],
  firstSeen: null,
  lastSeen: null,
  processes: [],
  project: null,
  agent: false,
  coverage: null,
  credentials: [],
  ...change,
});
const names = (apps: readonly App[]): string[] => apps.map(({ name }) => name);

test('what has no value comes last, whichever way round', () => {
  const apps = [app('a'), app('b', { owner: 'Kim' }), app('c', { owner: 'Ada' }), app('d')];
  expect(names(orderApps(apps, { by: 'owner', descending: false }))).toEqual(['c', 'b', 'a', 'd']);
  expect(names(orderApps(apps, { by: 'owner', descending: true }))).toEqual(['b', 'c', 'a', 'd']);
});

test('criticality is in the order of what hangs on it, not of the alphabet', () => {
  const apps = (['low', 'critical', 'medium', 'high'] as const).map((one) => app(one, { criticality: one }));
  expect(names(orderApps(apps, { by: 'criticality', descending: true }))).toEqual([
    'critical',
    'high',
    'medium',
    'low',
  ]);
});

test('coverage is of the connections made, and unknown without any', () => {
  expect(coverageOf(app('a', { coverage: { seen: 3, notSeen: 1 } }))).toBe(0.75);
  expect(coverageOf(app('a', { coverage: { seen: 0, notSeen: 0 } }))).toBeNull();
  expect(coverageOf(app('a'))).toBeNull();
});

test('a click sorts the useful way round first, the next one turns it', () => {
  const usual = readOrder('');
  expect(usual).toEqual({ by: 'calls', descending: true });
  expect(nextOrder(usual, 'calls')).toBe('calls');
  expect(nextOrder(readOrder('calls'), 'calls')).toBe('');
  expect(nextOrder(usual, 'name')).toBe('name');
  expect(nextOrder(readOrder('name'), 'name')).toBe('-name');
  expect(readOrder('nonsense')).toEqual(usual);
});

test('apps are found by every word, in any of their names, people, programs and hosts', () => {
  const apps = [
    app('shop', { names: ['shop', 'checkout-old'], owner: 'Ada', topHosts: [{ host: 'api.stripe.com', calls: 1 }] }),
    app('bot', { processes: ['bot.ts'] }),
  ];
  expect(names(findApps(apps, 'ADA stripe', null))).toEqual(['shop']);
  expect(names(findApps(apps, 'checkout', null))).toEqual(['shop']);
  expect(names(findApps(apps, 'bot.ts', null))).toEqual(['bot']);
  expect(findApps(apps, 'ada bot.ts', null)).toEqual([]);
});

test('new since a day has those of that day, and none of nobody knows when', () => {
  const day = readDay('2026-11-20');
  expect(day).toBe(new Date(2026, 10, 20).getTime() * 1000);
  const apps = [app('a', { firstSeen: day }), app('b', { firstSeen: (day ?? 0) - 1 }), app('c')];
  expect(names(findApps(apps, '', day))).toEqual(['a']);
  expect(readDay('2026-11')).toBeNull();
});

test('an age is whole units, and never more than was', () => {
  const now = 1_000_000_000_000_000;
  const at = (seconds: number): string => ageText(now - seconds * 1_000_000, now);
  expect([0, 4, 12, 59, 60, 3599, 3600, 172_799, 172_800].map(at)).toEqual([
    'now',
    'now',
    '12 s',
    '59 s',
    '1 min',
    '59 min',
    '1 h',
    '47 h',
    '2 d',
  ]);
  expect(ageText(now + 5_000_000, now)).toBe('now');
});
