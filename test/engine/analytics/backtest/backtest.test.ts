import { expect, onTestFinished, test } from 'vitest';
import type { BacktestResult } from '../../../../shared/contract/policies.ts';
import { createDataDir } from '../../../harness/recorder.ts';
import { ALL, SECOND, START, openPast, storePast } from '../../../harness/store/past.ts';
import type { PastCall } from '../../../harness/store/past.ts';

/** What one policy would have done to these calls. */
function backtest(calls: readonly PastCall[], policy: string, change: Partial<typeof ALL> = {}): BacktestResult {
  const dataDir = createDataDir(onTestFinished);
  storePast(dataDir, calls);
  const past = openPast(dataDir);
  onTestFinished(() => past.reader.close());
  const answer = past.ask('backtest', { ...ALL, ...change, candidates: [policy] });
  if ('problem' in answer) throw new Error(JSON.stringify(answer.problems));
  return answer.results[0]![0]!;
}

const limit = (settings: string, match = ''): string =>
  `id: three\nkind: limit\nmode: observe\nowner: platform@example.com\n${match}settings: { ${settings} }\n`;
const CENT = 10_000_000;

test('refuses what is over the limit of its window, and says whom that hits and what it saves', () => {
  const calls: PastCall[] = [
    ...[0, 10, 20, 30, 40].map((at) => ({
      at,
      app: 'billing',
      costNanoUsd: CENT,
      tags: { feature: at < 40 ? 'pay' : 'sync' },
    })),
    { at: 41, app: 'search', costNanoUsd: CENT },
    { at: 61, app: 'billing', costNanoUsd: CENT },
  ];
  const result = backtest(calls, limit('algorithm: fixed-window, limit: 3, window: 1m, per: [app]'));
  expect(result).toMatchObject({
    evaluated: 7,
    matched: 7,
    denied: 2,
    delayed: 0,
    delayMs: null,
    savedNanoUsd: 2 * CENT,
    spentNanoUsd: 5 * CENT,
  });
  expect(result.calls.map(({ id, verdict }) => [id, verdict])).toEqual([
    [4, 'deny'],
    [5, 'deny'],
  ]);
  expect(result.calls[0]!.sentence).toContain('three');
  expect(result.affected.apps).toEqual([
    { name: 'billing', calls: 6, denied: 2, delayed: 0 },
    { name: 'search', calls: 1, denied: 0, delayed: 0 },
  ]);
  expect(result.affected.features).toEqual([
    { name: 'pay', calls: 4, denied: 1, delayed: 0 },
    { name: 'sync', calls: 1, denied: 1, delayed: 0 },
  ]);
  expect(result.affected.keys.map(({ name, denied }) => [name, denied])).toEqual([
    ['app=billing', 2],
    ['app=search', 0],
  ]);
  const sums = result.series.reduce(
    (sum, { allowed, denied, savedNanoUsd }) => [sum[0]! + allowed, sum[1]! + denied, sum[2]! + savedNanoUsd],
    [0, 0, 0],
  );
  expect(sums).toEqual([5, 2, 2 * CENT]);
});

test('delays what may wait for the next window, and refuses what would wait too long', () => {
  const calls: PastCall[] = [{ at: 0 }, { at: 1 }, { at: 2 }];
  const result = backtest(calls, limit('algorithm: fixed-window, limit: 1, window: 10s, action: wait, maxWait: 15s'));
  expect(result.calls.map(({ id, verdict, waitUs }) => [id, verdict, waitUs])).toEqual([
    [3, 'deny', 0],
    [2, 'wait', 9 * SECOND],
  ]);
  expect(result.delayMs).toEqual({ p50: 9000, p90: 9000, p99: 9000, max: 9000, mean: 9000 });
});

