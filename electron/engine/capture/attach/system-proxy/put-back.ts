import { openJournal } from '../journal.ts';
import type { Journal } from '../journal.ts';
import { Refused } from '../target.ts';
import type { SystemSettings, Values } from './system-settings.ts';

/** What was set before, and what we set. */
export interface Changed {
  before: Values;
  ours: Values;
}

/** Where the change of the system's proxy is written down. */
export function proxyJournal(dataDir: string): Journal<Changed> {
  return openJournal(dataDir, 'system-proxy', isChanged);
}

/** The settings that are still as we set them; the others have gone, or are somebody else's by now. */
export function stillOurs({ ours }: Changed, now: Values): string[] {
  return Object.keys(ours).filter((key) => key in now && now[key] === ours[key]);
}

/**
 * Puts back what is still ours, in the reverse order of changing. What cannot be put back stays written down for the
 * next time, and is told by throwing Refused. True when there was something to put back.
 */
export async function putBack(settings: SystemSettings, journal: Journal<Changed>): Promise<boolean> {
  const changed = journal.read();
  if (changed === null) return false;
  const failed: string[] = [];
  for (const key of stillOurs(changed, await settings.read()).reverse()) {
    try {
      await settings.write(key, changed.before[key] ?? null);
    } catch (error) {
      failed.push(error instanceof Error ? error.message : String(error));
    }
  }
  if (failed.length > 0) {
    throw new Refused(
      `The system’s proxy setting could not be put back: ${failed.join('; ')}`,
      `Look at the proxy in the settings of ${settings.name}; before, it was: ${JSON.stringify(changed.before)}`,
    );
  }
  journal.clear();
  await settings.announce?.();
  return true;
}

function isChanged(value: unknown): value is Changed {
  return (
    typeof value === 'object' &&
    value !== null &&
    'before' in value &&
    isValues(value.before) &&
    'ours' in value &&
    isValues(value.ours)
  );
}

function isValues(value: unknown): value is Values {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).every((text: unknown) => text === null || typeof text === 'string')
  );
}
