import { keepText, readText, writeText } from './text-file.ts';
import { watchFile } from './watch-file.ts';

/** A mistake in a file: where, from 1, and what it is and what to do, in words. */
export interface FileProblem {
  line: number;
  column: number;
  says: string;
}

/** Why something cannot be done: what stands in the way, and what to do instead. */
export interface Hindrance {
  problem: 'bad';
  why: string;
  remedy: string;
}

/** What a file says, or every mistake in it. */
export type Read<Value, Problem> = { value: Value } | { problems: Problem[] };

/** What a file is to us. */
export interface FileKind<Value, Problem extends FileProblem> {
  /** Absolute. */
  file: string;
  /** Never throws. A file that is not there is read as an empty one, with `isThere` false. */
  read(text: string, isThere: boolean): Read<Value, Problem>;
  /** What counts when nothing was ever in order. */
  nothing: Value;
  /** The text that was in order last: it counts as long as what stands in the file is not, after a new start too. */
  lastGood: { get(): string | null; keep(text: string): void };
  /** Makes a mistake of this file’s kind out of one that has no more than a place. */
  problemOf(problem: FileProblem): Problem;
  /** Whether others than its owner may go on reading it when they could; else it is the owner’s alone. */
  keepRights?: true;
}

/** What counts of a file: what it says, or said last when it was in order. */
export interface FileNow<Value, Problem> {
  value: Value;
  /** The text that says it. */
  text: string;
  /** Why what stands in the file does not count; empty when it does. */
  problems: Problem[];
}

/** A file that people write and we edit, while an engine runs. */
export interface FileRegister<Value, Problem> {
  readonly now: FileNow<Value, Problem>;
  /** What stands in the file, in order or not, as it was seen last; null: there is none, undefined: it cannot be read. */
  readonly onDisk: string | null | undefined;
  /** Looks now whether somebody saved it. */
  look(): void;
  /**
   * Edits the file as it is on disk: `make` is given what counts and its text (null: there is no file), and gives the
   * text to write. A file with a mistake in it is not edited, and what would be a mistake is not written.
   */
  edit<Other extends object>(
    make: (value: Value, text: string | null) => string | Other,
  ): { changed: boolean } | Hindrance | Other | { problems: Problem[] };
  /** Writes a text in the place of whatever stands there, if it is in order. */
  replace(text: string): { changed: boolean } | Hindrance | { problems: Problem[] };
  /** Called with what counts from now on, whenever that is something else. */
  onChanged(listener: (now: FileNow<Value, Problem>) => void): () => void;
  close(): void;
}

/** An editor may save while we write; then we begin again, so often. */
const ATTEMPTS = 5;

