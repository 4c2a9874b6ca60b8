import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/**
 * One engine per data folder.
 *
 * The lock is an exclusive SQLite transaction on `engine.lock`, held as long as the engine lives.
 * That is an advisory lock of the operating system (fcntl on Linux and macOS, LockFileEx on
 * Windows), which the kernel lets go the moment the process is gone, however it went. So there is
 * nothing to go stale: no pid to compare, no reused pid to mistake, no heartbeat, and no race
 * between two that find the same leftover. It also holds between containers that share the folder,
 * which pids and abstract sockets do not. Node has no flock of its own; its SQLite is built in.
 *
 * `engine.json` beside it is information for doors: where the engine is and its token. It means
 * something only while the lock is held; after a crash it is left over and overwritten by the next.
 */
export interface EngineLock {
  /** Writes engine.json, readable by the owner only, in one step. */
  announce(engine: RunningEngine): void;
  /** Removes engine.json and lets the lock go. */
  release(): void;
}

/** What engine.json says. */
export interface RunningEngine {
  pid: number;
  proxy: string;
  /** `http://127.0.0.1:PORT/` */
  workspace: string;
  token: string;
  /** File of the local CA. */
  ca: string;
  /** Where agents in programs reach it, and the file with their secret; null when it has no link for them. */
  agent?: { socket: string; secretFile: string } | null;
  version: string;
  /** Started for a `run`, ends with its last lease. */
  ephemeral: boolean;
  /** How it reaches origins, as its command line said it; another run with the same may share it. */
  reach: string[];
}

export class EngineLockError extends Error {
  readonly holder: RunningEngine | null;
  constructor(message: string, holder: RunningEngine | null) {
    super(message);
    this.holder = holder;
  }
}

/** A lock nobody refers to any more would be collected, and with it let go. */
const held = new Set<DatabaseSync>();

/** Longer than anyone who only looks (isEngineLocked) is in the way. */
const LOOKING_MS = 200;

/** Takes the folder's lock, or throws EngineLockError that names the engine that holds it. */
export function lockEngine(dataDir: string): EngineLock {
  const lock = new DatabaseSync(join(dataDir, 'engine.lock'), { timeout: LOOKING_MS });
  try {
    lock.exec('PRAGMA journal_mode = OFF; BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    // 5 is SQLITE_BUSY; anything else is not about another engine.
    if (!(error instanceof Error && 'errcode' in error && error.errcode === 5)) throw error;
    const holder = readEngineFile(dataDir);
    throw new EngineLockError(heldBy(dataDir, holder), holder);
  }
  held.add(lock);
  // A leftover of a crash would send doors to a port that is no longer ours.
  rmSync(engineFile(dataDir), { force: true });
  return {
    announce: (engine) => writeAtomically(engineFile(dataDir), `${JSON.stringify(engine, null, 2)}\n`),
    release() {
      if (!held.delete(lock)) return;
      rmSync(engineFile(dataDir), { force: true });
      lock.close();
    },
  };
}

/** Whether an engine holds the folder now. Takes and gives back the lock for an instant. */
export function isEngineLocked(dataDir: string): boolean {
  let lock: DatabaseSync;
  try {
    lock = new DatabaseSync(join(dataDir, 'engine.lock'), { timeout: 0, readOnly: true });
  } catch {
    return false; // no lock file, never started
  }
  try {
    // A shared lock is enough to notice an exclusive one, and two askers do not disturb each other.
    lock.exec('PRAGMA schema_version');
    return false;
  } catch {
    return true;
  } finally {
    lock.close();
  }
}

/** What engine.json says, or null when it is not there or makes no sense. Does not prove the engine lives. */
export function readEngineFile(dataDir: string): RunningEngine | null {
  try {
    const read: unknown = JSON.parse(readFileSync(engineFile(dataDir), 'utf8'));
    return isRunningEngine(read) ? read : null;
  } catch {
    return null;
  }
}

/** Writes a file so that readers see all of it or nothing; 0600. */
export function writeAtomically(path: string, text: string): void {
  const beside = `${path}.${process.pid}.tmp`;
  writeFileSync(beside, text, { mode: 0o600 });
  try {
    renameSync(beside, path);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}

function engineFile(dataDir: string): string {
  return join(dataDir, 'engine.json');
}

function heldBy(dataDir: string, holder: RunningEngine | null): string {
  const who = holder
    ? `another engine (pid ${holder.pid}, proxy ${holder.proxy})`
    : 'another engine, which is just starting or stopping,';
  const use = holder
    ? `Use it: “sallyport run” and “sallyport calls” find it by themselves. To stop it: kill ${holder.pid}.`
    : 'Try again in a moment.';
  return `${who[0]?.toUpperCase()}${who.slice(1)} uses the data folder ${dataDir}. ${use} To have a second one beside it: --data DIR.`;
}

function isRunningEngine(value: unknown): value is RunningEngine {
  if (typeof value !== 'object' || value === null) return false;
  const { pid, proxy, workspace, token } = value as Partial<Record<keyof RunningEngine, unknown>>;
  return (
    typeof pid === 'number' && typeof proxy === 'string' && typeof workspace === 'string' && typeof token === 'string'
  );
}
