import { timingSafeEqual } from 'node:crypto';
import { statSync } from 'node:fs';
import { AGENT_MODES, LINK_VERSION } from '../../../../shared/agent/link.ts';
import type { Hello } from '../../../../shared/agent/link.ts';

/** What an agent said of itself, checked as far as this machine lets us. */
export interface Introduction extends Pick<Hello, 'pid' | 'thread' | 'mode'> {
  /** When the process began, µs since the epoch, as well as it knows; null when it does not say. */
  startedAt: number | null;
  app: string | null;
  /** The id of a run, or null. */
  run: string | null;
  /** Whether there is such a process and it is this user's; else what it says of itself is not believed. */
  known: boolean;
}

/** Reads the first message of a link; a sentence when this agent is not wanted. Never throws. */
export function readHello(message: unknown, secret: string): Introduction | string {
  if (typeof message !== 'object' || message === null) return 'The first message was no greeting.';
  const {
    type,
    version,
    secret: said,
    pid,
    thread,
    startedAt,
    app,
    run,
    mode,
  } = message as Partial<Record<keyof Hello, unknown>>;
  if (type !== 'hello') return 'The first message was no greeting.';
  if (version !== LINK_VERSION)
    return `The agent speaks version ${String(version).slice(0, 20)} of the link, the engine ${LINK_VERSION}.`;
  if (typeof said !== 'string' || !sameSecret(said, secret)) return 'The agent’s secret is not this engine’s.';
  if (typeof pid !== 'number' || !Number.isInteger(pid) || pid <= 0) return 'The greeting names no process.';
  return {
    pid,
    thread: typeof thread === 'number' && Number.isInteger(thread) && thread >= 0 ? thread : 0,
    startedAt: typeof startedAt === 'number' && startedAt > 0 ? startedAt : null,
    mode: AGENT_MODES.find((known) => known === mode) ?? 'observe',
    app: typeof app === 'string' && app.trim() !== '' ? app.trim().slice(0, 200) : null,
    run: typeof run === 'string' && /^[0-9a-f]{8,32}$/.test(run) ? run : null,
    known: isOurs(pid),
  };
}

function sameSecret(said: string, secret: string): boolean {
  const a = Buffer.from(said);
  const b = Buffer.from(secret);
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Whether the process exists and belongs to the user who runs the engine. */
function isOurs(pid: number): boolean {
  try {
    if (process.platform === 'linux') return statSync(`/proc/${pid}`).uid === process.getuid?.();
    // Elsewhere: may we send it a signal?
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
