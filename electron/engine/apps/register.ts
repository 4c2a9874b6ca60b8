import { randomBytes } from 'node:crypto';
import type { Failure } from '../../../shared/model/failure.ts';
import {
  changeCredentials,
  partsOf,
  worthKeeping,
  type Changed,
  type Entries,
  type Problem,
  type StoredCredential,
} from './entries.ts';
import { createLocalPasses, createPass, endPass, type LocalPasses, type Pass } from './passes.ts';
import { readRegister, registerPath, writeRegister } from './register-file.ts';
import { hashSecret, isSecret, makeSecret, NOBODYS } from './secret.ts';

/** The register of a data folder while an engine runs on it. Times in microseconds since the epoch. */
export interface Register {
  /** With the times of use as they are known now. */
  readonly entries: Entries;
  readonly local: LocalPasses;
  /** Another number whenever an answer about secrets may be another. */
  readonly version: number;
  /** Does what it is told to what is on disk, and writes it down; all of it counts, or nothing. */
  edit(change: (entries: Entries) => Changed): { name: string } | Problem;
  addCredential(name: string): Issued | Problem;
  rotateCredential(name: string, id: string, graceSeconds: number): Issued | Problem;
  revokeCredential(name: string, id: string): { revoked: boolean } | Problem;
  prove(app: string | null, secret: string): Pass | 'wrong' | 'ended';
  isProtected(app: string): boolean;
  onChanged(listener: () => void): void;
  /** Writes down when secrets were last used. */
  close(): void;
}

export interface Issued {
  name: string;
  secret: string;
  credential: StoredCredential;
}

/** An app may have so many secrets that count. */
const MOST_CREDENTIALS = 50;
/** Those that have ended are shown this long. */
const SHOWN_AFTER_END = 30 * 86_400 * 1_000_000;
const SWEEP_MS = 60_000;
const WRITE_USES_MS = 10 * 60_000;
/** Timers count no further; an end that lies behind it is set again then. */
const LONGEST_TIMER = 86_400_000;

const ENDED: Failure = {
  kind: 'identity-required',
  detail: 'The secret it came in by was revoked or replaced. “sallyport apps add NAME” gives another one.',
};

