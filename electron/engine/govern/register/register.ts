import { dirname, join } from 'node:path';
import type { PolicyProblem } from '../../../../shared/contract/policies.ts';
import { compareTexts } from '../../../../shared/diff/unified.ts';
import type { PolicySet } from '../../../../shared/policies/governor.ts';
import { loadFile, openRegister, type FileKind, type FileNow, type Hindrance } from '../../registers/register.ts';
import { keepText } from '../../registers/text-file.ts';
import type { PoliciesKept, PolicyVersionText } from '../../store/policy-versions.ts';
import { describeChanges } from './describe-changes.ts';
import { mistakeAt, readPolicyText, type ReadFile } from './read-policies.ts';

/** What people here say of calls, unless they name another file. */
export function policiesPath(dataDir: string, named: string | null = null): string {
  return named ?? join(dataDir, 'policies.yaml');
}

/** What counts of the file: what it says, or said last when it was in order. */
export interface PoliciesNow extends ReadFile {
  /** Absolute, whether it is there or not. */
  file: string;
  /** Number of the text that counts; 0: there never was one. */
  version: number;
  /** The text that counts. */
  text: string;
  /** What stands in the file, in order or not. */
  onDisk: string;
  /** Of what stands in the file: with an error in it, an earlier version counts. */
  problems: PolicyProblem[];
  /** When each policy changed last, microseconds since the epoch. */
  changedAt: Readonly<Record<string, number>>;
}

/** Who changes it, why, and the version it was made from. */
export interface ChangedBy {
  base?: number | undefined;
  author?: string | undefined;
  reason?: string | undefined;
}

export type NotChanged =
  | { problem: 'changed'; version: number }
  | { problem: 'bad-policies'; problems: PolicyProblem[] }
  | { problem: 'not-found' };

type Outcome = { changed: boolean } | Hindrance | NotChanged | { problems: PolicyProblem[] };

/** The file while an engine runs on it. */
export interface PolicyRegister {
  readonly now: PoliciesNow;
  /** Looks now whether somebody saved it. */
  look(): void;
  /** Edits it as it is on disk; null of `make`: there is nothing to edit. */
  edit(make: (text: string | null) => string | null, by: ChangedBy): Promise<{ version: number } | NotChanged>;
  /** Puts a text in the place of what stands there, in order or not. */
  replace(text: string, by: ChangedBy): Promise<{ version: number } | NotChanged>;
  /** Called with what is in force from now on, whenever it is something else. */
  onPolicies(listener: (set: PolicySet) => void): () => void;
  /** Waits until all versions so far are kept. */
  close(): Promise<void>;
}

/** Who it was when somebody saves the file without us. */
const IN_THE_FILE = 'somebody, in the file';

const NOTHING: ReadFile = readNothing();

