import fc from 'fast-check';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CALLS_MIGRATIONS } from '../../../electron/engine/store/migrations/index.ts';
import { openForReading } from '../../../electron/engine/store/open.ts';
import { DEFAULT_BUDGETS, openStore } from '../../../electron/engine/store/store.ts';
import type { Store } from '../../../electron/engine/store/store.ts';
import { createStoreReader } from '../../../electron/engine/store/store-reader.ts';
import type { StoreReader } from '../../../electron/engine/store/store-reader.ts';
import type { Identified } from '../../../shared/events/call-event.ts';
import type { CallRecord } from '../../../shared/events/fold.ts';
import { fold } from '../../../shared/events/fold.ts';
import type { QueryTree } from '../../../shared/query/tree.ts';
import { createDataDir, factsOf, startRecorder } from '../../harness/recorder.ts';
import { identityOf, finish } from './samples.ts';

const NOW = 1_795_000_000_000;
const BASE = NOW * 1000 - 3_600_000_000;
const span = { since: BASE - 60_000_000, until: BASE + 7_200_000_000 };

function openAt(dataDir: string): Store {
  return openStore({ dataDir, budgets: DEFAULT_BUDGETS, log: () => {}, now: () => NOW });
}

const NOTHING = { open: [], closed: [], gaps: [], bodies: [], messages: [], callHigh: 100 };

/** All that can be asked which who called has a part in. */
function answers(dataDir: string, settled: boolean) {
  const reader = createStoreReader(dataDir);
  try {
    const app = (pattern: string): QueryTree => ({ op: 'text', field: 'app', pattern });
    const overview = reader.overview(span.since, span.until)!;
    overview.apps.sort((a, b) => (String(a.app) < String(b.app) ? -1 : 1));
    const trees: (QueryTree | null)[] = [
      null,
      app('agent-named'),
      app('x'),
      { op: 'not', part: app('*') },
      { op: 'text', field: 'source', pattern: 'agent' },
    ];
    return {
      overview: settled && overview, // up to a second behind
      calls: trees.map((tree) => finish(reader.search({ tree, limit: 1000 })).calls),
      histograms: trees.map((tree) => finish(reader.histogram({ tree, ...span, steps: 4 })).matched),
      // Equally common values come in the order of their words.
      facets: finish(reader.facets({ tree: null, ...span, fields: ['app', 'host', 'status'], limit: 10 })).facets.map(
        ({ field, values }) => [field, new Map(values.map(({ value, calls }) => [value, calls]))],
      ),
      whole: Array.from({ length: 30 }, (_, index) => reader.call(index + 1)),
    };
  } finally {
    reader.close();
  }
}

/** Rollups by names rather than words. */
function sumsIn(dataDir: string): unknown[] {
  const db = openForReading({ path: join(dataDir, 'calls.db'), migrations: CALLS_MIGRATIONS })!;
  try {
    return db
      .prepare(
        'SELECT period, dimension, start, h.text AS host, a.text AS app, source, class, calls, failures, sketch FROM rollups LEFT JOIN words h ON h.id = host LEFT JOIN words a ON a.id = app ORDER BY period, dimension, start, h.text, a.text, source, class',
      )
      .all();
  } finally {
    db.close();
  }
}

const text = (field: 'callsite' | 'package' | 'process' | 'source', pattern = '*'): QueryTree => ({
  op: 'text',
  field,
  pattern,
});
const KNOWN: QueryTree = { op: 'or', parts: [text('callsite'), text('package')] };
const CALLERS: readonly QueryTree[] = [
  KNOWN,
  { op: 'and', parts: [KNOWN, { op: 'number', field: 'status', comparison: '>=', value: 400 }] },
  { op: 'and', parts: [text('callsite'), { op: 'not', part: text('package') }] },
  text('package', 'stripe'),
  text('source', 'agent'),
  { op: 'tag', name: 'run', pattern: null },
];

/** Lists, counts and groups by who called, in the order the workspace asks. */
function askAboutCallers(reader: StoreReader) {
  return CALLERS.map((tree) => {
    const facets = finish(
      reader.facets({ tree, ...span, fields: ['package', 'callsite'], limit: 10, patienceMs: 60_000 }),
    );
    return {
      facets: [
        facets.counted,
        ...facets.facets.map(({ values }) => new Map(values.map((one) => [one.value, one.calls]))),
      ],
      list: finish(reader.search({ tree, limit: 1000 })).calls.map(({ id }) => id),
      sorted: finish(reader.search({ tree, limit: 1000, sort: 'host' })).calls.map(({ id }) => id),
      matched: finish(reader.histogram({ tree, ...span, steps: 4 })).matched,
    };
  });
}

