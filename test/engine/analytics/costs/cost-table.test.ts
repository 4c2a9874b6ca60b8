// Costs by dimensions: nothing is lost, nothing is counted twice, and what nobody knows is never 0.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { costTable } from '../../../../electron/engine/analytics/costs/cost-table.ts';
import { COST_DIMENSIONS } from '../../../../shared/contract/costs.ts';
import { DAY, finish, handCall, HOUR, MONDAY, sourceOf, USD, type HandCall } from '../../../fixtures/cost-rows.ts';

const WEEK = { since: MONDAY, until: MONDAY + 7 * DAY };

function tableOf(calls: HandCall[], question: Partial<Parameters<typeof costTable>[1]> = {}, teams = {}) {
  const found = finish(costTable(sourceOf(calls, teams), { ...WEEK, by: ['vendor'], limit: 1000, ...question }));
  if ('problem' in found) throw new Error(found.why);
  return found;
}

test('a cost is unknown, not 0, when nothing of the row is known', () => {
  const { rows, total } = tableOf([
    handCall({ costNanoUsd: 2 * USD }),
    handCall({ costNanoUsd: null }),
    handCall({ host: 'api.stripe.com', endpoint: 'GET /v1/charges', model: null, costNanoUsd: undefined }),
    handCall({ host: 'api.anthropic.com', costNanoUsd: 0 }),
  ]);
  expect(
    rows.map(({ keys, costNanoUsd, calls, pricedCalls, unpricedCalls }) => [
      keys['vendor'],
      costNanoUsd,
      calls,
      pricedCalls,
      unpricedCalls,
    ]),
  ).toEqual([
    ['openai', 2 * USD, 2, 1, 1],
    ['anthropic', 0, 1, 1, 0],
    ['stripe', null, 1, 0, 1],
  ]);
  expect(total).toMatchObject({ costNanoUsd: 2 * USD, calls: 4, pricedCalls: 2, unpricedCalls: 2 });
});

test('calls to this machine and to private networks are no costs', () => {
  expect(
    tableOf([handCall({ host: 'localhost', costNanoUsd: undefined }), handCall({ host: '10.0.0.7' })]),
  ).toMatchObject({ rows: [], total: { calls: 0, costNanoUsd: null } });
});

test('by every dimension, and several at once', () => {
  const calls = [
    handCall({ tags: { feature: 'search' } }),
    handCall({ startedAt: MONDAY + DAY, app: 'jobs', costNanoUsd: 3 * USD, provenance: 'estimated' }),
    handCall({
      host: 'files.stripe.com',
      app: null,
      endpoint: null,
      model: null,
      credential: null,
      costNanoUsd: undefined,
      startedAt: MONDAY + DAY,
    }),
  ];
  const by = (...names: string[]) =>
    tableOf(calls, { by: names }, { jobs: 'platform' }).rows.map(({ keys }) => names.map((name) => keys[name]));
  expect(by('service')).toEqual([['openai/api'], ['stripe/files']]);
  expect(by('model')).toEqual([['gpt-5'], [null]]);
  expect(by('team')).toEqual([['platform'], [null]]);
  expect(by('credential')).toEqual([['key-1'], [null]]);
  expect(by('provenance')).toEqual([['estimated'], ['reported'], ['none']]);
  expect(by('tag:feature')).toEqual([[null], ['search']]);
  expect(by('tag:constructor')).toEqual([[null]]);
  expect(by('day', 'app')).toEqual([
    ['2026-11-03', 'jobs'],
    ['2026-11-02', 'shop'],
    ['2026-11-03', null],
  ]);
  expect(by('vendor', 'endpoint', 'model', 'app')).toHaveLength(3);
});