test('a delayed call ends as much later as it leaves later', () => {
  const calls: PastCall[] = [
    { at: 0, lasts: 10 },
    { at: 1, lasts: 10 },
    { at: 12, lasts: 1 },
  ];
  const result = backtest(calls, limit('algorithm: concurrency, limit: 1, action: wait, maxWait: 1m'));
  // The second leaves at 10 and ends at 20, not at 11: so the third, which found it free, waits for 8 seconds.
  expect(result.calls.map(({ id, waitUs }) => [id, waitUs])).toEqual([
    [2, 9 * SECOND],
    [3, 8 * SECOND],
  ]);
});

test('in the closed loop, refused callers come back when they are told to', () => {
  const calls: PastCall[] = [{ at: 0 }, { at: 4 }];
  const policy = limit('algorithm: fixed-window, limit: 1, window: 10s');
  expect(backtest(calls, policy)).toMatchObject({ denied: 1, delayed: 0, retries: 0 });
  const closed = backtest(calls, policy, { callers: 'retry' });
  expect(closed).toMatchObject({ denied: 0, delayed: 1, retries: 1, delayMs: { max: 6000 } });
  // Three at once for one place each window: the first gets in, the second on its first retry, the third on its second.
  const three = backtest([{ at: 0 }, { at: 4 }, { at: 5 }, { at: 6 }], policy, { callers: 'retry' });
  expect(three).toMatchObject({ denied: 1, delayed: 2, retries: 5 });
});

test('a refusal of the vendor counts as spared only when the call stays home or comes after the vendor said', () => {
  const refused = (at: number, retryAt: number | null): PastCall => ({
    at,
    status: 429,
    limits: { signals: [], throttle: 'vendor-rate', retryAt: retryAt === null ? null : START + retryAt * SECOND },
  });
  const denied = backtest([{ at: 0 }, refused(1, null)], limit('algorithm: fixed-window, limit: 1, window: 10s'));
  expect(denied).toMatchObject({ vendor429s: 1, vendor429sAvoided: 1 });
  const wait = limit('algorithm: fixed-window, limit: 1, window: 10s, action: wait, maxWait: 1m');
  expect(backtest([{ at: 0 }, refused(1, 8)], wait)).toMatchObject({ delayed: 1, vendor429sAvoided: 1 });
  expect(backtest([{ at: 0 }, refused(1, 12)], wait)).toMatchObject({ delayed: 1, vendor429sAvoided: 0 });
  const silent = backtest([{ at: 0 }, refused(1, null)], wait);
  expect(silent.vendor429sAvoided).toBe(0);
  expect(silent.unknowns.join('\n')).toContain('did not say from when on');
});

test('a cost that is not known is not 0', () => {
  const calls: PastCall[] = [{ at: 0, costNanoUsd: CENT }, { at: 1, costNanoUsd: null }, { at: 2 }];
  const result = backtest(calls, limit('algorithm: fixed-window, limit: 1, window: 10s'));
  expect(result).toMatchObject({ denied: 2, savedNanoUsd: null, spentNanoUsd: CENT });
  expect(result.unknowns.join('\n')).toContain('What 2 calls cost is not known');
});

test('matches by what stands in the row, the path, the tags and the headers of a call', () => {
  const calls: PastCall[] = [
    { at: 0, path: '/v1/embeddings' },
    { at: 1, host: 'api.stripe.com', path: '/v1/charges' },
    { at: 2, tags: { tenant: 'acme' } },
    { at: 3, headers: 'Host: api.openai.com\r\nX-Team: search\r\n' },
  ];
  const deny = (match: string): number[] =>
    backtest(calls, `id: no\nkind: access\nmode: enforce\n${match}\nsettings: { action: deny }\n`).calls.map(
      ({ id }) => id,
    );
  expect(deny('match: { vendor: openai }')).toEqual([1, 3, 4]);
  expect(deny('match: { path: /v1/emb* }')).toEqual([1]);
  expect(deny('match: { tag: { tenant: acme } }')).toEqual([3]);
  expect(deny('match: { header: { x-team: search } }')).toEqual([4]);
  expect(deny(`when: 'request.path.startsWith("/v1/ch") && vendor != "openai"'`)).toEqual([2]);
});

