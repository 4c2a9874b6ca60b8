import { expect, onTestFinished, test } from 'vitest';
import type { WhatIfName, WhatIfs } from '../../../../electron/engine/analytics/backtest/questions.ts';
import { kneeOf } from '../../../../electron/engine/analytics/backtest/knee.ts';
import { createDataDir } from '../../../harness/recorder.ts';
import { ALL, SECOND, START, openPast, storePast } from '../../../harness/store/past.ts';
import type { PastCall } from '../../../harness/store/past.ts';

function asking(calls: readonly PastCall[]) {
  const dataDir = createDataDir(onTestFinished);
  storePast(dataDir, calls);
  const past = openPast(dataDir);
  onTestFinished(() => past.reader.close());
  return <Name extends WhatIfName>(name: Name, question: WhatIfs[Name][0]) => {
    const answer = past.ask(name, question);
    if ('problem' in answer) throw new Error(JSON.stringify(answer));
    return answer as Exclude<typeof answer, { problem: string }>;
  };
}

const POLICY = `# Ours, since last winter.
id: three
kind: limit
mode: observe
settings:
  algorithm: fixed-window
  limit: 3 # a guess
  window: 10s
  per: [app]
`;
const CENT = 10_000_000;
/** Ten windows of ten seconds with 1, 2 … 10 calls. */
const rising: PastCall[] = Array.from({ length: 10 }, (_, window) =>
  Array.from({ length: window + 1 }, (__, index) => ({ at: window * 10 + index / 2, costNanoUsd: CENT })),
).flat();

