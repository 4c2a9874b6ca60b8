import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeText } from '../registers/text-file.ts';
import type { FileProblem } from '../registers/register.ts';
import { readMockText } from './read-mock-text.ts';

/** A set in the data folder, as lists show it. */
export interface SetRow {
  name: string;
  file: string;
  mocks: number;
  problems: FileProblem[];
}

/** Sets of mocks in the data folder: one file each, which people edit, too. */
export interface MockFolder {
  readonly path: string;
  fileOf(name: string): string;
  list(): Promise<SetRow[]>;
  /** Null when there is none. */
  read(name: string): Promise<(SetRow & { text: string }) | null>;
  /** Writes nothing while there are problems. Rejects with the system's error. */
  save(name: string, text: string): Promise<SetRow & { saved: boolean }>;
}

const ENDING = '.yaml';
/** More sets than anybody keeps. */
const MOST_SETS = 1000;

export function openMockFolder(dataDir: string): MockFolder {
  const path = join(dataDir, 'mocks');
  const fileOf = (name: string): string => join(path, `${name}${ENDING}`);

  function rowOf(name: string, text: string): SetRow {
    const read = readMockText(text);
    const row = { name, file: fileOf(name) };
    return 'set' in read
      ? { ...row, mocks: read.set.mocks.length, problems: [] }
      : { ...row, mocks: 0, problems: read.problems };
  }

  async function textOf(name: string): Promise<string | null> {
    return readFile(fileOf(name), 'utf8').catch(() => null);
  }

  return {
    path,
    fileOf,
    async list() {
      const found = await readdir(path).catch(() => []);
      const names = found
        .filter((file) => file.endsWith(ENDING) && !file.startsWith('.'))
        .map((file) => file.slice(0, -ENDING.length));
      const rows: SetRow[] = [];
      for (const name of names.sort().slice(0, MOST_SETS)) {
        const text = await textOf(name);
        if (text !== null) rows.push(rowOf(name, text));
      }
      return rows;
    },
    async read(name) {
      const text = await textOf(name);
      return text === null ? null : { ...rowOf(name, text), text };
    },
    async save(name, text) {
      const row = rowOf(name, text);
      if (row.problems.length > 0) return { ...row, saved: false };
      await mkdir(path, { recursive: true, mode: 0o700 });
      writeText(fileOf(name), text, true);
      return { ...row, saved: true };
    },
  };
}