export function openRegister(given: { dataDir: string; now: () => number; log: (line: string) => void }): Register {
  const { dataDir, now, log } = given;
  const read = readRegister(dataDir, log);
  let { entries, text } = read;
  const { unreadable } = read;
  const listeners = new Set<() => void>();
  const passes = new Map<string, Pass>();
  const uses = new Map<string, number>();
  let version = 0;
  let usesWrittenAt = performance.now();
  let endTimer: NodeJS.Timeout | null = null;
  /** Secrets by each name that they prove. */
  let secrets = new Map<string, StoredCredential[]>();

  const isLive = ({ endsAt }: StoredCredential): boolean => endsAt === null || endsAt > now();

  /** Everything that follows from the entries. */
  function settle(): void {
    version += 1;
    secrets = new Map();
    let next = Infinity;
    const kept = new Set<string>();
    for (const app of entries.filter(({ into }) => into === null)) {
      const parts = partsOf(entries, app);
      const credentials = parts.flatMap((part) => part.credentials);
      for (const part of parts) for (const name of part.names) secrets.set(name, credentials);
      for (const credential of credentials) {
        kept.add(credential.id);
        if (!isLive(credential)) end(credential.id);
        else if (credential.endsAt !== null) next = Math.min(next, credential.endsAt);
      }
    }
    for (const id of passes.keys()) if (!kept.has(id)) end(id);
    if (endTimer !== null) clearTimeout(endTimer);
    endTimer =
      next === Infinity
        ? null
        : setTimeout(settle, Math.min(LONGEST_TIMER, Math.max(1, Math.ceil((next - now()) / 1000)))).unref();
  }

  function end(id: string): void {
    const pass = passes.get(id);
    if (pass === undefined) return;
    noteUse(id, pass);
    endPass(pass, ENDED);
    passes.delete(id);
  }

  function noteUse(id: string, pass: Pass): void {
    if (!pass.used) return;
    pass.used = false;
    uses.set(id, now());
  }

  function withUses(before: Entries): Entries {
    for (const [id, pass] of passes) noteUse(id, pass);
    if (uses.size === 0) return before;
    return before.map((entry) =>
      entry.credentials.some(({ id }) => uses.has(id))
        ? {
            ...entry,
            credentials: entry.credentials.map((one) => ({ ...one, lastUsedAt: uses.get(one.id) ?? one.lastUsedAt })),
          }
        : entry,
    );
  }

  /** Somebody may have edited the file by hand: then that counts, and we go on from there. */
  function lookAtFile(): void {
    const found = readRegister(dataDir, log);
    if (found.text === null || found.text === text) return;
    ({ entries, text } = found);
    log(`${registerPath(dataDir)} was changed by somebody else; what it says now counts.`);
  }

  function write(next: Entries): void {
    const limit = now() - SHOWN_AFTER_END;
    const fresh = withUses(next).map((entry) => ({
      ...entry,
      credentials: entry.credentials.filter(({ endsAt }) => endsAt === null || endsAt > limit),
    }));
    const kept = worthKeeping(fresh);
    text = writeRegister(dataDir, kept);
    entries = kept;
    uses.clear();
    usesWrittenAt = performance.now();
    settle();
    for (const listener of listeners) listener();
  }

  function edit(change: (entries: Entries) => Changed): { name: string } | Problem {
    if (unreadable !== null)
      return {
        problem: 'bad',
        why: `${registerPath(dataDir)} cannot be read (${unreadable}), and must not be written over.`,
        remedy: 'Give the engine the right to read it, and start it again.',
      };
    lookAtFile();
    const changed = change(entries);
    if ('problem' in changed) return changed;
    try {
      write(changed.entries);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return {
        problem: 'bad',
        why: `It could not be written down (${why}).`,
        remedy: 'Nothing was changed; try again.',
      };
    }
    return { name: changed.name };
  }

  function fresh(): { secret: string; credential: StoredCredential } {
    const secret = makeSecret();
    const id = randomBytes(6).toString('hex');
    return { secret, credential: { id, ...hashSecret(secret), createdAt: now(), lastUsedAt: null, endsAt: null } };
  }

  const sweep = setInterval(() => {
    const next = withUses(entries);
    if (next === entries || performance.now() - usesWrittenAt < WRITE_USES_MS) return;
    writeUses();
  }, SWEEP_MS).unref();

  function writeUses(): void {
    const next = withUses(entries);
    if (next === entries || unreadable !== null) return;
    try {
      lookAtFile();
      text = writeRegister(dataDir, withUses(entries));
      entries = withUses(entries);
      uses.clear();
    } catch (error) {
      log(`When secrets were last used could not be written down: ${String(error)}`);
    }
    usesWrittenAt = performance.now();
  }

  settle();
  const local = createLocalPasses(() => (version += 1));

  return {
    get entries() {
      return withUses(entries);
    },
    get version() {
      return version;
    },
    local,
    edit,
    addCredential(name) {
      const { secret, credential } = fresh();
      const done = edit((all) =>
        changeCredentials(all, name, null, (before) =>
          before.filter(isLive).length >= MOST_CREDENTIALS
            ? {
                problem: 'bad',
                why: `“${name}” has ${MOST_CREDENTIALS} secrets that count.`,
                remedy: 'Revoke those that are not used any more.',
              }
            : [...before, credential],
        ),
      );
      return 'problem' in done ? done : { ...done, secret, credential };
    },
    rotateCredential(name, id, graceSeconds) {
      const { secret, credential } = fresh();
      const endsAt = now() + graceSeconds * 1_000_000;
      const done = edit((all) =>
        changeCredentials(all, name, id, (before) => {
          if (!before.some((one) => one.id === id && isLive(one))) return { problem: 'not-found', name: id };
          const ending = (one: StoredCredential): StoredCredential =>
            one.id === id ? { ...one, endsAt: Math.min(endsAt, one.endsAt ?? endsAt) } : one;
          return [...before.map(ending), credential];
        }),
      );
      return 'problem' in done ? done : { ...done, secret, credential };
    },
    revokeCredential(name, id) {
      let revoked = false;
      const done = edit((all) =>
        changeCredentials(all, name, id, (before) =>
          before.map((one) => {
            if (one.id !== id || !isLive(one)) return one;
            revoked = true;
            return { ...one, endsAt: now() };
          }),
        ),
      );
      return 'problem' in done ? done : { revoked };
    },
    prove(app, secret) {
      const candidates = (app === null ? undefined : secrets.get(app)) ?? [];
      let found: StoredCredential | null = null;
      // All of them, so that the time it takes does not tell which.
      for (const candidate of candidates) if (isSecret(secret, candidate)) found = candidate;
      if (candidates.length === 0) isSecret(secret, NOBODYS);
      if (found === null) return 'wrong';
      if (!isLive(found)) return 'ended';
      let pass = passes.get(found.id);
      if (pass === undefined) passes.set(found.id, (pass = createPass()));
      return pass;
    },
    isProtected: (app) => secrets.get(app)?.some(isLive) === true,
    onChanged: (listener) => void listeners.add(listener),
    close() {
      clearInterval(sweep);
      if (endTimer !== null) clearTimeout(endTimer);
      writeUses();
    },
  };
}
