// Rule: what a backtest prints can be read by people and relied on by scripts, and CI can fail on any number of it.
import { expect, test } from 'vitest';
import { recordOf, resultsOf, tableOf } from '../../electron/cli/backtest-file.ts';
import { failures, readFailOn, type FailOn } from '../../electron/cli/fail-on.ts';
import type { BacktestResult } from '../../shared/contract/policies.ts';

const RESULT: BacktestResult = {
  policy: 'three-a-minute',
  kind: 'limit',
  evaluated: 120_000,
  matched: 4000,
  denied: 12,
  delayed: 340,
  delayMs: { p50: 120, p90: 900, p99: 2400, max: 9000, mean: 310 },
  savedNanoUsd: 1_250_000_000,
  spentNanoUsd: 98_000_000_000,
  vendor429s: 40,
  vendor429sAvoided: 31,
  alerts: 0,
  retries: 0,
  affected: {
    apps: [
      { name: 'billing', calls: 3000, denied: 12, delayed: 300 },
      { name: null, calls: 900, denied: 0, delayed: 40 },
      { name: 'calm', calls: 100, denied: 0, delayed: 0 },
    ],
    features: [],
    callSites: [],
    endpoints: [{ name: 'POST /v1/chat\u001b[31m', calls: 4000, denied: 12, delayed: 340 }],
    keys: [],
  },
  series: [{ start: 1_700_000_000_000_000, allowed: 1, denied: 2, delayed: 3, savedNanoUsd: 4 }],
  step: 3_600_000_000,
  calls: [{ id: 7, at: 1_700_000_000_000_000, verdict: 'deny', waitUs: 0, sentence: 'Over 3 a minute.' }],
  unknowns: ['Callers would perhaps have tried again.'],
  tookMs: 812,
};
const CALM: BacktestResult = { ...RESULT, policy: 'calm', denied: 0, delayed: 0, delayMs: null, savedNanoUsd: null };

const span = { since: 1_700_000_000_000_000, until: 1_700_000_100_000_000 };

function condition(text: string): FailOn {
  const read = readFailOn(text);
  return typeof read === 'string' ? expect.fail(read) : read;
}

test('for people: numbers by policy, whom it would have hit, what cannot be known; recorded text drives no terminal', () => {
  const text = tableOf([RESULT, CALM]);
  expect(text).toMatch(/three-a-minute +limit +120,000 +4,000 +12 +340 +120 ms +2\.4 s +\$1\.25 +31 of 40/);
  expect(text).toMatch(/calm +limit .* – +– +unknown/);
  expect(text).toContain('apps: billing (12 denied, 300 delayed), unknown (0 denied, 40 delayed)\n');
  expect(text).not.toContain('calm (');
  expect(text).not.toContain('\u001b[31m');
  expect(text.match(/Not known: Callers would/g)).toHaveLength(1);
  expect(tableOf([])).toContain('no policy');
});

test('for scripts: the promised names, times in ISO, nothing lost', () => {
  expect(recordOf('x.yaml', span, [RESULT])).toMatchObject({
    file: 'x.yaml',
    since: '2023-11-14T22:13:20.000Z',
    policies: [
      {
        policy: 'three-a-minute',
        evaluated: 120_000,
        denied: 12,
        delayed: 340,
        delayMs: { p50: 120, p90: 900, p99: 2400, max: 9000, mean: 310 },
        savedNanoUsd: 1_250_000_000,
        vendor429sAvoided: 31,
        affected: { apps: [{ name: 'billing' }, { name: null }, { name: 'calm' }] },
        calls: [{ id: 7, at: '2023-11-14T22:13:20.000Z' }],
      },
    ],
  });
});

test.each([
  ['denied>0', ['three-a-minute: denied is 12 (denied>0)']],
  ['denied>=13', []],
  ['delayMs.p99 > 2000', ['three-a-minute: delayMs.p99 is 2400 (delayMs.p99 > 2000)']],
  ['delayms.P50<=0', ['calm: delayMs.p50 is 0 (delayms.P50<=0)']],
  ['savedNanoUsd<1', []],
  [
    'vendor429sAvoided=31',
    [
      'three-a-minute: vendor429sAvoided is 31 (vendor429sAvoided=31)',
      'calm: vendor429sAvoided is 31 (vendor429sAvoided=31)',
    ],
  ],
])('--fail-on %s', (text, found) => {
  expect(failures([condition(text)], [RESULT, CALM])).toEqual(found);
});

test.each([
  ['denyed>0', /Did you mean “denied”/],
  ['colour>0', /may be one of evaluated, /],
  ['denied', /comparison and a bound/],
  ['denied>many', /comparison and a bound/],
])('--fail-on %s is no condition', (text, says) => {
  expect(readFailOn(text)).toMatch(says);
});

test('the stream is followed to its end, and left when it is given up', async () => {
  const asked: unknown[] = [];
  const policies = (pieces: unknown[]) =>
    ({
      backtest: async (question: unknown) => {
        asked.push(question);
        return (async function* () {
          yield* pieces;
        })();
      },
    }) as unknown as Parameters<typeof resultsOf>[0];
  const file = { name: 'x.yaml', text: 'policies: []' };
  const options = { filter: 'host:x', only: 'a', callers: 'retry' } as const;
  const { signal } = new AbortController();
  const done = [
    { state: 'working', done: 1, total: 2 },
    { state: 'done', results: [[RESULT]] },
  ];
  expect(await resultsOf(policies(done), file, span, options, signal)).toEqual([RESULT]);
  expect(asked).toEqual([{ ...span, ...options, candidates: ['policies: []'] }]);
  await expect(resultsOf(policies(done.slice(0, 1)), file, span, options, signal)).rejects.toThrow(/ended before/);
});
