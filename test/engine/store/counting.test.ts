import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createStoreReader } from '../../../electron/engine/store/store-reader.ts';
import type { FacetField } from '../../../electron/engine/store/count-facets.ts';
import { DEFAULT_BUDGETS, openStore } from '../../../electron/engine/store/store.ts';
import { parseHeaderLines } from '../../../shared/events/header-lines.ts';
import { FACETS } from '../../../shared/contract/calls.ts';
import type { CallSummary } from '../../../shared/model/call-summary.ts';
import { compileFilter, numberOf, textOf } from '../../../shared/query/evaluate.ts';
import type { QueryTree } from '../../../shared/query/tree.ts';
import { createDataDir } from '../../harness/recorder.ts';
import { queryTrees } from '../../shared/query/trees.ts';
import type { Sample } from './samples.ts';
import { finish, recogniseSample, samples, storeSamples, summaryOfSample } from './samples.ts';

/** The calls that pass, by the language's own meaning. */
function passing(list: readonly Sample[], tree: QueryTree | null): CallSummary[] {
  const accepts = compileFilter(tree);
  return list
    .filter((sample) =>
      accepts(summaryOfSample(sample), {
        headers: () => [
          ...parseHeaderLines(sample.record.requestLines),
          ...parseHeaderLines(sample.record.responseLines),
        ],
        bodies: () => sample.bodies,
      }),
    )
    .map(summaryOfSample);
}

/** Filters that rollups can tell, and any others. */
const trees = fc.oneof(
  fc.constant(null),
  queryTrees,
  fc.constantFrom<QueryTree>(
    { op: 'text', field: 'host', pattern: '*.com' },
    { op: 'not', part: { op: 'text', field: 'app', pattern: 'billing' } },
    { op: 'number', field: 'status', comparison: '>=', value: 400 },
    { op: 'number', field: 'status', comparison: '=', value: 200 },
    {
      op: 'and',
      parts: [
        { op: 'number', field: 'status', comparison: '<', value: 300 },
        { op: 'text', field: 'source', pattern: 'proxy' },
      ],
    },
  ),
);
/** Calls near each other in time, so that steps and minutes hold several. */
const near = fc.array(fc.nat(400_000_000), { minLength: 40, maxLength: 40 });
const BASE = 1_795_000_000_000_000;
const window = fc.record({
  since: fc.nat(300_000_000),
  length: fc.integer({ min: 1, max: 300_000_000 }),
  steps: fc.integer({ min: 1, max: 40 }),
});

describe('counting', () => {
  it('over time gives the calls that a list with the same filter shows, by step and status', () => {
    fc.assert(
      fc.property(
        samples,
        near,
        fc.array(trees, { minLength: 6, maxLength: 6 }),
        window,
        (list, times, filters, { since, length, steps }) => {
          list.forEach(({ record }, index) => (record.startedAt = BASE + times[index]!));
          const dataDir = createDataDir((work) => onTestFinished(work));
          storeSamples(list, dataDir, false, false);
          const reader = createStoreReader(dataDir);
          reader.setRecognise(recogniseSample);
          for (const tree of filters) {
            const counts = finish(reader.histogram({ tree, since: BASE + since, until: BASE + since + length, steps }));
            expect(counts.steps.length).toBeLessThanOrEqual(steps);
            expect(counts.since <= BASE + since && counts.until >= BASE + since + length).toBe(true);
            const expected = counts.steps.map(() => [0, 0, 0, 0, 0, 0]);
            for (const call of passing(list, tree)) {
              const step = expected[Math.floor((call.startedAt - counts.since) / counts.step)];
              if (step && call.startedAt >= counts.since) step[Math.floor((call.status ?? 0) / 100)]! += 1;
            }
            expect(counts.steps, JSON.stringify(tree)).toEqual(expected);
            expect(counts.matched).toBe(expected.flat().reduce((sum, count) => sum + count, 0));
          }
          reader.close();
        },
      ),
      { numRuns: 60, endOnFailure: true },
    );
  });

  it('by what calls have in common gives what a click on it shows', () => {
    const fields: FacetField[] = [...FACETS];
    const valuesOf = (call: CallSummary, field: FacetField): Iterable<string | null> => {
      if (field === 'status') return [call.status === null ? null : String(call.status)];
      if (field !== 'policy' && field !== 'verdict') return [textOf(call, field)];
      // A call counts for each policy that spoke of it.
      const said = call.policies?.map((one) => one.split('=')[field === 'policy' ? 0 : 1]!);
      return new Set(said ?? [null]);
    };
    fc.assert(
      fc.property(
        samples,
        near,
        fc.array(trees, { minLength: 6, maxLength: 6 }),
        window,
        (list, times, filters, { since, length }) => {
          list.forEach(({ record }, index) => (record.startedAt = BASE + times[index]!));
          const dataDir = createDataDir((work) => onTestFinished(work));
          storeSamples(list, dataDir, false, false);
          const reader = createStoreReader(dataDir);
          reader.setRecognise(recogniseSample);
          const span = { since: BASE + since, until: BASE + since + length };
          for (const tree of filters) {
            const facets = finish(reader.facets({ tree, ...span, fields, limit: 100, patienceMs: Infinity }));
            const calls = passing(list, tree).filter(
              ({ startedAt }) => startedAt >= span.since && startedAt < span.until,
            );
            expect([facets.counted, facets.complete]).toEqual([calls.length, true]);
            for (const { field, values, others } of facets.facets) {
              const expected = new Map<string | null, number>();
              for (const call of calls)
                for (const value of valuesOf(call, field)) expected.set(value, (expected.get(value) ?? 0) + 1);
              expect(
                new Map(values.map((entry) => [entry.value, entry.calls])),
                `${field} ${JSON.stringify(tree)}`,
              ).toEqual(expected);
              expect(others).toBe(0);
            }
          }
          reader.close();
        },
      ),
      { numRuns: 60, endOnFailure: true },
    );
  });

  it('shows the commonest values and adds up the others', () => {
    const dataDir = createDataDir(onTestFinished);
    const list = fc.sample(samples, { numRuns: 1, seed: 3 })[0]!;
    list.forEach(({ record }) => (record.startedAt = BASE));
    storeSamples(list, dataDir, false, false);
    const reader = createStoreReader(dataDir);
    reader.setRecognise(recogniseSample);
    onTestFinished(() => reader.close());
    const [all] = finish(
      reader.facets({ tree: null, since: BASE, until: BASE + 60_000_000, fields: ['host'], limit: 100 }),
    ).facets;
    const [one] = finish(
      reader.facets({ tree: null, since: BASE, until: BASE + 60_000_000, fields: ['host'], limit: 1 }),
    ).facets;
    expect(one!.values).toEqual(all!.values.slice(0, 1));
    expect(one!.values[0]!.calls + one!.others).toBe(list.length);
  });
});

