// What is worked out of hand-made rows is worked out of a real store's, too: calls that went through it as calls do.
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { createCostAnswers } from '../../../../electron/engine/analytics/costs/cost-answers.ts';
import { costSummary } from '../../../../electron/engine/analytics/costs/cost-summary.ts';
import { costTable } from '../../../../electron/engine/analytics/costs/cost-table.ts';
import { findWaste } from '../../../../electron/engine/analytics/costs/waste/find-waste.ts';
import { createStoreReader } from '../../../../electron/engine/store/store-reader.ts';
import { NO_OWN_PRICES } from '../../../../shared/ledger/prices-file.ts';
import { COST_DIMENSIONS } from '../../../../shared/contract/costs.ts';
import { DAY, finish, handCall, handRows, HOUR, MONDAY, sourceOf, type HandCall } from '../../../fixtures/cost-rows.ts';
import { createDataDir } from '../../../harness/recorder.ts';
import { storeHandCalls } from '../../../harness/store/store-hand-calls.ts';

function stored(calls: readonly HandCall[], headers?: ReadonlyMap<number, string>) {
  const dataDir = createDataDir(onTestFinished);
  storeHandCalls(dataDir, calls, headers);
  const reader = createStoreReader(dataDir);
  onTestFinished(() => reader.close());
  return reader;
}

const someCalls = fc.array(
  fc.record({
    startedAt: fc.integer({ min: MONDAY - DAY, max: MONDAY + 3 * DAY }),
    app: fc.constantFrom('shop', 'jobs', null),
    host: fc.constantFrom('api.openai.com', 'api.stripe.com', 'localhost'),
    endpoint: fc.constantFrom('POST /a', 'GET /b'),
    model: fc.constantFrom('gpt-5', null),
    status: fc.constantFrom(200, 500, null),
    tags: fc.constantFrom<Record<string, string>>({}, { feature: 'x' }, { feature: 'y', run: '1', user: 'u' }),
    provenance: fc.constantFrom('reported' as const, 'estimated' as const),
    costNanoUsd: fc.oneof(fc.integer({ min: 0, max: 1e12 }), fc.constantFrom(null, undefined)),
    requestBody: fc.constantFrom(null, 1, 2),
  }),
  { minLength: 1, maxLength: 25 },
);

test('table, summary and waste say the same of a store as of the calls themselves', () => {
  fc.assert(
    fc.property(
      someCalls,
      fc.uniqueArray(fc.constantFrom(...COST_DIMENSIONS, 'tag:feature'), { minLength: 1, maxLength: 4 }),
      (made, by) => {
        // What the run was is no dimension of costs.
        const calls = made.map((one, index) => handCall({ ...one, id: index + 1 }));
        const plain = calls.map((call) => ({
          ...call,
          tags: Object.fromEntries(Object.entries(call.tags).filter(([name]) => name !== 'run')),
        }));
        const reader = stored(calls);
        const source = sourceOf(plain);
        const span = { since: MONDAY - DAY / 3, until: MONDAY + 2 * DAY + HOUR / 2 };
        const sorted = (table: ReturnType<typeof costTable> extends Generator<void, infer T> ? T : never) =>
          JSON.stringify('rows' in table && [...table.rows.map((row) => JSON.stringify(row)).sort(), table.total]);
        const question = { ...span, by, limit: 1000 };
        expect(sorted(finish(costTable({ ...source, rows: reader }, question)))).toBe(
          sorted(finish(costTable(source, question))),
        );
        const now = MONDAY + 3 * DAY;
        expect(finish(costSummary({ ...source, rows: reader }, { ...span, now }))).toEqual(
          finish(costSummary(source, { ...span, now })),
        );
        const { recognise } = source;
        const wastes = finish(findWaste({ rows: reader, recognise, prices: null }, span)).wastes.filter(
          ({ kind }) => kind !== 'cacheable',
        );
        expect(wastes).toEqual(finish(findWaste({ rows: handRows(plain), recognise, prices: null }, span)).wastes);
      },
    ),
    { numRuns: 8 },
  );
});

test('GETs are found with the headers of their answers, and only those that were answered', () => {
  const at = (id: number, change: Partial<HandCall> = {}) =>
    handCall({
      id,
      method: 'GET',
      path: '/v1/plans?limit=3',
      endpoint: 'GET /v1/plans',
      host: 'api.stripe.com',
      costNanoUsd: undefined,
      startedAt: MONDAY + id * HOUR,
      ...change,
    });
  const calls = [at(1), at(2), at(3, { status: 304 }), at(4, { path: '/v1/plans?limit=4' })];
  const reader = stored(calls, new Map([1, 2, 3, 4].map((id) => [id, 'ETag: "a"\r\n'])));
  const { wastes } = finish(
    findWaste(
      { rows: reader, recognise: sourceOf([]).recognise, prices: null },
      { since: MONDAY, until: MONDAY + DAY },
    ),
  );
  expect(wastes).toMatchObject([{ kind: 'cacheable', calls: 1, nanoUsd: null, examples: [{ id: 2 }] }]);
});

test('waste is looked for when models can be priced, and lets others in meanwhile', async () => {
  let load = (): void => {};
  const prices = {
    price: () => null,
    prepare: () => new Promise<void>((resolve) => (load = resolve)),
    ceiling: () => null,
    rates: () => null,
    list: () => [],
    rules: [],
    versions: [],
  };
  const answer = createCostAnswers({
    rows: handRows([handCall()]),
    recognise: sourceOf([]).recognise,
    priceBook: () => prices,
  });
  const search = answer({ name: 'costWaste', question: { since: MONDAY, until: MONDAY + DAY, own: NO_OWN_PRICES } });
  for (let turn = 0; turn < 5; turn += 1) expect(search.next().done).toBe(false);
  load();
  await Promise.resolve();
  expect(finish(search)).toMatchObject({ looked: 1 });
});
