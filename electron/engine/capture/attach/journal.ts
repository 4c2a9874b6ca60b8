import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

/**
 * What was changed on this machine and has to be undone, one file a target in `attached/` of the data folder. It is on
 * the disk before the change is made, and goes when the change is undone: a crash at any moment leaves enough to go by.
 */
export interface Journal<T> {
  read(): T | null;
  write(entry: T): void;
  clear(): void;
}

export function openJournal<T>(dataDir: string, id: string, isEntry: (value: unknown) => value is T): Journal<T> {
  const folder = folderOf(dataDir);
  const path = join(folder, `${id}.json`);
  return {
    read() {
      try {
        const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
        return isEntry(value) ? value : null;
      } catch {
        return null;
      }
    },
    write(entry) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const beside = `${path}.tmp`;
      const file = openSync(beside, 'w', 0o600);
      try {
        writeSync(file, JSON.stringify(entry));
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      renameSync(beside, path);
    },
    clear: () => rmSync(path, { force: true }),
  };
}

/** Targets that have something to undo. */
export function journalled(dataDir: string): string[] {
  try {
    return readdirSync(folderOf(dataDir))
      .filter((name) => name.endsWith('.json'))
      .map((name) => name.slice(0, -'.json'.length));
  } catch {
    return [];
  }
}

function folderOf(dataDir: string): string {
  return join(dataDir, 'attached');
}