test('a dimension that there is not is refused with those that there are', () => {
  for (const by of [['vendors'], ['tag:'], [], ['vendor', 'vendor'], ['vendor', 'model', 'app', 'day', 'team']]) {
    const found = finish(costTable(sourceOf([]), { ...WEEK, by, limit: 10 }));
    expect(found).toMatchObject({ problem: 'bad' });
  }
  expect(finish(costTable(sourceOf([]), { ...WEEK, by: ['vendors'], limit: 10 }))).toMatchObject({
    why: expect.stringContaining('“vendors”'),
    remedy: expect.stringContaining('vendor, service, model'),
  });
});

test('filters by vendor, app and model', () => {
  const calls = [
    handCall(),
    handCall({ app: 'jobs' }),
    handCall({ model: 'gpt-5-mini' }),
    handCall({ host: 'api.stripe.com', model: null, costNanoUsd: undefined }),
  ];
  expect(tableOf(calls, { vendor: 'stripe' }).total.calls).toBe(1);
  expect(tableOf(calls, { app: 'jobs' }).total.calls).toBe(1);
  expect(tableOf(calls, { model: 'gpt-5' }).total.calls).toBe(2);
});

const someCalls = fc.array(
  fc.record({
    startedAt: fc.integer({ min: MONDAY - DAY, max: MONDAY + 8 * DAY }),
    app: fc.constantFrom('shop', 'jobs', null),
    host: fc.constantFrom('api.openai.com', 'api.anthropic.com', 'api.stripe.com', 'localhost'),
    endpoint: fc.constantFrom('POST /a', 'GET /b', null),
    model: fc.constantFrom('gpt-5', 'haiku', null),
    credential: fc.constantFrom('k1', null),
    tags: fc.constantFrom<Record<string, string>>({}, { feature: 'x' }, { feature: 'y', user: 'u' }),
    provenance: fc.constantFrom('reported' as const, 'estimated' as const, 'partial' as const),
    costNanoUsd: fc.oneof(fc.integer({ min: 0, max: 1e12 }), fc.constantFrom(null, undefined)),
    input: fc.nat(1000),
    output: fc.nat(1000),
  }),
  { maxLength: 60 },
);

test('rows add up exactly to the total, by whatever dimensions, and the total to the calls', () => {
  fc.assert(
    fc.property(
      someCalls,
      fc.uniqueArray(fc.constantFrom(...COST_DIMENSIONS, 'tag:feature'), { minLength: 1, maxLength: 4 }),
      (made, by) => {
        const calls = made.map((one) => handCall(one));
        const span = { since: MONDAY + HOUR / 2, until: MONDAY + 7 * DAY };
        const { rows, total, more } = tableOf(calls, { by, ...span });
        const asked = calls.filter(
          ({ startedAt, host }) => startedAt >= span.since && startedAt < span.until && host !== 'localhost',
        );
        const known = asked.filter(({ costNanoUsd }) => typeof costNanoUsd === 'number');
        expect(more).toBe(false);
        expect(total.calls).toBe(asked.length);
        expect(total.pricedCalls).toBe(known.length);
        expect(total.unpricedCalls).toBe(asked.length - known.length);
        expect(total.costNanoUsd).toBe(
          known.length === 0 ? null : known.reduce((sum, { costNanoUsd }) => sum + (costNanoUsd ?? 0), 0),
        );
        for (const name of Object.keys(total) as (keyof typeof total)[])
          expect(
            rows.reduce((sum, row) => sum + (row[name] ?? 0), 0),
            name,
          ).toBe(total[name] ?? 0);
        for (const row of rows) expect(row.costNanoUsd === null).toBe(row.pricedCalls === 0);
        const keys = rows.map((row) => JSON.stringify(by.map((name) => row.keys[name])));
        expect(new Set(keys).size).toBe(rows.length);
      },
    ),
    { numRuns: 60 },
  );
});

test('the sum is of all rows, also of those that are cut off', () => {
  const { rows, total, more } = tableOf([handCall(), handCall({ host: 'api.stripe.com' })], { limit: 1 });
  expect([rows.length, total.calls, more]).toEqual([1, 2, true]);
});
