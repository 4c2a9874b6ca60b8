import { createFingerprint, loadFingerprintKey } from '../archive/fingerprint-key.ts';
import { openSettings } from './settings.ts';
import type { SettingsHolder } from './settings.ts';
import { tryRedaction } from './try-redaction.ts';
import type { SampleKind } from './try-redaction.ts';

/** The settings as doors ask about them. */
export interface SettingsFace extends Pick<SettingsHolder, 'answer' | 'change'> {
  /** A sample as it would be stored, by these names or those in force. */
  tryRedaction(question: {
    sample: string;
    as: SampleKind;
    redaction: { names: string[]; plain: string[] } | undefined;
  }): { redacted: string; found: number };
}

export function faceOf(holder: SettingsHolder, dataDir: string): SettingsFace {
  return {
    answer: holder.answer,
    change: holder.change,
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
