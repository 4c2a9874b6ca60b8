import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { MockSet } from '../../../shared/mocks/mock-set.ts';
import { readMockText } from './read-mock-text.ts';

/** A set with everything that its answers take. */
export interface LoadedSet {
  set: MockSet;
  /** Bytes by the path that an answer names. */
  files: ReadonlyMap<string, Uint8Array>;
}

/** All files of a set together. */
const LARGEST = 256 * 1024 * 1024;

/** Reads a file of mocks and the files that its answers name, or says why it cannot be used. */
export async function loadSet(file: string): Promise<LoadedSet | { why: string; remedy: string }> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    return {
      why: `${file} cannot be read (${codeOf(error)}).`,
      remedy: 'Name a file of mocks; docs/mocks.md has an example.',
    };
  }
  const read = readMockText(text);
  if ('problems' in read) {
    const told = read.problems.map(({ line, column, says }) => `${file}:${line}:${column}: ${says}`);
    return { why: told.join('\n'), remedy: '' };
  }
  const files = new Map<string, Uint8Array>();
  let bytes = 0;
  for (const path of namedFiles(read.set)) {
    try {
      const content = await readFile(resolve(dirname(file), path));
      bytes += content.length;
      files.set(path, content);
    } catch (error) {
      return {
        why: `${file} names the file ${path}, which cannot be read (${codeOf(error)}).`,
        remedy: 'Put it beside the mocks, or name another.',
      };
    }
    if (bytes > LARGEST)
      return {
        why: `The files that ${file} names have more than 256 MiB together.`,
        remedy: 'Leave some out: they are held in memory.',
      };
  }
  return { set: read.set, files };
}

function namedFiles({ mocks }: MockSet): Set<string> {
  return new Set(
    mocks.flatMap(({ answers }) => answers.flatMap(({ body }) => (body.kind === 'file' ? [body.path] : []))),
  );
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}