/** Opens a file that may be there or not, in order or not. Never throws. */
export function openRegister<Value, Problem extends FileProblem>(
  kind: FileKind<Value, Problem>,
  log: (line: string) => void,
  lookEveryMs?: number,
): FileRegister<Value, Problem> {
  const { file, read, lastGood } = kind;
  const listeners = new Set<(now: FileNow<Value, Problem>) => void>();
  const loaded = loadFile(kind, log);
  let { now, seen } = loaded;
  if (now.problems.length === 0) keepGood(now.text);

  function keepGood(text: string): void {
    try {
      lastGood.keep(text);
    } catch (error) {
      log(`${file}: what it says cannot be kept for later: ${sentenceOf(error)}`);
    }
  }

  /** Takes over what stands in the file, when it is in order. */
  function take(next: string | null, known?: Read<Value, Problem>): void {
    if (next === seen) return;
    seen = next;
    const text = next ?? '';
    const said = known ?? read(text, next !== null);
    if ('problems' in said) {
      now = { ...now, problems: said.problems };
      log(describeProblems(file, said.problems));
      return;
    }
    if (now.problems.length > 0) log(`${file} is in order again; what it says now counts.`);
    now = { value: said.value, text, problems: [] };
    keepGood(text);
    for (const listener of listeners) listener(now);
  }

  function look(): void {
    try {
      take(readText(file));
    } catch (error) {
      if (now.problems.length === 0) log(unreadableLine(file, error));
      now = { ...now, problems: [kind.problemOf(unreadable(error))] };
      // Whatever is read next is news.
      seen = undefined;
    }
  }

  function put(
    before: string | null | undefined,
    after: string,
  ): { changed: boolean } | { problems: Problem[] } | null {
    if (after === (before ?? '') && typeof before === 'string') return { changed: false };
    const said = read(after, true);
    if ('problems' in said) return { problems: said.problems };
    // What somebody saved meanwhile is never written over.
    if (before !== undefined && readText(file) !== before) return null;
    writeText(file, after, kind.keepRights);
    take(after, said);
    return { changed: true };
  }

  function attempt<Done extends object>(once: () => Done | null): Done | Hindrance {
    try {
      for (let tries = 0; tries < ATTEMPTS; tries += 1) {
        look();
        const done = once();
        if (done !== null) return done;
      }
      return bad(`${file} is being changed by somebody else.`, 'Try again; nothing was changed.');
    } catch (error) {
      return bad(`${file} cannot be written: ${sentenceOf(error)}`, 'Nothing was changed; try again.');
    }
  }

  const watch = watchFile(file, look, lookEveryMs);
  return {
    get now() {
      return now;
    },
    get onDisk() {
      return seen;
    },
    look,
    edit: (make) =>
      attempt(() => {
        const [mistake] = now.problems;
        if (mistake !== undefined)
          return bad(
            `${file} has a mistake in line ${mistake.line}, column ${mistake.column}: ${mistake.says}`,
            'Put it right first; nothing was changed.',
          );
        const after = make(now.value, seen ?? null);
        return typeof after === 'string' ? put(seen, after) : after;
      }),
    replace: (text) => attempt(() => put(seen, text)),
    onChanged(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close() {
      watch.close();
      listeners.clear();
    },
  };
}

/** What counts of a file, with or without an engine; mistakes are told to `log`. `seen`: undefined when it could not be read. */
export function loadFile<Value, Problem extends FileProblem>(
  { file, read, nothing, lastGood, problemOf }: FileKind<Value, Problem>,
  log: (line: string) => void,
): { now: FileNow<Value, Problem>; seen: string | null | undefined } {
  let seen: string | null | undefined;
  let problems: Problem[];
  try {
    seen = readText(file);
    const said = read(seen ?? '', seen !== null);
    if ('value' in said) return { now: { value: said.value, text: seen ?? '', problems: [] }, seen };
    ({ problems } = said);
    log(describeProblems(file, problems));
  } catch (error) {
    problems = [problemOf(unreadable(error))];
    log(unreadableLine(file, error));
  }
  try {
    const text = lastGood.get() ?? '';
    const said = read(text, true);
    if ('value' in said) return { now: { value: said.value, text, problems }, seen };
  } catch {
    // Then nothing of it counts.
  }
  return { now: { value: nothing, text: '', problems }, seen };
}

/** Keeps what was in order last in a file beside it. */
export function besideFile(path: string): { get(): string | null; keep(text: string): void } {
  return { get: () => readText(path), keep: (text) => keepText(path, text) };
}

export function bad(why: string, remedy: string): Hindrance {
  return { problem: 'bad', why, remedy };
}

function describeProblems(file: string, problems: readonly FileProblem[]): string {
  const told = problems.map(({ line, column, says }) => `${file}:${line}:${column}: ${says}`);
  return `${told.join('\n')}\nWhat it said before counts on.`;
}

function unreadableLine(file: string, error: unknown): string {
  return `${file} cannot be read, so what it said before counts: ${sentenceOf(error)}`;
}

function unreadable(error: unknown): FileProblem {
  return { line: 1, column: 1, says: `It cannot be read: ${sentenceOf(error)}. Give the engine the right to read it.` };
}

function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
