import { mkdirSync, readdirSync, realpathSync, rmSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { readText, writeText } from '../../registers/text-file.ts';
import { readRequest, writeRequest, type SavedRequest } from './request-file.ts';

/** One file of the folder. */
export interface SavedRow {
  /** Its path within the folder, with `/` between, without the ending. */
  name: string;
  method: string | null;
  url: string | null;
  /** Microseconds since the epoch. */
  changedAt: number;
  /** Why it cannot be used; null when it can. */
  problem: string | null;
}

export const REQUEST_ENDING = '.request.yaml';
const MOST_FILES = 5000;
const DEEPEST = 5;

/** A folder of requests. All that is asked of it is read from disk: people edit these files with other programs. */
export function openCollection(folder: () => string) {
  const fileOf = (name: string): string => join(folder(), ...`${name}${REQUEST_ENDING}`.split('/'));

  /** A link in the folder may lead out of it: nothing is read, written or deleted behind one that does. */
  function isInside(name: string): boolean {
    if (!isName(name)) return false;
    const root = realOf(folder());
    let place = join(fileOf(name), '..');
    // The nearest folder that is there decides where the others would be made.
    while (realOf(place) === null && place.length > folder().length) place = join(place, '..');
    const real = realOf(place);
    return root === null || (real !== null && !relative(root, real).startsWith('..'));
  }

  return {
    list(): { folder: string; requests: SavedRow[]; more: boolean } {
      const rows: SavedRow[] = [];
      const more = !walk(folder(), DEEPEST, (path) => {
        const name = relative(folder(), path).slice(0, -REQUEST_ENDING.length).split(sep).join('/');
        const read = readRequest(readText(path) ?? '', name);
        rows.push({
          name,
          method: 'problems' in read ? null : read.draft.method,
          url: 'problems' in read ? null : read.draft.url,
          changedAt: Math.round(statSync(path).mtimeMs * 1000),
          problem: 'problems' in read ? sayProblem(read.problems) : null,
        });
        return rows.length < MOST_FILES;
      });
      return { folder: folder(), requests: rows.toSorted((a, b) => (a.name < b.name ? -1 : 1)), more };
    },

    /** The request of a file; null: there is none. `id`: of the draft it becomes. */
    read(name: string, id: string): SavedRequest | { problem: string } | null {
      if (!isInside(name)) return null;
      const text = readText(fileOf(name));
      if (text === null) return null;
      const read = readRequest(text, id);
      return 'problems' in read ? { problem: sayProblem(read.problems) } : read;
    },

    /** Writes a file; `over`: in place of one that is there. Throws the system's errors. */
    save(name: string, request: SavedRequest, over: boolean): { path: string } | { problem: 'name' | 'there' } {
      if (!isInside(name)) return { problem: 'name' };
      const path = fileOf(name);
      if (!over && readText(path) !== null) return { problem: 'there' };
      mkdirSync(join(path, '..'), { recursive: true });
      writeText(path, writeRequest(request), true);
      return { path };
    },

    remove(name: string): boolean {
      if (!isInside(name) || readText(fileOf(name)) === null) return false;
      rmSync(fileOf(name));
      return true;
    },
  };
}

function realOf(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}

/** Names are words with `/` between: no dots alone, nothing that a system gives a meaning of its own. */
export function isName(name: string): boolean {
  return (
    name.length <= 200 &&
    name.split('/').length <= DEEPEST &&
    // oxlint-disable-next-line no-control-regex
    name
      .split('/')
      .every(
        (word) =>
          /^[^\\/:*?"<>|\0-\x1f]+$/.test(word) &&
          !/^\.|[. ]$|^ /.test(word) &&
          !/^(?:con|prn|aux|nul|com\d|lpt\d)$/i.test(word),
      )
  );
}

function sayProblem(problems: readonly { line: number; column: number; says: string }[]): string {
  const [first] = problems;
  return first === undefined ? 'It cannot be read.' : `Line ${first.line}, column ${first.column}: ${first.says}`;
}

/** Calls `take` with every request file; false when it had enough. Folders that are not there, or not ours to read, are empty. */
function walk(folder: string, depth: number, take: (path: string) => boolean): boolean {
  const entries = (() => {
    try {
      return readdirSync(folder, { withFileTypes: true });
    } catch {
      return [];
    }
  })();
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isFile() && entry.name.endsWith(REQUEST_ENDING)) {
      if (!take(path)) return false;
    } else if (entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules' && depth > 1) {
      if (!walk(path, depth - 1, take)) return false;
    }
  }
  return true;
}