describe('a sorted list', () => {
  const orders = fc.constantFrom(
    'duration',
    'ttfb',
    'size',
    'request-size',
    'response-size',
    'status',
    'host',
    'path',
    'method',
    'app',
  );
  it('holds the first calls of all that pass in that order; absent values last, newest first among equals', () => {
    fc.assert(
      fc.property(
        samples,
        fc.array(fc.tuple(trees, orders, fc.boolean(), fc.integer({ min: 1, max: 12 })), {
          minLength: 10,
          maxLength: 10,
        }),
        fc.boolean(),
        (list, questions, twice) => {
          const dataDir = createDataDir((work) => onTestFinished(work));
          storeSamples(list, dataDir, twice, false);
          const reader = createStoreReader(dataDir);
          reader.setRecognise(recogniseSample);
          for (const [tree, sort, descending, limit] of questions) {
            const key = (call: CallSummary) =>
              sort === 'host' || sort === 'path' || sort === 'method' || sort === 'app'
                ? textOf(call, sort)
                : numberOf(call, sort);
            const expected = passing(list, tree).sort((a, b) => {
              const [x, y] = [key(a), key(b)];
              if (x === y) return b.id - a.id;
              if (x === null || y === null) return x === null ? 1 : -1;
              return x < y === descending ? 1 : -1;
            });
            const found = finish(reader.search({ tree, limit, sort, descending }));
            expect(
              found.calls.map(({ id }) => id),
              JSON.stringify([tree, sort, descending, limit]),
            ).toEqual(expected.slice(0, limit).map(({ id }) => id));
            expect(found.more).toBe(expected.length > limit);
          }
          reader.close();
        },
      ),
      { numRuns: 60, endOnFailure: true },
    );
  });

  it('is the same over many blocks, where most need not be read', () => {
    const dataDir = createDataDir(onTestFinished);
    const store = openStore({ dataDir, budgets: DEFAULT_BUDGETS, log: () => {}, now: Date.now });
    const [model] = fc.sample(samples, { numRuns: 1, seed: 5 })[0]!;
    const durations: number[] = [];
    const closed = Array.from({ length: 6000 }, (_, index) => {
      durations.push((index * 7919) % 6007);
      return {
        ...model!.record,
        id: index + 1,
        closed: true,
        durationUs: durations[index]!,
        host: `h${(index * 31) % 700}.example`,
      };
    });
    store.commit({ open: [], closed, gaps: [], bodies: [], messages: [], callHigh: 6000 }, true);
    store.close();
    const reader = createStoreReader(dataDir);
    reader.setRecognise(recogniseSample);
    onTestFinished(() => reader.close());
    const slowest = finish(reader.search({ tree: null, limit: 50, sort: 'duration', descending: true })).calls;
    expect(slowest.map(({ durationUs }) => durationUs)).toEqual(durations.sort((a, b) => b - a).slice(0, 50));
    const hosts = finish(reader.search({ tree: null, limit: 12, sort: 'host' })).calls;
    expect(new Set(hosts.map(({ host }) => host))).toEqual(new Set(['h0.example', 'h1.example']));
  });
});

it('values of headers come with the calls, the answer’s before the request’s', () => {
  const dataDir = createDataDir(onTestFinished);
  const list = fc.sample(samples, { numRuns: 1, seed: 8 })[0]!.slice(0, 2);
  list[0]!.record.requestLines = 'X-A: asked\r\nX-B: only asked\r\n';
  list[0]!.record.responseLines = 'x-a: answered\r\n';
  storeSamples(list.slice(0, 1), dataDir, false, false);
  const reader = createStoreReader(dataDir);
  reader.setRecognise(recogniseSample);
  onTestFinished(() => reader.close());
  expect(finish(reader.search({ tree: null, limit: 5, headers: ['x-a', 'x-b', 'x-c'] })).headers).toEqual([
    ['answered', 'only asked', null],
  ]);
  expect(finish(reader.search({ tree: null, limit: 5 })).headers).toBeUndefined();
});
