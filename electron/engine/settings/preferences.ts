import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Preferences {
  all(): Record<string, unknown>;
  /** Null or nothing forgets the name. False when it is too much to keep. Throws the file system's errors. */
  put(key: string, value: unknown): boolean;
}

const MOST_BYTES = 64 * 1024;
const MOST_NAMES = 200;

/**
 * `preferences.json` in the data folder: what the workspace remembers for its user, by name; nobody here looks inside. Read
 * once; a damaged file is moved aside and told in the log.
 */
export function openPreferences(dataDir: string, log: (line: string) => void): Preferences {
  const path = join(dataDir, 'preferences.json');
  let kept: Map<string, unknown> | null = null;

  function read(): Map<string, unknown> {
    let text: string;
    try {
      text = readFileSync(path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') log(`${path} cannot be read: ${sentence(error)}`);
      return new Map();
    }
    try {
      const value: unknown = JSON.parse(text);
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) return new Map(Object.entries(value));
      throw new Error('it is no object');
    } catch (error) {
      const aside = `${path}.${new Date().toISOString().replaceAll(/[:.]/g, '-')}.invalid`;
      try {
        renameSync(path, aside);
        log(
          `${path} is damaged (${sentence(error)}) and was moved to ${aside}; the workspace begins with its usual look.`,
        );
      } catch {
        log(`${path} is damaged (${sentence(error)}); the workspace begins with its usual look.`);
      }
      return new Map();
    }
  }

  return {
    all: () => Object.fromEntries((kept ??= read())),
    put(key, value) {
      const next = new Map((kept ??= read()));
      if (value === null || value === undefined) next.delete(key);
      else {
        const text = JSON.stringify(value);
        if (text === undefined || Buffer.byteLength(text) > MOST_BYTES) return false;
        next.set(key, value);
        if (next.size > MOST_NAMES) return false;
      }
      const beside = `${path}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`;
      try {
        writeFileSync(beside, `${JSON.stringify(Object.fromEntries(next))}\n`, {
          mode: 0o600,
          flag: 'wx',
          flush: true,
        });
        renameSync(beside, path);
      } catch (error) {
        rmSync(beside, { force: true });
        throw error;
      }
      kept = next;
      return true;
    },
  };
}

function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
