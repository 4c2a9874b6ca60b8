import { stat } from 'node:fs';
import { NOTHING_DECLARED } from './declared.ts';
import type { Declared } from './declared.ts';
import { editText } from './edit-file.ts';
import type { Edit } from './edit-file.ts';
import { readVendorsText } from './read-file.ts';
import type { FileProblem } from './read-file.ts';
import { FIRST_LINES, lastGoodPath, readText, vendorsPath, writeSchema, writeText } from './vendors-file.ts';

/** Why something cannot be said: what stands in the way, and what to do instead. */
export interface Hindrance {
  problem: 'bad';
  why: string;
  remedy: string;
}

/** What counts of `vendors.yaml`: what it says, or said last when it was in order. */
export interface DeclaredNow {
  /** The file’s absolute path, whether it is there or not. */
  file: string;
  declared: Declared;
  /** Why what stands in the file does not count; empty when it does. */
  problems: FileProblem[];
}

/** The file of a data folder while an engine runs on it. */
export interface VendorRegister {
  readonly now: DeclaredNow;
  /**
   * Edits the file as it is on disk. `make` is given what counts and says what to write; all of it is written, or nothing.
   */
  edit(make: (declared: Declared) => readonly Edit[] | Hindrance): { changed: boolean } | Hindrance;
  /** Called with what counts from now on, whenever that is something else. */
  onChanged(listener: (declared: Declared) => void): void;
  close(): void;
}

/** How often we look whether somebody saved the file: one look at its date, wherever it lies. */
const LOOK_EVERY_MS = 1000;
/** An editor may save while we write; then we begin again, so often. */
const ATTEMPTS = 5;

export function openVendorRegister(given: {
  dataDir: string;
  log: (line: string) => void;
  lookEveryMs?: number | undefined;
}): VendorRegister {
  const { dataDir, log } = given;
  const file = vendorsPath(dataDir);
  const listeners = new Set<(declared: Declared) => void>();
  const loaded = loadVendors(dataDir, log);
  let { now, text } = loaded;
  if (loaded.good) keepGood(text);

  function keepGood(good: string | null): void {
    try {
      if (good !== readText(lastGoodPath(dataDir))) writeText(lastGoodPath(dataDir), good ?? '');
    } catch (error) {
      log(`${lastGoodPath(dataDir)} cannot be written: ${sentence(error)}`);
    }
  }

  /** Takes over what stands in the file, when it is in order. */
  function take(next: string | null): void {
    if (next === text) return;
    text = next;
    const read = readVendorsText(next ?? '');
    if ('problems' in read) {
      now = { ...now, problems: read.problems };
      log(describeProblems(file, read.problems));
      return;
    }
    if (now.problems.length > 0) log(`${file} is in order again; what it says now counts.`);
    now = { file, declared: read.declared, problems: [] };
    keepGood(next);
    for (const listener of listeners) listener(now.declared);
  }

  function look(): void {
    try {
      take(readText(file));
    } catch (error) {
      if (now.problems.length === 0) log(`${file} cannot be read, so what it said before counts: ${sentence(error)}`);
      now = { ...now, problems: [unreadable(error)] };
      // Whatever is read next is news.
      text = '\0';
    }
  }

  // Looked at by its date, not by the system's events: those lose a file that is replaced, links and network folders.
  let seen = '';
  const watch = setInterval(() => {
    stat(file, (error, found) => {
      const state = error ? `${error.code}` : `${found.ino} ${found.size} ${found.mtimeMs} ${found.ctimeMs}`;
      if (state === seen || closed) return;
      seen = state;
      look();
    });
  }, given.lookEveryMs ?? LOOK_EVERY_MS).unref();
  let closed = false;

  return {
    get now() {
      return now;
    },
    edit(make) {
      try {
        for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
          look();
          const [mistake] = now.problems;
          if (mistake !== undefined)
            return bad(
              `${file} has a mistake in line ${mistake.line}, column ${mistake.column}: ${mistake.says}`,
              'Put it right first; nothing was changed.',
            );
          const edits = make(now.declared);
          if ('problem' in edits) return edits;
          const before = text;
          const after = editText(before ?? FIRST_LINES, edits);
          if (after === before || edits.length === 0) return { changed: false };
          const read = readVendorsText(after);
          if ('problems' in read)
            return bad(
              read.problems[0]?.says ?? 'The file would not be in order.',
              'Say something else; nothing was changed.',
            );
          if (readText(file) !== before) continue;
          if (before === null) writeSchema(dataDir);
          writeText(file, after);
          take(after);
          return { changed: true };
        }
        return bad(`${file} is being changed by somebody else.`, 'Try again; nothing was changed.');
      } catch (error) {
        return bad(`${file} cannot be written: ${sentence(error)}`, 'Nothing was changed; try again.');
      }
    },
    onChanged: (listener) => void listeners.add(listener),
    close() {
      closed = true;
      clearInterval(watch);
      listeners.clear();
    },
  };
}

/** What counts in a folder on which no engine runs. */
export function readVendors(dataDir: string, log: (line: string) => void): DeclaredNow {
  return loadVendors(dataDir, log).now;
}

function loadVendors(
  dataDir: string,
  log: (line: string) => void,
): { now: DeclaredNow; text: string | null; good: boolean } {
  const file = vendorsPath(dataDir);
  let text: string | null;
  let problems: FileProblem[];
  try {
    text = readText(file);
    const read = readVendorsText(text ?? '');
    if ('declared' in read) return { now: { file, declared: read.declared, problems: [] }, text, good: true };
    ({ problems } = read);
    log(describeProblems(file, problems));
  } catch (error) {
    text = '\0';
    problems = [unreadable(error)];
    log(`${file} cannot be read, so what it said before counts: ${sentence(error)}`);
  }
  return { now: { file, declared: lastGood(dataDir), problems }, text, good: false };
}

function lastGood(dataDir: string): Declared {
  try {
    const read = readVendorsText(readText(lastGoodPath(dataDir)) ?? '');
    return 'declared' in read ? read.declared : NOTHING_DECLARED;
  } catch {
    return NOTHING_DECLARED;
  }
}

function describeProblems(file: string, problems: readonly FileProblem[]): string {
  const told = problems.map(({ line, column, says }) => `${file}:${line}:${column}: ${says}`);
  return `${told.join('\n')}\nWhat it said before counts on.`;
}

function unreadable(error: unknown): FileProblem {
  return { line: 1, column: 1, says: `It cannot be read: ${sentence(error)}. Give the engine the right to read it.` };
}

function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function bad(why: string, remedy: string): Hindrance {
  return { problem: 'bad', why, remedy };
}
