import { mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { writeAtomically } from '../hosts/engine-lock.ts';

/** A small JSON file that is ours: read once, written in one step. A file that makes no sense counts as none. */
export function keepJson<T>(path: string, read: (value: unknown) => T): { get(): T; put(value: T): void } {
  let kept: T;
  try {
    kept = read(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    kept = read(null);
  }
  return {
    get: () => kept,
    put(value) {
      kept = value;
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      writeAtomically(path, `${JSON.stringify(value, null, 2)}\n`);
    },
  };
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
