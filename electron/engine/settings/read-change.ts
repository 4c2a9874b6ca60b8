import { settingsChangeSchema } from '../../../shared/contract/settings.ts';
import type { SettingsChange } from '../../../shared/contract/settings.ts';
import type { Problem } from './find-problems.ts';

/** Reads a change from anywhere; what is not one is told setting by setting. Loads zod, so it is imported when needed. */
export function readChange(value: unknown): { change: SettingsChange } | { problems: Problem[] } {
  const read = settingsChangeSchema.safeParse(value);
  if (read.success) return { change: read.data };
  return {
    problems: read.error.issues.map(({ path, message }) => ({ path: path.map(String).join('.'), says: `${message}.` })),
  };
}
