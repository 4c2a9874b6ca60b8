import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createCallWindow } from '../../../renderer/data/call-window.ts';
import type { CallWindow, WindowQuestion } from '../../../renderer/data/call-window.ts';
import { mergeRows } from '../../../renderer/data/window-rows.ts';
import { createFakeCalls, makeSummary } from './fake-calls.ts';

const ALL: WindowQuestion = { query: '', sort: null, descending: false, headers: [] };

function ids(window: CallWindow): number[] {
  return window.state.get().rows.map(({ id }) => id);
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

async function open(stored: number, most = 20_000, question = ALL) {
  const fake = createFakeCalls();
  fake.put(...range(1, stored).map((id) => makeSummary(id)));
  const window = createCallWindow({ ...fake.parts, most });
  window.ask(question);
  await fake.settle();
  return { fake, window };
}

describe('rows in memory', () => {
  test('merging replaces what is there and keeps ids rising', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 1, max: 60 })),
        fc.uniqueArray(fc.integer({ min: 1, max: 60 })),
        (have, come) => {
          const rows = have.sort((a, b) => a - b).map((id) => makeSummary(id));
          const inserted = mergeRows(
            rows,
            come.sort((a, b) => a - b).map((id) => makeSummary(id, { status: 500 })),
          );
          const all = [...new Set([...have, ...come])].sort((a, b) => a - b);
          expect(rows.map(({ id }) => id)).toEqual(all);
          expect(rows.filter(({ status }) => status === 500).map(({ id }) => id)).toEqual(come);
          expect(inserted).toBe(all.length - have.length);
        },
      ),
    );
  });
});

