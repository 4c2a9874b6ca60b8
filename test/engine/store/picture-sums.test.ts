import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { EdgeSum, Sighting, SpendingSum } from '../../../electron/engine/store/picture-rows.ts';
import { DEFAULT_BUDGETS, openStore } from '../../../electron/engine/store/store.ts';
import type { Store } from '../../../electron/engine/store/store.ts';
import { createStoreReader } from '../../../electron/engine/store/store-reader.ts';
import { addDuration, createSketch, packSketch } from '../../../shared/measure/latency-sketch.ts';
import type { CallRecord } from '../../../shared/events/fold.ts';
import { fold, meter } from '../../../shared/events/fold.ts';
import type { Tags } from '../../../shared/model/caller.ts';
import type { Provenance } from '../../../shared/model/money.ts';
import { PROVENANCES } from '../../../shared/model/money.ts';
import { THROTTLES } from '../../../shared/model/limit-signal.ts';
import { NO_TOKENS } from '../../../shared/model/usage.ts';
import { createDataDir, factsOf } from '../../harness/recorder.ts';
import { costOf, finish, usageOf } from './samples.ts';

const HOUR = 3_600_000_000;
const DAY = 24 * HOUR;
const BASE = Math.floor(1_795_000_000_000_000 / DAY) * DAY;
const NOW = BASE / 1000 + 3 * 86_400_000;
const NOTHING = { open: [], closed: [], gaps: [], bodies: [], messages: [], callHigh: 100 };

const openAt = (dataDir: string): Store =>
  openStore({ dataDir, budgets: DEFAULT_BUDGETS, log: () => {}, now: () => NOW });

/** A call as the model knows it: what is in here is what sums must say. */
interface Known {
  id: number;
  startedAt: number;
  host: string;
  app: string | null;
  endpoint: string | null;
  status: number;
  failed: boolean;
  throttled: (typeof THROTTLES)[number] | null;
  duration: number;
  bytes: number;
  tags: Tags | null;
  credential: string | null;
  model: string | null;
  tokens: { input: number | null; output: number | null } | null;
  cost: { nanoUsd: number | null; provenance: Provenance } | null;
}

const cost = fc.option(
  fc.record({ nanoUsd: fc.option(fc.nat({ max: 5_000_000_000 })), provenance: fc.constantFrom(...PROVENANCES) }),
);
const calls: fc.Arbitrary<Known[]> = fc
  .array(
    fc.record({
      id: fc.constant(0),
      startedAt: fc.oneof(fc.nat({ max: 3 * HOUR }), fc.nat({ max: 2 * DAY })).map((at) => BASE + at),
      host: fc.constantFrom('api.openai.com', 'b.example'),
      app: fc.constantFrom('x', 'y', null),
      endpoint: fc.constantFrom('POST /v1/chat', 'GET /a/1', 'GET /a/2', null),
      status: fc.constantFrom(200, 429, 503),
      failed: fc.boolean(),
      throttled: fc.option(fc.constantFrom(...THROTTLES)),
      duration: fc.nat({ max: 5_000_000 }),
      bytes: fc.nat({ max: 5000 }),
      tags: fc.constantFrom<Tags | null>(null, { run: 'r1' }, { run: 'r2', feature: 'pay' }, { feature: 'pay' }),
      credential: fc.constantFrom(null, 'Bearer a1'),
      model: fc.constantFrom(null, 'gpt-5'),
      tokens: fc.option(
        fc.record({ input: fc.option(fc.nat({ max: 9000 })), output: fc.option(fc.nat({ max: 900 })) }),
      ),
      cost,
    }),
    { minLength: 1, maxLength: 30 },
  )
  .map((list) => list.map((call, index) => ({ ...call, id: index + 1 })));

