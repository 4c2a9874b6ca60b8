// Looking through calls: bounded, said when it was not all, and never long without a pause.
import { expect, test } from 'vitest';
import { newestCalls } from '../../../electron/engine/exports/newest-calls.ts';
import type { SearchCalls } from '../../../electron/engine/exports/newest-calls.ts';
import { makeCall, summaryOf } from '../../fixtures/calls.ts';

/** A store of so many calls of two apps by turns, which finds a page without a pause. */
function store(count: number): { search: SearchCalls; pages: () => number } {
  let pages = 0;
  const ids = Array.from({ length: count }, (_, at) => count - at);
  return {
    pages: () => pages,
    // oxlint-disable-next-line require-yield
    *search({ limit, before = Infinity }) {
      pages += 1;
      const left = ids.filter((id) => id < before);
      return {
        calls: left.slice(0, limit).map((id) => summaryOf(makeCall({ id, app: id % 2 === 0 ? 'a*' : 'ab' }))),
        more: left.length > limit,
      };
    },
  };
}

function look(count: number, most: number, app?: string) {
  const { search, pages } = store(count);
  const work = newestCalls(search, { hosts: ['api.example.com'], app, since: 0, until: 1, most });
  let longest = 0;
  for (let before = 0; ; before = pages()) {
    const step = work.next();
    longest = Math.max(longest, pages() - before);
    if (step.done) return { ...step.value, longest };
  }
}

test('pauses after every page', () => {
  expect(look(2000, 5000)).toMatchObject({ complete: true, longest: 1, calls: { length: 2000 } });
});

test('stops at its bound, the newest first, and says so', () => {
  const { calls, complete } = look(2000, 700);
  expect([calls.length, calls[0]?.id, complete]).toEqual([700, 2000, false]);
});

test('knows an app by its name, whatever a filter would make of it', () => {
  const { calls } = look(600, 5000, 'a*');
  expect([calls.length, new Set(calls.map(({ app }) => app))]).toEqual([300, new Set(['a*'])]);
});
