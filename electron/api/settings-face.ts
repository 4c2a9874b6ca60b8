import type { Settings, SettingsAnswer, SettingsChange } from '../../shared/contract/settings.ts';

/** What the api needs of the settings. */
export interface SettingsFace {
  answer(): SettingsAnswer;
  change(change: SettingsChange): { answer: SettingsAnswer } | { problems: { path: string; says: string }[] };
  tryRedaction(question: {
    sample: string;
    as: 'headers' | 'query' | 'json' | 'form' | 'text';
    redaction: Settings['redaction'] | undefined;
  }): { redacted: string; found: number };
}