function recordOf(known: Known): CallRecord {
  const { host, app, startedAt, status, failed, duration, bytes, tags, model, tokens, throttled } = known;
  const record = factsOf(known.id, {
    opened: { startedAt, host, app, tags },
    answered: { status, at: 0 },
    closed: { at: duration, responseBytes: bytes, failure: failed ? { kind: 'reset', detail: '' } : null },
  })
    .filter((fact) => fact.type !== 'attempted' && fact.type !== 'request-ended')
    .reduce<CallRecord | null>((folded, fact) => fold(folded, fact), null)!;
  meter(record, {
    endpoint: known.endpoint,
    credential: known.credential,
    limits: throttled && { signals: [], throttle: throttled, retryAt: null },
    usage: model === null && tokens === null ? null : usageOf({ model, tokens: tokens && { ...NO_TOKENS, ...tokens } }),
    cost: known.cost && costOf(known.cost),
  });
  return record;
}

type Aliases = ReadonlyMap<string, string>;
const endpointOf = (call: Known, aliases: Aliases): string | null =>
  call.endpoint === null ? null : (aliases.get(`${call.host} ${call.endpoint}`) ?? call.endpoint);
const startOf = (at: number, length: number): number => Math.floor(at / length) * length;
const text = (row: object): string => JSON.stringify(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)));
/** As texts, names and rows in order. */
const sorted = (rows: object[]): string[] => rows.map(text).sort();

/** What adding up calls one by one gives. */
function addUp(
  list: readonly Known[],
  aliases: Aliases,
  { since, until }: { since: number; until: number },
  by: number,
) {
  const edges = new Map<string, Record<string, unknown> & { calls: number }>();
  const spending = new Map<string, Record<string, unknown>>();
  const more = (row: Record<string, unknown>, name: string, amount: number): void => {
    row[name] = Number(row[name]) + amount;
  };
  for (const call of list) {
    if (call.startedAt < since || call.startedAt >= until) continue;
    const endpoint = endpointOf(call, aliases);
    const key = JSON.stringify([call.app, call.host, endpoint]);
    const edge = edges.get(key) ?? {
      app: call.app,
      host: call.host,
      endpoint,
      calls: 0,
      errors: 0,
      failures: 0,
      throttled: 0,
      responseBytes: 0,
      costNanoUsd: 0,
      pricedCalls: 0,
      sketch: createSketch(),
    };
    edges.set(key, edge);
    edge.calls += 1;
    if (call.failed || call.status >= 400) more(edge, 'errors', 1);
    if (call.failed) more(edge, 'failures', 1);
    if (call.throttled) more(edge, 'throttled', 1);
    more(edge, 'responseBytes', call.bytes);
    const nanoUsd = call.cost?.nanoUsd ?? null;
    if (nanoUsd !== null) {
      more(edge, 'costNanoUsd', nanoUsd);
      more(edge, 'pricedCalls', 1);
    }
    addDuration(edge['sketch'] as ReturnType<typeof createSketch>, call.duration);
    if (call.model === null && call.tokens === null && call.cost === null) continue;
    const { run: _, ...tags } = call.tags ?? {};
    const start = startOf(call.startedAt, by);
    const provenance = call.cost?.provenance ?? 'none';
    const { app, host, model, credential } = call;
    // Calls without a cost and calls whose cost is not known are summed apart, and look the same.
    const kind = call.cost === null ? 0 : 1;
    const which = JSON.stringify([start, app, host, endpoint, model, credential, tags, provenance, kind]);
    const sum = spending.get(which) ?? {
      start,
      app,
      host,
      endpoint,
      model,
      credential,
      tags,
      provenance,
      calls: 0,
      costNanoUsd: 0,
      pricedCalls: 0,
      tokenCalls: 0,
      inputTokens: 0,
      outputTokens: 0,
    };
    spending.set(which, sum);
    more(sum, 'calls', 1);
    if (nanoUsd !== null) {
      more(sum, 'costNanoUsd', nanoUsd);
      more(sum, 'pricedCalls', 1);
    }
    if ((call.tokens?.input ?? null) !== null || (call.tokens?.output ?? null) !== null) more(sum, 'tokenCalls', 1);
    more(sum, 'inputTokens', call.tokens?.input ?? 0);
    more(sum, 'outputTokens', call.tokens?.output ?? 0);
  }
  return {
    edges: sorted(
      [...edges.values()].map(({ sketch, ...row }) => ({
        ...row,
        sketch: Buffer.from(packSketch(sketch as ReturnType<typeof createSketch>)).toString('hex'),
      })),
    ),
    spending: sorted([...spending.values()]),
  };
}

