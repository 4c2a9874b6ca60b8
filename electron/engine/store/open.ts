import { chmodSync, closeSync, existsSync, openSync, renameSync, statSync } from 'node:fs';
import Database from 'better-sqlite3';

export type Db = Database.Database;
export type Statement = Database.Statement;

/** The database was made by a newer Sallyport; opening it could lose what this one does not know. */
export class NewerDatabase extends Error {
  override name = 'NewerDatabase';
}

export interface OpenOptions {
  path: string;
  migrations: readonly string[];
  /** For tests: stop at an earlier version. */
  upTo?: number;
}

/**
 * Opens (or creates) a database for writing and brings it to the newest version.
 *
 * WAL with synchronous=NORMAL: what is committed survives the death of the process at any moment;
 * a power cut may lose the last moments before it (never the database), since the log is flushed to
 * the disk only when it is folded into the database. Throws `NewerDatabase`, or SQLite's errors.
 */
export function openForWriting({ path, migrations, upTo }: OpenOptions): Db {
  keepPrivate(path);
  const db = new Database(path, { timeout: 250 });
  try {
    // Compressed pages of calls and bodies are longer than this, and fill pages of 4 KiB best.
    db.pragma('page_size = 4096');
    db.pragma('auto_vacuum = INCREMENTAL');
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = NORMAL');
    db.pragma('cache_size = -8192');
    db.pragma('temp_store = MEMORY');
    db.pragma('wal_autocheckpoint = 4000');
    db.pragma('journal_size_limit = 33554432');
    migrate(db, path, migrations, upTo ?? migrations.length);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/**
 * Makes the file its owner's only, before anything is in it; SQLite gives its log files the same
 * rights. The folder keeps others out too, but files are copied, and folders opened up.
 */
function keepPrivate(path: string): void {
  try {
    closeSync(openSync(path, 'a', 0o600));
    for (const file of [path, `${path}-wal`, `${path}-shm`]) if (existsSync(file)) chmodSync(file, 0o600);
  } catch {
    // What is the matter with it SQLite says better.
  }
}

/** Opens a database for reading beside its writer; null while there is none. Throws as above. */
export function openForReading({ path, migrations }: OpenOptions): Db | null {
  if (!existsSync(path)) return null;
  const db = new Database(path, { readonly: true, timeout: 2000 });
  try {
    db.pragma('cache_size = -16384');
    db.pragma('temp_store = MEMORY');
    const version = versionOf(db);
    refuseNewer(path, version, migrations.length);
    if (version === migrations.length) return db;
  } catch (error) {
    db.close();
    throw error;
  }
  db.close();
  openForWriting({ path, migrations }).close(); // written by an older Sallyport: bring it up first
  return openForReading({ path, migrations });
}

function versionOf(db: Db): number {
  return Number(db.pragma('user_version', { simple: true }));
}

function migrate(db: Db, path: string, migrations: readonly string[], target: number): void {
  refuseNewer(path, versionOf(db), migrations.length);
  if (versionOf(db) >= target) return;
  db.transaction(() => {
    for (let version = versionOf(db); version < target; version += 1) {
      db.exec(migrations[version] ?? '');
      db.pragma(`user_version = ${version + 1}`);
    }
  }).immediate();
}

function refuseNewer(path: string, version: number, known: number): void {
  if (version <= known) return;
  throw new NewerDatabase(
    `${path} was written by a newer Sallyport (version ${version}; this one knows ${known}). Update Sallyport, or choose another data folder.`,
  );
}

/** What SQLite says when the file itself is damaged. */
export function isCorrupt(error: unknown): boolean {
  const code = codeOf(error);
  return code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB';
}

/** SQLite's code of an error, such as SQLITE_FULL, or ''. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** Moves a damaged database (with its log files) out of the way; gives its new path. */
export function moveAside(path: string, now: Date): string {
  const aside = `${path}.corrupt-${now.toISOString().replace(/[:.]/g, '-')}`;
  for (const suffix of ['', '-wal', '-shm']) {
    if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix);
  }
  return aside;
}

/** Which file a path names now: changes when a database was moved aside and made afresh. */
export function fileIdentity(path: string): string | null {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats ? `${stats.dev}:${stats.ino}` : null;
}

/** Bytes of a database that are in use: what budgets count. Its log and its free pages are not among them. */
export function usedBytes(db: Db): number {
  return (
    (Number(db.pragma('page_count', { simple: true })) - Number(db.pragma('freelist_count', { simple: true }))) *
    Number(db.pragma('page_size', { simple: true }))
  );
}
