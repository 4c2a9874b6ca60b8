import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Policy } from '../../../../shared/model/policy.ts';
import type { AlertSettings } from '../../../../shared/policies/alert/settings.ts';
import { watchFile } from '../../registers/watch-file.ts';
import { writeText } from '../../registers/text-file.ts';

/**
 * Programs that alerts may start on this machine. Whoever may write policies, from a page or over HTTP, could else start
 * any program here. So no question of the contract reads or writes this file: only the command line does.
 */
export interface AllowedCommands {
  /** Whether a policy may start exactly this program with exactly these arguments. */
  allows(policy: string, command: readonly string[]): boolean;
  close(): void;
}

/** One that was allowed: never the command itself, so that what is allowed is what was shown. */
export interface Allowed {
  policy: string;
  /** SHA-256 of the command, hex. */
  sha256: string;
  /** Microseconds since the epoch. */
  at: number;
}

// Strict, so that no file that the engine writes for others, a policy file for one, can be taken for it.
const shape = z.strictObject({
  allowedAlertCommands: z.literal(1),
  allowed: z.array(
    z.strictObject({ policy: z.string(), sha256: z.string().regex(/^[0-9a-f]{64}$/), at: z.number().int() }),
  ),
});

/** Programs with their arguments that a policy starts. */
export function commandsOf({ kind, settings }: Policy): string[][] {
  const { notify } = kind === 'alert' ? (settings as AlertSettings) : { notify: [] };
  return notify.flatMap((one) => (typeof one === 'object' && 'command' in one ? [one.command] : []));
}

/** SHA-256 of a command, every argument by itself, hex. */
export function fingerprintCommand(command: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(command)).digest('hex');
}

/** What the file says. Throws an Error in words when it cannot be read, or others than its owner may write it. */
export function readAllowed(dataDir: string): Allowed[] {
  const path = fileIn(dataDir);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
    if (process.platform !== 'win32' && (statSync(path).mode & 0o022) !== 0)
      throw new Error(`${path} may be written by others than its owner, so nothing of it counts: chmod 600 it.`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  const read = shape.safeParse(parsed(text));
  if (read.success) return read.data.allowed;
  throw new Error(`${path} is damaged, so nothing of it counts: remove it, and allow commands anew.`);
}

/** Writes the file anew, for its owner only. Throws the system’s errors. */
export function writeAllowed(dataDir: string, allowed: readonly Allowed[]): void {
  writeText(fileIn(dataDir), `${JSON.stringify({ allowedAlertCommands: 1, allowed }, null, 2)}\n`);
}

/** Follows the file while an engine runs. `changed` is called after every change of it. Never throws. */
export function watchAllowed(given: {
  dataDir: string;
  changed: () => void;
  log: (line: string) => void;
  lookEveryMs?: number;
}): AllowedCommands {
  const { dataDir, changed, log, lookEveryMs } = given;
  let known = load();

  function load(): Set<string> {
    try {
      return new Set(readAllowed(dataDir).map(({ policy, sha256 }) => `${sha256} ${policy}`));
    } catch (error) {
      log(error instanceof Error ? error.message : String(error));
      return new Set();
    }
  }

  const watch = watchFile(
    fileIn(dataDir),
    () => {
      known = load();
      changed();
    },
    lookEveryMs,
  );
  return {
    allows: (policy, command) => known.has(`${fingerprintCommand(command)} ${policy}`),
    close: watch.close,
  };
}

const fileIn = (dataDir: string): string => join(dataDir, 'alert-commands.json');

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
