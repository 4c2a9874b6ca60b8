// What could be saved: only what really need not be paid, each call once, and with the calls behind it.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RepeatableGet } from '../../../../electron/engine/store/picture-rows.ts';
import { findWaste } from '../../../../electron/engine/analytics/costs/waste/find-waste.ts';
import type { PriceBook } from '../../../../shared/ledger/price-book.ts';
import { compileFilter } from '../../../../shared/query/evaluate.ts';
import { parseQuery } from '../../../../shared/query/parse.ts';
import {
  DAY,
  finish,
  handCall,
  handRows,
  HOUR,
  MONDAY,
  sourceOf,
  USD,
  type HandCall,
} from '../../../fixtures/cost-rows.ts';

const MINUTE = HOUR / 60;
const SPAN = { since: MONDAY, until: MONDAY + 7 * DAY };

/** A tenth of a cent a call for what is small, and nothing known of the rest. */
const prices: PriceBook = {
  prepare: async () => {},
  rules: [],
  list: () => [],
  price: ({ usage }) =>
    usage?.model?.includes('mini')
      ? {
          nanoUsd: 1_000_000,
          provenance: 'reported',
          price: 'small',
          priceVersion: 'test',
          lines: [],
          vendorNanoUsd: null,
          why: null,
        }
      : null,
  ceiling: () => null,
  rates: () => null,
  versions: [],
};

function wasteOf(calls: readonly HandCall[], gets: readonly RepeatableGet[] = [], most?: number) {
  const { recognise } = sourceOf([]);
  const found = finish(findWaste({ rows: handRows(calls, gets), recognise, prices }, SPAN, most));
  return { ...found, of: (kind: string) => found.wastes.find((waste) => waste.kind === kind) };
}

const long = { input: 5000, output: 900 };

test('a call that failed after it had cost something and was asked again is paid twice', () => {
  const first = handCall({ ...long, status: null, usage: { cut: true }, requestBody: 7, costNanoUsd: 2 * USD });
  const again = handCall({ ...long, requestBody: 7, startedAt: first.startedAt + MINUTE, costNanoUsd: 3 * USD });
  const { wastes, of } = wasteOf([first, again]);
  expect(wastes.map(({ kind }) => kind)).toEqual(['retries']);
  expect(of('retries')).toMatchObject({
    calls: 1,
    nanoUsd: 2 * USD,
    examples: [{ id: first.id, says: expect.stringContaining(`call ${again.id}`) }],
  });
});

test.each([
  ['half an hour later', { startedAt: MONDAY + HOUR + 30 * MINUTE }],
  ['by another app', { app: 'jobs' }],
  ['with another request', { requestBody: 8 }],
  ['for nothing', { costNanoUsd: 0 }],
])('asked again %s it is no retry that was paid twice, but an answer that was cut', (_, change) => {
  const first = handCall({ ...long, usage: { cut: true }, requestBody: 7 });
  const again = handCall({ ...long, requestBody: 7, startedAt: first.startedAt + MINUTE, ...change });
  expect(wasteOf([first, again]).wastes.map(({ kind, nanoUsd }) => [kind, nanoUsd])).toEqual([
    ['cut', first.costNanoUsd],
  ]);
});

test('what failed and cost nothing is no waste', () => {
  const first = handCall({ ...long, status: 503, requestBody: 7, costNanoUsd: null });
  expect(wasteOf([first, handCall({ ...long, requestBody: 7 })]).wastes).toEqual([]);
});

test('the same prompt within the hour: all but the first, then again from the next hour on', () => {
  const at = (minutes: number, change = {}): HandCall =>
    handCall({ ...long, requestBody: 3, costNanoUsd: USD, startedAt: MONDAY + minutes * MINUTE, ...change });
  const calls = [at(0), at(10, { app: 'jobs' }), at(59), at(61), at(90)];
  const { of } = wasteOf(calls);
  expect(of('duplicates')).toMatchObject({ calls: 3, nanoUsd: 3 * USD });
  expect(new Set(of('duplicates')?.examples.map(({ id }) => id))).toEqual(
    new Set([calls[1]?.id, calls[2]?.id, calls[4]?.id]),
  );
});

