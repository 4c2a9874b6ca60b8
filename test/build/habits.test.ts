// Rules of the repository that are easily forgotten: rooms say what they are for, scripts say what they do, links lead
// somewhere.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { rooms } from '../../build/rooms.ts';

const root = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

/** Rooms whose owner is still furnishing them; empty with the release. */
const furnishing = ['store', 'archive', 'analytics'].map((room) => `electron/engine/${room}`);

test.each(Object.keys(rooms).filter((room) => !furnishing.includes(room)))(
  '%s has a README of at most a page',
  (room) => {
    expect(existsSync(join(root, room, 'README.md')), `${room}/README.md`).toBe(true);
    expect(read(`${room}/README.md`).split('\n').length).toBeLessThanOrEqual(60);
  },
);

test('CONTRIBUTING explains every script of package.json, and no other', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const explained = Array.from(read('CONTRIBUTING.md').matchAll(/^\| `npm (?:run )?(\w+)` \|/gm), ([, name]) => name);
  // What npm runs by itself before another one needs no explaining.
  const typed = Object.keys(scripts).filter((name) => !(name.startsWith('pre') && name.slice(3) in scripts));
  expect(explained.sort()).toEqual(typed.sort());
});

test('links between our pages lead to files that are there', () => {
  const pages = globSync(['*.md', '{docs,shared,electron,build,test}/**/*.md'], { cwd: root });
  expect(pages.length).toBeGreaterThan(10);
  const dead = pages.flatMap((page) =>
    Array.from(read(page).matchAll(/\]\((?!https?:|#)([^)#]+)/g), ([, target = '']) => target)
      .filter((target) => !existsSync(join(root, dirname(page), target)))
      .map((target) => `${page} → ${target}`),
  );
  // Written by `npm run bench`.
  expect(dead.filter((link) => !link.endsWith('benchmarks.md'))).toEqual([]);
});
