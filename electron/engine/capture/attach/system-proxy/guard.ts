import { fileURLToPath } from 'node:url';
import { spawn } from 'node:child_process';
import { createRunner } from '../run-tool.ts';
import { proxyJournal, putBack } from './put-back.ts';
import { settingsOf } from './settings-of.ts';

/** Watches over the engine while the system's proxy leads to it. */
export interface Guard {
  /** The proxy has been put back: nothing is to be watched over any more. */
  dismiss(): void;
}

/**
 * Starts a small process that puts the system's proxy back when this one ends without doing so, however it ends: a
 * machine whose proxy leads to a port where nobody listens has lost the network. It notices by the end of a pipe.
 */
export function startGuard(dataDir: string): Guard {
  // The desktop app's program must not be run as Node; its shell starts an engine anew that ended, which puts it back.
  if (process.versions['electron'] !== undefined) return { dismiss: () => {} };
  const file = fileURLToPath(
    new URL(import.meta.url.endsWith('.ts') ? './guard.ts' : './system-proxy-guard.mjs', import.meta.url),
  );
  const child = spawn(process.execPath, [file, GUARD, dataDir], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    windowsHide: true,
  });
  // Without a guard the next start still puts it back.
  child.on('error', () => {});
  child.stdin.on('error', () => {});
  child.unref();
  (child.stdin as unknown as { unref?: () => void }).unref?.();
  return { dismiss: () => child.stdin.end() };
}

const GUARD = '--guard-system-proxy';

async function watch(dataDir: string): Promise<void> {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
  process.stdin.resume();
  await new Promise<void>((resolve) => {
    process.stdin
      .once('end', () => resolve())
      .once('close', () => resolve())
      .once('error', () => resolve());
  });
  const runner = createRunner(process.env);
  await putBack(settingsOf({ runner, environment: process.env, platform: process.platform }), proxyJournal(dataDir));
}

const [, , mark, folder] = process.argv;
// A bug here must not leave the proxy either: there is nobody to tell, and the next start tries again.
if (mark === GUARD && folder !== undefined)
  watch(folder).then(
    () => process.exit(0),
    () => process.exit(1),
  );
