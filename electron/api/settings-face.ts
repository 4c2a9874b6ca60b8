import type { Settings, SettingsAnswer, SettingsChange } from '../../shared/contract/settings.ts';

/** What the api needs of the settings. */
export interface SettingsFace {
  answer(): Omit<SettingsAnswer, 'problems'>;
  change(
    change: SettingsChange,
  ): { answer: Omit<SettingsAnswer, 'problems'> } | { problems: { path: string; says: string }[] };
  /** What is set and cannot be used as things are. */
  problems(): Promise<{ path: string; says: string }[]>;
  /** What a change names anew and cannot be used as things are. */
  check(change: SettingsChange): Promise<{ path: string; says: string }[]>;
  tryRedaction(question: {
    sample: string;
    as: 'headers' | 'query' | 'json' | 'form' | 'text';
    redaction: Settings['redaction'] | undefined;
  }): { redacted: string; found: number };
}
