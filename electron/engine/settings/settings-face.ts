import { isAbsolute } from 'node:path';
import { createFingerprint, loadFingerprintKey } from '../archive/fingerprint-key.ts';
import type { SettingsChange } from '../../../shared/contract/settings.ts';
import type { Problem } from './find-problems.ts';
import { openSettings } from './settings.ts';
import type { SettingsHolder } from './settings.ts';
import { tryRedaction } from './try-redaction.ts';
import type { SampleKind } from './try-redaction.ts';

/** The settings as doors ask about them. */
export interface SettingsFace extends Pick<SettingsHolder, 'answer' | 'change'> {
  /** What is set and cannot be used as things are, while the rest counts. */
  problems(): Promise<Problem[]>;
  /** What a change names anew and cannot be used; what was set before is no hindrance to changing something else. */
  check(change: SettingsChange): Promise<Problem[]>;
  /** A sample as it would be stored, by these names or those in force. */
  tryRedaction(question: {
    sample: string;
    as: SampleKind;
    redaction: { names: string[]; plain: string[] } | undefined;
  }): { redacted: string; found: number };
}

/** `findPlaceProblems`: which MMDB files cannot be used; here and now when nobody else does it. */
export function faceOf(
  holder: SettingsHolder,
  dataDir: string,
  findPlaceProblems: (paths: readonly string[]) => Promise<{ path: string; says: string }[]> = findPlaceProblemsHere,
): SettingsFace {
  async function problemsOf(all: readonly string[], looked: readonly string[]): Promise<Problem[]> {
    if (looked.length === 0) return [];
    return (await findPlaceProblems(looked)).map(({ path, says }) => ({
      path: `places.databases.${all.indexOf(path)}`,
      says,
    }));
  }

  return {
    answer: holder.answer,
    change: holder.change,
    problems: () => problemsOf(holder.current.places.databases, holder.current.places.databases),
    check({ places }) {
      const named = places?.databases ?? [];
      const before = holder.current.places.databases;
      return problemsOf(
        named,
        named.filter((path) => isAbsolute(path) && !before.includes(path)),
      );
    },
    tryRedaction: ({ redaction, ...question }) =>
      tryRedaction({
        ...question,
        redaction: redaction ?? holder.current.redaction,
        fingerprint: createFingerprint(loadFingerprintKey(dataDir)),
      }),
  };
}

/** The settings of a folder on which no engine runs. */
export async function openSettingsFace(dataDir: string): Promise<SettingsFace> {
  return faceOf(await openSettings({ dataDir, flags: {}, onlyLooking: true, log: () => {} }), dataDir);
}

async function findPlaceProblemsHere(paths: readonly string[]): Promise<{ path: string; says: string }[]> {
  const places = await import('../places/usable-places.ts');
  return places.findPlaceProblems(paths);
}