test.each([
  ['another model', { model: 'gpt-4o' }],
  ['another secret', { credential: 'key-2' }],
  ['a longer prompt that begins the same', { input: 6000 }],
  ['a request that was not kept', { requestBody: null }],
])('%s is not the same prompt', (_, change) => {
  expect(
    wasteOf([handCall({ ...long, requestBody: 3 }), handCall({ ...long, requestBody: 3, ...change })]).wastes,
  ).toEqual([]);
});

test('two messages to send with the same text are two messages', () => {
  const sms = () =>
    handCall({
      host: 'api.stripe.com',
      model: null,
      requestBody: 3,
      usage: { tokens: null, units: { sms_segment: 1 } },
    });
  expect(wasteOf([sms(), sms()]).wastes).toEqual([]);
});

test('a short question to a large model: what the next smaller one would have cost less', () => {
  const calls = [
    handCall({ costNanoUsd: 3_000_000 }),
    handCall({ costNanoUsd: 3_000_000, ...long }),
    handCall({ costNanoUsd: 500_000 }),
    handCall({ costNanoUsd: 3_000_000, model: 'a-model-of-nobody' }),
    handCall({ costNanoUsd: 3_000_000, host: 'api.anthropic.com', model: 'claude-opus-4-1' }),
    handCall({ costNanoUsd: null }),
  ];
  expect(wasteOf(calls).of('oversize')).toMatchObject({
    calls: 1,
    nanoUsd: 2_000_000,
    examples: [{ id: calls[0]?.id, says: expect.stringContaining('gpt-5-mini') }],
  });
});

test('room for answers that never come costs no money, and is said', () => {
  const calls = Array.from({ length: 6 }, (_, index) =>
    handCall({ model: 'gpt-4o-mini', output: 100 + index, usage: { maxOutput: 8192 } }),
  );
  expect(wasteOf(calls).of('max-tokens')).toMatchObject({ calls: 6, nanoUsd: null });
  expect(wasteOf(calls.slice(0, 4)).of('max-tokens')).toBeUndefined();
  expect(
    wasteOf([...calls, handCall({ model: 'gpt-4o-mini', output: 4000, usage: { maxOutput: 8192 } })]).of('max-tokens'),
  ).toBeUndefined();
});

let gets = 1_000_000;
function get(minutes: number, headers: Record<string, string>, change: Partial<RepeatableGet> = {}): RepeatableGet {
  return {
    id: ++gets,
    startedAt: MONDAY + minutes * MINUTE,
    app: 'shop',
    host: 'api.stripe.com',
    endpoint: 'GET /v1/plans',
    target: '/v1/plans',
    credential: null,
    responseBody: 1,
    responseBytes: 1000,
    header: (name) => headers[name] ?? null,
    ...change,
  };
}

test('answers that were fetched again although they could have been kept', () => {
  const fresh = { 'cache-control': 'public, max-age=600' };
  const { of } = wasteOf([], [get(0, fresh), get(5, fresh), get(20, fresh), get(25, fresh)]);
  // The third comes when the first is stale, and nothing tells whether it changed.
  expect(of('cacheable')).toMatchObject({ calls: 2, nanoUsd: null, says: expect.stringContaining('2 kB') });
  expect(wasteOf([], [get(0, { etag: '"a"' }), get(500, { etag: '"a"' })]).of('cacheable')).toMatchObject({
    calls: 1,
    examples: [{ says: expect.stringContaining('304') }],
  });
});

test.each([
  ['must not be kept', { 'cache-control': 'no-store', etag: '"a"' }, {}],
  ['says nothing of keeping', {}, {}],
  ['changed', { etag: '"a"' }, { responseBody: 2 }],
  ['was asked with another secret', { etag: '"a"' }, { credential: 'key-2' }],
  ['is of this machine', { etag: '"a"' }, { host: 'localhost' }],
])('an answer that %s could not have been kept', (_, headers, change) => {
  expect(
    wasteOf([], [get(0, headers, 'host' in change ? change : {}), get(1, headers, change)]).of('cacheable'),
  ).toBeUndefined();
});

