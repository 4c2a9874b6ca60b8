import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { connect, openStoreOffline, type Connection } from './connect.ts';
import { EXIT, Fault } from './fault.ts';
import { ownPolicyFile } from './read-policy-file.ts';
import { harmless, paint } from './terminal.ts';

/** The engine, or what is stored; null: there is neither, nor a policy file. */
export async function openPolicies(dataDir: string): Promise<Connection | null> {
  const running = await connect(dataDir);
  if (running) return running;
  const isThere = existsSync(join(dataDir, 'calls.db')) || existsSync(await ownPolicyFile(dataDir));
  return isThere ? openStoreOffline(dataDir) : null;
}

/** A number of a version, as `versions` prints it. */
export function wholeVersion(text: string): number {
  if (!/^\d+$/.test(text))
    throw new Fault(`“${text}” is no version; it is a number of: sallyport policy versions`, EXIT.usage);
  return Number(text);
}

/** A unified difference in the colours of a terminal. */
export function painted(unified: string): string {
  return unified
    .split('\n')
    .map((line) => {
      const safe = harmless(line);
      if (/^(?:\+\+\+|---) /.test(line)) return paint('bold', safe);
      if (line.startsWith('+')) return paint('green', safe);
      if (line.startsWith('-')) return paint('red', safe);
      return line.startsWith('@@') ? paint('cyan', safe) : safe;
    })
    .join('\n');
}
