// Rule: the map of the house is compared with the code both ways, so a planted violation of each kind is found.
import { expect, test } from 'vitest';
import { findViolations } from '../../build/check-rooms.ts';
import type { Room } from '../../build/room.ts';

const map: Record<string, Room> = {
  'shared/model': { uses: [] },
  'electron/engine/store': { uses: ['shared/model'], packages: ['better-sqlite3'] },
  'electron/engine': { uses: ['*'], shallow: true },
};

const clean: [string, string][] = [
  ['shared/model/call.ts', 'export interface Call {}\n'],
  [
    'electron/engine/store/open.ts',
    "import Database from 'better-sqlite3';\nimport type { Call } from '../../../shared/model/call.ts';\n",
  ],
  ['electron/engine/engine.ts', "import { open } from './store/open.ts';\n"],
];

function violationsWith(...planted: [string, string][]) {
  return findViolations(new Map([...clean, ...planted]), map, {});
}

test('a house that keeps to its map has no violations', () => {
  expect(violationsWith()).toEqual({ broken: [], stale: [] });
});

test.each([
  ['an arrow that points up', 'shared/model/x.ts', "import { open } from '../../electron/engine/store/open.ts';"],
  ['an export that points up', 'shared/model/x.ts', "export * from '../../electron/engine/store/open.ts';"],
  ['an import at run time', 'shared/model/x.ts', "const late = await import('../../electron/engine/engine.ts');"],
  ['an import over several lines', 'shared/model/x.ts', "import {\n  open,\n} from '../../electron/engine/engine.ts';"],
  ['a package without a door', 'electron/engine/engine.ts', "import Database from 'better-sqlite3';"],
  ['Node in shared', 'shared/model/x.ts', "import { readFileSync } from 'node:fs';"],
  ['a clock in shared', 'shared/model/x.ts', 'export const now = () => Date.now();'],
  ['dice in shared', 'shared/model/x.ts', 'export const roll = () => Math.random();'],
  ['a folder with no row', 'electron/engine/attic/x.ts', 'export {};'],
  ['a wing with no row', 'renderer/x.ts', 'export {};'],
  ['a file that is two ideas', 'shared/model/x.ts', 'export {};\n'.repeat(501)],
])('%s is reported once, with the file', (_, path, text) => {
  const { broken } = violationsWith([path, text]);
  expect(broken).toHaveLength(1);
  expect(broken[0]).toContain(path);
});

test('what comments say is not an import', () => {
  expect(violationsWith(['shared/model/x.ts', "// import { x } from 'node:fs';\n"]).broken).toEqual([]);
});

test('an arrow, a door and a room that nobody uses are stale', () => {
  const withoutStore = new Map(clean.filter(([path]) => !path.includes('store')));
  const { stale } = findViolations(withoutStore, map, {});
  expect(stale).toEqual([
    'electron/engine/store: the room is empty',
    'electron/engine/store: stale arrow, nothing imports shared/model',
    'electron/engine/store: stale door, nothing uses better-sqlite3',
  ]);
});
