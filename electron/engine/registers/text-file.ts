import { randomBytes } from 'node:crypto';
import { open, rename } from 'node:fs/promises';
import { readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** A file’s text; null when there is none. Throws the system’s errors of others. */
export function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/**
 * Writes a text so that a crash leaves the old one or the new one, for its owner only; a link stays a link. `keepRights`:
 * who may read a file that is there already, may go on doing so. Throws the system’s errors.
 */
export function writeText(path: string, text: string, keepRights = false): void {
  const to = behindLinks(path);
  const beside = join(dirname(to), `.${basename(to)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    writeFileSync(beside, text, { mode: (keepRights ? rightsOf(to) : null) ?? 0o600, flag: 'wx', flush: true });
    renameSync(beside, to);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}

/**
 * As `writeText`, apart from the way of calls, for what the engine keeps for itself: one writer, no links. Rejects with the
 * system’s errors.
 */
export async function replaceText(path: string, text: string): Promise<void> {
  const beside = `${path}.new`;
  const file = await open(beside, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(beside, path);
}

/** Writes a text unless it stands there already. Throws the system’s errors. */
export function keepText(path: string, text: string): void {
  if (readText(path) !== text) writeText(path, text);
}

/** Some keep such files elsewhere, under version control, and link to them: the link stays. */
function behindLinks(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function rightsOf(path: string): number | null {
  try {
    return statSync(path).mode & 0o777;
  } catch {
    return null;
  }
}