test('a sweep tries every value on the same calls and finds where more gives little', () => {
  const ask = asking(rising);
  const { points, knee } = ask('sweep', { ...ALL, policy: POLICY, setting: 'limit', from: 1, to: 10, steps: 10 });
  expect(points.map(({ value }) => value)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  // Of n calls in a window with limit m, n − m are too many: 9+8+…+1, 8+7+…+1, …
  expect(points.map(({ denied }) => denied)).toEqual([45, 36, 28, 21, 15, 10, 6, 3, 1, 0]);
  expect(points[0]!.savedNanoUsd).toBe(45 * CENT);
  expect(knee).toBe(4);
});

test('a line has no knee', () => {
  expect(kneeOf([1, 2, 3, 4], [30, 20, 10, 0])).toBeNull();
  expect(kneeOf([1, 2, 3], [5, 5, 5])).toBeNull();
  expect(kneeOf([1, 2, 3, 4, 5], [100, 20, 10, 5, 0])).toBe(1);
});

test('demand is told window by window and key by key, beside what the vendor allows', () => {
  const signal = {
    resource: 'requests',
    unit: 'requests' as const,
    limit: 600,
    remaining: 12,
    resetAt: null,
    window: 60,
    source: 'x',
  };
  const ask = asking([
    ...rising,
    { at: 5, app: 'search', limits: { signals: [signal], throttle: null, retryAt: null } },
  ]);
  const demand = ask('demand', { ...ALL, policy: POLICY });
  expect(demand).toMatchObject({ windowUs: 10 * SECOND, unit: 'calls', windows: 11, calls: 56 });
  // 1, 1, 2, 3 … 10.
  expect(demand.percentiles).toEqual({ p50: 5, p90: 9, p99: 10, p999: 10, max: 10 });
  expect(demand.buckets.reduce((sum, { windows }) => sum + windows, 0)).toBe(11);
  expect(demand.keys).toEqual([
    { key: 'app=billing', calls: 55, highest: 10 },
    { key: 'app=search', calls: 1, highest: 1 },
  ]);
  expect(demand.headroom).toMatchObject([
    { resource: 'api.openai.com requests', limit: 600, lowest: 12, windowUs: 60 * SECOND, inThisWindow: 100 },
  ]);
});

test('recommends what history asked for with a margin, and keeps what people wrote beside it', () => {
  const ask = asking(rising);
  const { limit, text, says, result } = ask('recommend', { ...ALL, policy: POLICY, safety: 1.2 });
  expect(limit).toBe(12);
  expect(text).toBe(POLICY.replace('limit: 3', 'limit: 12'));
  expect(says.join(' ')).toMatch(
    /10 windows of 10 s.*at most 10 calls.*12 calls.*nothing of its own limit.*refused 0/s,
  );
  expect(result).toMatchObject({ matched: 55, denied: 0 });
});

test('recommends no more than nine tenths of what the vendor allows', () => {
  const signal = {
    resource: 'requests',
    unit: 'requests' as const,
    limit: 60,
    remaining: 12,
    resetAt: null,
    window: 60,
    source: 'x',
  };
  const ask = asking([...rising, { at: 0.1, limits: { signals: [signal], throttle: null, retryAt: null } }]);
  // 60 a minute are 10 in ten seconds, of which 9 are left when a tenth is.
  expect(ask('recommend', { ...ALL, policy: POLICY, safety: 1.2 }).limit).toBe(9);
});

test('prices of a vendor or a model are changed, and what is not priced is told', () => {
  const ask = asking([
    { at: 0, costNanoUsd: CENT },
    { at: 1, costNanoUsd: CENT, model: 'gpt-5-mini' },
    { at: 2, costNanoUsd: null },
    { at: 3, host: 'api.stripe.com', costNanoUsd: 5 * CENT },
  ]);
  expect(ask('price', { ...ALL, vendor: 'openai', factor: 1.5 })).toEqual({
    calls: 3,
    unpricedCalls: 1,
    nanoUsd: 2 * CENT,
    thenNanoUsd: 3 * CENT,
  });
  expect(ask('price', { ...ALL, model: 'gpt-5-m*', factor: 0 })).toEqual({
    calls: 1,
    unpricedCalls: 0,
    nanoUsd: CENT,
    thenNanoUsd: 0,
  });
});

test('a cache would answer the same call again within its time, and no other', () => {
  const get = (at: number, change: Partial<PastCall> = {}): PastCall => ({
    at,
    lasts: 1,
    method: 'GET',
    path: '/v1/models',
    costNanoUsd: CENT,
    ...change,
  });
  const ask = asking([
    get(0),
    get(0.5), // the first is still under way
    get(5),
    get(8, { path: '/v1/models?page=2' }),
    get(9, { credential: 'key-2' }),
    get(20),
    get(21, { method: 'POST' }),
    get(30, { path: '/busy', status: 503 }),
    get(32, { path: '/busy', status: 503 }),
  ]);
  const { points } = ask('cache', { ...ALL, ttls: [4, 10, 100] });
  expect(points.map(({ ttl, calls, hits }) => [ttl, calls, hits])).toEqual([
    [4, 8, 1],
    [10, 8, 1],
    [100, 8, 2],
  ]);
  expect(points[2]).toMatchObject({ savedNanoUsd: 2 * CENT, savedMs: 2000, savedBytes: 2000 });
});

test('says what answers forbid that a cache would have given again', () => {
  const ask = asking(
    [0, 5].map((at) => ({
      at,
      lasts: 1,
      method: 'GET',
      path: '/me',
      answerHeaders: 'Cache-Control: private, no-store\r\nVary: Accept-Language\r\n',
    })),
  );
  const { points, unknowns } = ask('cache', { ...ALL, ttls: [60] });
  expect(points[0]!.hits).toBe(1);
  expect(unknowns.join('\n')).toContain('forbid others to keep them');
  expect(unknowns.join('\n')).toContain('accept-language (1)');
});

test('nothing recorded is said, not refused', () => {
  const ask = asking([]);
  const { results } = ask('backtest', { ...ALL, until: START + SECOND, candidates: [POLICY] });
  expect(results[0]![0]).toMatchObject({ evaluated: 0, matched: 0, denied: 0, savedNanoUsd: 0 });
  expect(results[0]![0]!.unknowns.join()).toContain('No calls were recorded');
});
