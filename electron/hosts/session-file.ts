import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeAtomically } from './engine-lock.ts';
import type { SessionMemory } from './sessions.ts';

/**
 * Sessions in `sessions.json` of the data folder, for its owner's eyes. What cannot be read or written is no misfortune:
 * the link opens a session again.
 */
export function sessionFile(dataDir: string, log: (line: string) => void): SessionMemory {
  const path = join(dataDir, 'sessions.json');
  return {
    read() {
      try {
        const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
        if (typeof value !== 'object' || value === null) return {};
        return Object.fromEntries(
          Object.entries(value).filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
        );
      } catch {
        return {};
      }
    },
    write(sessions) {
      try {
        writeAtomically(path, JSON.stringify(sessions));
      } catch (error) {
        log(
          `workspace: sessions will not outlive this engine: ${error instanceof Error ? error.message : String(error)}`,
        );
      }
    },
  };
}
