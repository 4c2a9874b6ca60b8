// What people say of apps: names that are shown, merged and split, without a recorded name ever being lost or doubled.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  appOf,
  changeCredentials,
  declareApp,
  entryOf,
  mergeApps,
  renameApp,
  shownNames,
  splitApp,
  worthKeeping,
  type Changed,
  type Entries,
} from '../../../electron/engine/apps/entries.ts';

const SEEN = ['node', 'curl', 'billing', 'billing-worker', 'cron'];
const isSeen = (name: string): boolean => SEEN.includes(name);

function after(changed: Changed): Entries {
  if ('problem' in changed) throw new Error(JSON.stringify(changed));
  return changed.entries;
}

/** How a recorded name is shown. */
const shownAs = (entries: Entries, name: string): string => shownNames(entries).get(name) ?? name;

describe('the names of apps', () => {
  test('are shown otherwise after a rename; the old one stays theirs, and both lead to the app', () => {
    const entries = after(renameApp([], 'node', 'Nightly jobs', isSeen));
    expect(shownAs(entries, 'node')).toBe('Nightly jobs');
    expect(entryOf(entries, 'node')).toBe(entryOf(entries, 'Nightly jobs'));
    expect(shownAs(after(renameApp(entries, 'Nightly jobs', 'node', isSeen)), 'node')).toBe('node');
  });

  test('a merge counts them as one, and a split takes it back with everything that was said', () => {
    let entries = declareApp([], 'cron', { owner: 'ana', criticality: 'high' }).entries;
    entries = after(mergeApps(entries, 'billing', ['billing-worker', 'cron'], isSeen));
    expect(['billing', 'billing-worker', 'cron'].map((name) => shownAs(entries, name))).toEqual(
      Array(3).fill('billing'),
    );
    entries = after(splitApp(entries, 'billing', 'cron'));
    expect(shownAs(entries, 'cron')).toBe('cron');
    expect(entryOf(entries, 'cron')).toMatchObject({ owner: 'ana', criticality: 'high', into: null });
    expect(shownAs(entries, 'billing-worker')).toBe('billing');
  });

  test('what was merged into an app that is merged on comes back with it', () => {
    let entries = after(mergeApps([], 'billing', ['billing-worker'], isSeen));
    entries = after(mergeApps(entries, 'node', ['billing'], isSeen));
    expect(shownAs(entries, 'billing-worker')).toBe('node');
    entries = after(splitApp(entries, 'node', 'billing'));
    expect(shownAs(entries, 'billing-worker')).toBe('billing');
  });

  test('a name that another app has is refused, with what to do instead', () => {
    expect(renameApp([], 'node', 'curl', isSeen)).toMatchObject({
      problem: 'bad',
      remedy: expect.stringMatching(/merging/),
    });
    const merged = after(mergeApps([], 'node', ['curl'], isSeen));
    expect(renameApp(merged, 'node', 'curl', isSeen)).toMatchObject({
      problem: 'bad',
      why: expect.stringMatching(/merged/),
    });
    expect(splitApp(merged, 'node', 'node')).toMatchObject({
      problem: 'bad',
      remedy: expect.stringMatching(/another name/),
    });
    expect(mergeApps(merged, 'node', ['curl'], isSeen)).toMatchObject({
      problem: 'bad',
      why: expect.stringMatching(/already/),
    });
    expect(renameApp([], 'node', '  ', isSeen)).toMatchObject({ problem: 'bad' });
  });

  test('of whom nothing is known cannot be renamed, merged or split', () => {
    expect(renameApp([], 'nobody', 'x', isSeen)).toEqual({ problem: 'not-found', name: 'nobody' });
    expect(mergeApps([], 'node', ['nobody'], isSeen)).toEqual({ problem: 'not-found', name: 'nobody' });
    expect(splitApp(after(mergeApps([], 'node', ['curl'], isSeen)), 'node', 'cron')).toEqual({
      problem: 'not-found',
      name: 'cron',
    });
  });

  test('hold no colon and no control character, as in the records', () => {
    const entries = after(renameApp([], 'node', ' a:b\nc ', isSeen));
    expect(shownAs(entries, 'node')).toBe('a-b-c');
  });

  test('whatever is renamed, merged and split, every recorded name belongs to exactly one app', () => {
    const name = fc.constantFrom(...SEEN, 'a', 'b', 'c', '__proto__');
    const step = fc.oneof(
      fc.record({ what: fc.constant('rename' as const), name, other: name }),
      fc.record({ what: fc.constant('merge' as const), name, other: name }),
      fc.record({ what: fc.constant('split' as const), name, other: name }),
      fc.record({ what: fc.constant('own' as const), name, other: name }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let entries: Entries = [];
        for (const { what, name: one, other } of steps) {
          const before = new Set(entries.flatMap(({ names }) => names));
          const changed =
            what === 'rename'
              ? renameApp(entries, one, other, isSeen)
              : what === 'merge'
                ? mergeApps(entries, one, [other], isSeen)
                : what === 'split'
                  ? splitApp(entries, one, other)
                  : declareApp(entries, one, { owner: other });
          if ('problem' in changed) continue;
          const names = changed.entries.flatMap((entry) => entry.names);
          expect(new Set(names).size).toBe(names.length);
          // Nothing that was somebody's name is lost.
          for (const known of before) expect(names).toContain(known);
          entries = worthKeeping(changed.entries);
          for (const entry of entries) {
            expect(entry.names).toContain(entry.name);
            // Each ends at an app of its own, which says the same of itself.
            const app = appOf(entries, entry);
            expect(app.into).toBeNull();
            for (const recorded of entry.names) expect(shownAs(entries, recorded)).toBe(app.name);
            expect(shownAs(entries, app.name)).toBe(app.name);
          }
        }
      }),
    );
  });

  test('a merge and a split, wherever they come, leave everything shown as it was', () => {
    const name = fc.constantFrom(...SEEN);
    const merges = fc.array(fc.tuple(name, name), { maxLength: 8 });
    fc.assert(
      fc.property(merges, name, name, (before, into, other) => {
        let entries: Entries = [];
        for (const [one, two] of before) {
          const changed = mergeApps(entries, one, [two], isSeen);
          if (!('problem' in changed)) ({ entries } = changed);
        }
        const shown = SEEN.map((one) => shownAs(entries, one));
        const merged = mergeApps(entries, into, [other], isSeen);
        if ('problem' in merged) return;
        const back = after(splitApp(merged.entries, merged.name, shownAs(entries, other)));
        expect(SEEN.map((one) => shownAs(back, one))).toEqual(shown);
      }),
    );
  });
});

test('secrets stay with what they were given to, through a merge and a split', () => {
  const secret = { id: 'c1c1', salt: 'salt', hash: 'hash', createdAt: 1, lastUsedAt: null, endsAt: null };
  let entries = after(changeCredentials([], 'cron', null, () => [secret]));
  entries = after(mergeApps(entries, 'billing', ['cron'], isSeen));
  entries = after(changeCredentials(entries, 'billing', 'c1c1', ([one]) => [{ ...one!, endsAt: 5 }]));
  entries = after(splitApp(entries, 'billing', 'cron'));
  expect(entryOf(entries, 'cron')?.credentials).toEqual([{ ...secret, endsAt: 5 }]);
  expect(changeCredentials(entries, 'cron', 'none', (all) => all)).toEqual({ problem: 'not-found', name: 'none' });
});