export function openPolicyRegister(given: {
  file: string;
  /** What was in force when an engine ran here last. */
  kept: PoliciesKept;
  addVersion(record: PolicyVersionText): Promise<unknown>;
  /** Who changes it when a question does not say. */
  user: string;
  /** Microseconds since the epoch. */
  now(): number;
  log: (line: string) => void;
  lookEveryMs?: number | undefined;
}): PolicyRegister {
  const { file, kept, addVersion, user, log } = given;
  const listeners = new Set<(set: PolicySet) => void>();
  const changedAt: Record<string, number> = { ...kept.changedAt };
  let version = kept.newest?.version ?? 0;
  let inForce = kept.newest?.text ?? '';
  let before: { plain: unknown } = { plain: plainOf(inForce) };
  let by: ChangedBy | null = null;
  let keeping: Promise<unknown> = Promise.resolve();
  const kind = kindOf(file, () => inForce);
  const register = openRegister(kind, log, given.lookEveryMs);
  register.onChanged((now) => {
    const text = inForce;
    take(now);
    // A file that was broken and is put right again says what it said.
    if (text !== now.text) for (const listener of listeners) listener({ ...now.value.set, version });
  });
  take(register.now);

  /** Gives what counts from now on its number, and keeps it. */
  function take({ value, text }: FileNow<ReadFile, PolicyProblem>): void {
    if (text !== inForce) {
      const at = given.now();
      const { changes, about } = describeChanges(before, value);
      const { added, removed } = compareTexts(inForce, text, { before: '', after: '' });
      version += 1;
      for (const id of about) changedAt[id] = at;
      const author = by === null ? IN_THE_FILE : (by.author ?? user);
      const record = { version, at, author, reason: by?.reason ?? null, added, removed, changes, about, text };
      keeping = keeping
        .then(() => addVersion(record))
        .catch((error: unknown) =>
          log(`Version ${record.version} of ${file} counts, but is not kept: ${String(error)}`),
        );
      inForce = text;
      before = value;
    }
  }

  async function changed(asked: ChangedBy, change: () => Outcome): Promise<{ version: number } | NotChanged> {
    register.look();
    if (asked.base !== undefined && asked.base !== version) return { problem: 'changed', version };
    by = asked;
    let done: Outcome;
    try {
      done = change();
    } finally {
      by = null;
    }
    if ('changed' in done) {
      await keeping;
      return { version };
    }
    if (!('problem' in done)) return { problem: 'bad-policies', problems: done.problems };
    if (done.problem !== 'bad') return done;
    const says = `${done.why} ${done.remedy}`;
    return { problem: 'bad-policies', problems: [mistakeAt({ line: 1, column: 1, says })] };
  }

  return {
    get now() {
      return nowOf(file, register.now, register.onDisk, version, changedAt);
    },
    look: register.look,
    edit: (make, asked) =>
      changed(asked, () =>
        // Of a file with a mistake, all of its mistakes are told.
        register.now.problems.length > 0
          ? { problems: register.now.problems }
          : register.edit((_, text): string | NotChanged => make(text) ?? { problem: 'not-found' }),
      ),
    replace: (text, asked) =>
      changed(asked, () => {
        // What somebody began and did not finish is not lost.
        const { onDisk } = register;
        if (register.now.problems.length > 0 && onDisk)
          keepText(join(dirname(file), 'policies.overwritten.yaml'), onDisk);
        return register.replace(text);
      }),
    onPolicies(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async close() {
      register.close();
      listeners.clear();
      await keeping;
    },
  };
}

/** What counts in a folder on which no engine runs. */
export function readPoliciesFile(file: string, kept: PoliciesKept, log: (line: string) => void): PoliciesNow {
  const { now, seen } = loadFile(
    kindOf(file, () => kept.newest?.text ?? ''),
    log,
  );
  const version = kept.newest?.version ?? 0;
  return nowOf(file, now, seen, version, kept.changedAt);
}

function nowOf(
  file: string,
  { value, text, problems }: FileNow<ReadFile, PolicyProblem>,
  onDisk: string | null | undefined,
  version: number,
  changedAt: Readonly<Record<string, number>>,
): PoliciesNow {
  return {
    ...value,
    set: { ...value.set, version },
    file,
    version,
    text,
    onDisk: onDisk ?? '',
    problems: problems.length > 0 ? problems : value.warnings,
    changedAt,
  };
}

function kindOf(file: string, inForce: () => string): FileKind<ReadFile, PolicyProblem> {
  return {
    file,
    read(text, isThere) {
      if (!isThere && inForce().trim() !== '')
        return {
          problems: [
            mistakeAt({
              line: 1,
              column: 1,
              says: 'The file is gone. Put it back with: sallyport policy restore; or save an empty one to have no policies.',
            }),
          ],
        };
      return readPolicyText(text);
    },
    nothing: NOTHING,
    // The store keeps every version.
    lastGood: { get: inForce, keep: () => {} },
    problemOf: mistakeAt,
    keepRights: true,
  };
}

function plainOf(text: string): unknown {
  const read = readPolicyText(text);
  return 'value' in read ? read.value.plain : {};
}

function readNothing(): ReadFile {
  const read = readPolicyText('');
  if ('value' in read) return read.value;
  throw new Error('An empty policy file is in order.');
}