test('a fresh answer saves what the call cost; one that has to be checked saves bytes only', () => {
  const paid = [1, 2].map(() =>
    handCall({ host: 'api.stripe.com', method: 'GET', model: null, usage: null, costNanoUsd: USD }),
  );
  const headers = { 'cache-control': 'max-age=60', etag: '"a"' };
  const asked = paid.map(({ id }, index) => get(index === 0 ? 0.5 : 10, headers, { id }));
  expect(wasteOf(paid, [get(0, headers), ...asked]).of('cacheable')).toMatchObject({ calls: 2, nanoUsd: USD });
});

test('the filter of a group finds exactly its calls', () => {
  const calls = Array.from({ length: 7 }, (_, index) =>
    handCall({ ...long, requestBody: 3, startedAt: MONDAY + index * MINUTE, app: index % 3 === 0 ? 'jobs' : 'shop' }),
  );
  for (const group of wasteOf(calls).of('duplicates')?.groups ?? []) {
    const parsed = parseQuery(group.query, { now: 0 });
    if (!('tree' in parsed)) throw new Error(group.query);
    const accepts = compileFilter(parsed.tree);
    expect(calls.filter(({ id }) => accepts({ id } as never, {} as never))).toHaveLength(group.calls);
  }
});

test('the filter of very many calls finds those of their kind', () => {
  const calls = Array.from({ length: 1300 }, (_, index) =>
    handCall({
      ...long,
      requestBody: 3,
      endpoint: 'POST /v1/"x"',
      startedAt: MONDAY + index,
      app: index % 2 === 0 ? null : 'shop',
    }),
  );
  const [group] = wasteOf(calls).of('duplicates')?.groups ?? [];
  const parsed = parseQuery(group?.query ?? '', { now: 0 });
  expect(parsed).toMatchObject({ ok: true });
  const accepts = compileFilter('tree' in parsed ? parsed.tree : null);
  expect(calls.filter((call) => accepts(call as never, {} as never)).length).toBeGreaterThanOrEqual(group?.calls ?? 0);
  expect(accepts({ ...calls[5], app: 'other' } as never, {} as never)).toBe(false);
});

test('it looks at the newest calls, and says so when these were not all', () => {
  const calls = Array.from({ length: 10 }, (_, index) => handCall({ startedAt: MONDAY + index * HOUR }));
  expect(wasteOf(calls, [], 4)).toMatchObject({ complete: false, looked: 4 });
  expect(wasteOf(calls, [], 10)).toMatchObject({ complete: true, looked: 10 });
  expect(
    wasteOf(
      calls.map((call) => ({ ...call, startedAt: MONDAY })),
      [],
      4,
    ),
  ).toMatchObject({ complete: false, looked: 4 });
});

test('a call is counted once, and never for more than it cost', () => {
  const made = fc.array(
    fc.record({
      startedAt: fc.integer({ min: MONDAY, max: MONDAY + 3 * HOUR }),
      requestBody: fc.constantFrom(null, 1, 2),
      status: fc.constantFrom(200, 200, 500, null),
      cut: fc.boolean(),
      costNanoUsd: fc.oneof(fc.integer({ min: 0, max: 1e9 }), fc.constant(null)),
      input: fc.constantFrom(10, 5000),
    }),
    { maxLength: 40 },
  );
  fc.assert(
    fc.property(made, (rows) => {
      const calls = rows.map(({ cut, ...one }) => handCall({ ...one, usage: { cut } }));
      const { wastes } = wasteOf(calls);
      const counted = wastes.reduce((sum, waste) => sum + waste.calls, 0);
      const saved = wastes.reduce((sum, waste) => sum + (waste.nanoUsd ?? 0), 0);
      expect(counted).toBeLessThanOrEqual(calls.length);
      expect(saved).toBeLessThanOrEqual(calls.reduce((sum, { costNanoUsd }) => sum + (costNanoUsd ?? 0), 0));
      for (const waste of wastes) {
        expect(waste.groups.reduce((sum, { calls: count }) => sum + count, 0)).toBe(waste.calls);
        expect(waste.groups.reduce((sum, { nanoUsd }) => sum + (nanoUsd ?? 0), 0)).toBe(waste.nanoUsd ?? 0);
      }
    }),
  );
});