const facts = (call: number): fc.Arbitrary<Identified> =>
  fc.record({
    type: fc.constant('identified' as const),
    call: fc.constant(call),
    by: fc.constantFrom('socket' as const, 'agent' as const),
    app: fc.constantFrom(null, 'agent-named', 'node'),
    process: fc.constantFrom(null, '7@1', '8@2'),
    unknown: fc.constantFrom(null, 'gone' as const),
    site: fc.constantFrom(
      null,
      { package: 'stripe', callsite: '/srv/pay.ts:4', frames: [] },
      {
        package: null,
        callsite: '/srv/index.ts:9',
        frames: [{ function: 'pay', file: '/srv/index.ts', line: 9, column: 3, package: null, version: null }],
      },
    ),
    trace: fc.constantFrom(
      null,
      { traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8) },
      { traceId: 'ef'.repeat(16), spanId: null },
    ),
    tags: fc.constantFrom(null, { run: 'r1' }, { feature: 'pay' }),
  });

const scenario = fc.array(
  fc
    .record({
      app: fc.constantFrom('x', null),
      minute: fc.nat(5),
      status: fc.constantFrom(200, 404),
      batch: fc.nat(2),
    })
    .chain((call) =>
      fc.record({
        call: fc.constant(call),
        said: fc.array(fc.record({ fact: facts(0), after: fc.nat(3) }), { maxLength: 3 }),
      }),
    ),
  { minLength: 1, maxLength: 12 },
);

