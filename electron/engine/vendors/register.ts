import { besideFile, loadFile, openRegister } from '../registers/register.ts';
import type { FileKind, FileNow, FileProblem, Hindrance } from '../registers/register.ts';
import { NOTHING_DECLARED } from './declared.ts';
import type { Declared } from './declared.ts';
import { editText } from './edit-file.ts';
import type { Edit } from './edit-file.ts';
import { readVendorsText } from './read-file.ts';
import { FIRST_LINES, lastGoodPath, vendorsPath, writeSchema } from './vendors-file.ts';

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

export function openVendorRegister(given: {
  dataDir: string;
  log: (line: string) => void;
  lookEveryMs?: number | undefined;
}): VendorRegister {
  const { dataDir, log } = given;
  const kind = fileOf(dataDir);
  const register = openRegister(kind, log, given.lookEveryMs);
  return {
    get now() {
      return told(kind.file, register.now);
    },
    edit(make) {
      const done = register.edit((declared, text) => {
        const edits = make(declared);
        if ('problem' in edits) return edits;
        if (edits.length === 0) return text ?? '';
        if (text === null) writeSchema(dataDir);
        return editText(text ?? FIRST_LINES, edits);
      });
      if (!('problems' in done)) return done;
      return {
        problem: 'bad',
        why: done.problems[0]?.says ?? 'The file would not be in order.',
        remedy: 'Say something else; nothing was changed.',
      };
    },
    onChanged: (listener) => void register.onChanged(({ value }) => listener(value)),
    close: register.close,
  };
}

/** What counts in a folder on which no engine runs. */
export function readVendors(dataDir: string, log: (line: string) => void): DeclaredNow {
  const kind = fileOf(dataDir);
  return told(kind.file, loadFile(kind, log).now);
}

function fileOf(dataDir: string): FileKind<Declared, FileProblem> {
  return {
    file: vendorsPath(dataDir),
    read: readVendorsText,
    nothing: NOTHING_DECLARED,
    lastGood: besideFile(lastGoodPath(dataDir)),
    problemOf: (problem) => problem,
  };
}

function told(file: string, { value, problems }: FileNow<Declared, FileProblem>): DeclaredNow {
  return { file, declared: value, problems };
}