/** Without the hours it lies in and the bytes that no sample has. */
const shownEdge = (edge: EdgeSum): object => {
  const { from: _, to: __, requestBytes: ___, sketch, ...row } = edge;
  return { ...row, sketch: Buffer.from(packSketch(sketch)).toString('hex') };
};
const shownSpending = (sum: SpendingSum): object => {
  const { cacheReadTokens: _, cacheWriteTokens: __, reasoningTokens: ___, ...row } = sum;
  return row;
};

/** What becomes of calls after they were written; one after the other. */
const deeds = fc.array(
  fc.oneof(
    fc.record({ deed: fc.constant('remove' as const), which: fc.nat({ max: 40 }) }),
    fc.record({ deed: fc.constant('reprice' as const), which: fc.nat({ max: 40 }), cost }),
    fc.record({ deed: fc.constant('name' as const), which: fc.nat({ max: 40 }), app: fc.constantFrom('late', 'x') }),
    fc.record({ deed: fc.constant('tag' as const), which: fc.nat({ max: 40 }) }),
    fc.record({ deed: fc.constant('merge' as const) }),
    fc.record({ deed: fc.constant('flush' as const) }),
    fc.record({ deed: fc.constant('crash' as const) }),
  ),
  { maxLength: 10 },
);

/** Rows with less told apart, added up the plain way. */
function foldSpending(
  rows: readonly SpendingSum[],
  by: 'day' | 'span',
  without: readonly ('tags' | 'credential')[],
): SpendingSum[] {
  const sums = new Map<string, SpendingSum>();
  for (const row of rows) {
    const start = by === 'span' ? 0 : row.start;
    const tags = without.includes('tags') ? {} : row.tags;
    const credential = without.includes('credential') ? null : row.credential;
    const { app, host, endpoint, model, provenance } = row;
    const key = JSON.stringify([start, app, host, endpoint, model, credential, tags, provenance]);
    const sum = sums.get(key);
    if (!sum) sums.set(key, { ...row, start, tags, credential });
    else
      for (const [name, value] of Object.entries(row))
        if (typeof value === 'number' && name !== 'start') (sum as unknown as Record<string, number>)[name]! += value;
  }
  return [...sums.values()];
}

