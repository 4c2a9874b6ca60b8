import { randomBytes } from 'node:crypto';
import { readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { editorSchema } from './file-schema.ts';

/** What people here say of vendors; they edit it, and so do we. */
export function vendorsPath(dataDir: string): string {
  return join(dataDir, 'vendors.yaml');
}

/** What stood in it when it was last in order: it counts as long as the file is not, after a new start too. */
export function lastGoodPath(dataDir: string): string {
  return join(dataDir, 'vendors.last-good.yaml');
}

/** The first lines of a file that we begin. */
export const FIRST_LINES = `# yaml-language-server: $schema=vendors.schema.json
# What people here say of vendors: docs/vendors.md has every key. Changes count as soon as the file is saved.
`;

/** A file’s text; null when there is none. Throws the system’s errors of others. */
export function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Writes a text so that a crash leaves the old one or the new one, for its owner only. Throws the system’s errors. */
export function writeText(path: string, text: string): void {
  const to = behindLinks(path);
  const beside = join(dirname(to), `.${randomBytes(6).toString('hex')}.vendors.tmp`);
  try {
    writeFileSync(beside, text, { mode: 0o600, flag: 'wx', flush: true });
    renameSync(beside, to);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}

/** Writes the schema for editors beside the file. */
export function writeSchema(dataDir: string): void {
  const path = join(dataDir, 'vendors.schema.json');
  const text = editorSchema();
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