describe('the live window of calls', () => {
  test('shows the newest page, and older ones when asked', async () => {
    const { fake, window } = await open(1000);
    expect(ids(window)).toEqual(range(801, 1000));
    expect(window.state.get()).toMatchObject({ older: true, newer: false, phase: 'ready' });
    window.extend('older');
    await fake.settle();
    expect(ids(window)).toEqual(range(301, 1000));
    window.extend('older');
    await fake.settle();
    expect(ids(window)).toEqual(range(1, 1000));
    expect(window.state.get().older).toBe(false);
  });

  test('a row keeps its place when rows come before it', async () => {
    const { fake, window } = await open(1000);
    const placeOf = (id: number): number => window.state.get().base + ids(window).indexOf(id);
    const before = placeOf(900);
    window.extend('older');
    await fake.settle();
    expect(placeOf(900)).toBe(before);
  });

  test('follows notices: new calls are appended and open ones change in place', async () => {
    const { fake, window } = await open(3);
    fake.put(makeSummary(4, { state: 'open', status: null }));
    fake.notice();
    await fake.settle();
    expect(window.state.get().rows.at(-1)).toMatchObject({ id: 4, state: 'open' });
    fake.put(makeSummary(4, { status: 503 }), makeSummary(5));
    fake.notice();
    await fake.settle();
    expect(ids(window)).toEqual([1, 2, 3, 4, 5]);
    expect(window.state.get().rows[3]).toMatchObject({ state: 'closed', status: 503 });
  });

  test('with a filter, only what passes comes in, also late, and in its place', async () => {
    const { fake, window } = await open(0, 100, { ...ALL, query: 'status:5xx' });
    fake.put(makeSummary(1, { state: 'open', status: null }), makeSummary(2, { status: 500 }));
    fake.notice();
    await fake.settle();
    expect(ids(window)).toEqual([2]);
    fake.put(makeSummary(1, { status: 503 }));
    fake.notice();
    await fake.settle();
    expect(ids(window)).toEqual([1, 2]);
  });

  test('a call that no longer passes the filter leaves', async () => {
    const { fake, window } = await open(0, 100, { ...ALL, query: 'state:open' });
    fake.put(makeSummary(1, { state: 'open', status: null }), makeSummary(2, { state: 'open', status: null }));
    fake.notice();
    await fake.settle();
    expect(ids(window)).toEqual([1, 2]);
    fake.put(makeSummary(1));
    fake.notice();
    await fake.settle();
    expect(ids(window)).toEqual([2]);
  });

  test('memory is bounded: the far end is let go and asked for again', async () => {
    const { fake, window } = await open(150, 100);
    for (let id = 151; id <= 400; id += 10) {
      fake.put(...range(id, id + 9).map((one) => makeSummary(one)));
      fake.notice();
      await fake.settle();
      expect(ids(window).length).toBeLessThanOrEqual(110);
    }
    expect(ids(window).at(-1)).toBe(400);
    expect(window.state.get().older).toBe(true);
    window.follow(false);
    window.extend('older');
    await fake.settle();
    expect(ids(window)).toHaveLength(100);
    expect(ids(window)[0]).toBe(1);
    expect(window.state.get().newer).toBe(true);
    window.jump('newest');
    await fake.settle();
    expect(ids(window).at(-1)).toBe(400);
  });

  test('while the reader looks elsewhere, new calls are counted and do not push rows out', async () => {
    const { fake, window } = await open(100, 100);
    window.follow(false);
    fake.put(makeSummary(101, { state: 'open' }), ...range(102, 130).map((id) => makeSummary(id)));
    fake.notice();
    await fake.settle();
    fake.put(makeSummary(101), makeSummary(131));
    fake.notice();
    await fake.settle();
    expect(window.state.get()).toMatchObject({ arrived: 31, newer: true, missed: false });
    expect(ids(window)[0]).toBe(1);
    window.jump('newest');
    await fake.settle();
    expect(window.state.get()).toMatchObject({ arrived: 0, newer: false });
    expect(ids(window).at(-1)).toBe(131);
  });

  test('falling behind leaps to the newest page instead of crawling', async () => {
    const { fake, window } = await open(10);
    fake.asked.changes = 0;
    fake.put(...range(11, 30_000).map((id) => makeSummary(id)));
    fake.notice();
    await fake.settle();
    expect(fake.asked.changes).toBeLessThan(4);
    expect(ids(window)).toEqual(range(29_801, 30_000));
    expect(window.state.get().older).toBe(true);
  });

  test('falling behind while the reader looks elsewhere leaves the rows and says what was missed', async () => {
    const { fake, window } = await open(10);
    window.follow(false);
    fake.put(...range(11, 30_000).map((id) => makeSummary(id)));
    fake.notice();
    await fake.settle();
    expect(ids(window)).toEqual(range(1, 10));
    expect(window.state.get()).toMatchObject({ missed: true, newer: true });
  });

  test('another filter gives up what runs for the one before', async () => {
    const { fake, window } = await open(100);
    fake.hold(true);
    window.ask({ ...ALL, query: 'id:<50' });
    window.ask({ ...ALL, query: 'id:>90' });
    expect(window.state.get().rows).toHaveLength(100);
    fake.hold(false);
    await fake.settle();
    expect(ids(window)).toEqual(range(91, 100));
    expect(fake.asked.aborted).toBeGreaterThan(0);
  });

  test('a lost connection costs nothing: what happened meanwhile is pulled when it is back', async () => {
    const { fake, window } = await open(10);
    fake.connection.set('lost');
    fake.put(...range(11, 20).map((id) => makeSummary(id)));
    fake.notice();
    await fake.settle();
    expect(ids(window)).toEqual(range(1, 10));
    fake.connection.set('open');
    await fake.settle();
    expect(ids(window)).toEqual(range(1, 20));
    fake.put(makeSummary(21));
    fake.notice();
    await fake.settle();
    expect(ids(window).at(-1)).toBe(21);
  });

  test('sorted: the first in that order, looked at again while they are in sight', async () => {
    const { fake, window } = await open(5, 100, { ...ALL, sort: 'duration', descending: true });
    expect(ids(window)).toEqual([5, 4, 3, 2, 1]);
    fake.put(makeSummary(6, { durationUs: 45 }));
    fake.notice();
    await fake.settle();
    fake.runLater();
    await fake.settle();
    expect(ids(window)).toEqual([5, 6, 4, 3, 2, 1]);
  });

  test('values of headers come with pages and, for rows that came alone, when they are looked at', async () => {
    const { fake, window } = await open(2, 100, { ...ALL, headers: ['x-a'] });
    expect(window.state.get().headers.get(1)).toEqual(['x-a of 1']);
    fake.put(makeSummary(3));
    fake.notice();
    await fake.settle();
    window.fillHeaders(0, 2);
    await fake.settle();
    expect(window.state.get().headers.get(3)).toEqual(['x-a of 3']);
  });

  test('whatever happens, the window is a gapless stretch of what passes the filter', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(
            fc.record({ does: fc.constant('put' as const), id: fc.integer({ min: 1, max: 400 }), ok: fc.boolean() }),
            fc.record({ does: fc.constantFrom('older', 'newer', 'newest', 'oldest', 'follow', 'loose', 'lost') }),
          ),
          { maxLength: 60 },
        ),
        async (steps) => {
          const { fake, window } = await open(250, 120, { ...ALL, query: 'status:200' });
          for (const step of steps) {
            if (step.does === 'put') {
              fake.put(makeSummary((step as { id: number }).id, { status: (step as { ok: boolean }).ok ? 200 : 500 }));
              fake.notice();
            } else if (step.does === 'older' || step.does === 'newer') window.extend(step.does);
            else if (step.does === 'newest' || step.does === 'oldest') window.jump(step.does);
            else if (step.does === 'lost') {
              fake.connection.set('lost');
              fake.connection.set('open');
            } else window.follow(step.does === 'follow');
            await fake.settle();
          }
          const { rows, older, newer } = window.state.get();
          // Closed calls do not change in truth; here they do, and may stay: only what passes is compared.
          const shown = rows.filter(({ id }) => fake.matching('status:200').some((call) => call.id === id));
          const first = older ? (rows[0]?.id ?? 0) : 0;
          const last = newer ? (rows.at(-1)?.id ?? 0) : Infinity;
          expect(shown.map(({ id }) => id)).toEqual(
            fake
              .matching('status:200')
              .map(({ id }) => id)
              .filter((id) => id >= first && id <= last),
          );
          window.close();
        },
      ),
      { numRuns: 60 },
    );
  });
});