describe('what is learnt late of who called', () => {
  it('leaves rows, sums, counts and searches as if it had been known before, also after a crash', () => {
    fc.assert(
      fc.property(
        scenario,
        fc.array(fc.constantFrom('flush', 'go on', 'crash'), { minLength: 6, maxLength: 6 }),
        (list, steps) => {
          const early = createDataDir((work) => onTestFinished(work));
          const late = createDataDir((work) => onTestFinished(work));
          const recordOf = (index: number): CallRecord => {
            const { app, minute, status } = list[index]!.call;
            return factsOf(index + 1, {
              opened: { startedAt: BASE + minute * 60_000_000 + index, app },
              answered: { status },
            }).reduce<CallRecord | null>(fold, null)!;
          };
          // In the order in which they are told: a later word may be worth more.
          const told = list
            .flatMap(({ call, said }, index) =>
              said.map(({ fact, after }) => ({ batch: call.batch + after, fact: { ...fact, call: index + 1 } })),
            )
            .sort((a, b) => a.batch - b.batch);
          let store = openAt(late);
          for (let batch = 0; batch < 6; batch += 1) {
            const closed = list.flatMap(({ call }, index) => (call.batch === batch ? [recordOf(index)] : []));
            const of = told.filter((one) => one.batch === batch).map(({ fact }) => fact);
            store.commit({ ...NOTHING, closed, late: of, callHigh: 100 }, steps[batch] === 'flush');
            if (steps[batch] !== 'crash') continue;
            store.close();
            store = openAt(late);
          }
          const known = openAt(early);
          known.commit(
            {
              ...NOTHING,
              closed: list.map((_, index) =>
                told
                  .filter(({ fact }) => fact.call === index + 1)
                  .reduce((record, { fact }) => fold(record, fact), recordOf(index)),
              ),
            },
            true,
          );
          known.settle();
          known.close();
          expect(answers(late, false)).toEqual(answers(early, false)); // sums not yet written
          store.settle();
          store.close();
          expect(answers(late, true)).toEqual(answers(early, true));
          expect(sumsIn(late)).toEqual(sumsIn(early));
        },
      ),
      { numRuns: 12 },
    );
  }, 90_000);

  it('is found by who asked for it before anybody knew, as by who asks for the first time', () => {
    fc.assert(
      fc.property(
        scenario,
        fc.array(fc.constantFrom('flush', 'settle', 'go on', 'crash'), { minLength: 6, maxLength: 6 }),
        // Calls of other blocks stand before and between them.
        fc.constantFrom(1, 200, 700),
        (list, steps, apart) => {
          const dataDir = createDataDir((work) => onTestFinished(work));
          let store = openAt(dataDir);
          const patient = createStoreReader(dataDir);
          try {
            const idOf = (index: number): number => (index + 1) * apart;
            for (let batch = 0; batch < 6; batch += 1) {
              askAboutCallers(patient);
              const closed = list.flatMap(({ call }, index) =>
                call.batch === batch
                  ? [
                      factsOf(idOf(index), {
                        opened: { startedAt: BASE + call.minute * 60_000_000 + index, app: call.app },
                        answered: { status: call.status },
                      }).reduce<CallRecord | null>(fold, null)!,
                    ]
                  : [],
              );
              store.commit({ ...NOTHING, closed, callHigh: 10_000 }, steps[batch] === 'flush');
              if (steps[batch] === 'settle') store.settle();
              askAboutCallers(patient);
              const late = list.flatMap(({ call, said }, index) =>
                said
                  .filter(({ after }) => call.batch + after === batch)
                  .map(({ fact }) => ({ ...fact, call: idOf(index) })),
              );
              store.commit({ ...NOTHING, late, callHigh: 10_000 }, false);
              if (steps[batch] === 'crash') {
                store.close();
                store = openAt(dataDir);
              }
              const fresh = createStoreReader(dataDir);
              try {
                const expected = list.flatMap((_, index) => {
                  const call = fresh.call(idOf(index));
                  return call !== null && (call.callsite ?? call.package) !== null ? [call.id] : [];
                });
                expect(askAboutCallers(patient)).toEqual(askAboutCallers(fresh));
                expect(askAboutCallers(patient)[0]?.list.toSorted((a, b) => a - b)).toEqual(expected);
              } finally {
                fresh.close();
              }
            }
          } finally {
            patient.close();
            store.close();
          }
        },
      ),
      { numRuns: 8 },
    );
  }, 90_000);

  it('is a change that followers see, once, and none where nothing is new', async () => {
    const recorder = await startRecorder(createDataDir(onTestFinished));
    onTestFinished(() => recorder.stop());
    const { archive, reader } = recorder;
    const call = recorder.record({ opened: { app: null } });
    await archive.flush();
    const { seq } = await reader.changedSince({ seq: 0, limit: 10, tree: null });
    const identity = { ...identityOf({ pid: 4211, name: 'node', user: 'ada', command: 'node pay.mjs' }), startedAt: 5 };
    archive.noteProcess('4211@5', identity);
    const fact: Identified = {
      type: 'identified',
      call,
      by: 'socket',
      app: 'shop',
      process: '4211@5',
      unknown: null,
      site: null,
      trace: null,
      tags: null,
    };
    archive.emit(fact);
    archive.emit({ ...fact, call: 999_999 });
    await archive.flush();
    const changed = await reader.changedSince({ seq, limit: 10, tree: null });
    expect(changed.calls).toMatchObject([
      { id: call, app: 'shop', process: { pid: 4211, name: 'node', user: 'ada', command: 'node pay.mjs' } },
    ]);
    expect((await reader.getCall(call))?.process).toEqual(identity);
    archive.emit(fact);
    await archive.flush();
    expect((await reader.changedSince({ seq: changed.seq, limit: 10, tree: null })).calls).toEqual([]);
    expect(await reader.getCall(999_999)).toBeNull();
  });

  it('is taken into a call that is open, and into one that closed a moment ago', async () => {
    const recorder = await startRecorder(createDataDir(onTestFinished));
    onTestFinished(() => recorder.stop());
    const { archive, reader } = recorder;
    const said = (call: number): Identified => ({
      type: 'identified',
      call,
      by: 'agent',
      app: 'shop',
      process: null,
      unknown: 'gone',
      site: { package: 'stripe', callsite: '/srv/pay.ts:4', frames: [] },
      trace: { traceId: 'ab'.repeat(16), spanId: null },
      tags: { run: 'r1' },
    });
    const open = recorder.record({ opened: { app: null }, open: true });
    const closed = recorder.record({ opened: { app: null } });
    for (const call of [open, closed]) archive.emit(said(call));
    await archive.flush();
    for (const call of [open, closed])
      expect(await reader.getCall(call)).toMatchObject({
        app: 'shop',
        sources: ['proxy', 'agent'],
        processUnknown: 'gone',
        package: 'stripe',
        traceId: 'ab'.repeat(16),
        spanId: null,
        tags: { run: 'r1' },
      });
  });

  it('is held to bounds and keeps no secret, whoever says it', async () => {
    const recorder = await startRecorder(createDataDir(onTestFinished));
    onTestFinished(() => recorder.stop());
    const { archive, reader } = recorder;
    const secret = ['sk', 'live', 'Zx9Zx9Zx9Zx9Zx9Zx9Zx9Zx9'].join('_');
    const call = recorder.record();
    archive.noteProcess('7@1', {
      ...identityOf({
        pid: 7,
        name: 'node',
        user: 'ada',
        command: `node pay.mjs --api-key=${secret} ${'x'.repeat(9000)}`,
      }),
      parents: Array.from({ length: 20 }, (_, pid) => ({ pid, name: 'sh' })),
    });
    const frame = { function: 'f', file: '/srv/a.ts', line: 1, column: 2, package: null, version: null };
    archive.emit({
      type: 'identified',
      call,
      by: 'agent',
      app: null,
      process: '7@1',
      unknown: null,
      site: {
        package: 'p'.repeat(500),
        callsite: `data:text/javascript,fetch("${secret}")`,
        frames: Array.from({ length: 50 }, () => ({ ...frame, file: `/srv/${'x'.repeat(9000)}` })),
      },
      trace: { traceId: 'no hex', spanId: null },
      tags: {
        ...Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`n${index}`, 'v'.repeat(999)])),
        n0: `Bearer ${secret}`,
        n1: secret,
      },
    });
    await archive.flush();
    const stored = (await reader.getCall(call))!;
    expect(stored.process?.command?.length).toBeLessThanOrEqual(2000);
    expect(stored.process?.parents).toHaveLength(8);
    expect(stored.frames).toHaveLength(10);
    expect(stored.frames[0]!.file.length).toBeLessThanOrEqual(1000);
    expect(stored.package).toHaveLength(214);
    expect(stored.traceId).toBeNull();
    expect(Object.keys(stored.tags)).toHaveLength(16);
    for (const value of Object.values(stored.tags)) expect(value.length).toBeLessThanOrEqual(200);
    expect(JSON.stringify(stored)).not.toContain(secret);
  });
});
