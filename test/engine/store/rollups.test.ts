import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { join } from 'node:path';
import { CALLS_MIGRATIONS } from '../../../electron/engine/store/migrations/index.ts';
import { openForReading } from '../../../electron/engine/store/open.ts';
import { splitRange } from '../../../electron/engine/store/read-rollups.ts';
import { PERIODS } from '../../../electron/engine/store/rollups.ts';
import { DEFAULT_BUDGETS, openStore } from '../../../electron/engine/store/store.ts';
import { addDuration, createSketch, packSketch } from '../../../shared/measure/latency-sketch.ts';
import type { CallRecord } from '../../../shared/events/fold.ts';
import { fold } from '../../../shared/events/fold.ts';
import type { CallEvent } from '../../../shared/events/call-event.ts';
import { createDataDir, factsOf, startRecorder } from '../../harness/recorder.ts';

const day = 86_400_000_000;
const samples = fc.array(
  fc.record({
    start: fc.integer({ min: 0, max: 2 * day }),
    host: fc.constantFrom('a.example', 'b.example'),
    app: fc.constantFrom('x', null),
    source: fc.constantFrom('proxy' as const, 'agent' as const),
    status: fc.constantFrom(200, 204, 404, 503),
    failed: fc.boolean(),
    duration: fc.nat(10_000_000),
    bytes: fc.nat(10_000),
    batch: fc.nat(4),
    flush: fc.boolean(),
  }),
  { minLength: 1, maxLength: 60 },
);

describe('rollups', () => {
  it('equal what comes of adding up all calls from scratch, in however many batches they came', () => {
    fc.assert(
      fc.property(samples, (list) => {
        const dataDir = createDataDir((work) => onTestFinished(work));
        const store = openStore({ dataDir, budgets: DEFAULT_BUDGETS, log: () => {}, now: () => 1_795_000_000_000 });
        const base = 1_795_000_000_000_000 - (1_795_000_000_000_000 % day);
        const records = list.map((sample, index): CallRecord => {
          const facts = factsOf(index + 1, {
            opened: { startedAt: base + sample.start, host: sample.host, app: sample.app, source: sample.source },
            answered: { status: sample.status, at: 0 },
            closed: {
              at: sample.duration,
              responseBytes: sample.bytes,
              failure: sample.failed ? { kind: 'reset', detail: '' } : null,
            },
          });
          return facts
            .filter((fact) => fact.type !== 'attempted' && fact.type !== 'request-ended')
            .reduce<CallRecord | null>((record, fact: CallEvent) => fold(record, fact), null)!;
        });
        for (let batch = 0; batch <= 4; batch += 1) {
          const closed = records.filter((_, index) => list[index]!.batch === batch);
          store.commit({ open: [], closed, gaps: [], bodies: [], messages: [], callHigh: 100 }, batch % 2 === 0);
        }
        store.commit({ open: [], closed: [], gaps: [], bodies: [], messages: [], callHigh: 100 }, true);
        store.close();
        const db = openForReading({ path: join(dataDir, 'calls.db'), migrations: CALLS_MIGRATIONS })!;
        const rows = db
          .prepare(`SELECT period, start, h.text AS host, a.text AS app, source, class, calls, failures, response_bytes AS bytes, sketch
        FROM rollups LEFT JOIN words h ON h.id = host LEFT JOIN words a ON a.id = app WHERE dimension = 0`)
          .all() as Record<string, unknown>[];
        db.close();
        const expected = new Map<
          string,
          Record<string, unknown> & { calls: number; failures: number; bytes: number; durations: number[] }
        >();
        for (const sample of list) {
          PERIODS.forEach((length, period) => {
            const start = Math.floor((base + sample.start) / 1_000_000 / length) * length;
            const source = sample.source === 'proxy' ? 0 : 1;
            const key = JSON.stringify([
              period,
              start,
              sample.host,
              sample.app,
              source,
              Math.floor(sample.status / 100),
            ]);
            const sum = expected.get(key) ?? {
              period,
              start,
              host: sample.host,
              app: sample.app,
              source,
              class: Math.floor(sample.status / 100),
              calls: 0,
              failures: 0,
              bytes: 0,
              durations: [],
            };
            sum.calls += 1;
            sum.failures += sample.failed ? 1 : 0;
            sum.bytes += sample.bytes;
            sum.durations.push(sample.duration);
            expected.set(key, sum);
          });
        }
        const scratch = [...expected.values()].map(({ durations, ...sum }) => {
          const sketch = createSketch();
          for (const duration of durations) addDuration(sketch, duration);
          return { ...sum, sketch: Buffer.from(packSketch(sketch)).toString('hex') };
        });
        const sorted = (list: object[]) =>
          list.map((row) => JSON.stringify(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)))).sort();
        expect(sorted(rows.map((row) => ({ ...row, sketch: (row['sketch'] as Buffer).toString('hex') })))).toEqual(
          sorted(scratch),
        );
      }),
      { numRuns: 25 },
    );
  });

  it('answer a dashboard: sums, percentiles, the largest hosts', async () => {
    const recorder = await startRecorder(createDataDir(onTestFinished));
    onTestFinished(() => recorder.stop());
    for (let i = 1; i <= 100; i += 1) {
      recorder.record({
        opened: { host: i % 4 === 0 ? 'b.example' : 'a.example' },
        answered: { status: i === 1 ? 500 : 200, at: 0 },
        closed: { at: 10_000 * i },
      });
    }
    await recorder.archive.flush();
    const overview = (await recorder.reader.overview({ since: 1_794_990_000_000_000, until: 1_795_010_000_000_000 }))!;
    expect(overview.totals).toMatchObject({ calls: 100, failures: 0, statuses: { 2: 99, 5: 1 } });
    expect(overview.totals.latency.p50! / 500_000).toBeCloseTo(1, 1);
    expect(overview.totals.latency.p99! / 990_000).toBeCloseTo(1, 1);
    expect(overview.hosts.map(({ host, calls }) => [host, calls])).toEqual([
      ['a.example', 75],
      ['b.example', 25],
    ]);
    expect(overview.series.reduce((sum, { calls }) => sum + calls, 0)).toBe(100);
    expect((await recorder.reader.overview({ since: 0, until: 1_000_000_000 }))!.totals.calls).toBe(0);
  });

  it('cover any span of time exactly once', () => {
    fc.assert(
      fc.property(fc.nat(100_000), fc.nat(6000), fc.integer({ min: 0, max: 2 }), (start, minutes, longest) => {
        const pieces = splitRange(start * 60, (start + minutes) * 60, longest);
        let at = start * 60;
        for (const [period, from, to] of pieces) {
          expect(from).toBe(at);
          expect(from % PERIODS[period]!).toBe(0);
          expect(to % PERIODS[period]!).toBe(0);
          at = to;
        }
        expect(at).toBe((start + minutes) * 60);
      }),
    );
  });
});