test('several candidates run side by side, each as if alone', () => {
  const dataDir = createDataDir(onTestFinished);
  storePast(dataDir, [{ at: 0 }, { at: 1 }, { at: 2 }, { at: 3 }]);
  const past = openPast(dataDir);
  onTestFinished(() => past.reader.close());
  const candidates = [1, 2, 3, 4].map((most) => limit(`algorithm: fixed-window, limit: ${most}, window: 10s`));
  const answer = past.ask('backtest', { ...ALL, candidates });
  if ('problem' in answer) throw new Error('bad');
  expect(answer.results.map(([result]) => result!.denied)).toEqual([3, 2, 1, 0]);
});

test('of a whole file, policies meet as they would: what one refuses costs the others nothing', () => {
  const file = `policies:
  - { id: first, kind: limit, mode: enforce, settings: { algorithm: fixed-window, limit: 2, window: 10s } }
  - { id: second, kind: limit, mode: observe, settings: { algorithm: fixed-window, limit: 3, window: 10s } }
`;
  const dataDir = createDataDir(onTestFinished);
  storePast(dataDir, [{ at: 0 }, { at: 1 }, { at: 2 }, { at: 3 }]);
  const past = openPast(dataDir);
  onTestFinished(() => past.reader.close());
  const told = (only?: string): unknown => {
    const answer = past.ask('backtest', { ...ALL, candidates: [file], only });
    if ('problem' in answer) throw new Error('bad');
    return answer.results[0]!.map(({ policy, denied }) => [policy, denied]);
  };
  expect(told()).toEqual([
    ['first', 2],
    ['second', 0],
  ]);
  expect(told('second')).toEqual([['second', 1]]);
});

test('says line and column of what is wrong with a policy', () => {
  const dataDir = createDataDir(onTestFinished);
  storePast(dataDir, [{ at: 0 }]);
  const past = openPast(dataDir);
  onTestFinished(() => past.reader.close());
  const bad = (text: string, only?: string) => {
    const answer = past.ask('backtest', { ...ALL, candidates: [text], only });
    if (!('problem' in answer)) throw new Error('It was taken.');
    return answer.problems[0]!;
  };
  expect(
    bad('id: x\nkind: limit\nmode: enforce\nsettings:\n  algorithm: fixed-window\n  limit: 3\n  window: soon\n'),
  ).toMatchObject({ line: 7, column: 11 });
  expect(bad('- id: x\n  kind: limt\n  mode: enforce\n')).toMatchObject({ line: 2, column: 9 });
  expect(bad('policies:\n  - id: x\n    kind: limt\n    mode: enforce\n')).toMatchObject({ line: 3, column: 11 });
  expect(bad('id: [\n').line).toBeGreaterThan(0);
  expect(bad('policies: []').says).toContain('no policy');
  expect(bad(limit('algorithm: fixed-window, limit: 3, window: 1m'), 'other').says).toContain('“other”');
});

test('calls that come later are in the next answer, as if all had been read anew', () => {
  const dataDir = createDataDir(onTestFinished);
  storePast(dataDir, [{ at: 0 }, { at: 1 }]);
  const past = openPast(dataDir);
  onTestFinished(() => past.reader.close());
  const question = { ...ALL, candidates: [limit('algorithm: fixed-window, limit: 1, window: 10s')] };
  const denied = (): number => {
    const answer = past.ask('backtest', question);
    if ('problem' in answer) throw new Error('bad');
    return answer.results[0]![0]!.denied;
  };
  expect(denied()).toBe(1);
  storePast(dataDir, [{ at: 2 }, { at: 3, app: 'new' }], 3);
  expect(denied()).toBe(3);
  // One that came before the others, told late.
  storePast(dataDir, [{ at: 0.5, app: 'early' }], 5);
  expect(denied()).toBe(4);
});
