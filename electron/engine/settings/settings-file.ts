import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SettingsChange } from '../../../shared/contract/settings.ts';
import { findProblems } from './find-problems.ts';
import type { Problem } from './find-problems.ts';

/**
 * `settings.json` in the data folder: what the user has set, and only that, so that better defaults reach everybody.
 * Readable by its owner only: hosts and names say something about them.
 */
export function settingsPath(dataDir: string): string {
  return join(dataDir, 'settings.json');
}

/**
 * What the file says. One that is damaged, or says what cannot be, is moved aside and told in the log; then nothing is
 * set. A file that cannot be read at all (its rights) is left where it is, and so is every file while only looking.
 */
export async function readSettingsFile(
  dataDir: string,
  log: (line: string) => void,
  onlyLooking = false,
): Promise<SettingsChange> {
  const path = settingsPath(dataDir);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
      log(`${path} cannot be read, so the defaults count: ${error instanceof Error ? error.message : String(error)}`);
    return {};
  }
  const problems: Problem[] = [];
  try {
    const value: unknown = JSON.parse(text);
    const { readChange } = await import('./read-change.ts');
    const read = readChange(value);
    if ('change' in read) {
      problems.push(...findProblems(read.change));
      if (problems.length === 0) return read.change;
    } else problems.push(...read.problems);
  } catch (error) {
    problems.push({ path: '', says: error instanceof Error ? error.message : String(error) });
  }
  const aside = `${path}.${new Date().toISOString().replaceAll(/[:.]/g, '-')}.invalid`;
  const why = problems.map((problem) => (problem.path === '' ? problem.says : `${problem.path}: ${problem.says}`));
  if (onlyLooking) {
    log(`${path} cannot be used. ${why.join(' ')}`);
    return {};
  }
  try {
    renameSync(path, aside);
    log(`${path} cannot be used and was moved to ${aside}; the defaults count. ${why.join(' ')}`);
  } catch {
    log(`${path} cannot be used, so the defaults count. ${why.join(' ')}`);
  }
  return {};
}

/** Writes the file so that a crash leaves the old one or the new one. Throws the file system's errors. */
export function writeSettingsFile(dataDir: string, change: SettingsChange): void {
  const path = settingsPath(dataDir);
  const beside = `${path}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    writeFileSync(beside, `${JSON.stringify(change, null, 2)}\n`, { mode: 0o600, flag: 'wx', flush: true });
    renameSync(beside, path);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}