describe('sums for pictures', () => {
  it('say of any span what adding up its calls says, whatever became of the calls', () => {
    fc.assert(
      fc.property(
        calls,
        fc.array(fc.constantFrom('flush', 'go on', 'crash'), { minLength: 3, maxLength: 3 }),
        deeds,
        fc.array(fc.tuple(fc.nat({ max: 53 * HOUR }), fc.nat({ max: 53 * HOUR })), { minLength: 3, maxLength: 3 }),
        (list, steps, after, spans) => {
          const dataDir = createDataDir((work) => onTestFinished(work));
          let store = openAt(dataDir);
          const known = new Map(list.map((call) => [call.id, { ...call }]));
          const aliases = new Map<string, string>();
          const crash = (): void => {
            store.close();
            store = openAt(dataDir);
          };
          steps.forEach((step, batch) => {
            const closed = list.filter((_, index) => index % 3 === batch).map(recordOf);
            store.commit({ ...NOTHING, closed }, step === 'flush');
            if (step === 'crash') crash();
          });
          for (const deed of after) {
            const call = 'which' in deed ? known.get(1 + (deed.which % list.length)) : undefined;
            const identified = { type: 'identified', by: 'agent', process: null, unknown: null, site: null } as const;
            if (deed.deed === 'remove' && call) {
              store.remove({ ids: [call.id], pinned: true, gap: null });
              known.delete(call.id);
            } else if (deed.deed === 'reprice' && call) {
              const metered = call.model !== null || call.tokens !== null || call.cost !== null;
              store.reprice([{ call: call.id, cost: deed.cost && costOf(deed.cost) }]);
              // A call without a cost, and without usage, is metered from then on when it was priced once.
              if (deed.cost !== null || metered) {
                call.cost = deed.cost;
                if (deed.cost === null && call.model === null && call.tokens === null)
                  call.tokens = { input: null, output: null };
              }
            } else if (deed.deed === 'name' && call) {
              store.commit(
                { ...NOTHING, late: [{ ...identified, call: call.id, app: deed.app, trace: null, tags: null }] },
                false,
              );
              call.app = deed.app;
            } else if (deed.deed === 'tag' && call) {
              store.commit(
                {
                  ...NOTHING,
                  late: [{ ...identified, call: call.id, app: null, trace: null, tags: { team: 'core', run: 'r9' } }],
                },
                false,
              );
              call.tags = { ...call.tags, team: 'core', run: 'r9' };
            } else if (deed.deed === 'merge') {
              store.commit(
                {
                  ...NOTHING,
                  merges: [{ host: 'b.example', from: ['GET /a/1', 'GET /a/2'], to: 'GET /a/{id}' }],
                },
                false,
              );
              for (const one of ['GET /a/1', 'GET /a/2']) aliases.set(`b.example ${one}`, 'GET /a/{id}');
            } else if (deed.deed === 'flush') store.commit(NOTHING, true);
            else if (deed.deed === 'crash') crash();
          }
          const reader = createStoreReader(dataDir);
          try {
            const asked = [
              { since: BASE - HOUR, until: BASE + 3 * DAY },
              ...spans.map(([a, b]) => ({ since: BASE + Math.min(a, b), until: BASE + Math.max(a, b) })),
            ];
            for (const settled of [false, true]) {
              if (settled) store.settle();
              for (const span of asked) {
                for (const by of ['hour', 'day'] as const) {
                  const expected = addUp([...known.values()], aliases, span, by === 'hour' ? HOUR : DAY);
                  expect(sorted(reader.edges(span).map(shownEdge))).toEqual(expected.edges);
                  expect(sorted(reader.spending({ ...span, by }).map(shownSpending))).toEqual(expected.spending);
                }
                const whole = reader.spending({ ...span, by: 'day' });
                for (const by of ['day', 'span'] as const)
                  for (const without of [[], ['tags'], ['credential'], ['credential', 'tags']] as const)
                    // Rows may differ in what is not shown of them: only their sums are promised.
                    expect(
                      sorted(foldSpending(reader.spending({ ...span, by, without }), by, without).map(shownSpending)),
                    ).toEqual(sorted(foldSpending(whole, by, without).map(shownSpending)));
              }
            }
            expect(sightingsOf(reader.sightings({}))).toEqual(sightingsIn([...known.values()], aliases));
            const metered = finish(reader.metered({ since: 0, until: BASE + 3 * DAY, limit: 100 }));
            expect(metered.calls.map(({ id, costNanoUsd, usage }) => [id, costNanoUsd, usage?.model ?? null])).toEqual(
              [...known.values()]
                .filter((call) => call.model !== null || call.tokens !== null || call.cost !== null)
                .map((call) => [call.id, call.cost?.nanoUsd ?? null, call.model]),
            );
          } finally {
            reader.close();
            store.close();
          }
        },
      ),
      { numRuns: 25 },
    );
  }, 60_000);
});

/** Without the call that was first: it may be gone. */
const sightingsOf = (list: readonly Sighting[]): string[] =>
  sorted(list.map(({ host, app, endpoint, kind }) => ({ kind, host, app, endpoint })));

function sightingsIn(list: readonly Known[], aliases: Aliases): string[] {
  const seen = new Set<string>();
  for (const call of list) {
    const { host } = call;
    seen.add(text({ kind: 'host', host, app: null, endpoint: null }));
    if (call.app !== null) seen.add(text({ kind: 'app-host', host, app: call.app, endpoint: null }));
    if (call.endpoint !== null)
      seen.add(text({ kind: 'endpoint', host, app: null, endpoint: endpointOf(call, aliases) }));
  }
  return [...seen].sort();
}
