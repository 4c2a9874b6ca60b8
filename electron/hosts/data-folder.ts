import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/**
 * Where everything is kept. First of: `--data`, SALLYPORT_DATA, then the place the system gives to
 * programs' data: `$XDG_DATA_HOME/sallyport` or `~/.local/share/sallyport`, macOS
 * `~/Library/Application Support/Sallyport`, Windows `%LOCALAPPDATA%\Sallyport`. Absolute.
 */
export function dataFolder(
  asked?: string,
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  const given = asked ?? env['SALLYPORT_DATA'];
  if (given !== undefined && given !== '') return resolve(given);
  const home = homedir();
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Sallyport');
  if (platform === 'win32') return join(env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'), 'Sallyport');
  // The specification says that a relative XDG path is to be ignored.
  const xdg = env['XDG_DATA_HOME'];
  return join(xdg?.startsWith('/') ? xdg : join(home, '.local', 'share'), 'sallyport');
}

/** Why a data folder cannot be used, in a sentence that says what to do. */
export class DataFolderError extends Error {}

/** Files that make a folder ours, so that its rights may be tightened. */
const OURS = ['engine.json', 'engine.lock', 'calls.db', 'ca.pem'];

/**
 * Makes the folder if need be, readable by its owner only, and proves that files can be written in
 * it. Throws DataFolderError. A folder with other things in it is left as it is, and refused when
 * others could read what we would put there.
 */
export function openDataFolder(path: string, platform: NodeJS.Platform = process.platform): void {
  try {
    makeFolders(path);
    if (platform !== 'win32' && (statSync(path).mode & 0o077) !== 0) tighten(path);
    const probe = join(path, `.writable-${process.pid}`);
    writeFileSync(probe, '');
    rmSync(probe);
  } catch (error) {
    if (error instanceof DataFolderError) throw error;
    throw new DataFolderError(
      `The data folder ${path} cannot be used: ${reason(error)}. Give the folder to this user, or name another with --data DIR.`,
    );
  }
}

/** As mkdir -p; node's own goes round for ever where the system refuses new folders as not found (/proc). */
function makeFolders(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && statSync(path).isDirectory()) return;
    const above = dirname(path);
    if (code !== 'ENOENT' || existsSync(above)) throw error;
    makeFolders(above);
    makeFolders(path);
  }
}

function tighten(path: string): void {
  const entries = readdirSync(path);
  if (entries.length > 0 && !entries.some((entry) => OURS.includes(entry))) {
    throw new DataFolderError(
      `The folder ${path} holds other files and can be read by other users; recorded calls do not belong there. Name an empty folder with --data DIR, or one that does not exist yet.`,
    );
  }
  chmodSync(path, 0o700);
}

function reason(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const words: Record<string, string> = {
    EACCES: 'permission denied',
    EPERM: 'permission denied',
    EROFS: 'the file system is read-only',
    ENOSPC: 'the disk is full',
    ENOTDIR: 'part of the path is a file',
    EEXIST: 'it is a file',
    EDQUOT: 'the disk quota is used up',
  };
  return words[code] ? `${words[code]} (${code})` : error instanceof Error ? error.message : String(error);
}
