import type { Settings, SettingsChange } from '../../../shared/contract/settings.ts';
import { AT_START, DEFAULT_SETTINGS } from './defaults.ts';
import { findProblems } from './find-problems.ts';
import type { Problem } from './find-problems.ts';
import { differences, overlay, pathsIn, valueAt } from './paths.ts';
import { readSettingsFile, writeSettingsFile } from './settings-file.ts';

export interface SettingsAnswer {
  settings: Settings;
  defaults: Settings;
  /** Paths that a flag of the command line decides while this engine runs. */
  fixed: string[];
  /** Paths whose new value counts from the next start on. */
  restart: string[];
}

/** The settings of a data folder while an engine runs, or is looked for. */
export interface SettingsHolder {
  /** As they are in force. */
  readonly current: Settings;
  answer(): SettingsAnswer;
  /** All of it counts and is on disk, or nothing: then the problems are given. Throws when it cannot be written. */
  change(change: SettingsChange): { answer: SettingsAnswer } | { problems: Problem[] };
  /** Told after each change that counts at once. */
  onChanged(listener: (settings: Settings, before: Settings) => void): () => void;
}

/**
 * Opens the settings: defaults, over them `settings.json`, over it what the command line says (`flags`), which a change
 * cannot touch.
 */
export async function openSettings(options: {
  dataDir: string;
  flags: SettingsChange;
  /** No engine runs: the file is left as it is. */
  onlyLooking?: boolean;
  log: (line: string) => void;
}): Promise<SettingsHolder> {
  const { dataDir, flags, log } = options;
  let kept = await readSettingsFile(dataDir, log, options.onlyLooking);
  const fixed = pathsIn(flags);
  const listeners = new Set<(settings: Settings, before: Settings) => void>();
  const inForce = (): Settings => overlay(overlay(DEFAULT_SETTINGS, kept), flags);
  let current = inForce();
  const atStart = current;

  function answer(): SettingsAnswer {
    return {
      settings: current,
      defaults: DEFAULT_SETTINGS,
      fixed,
      restart: AT_START.filter(
        (path) => JSON.stringify(valueAt(current, path)) !== JSON.stringify(valueAt(atStart, path)),
      ),
    };
  }

  return {
    get current() {
      return current;
    },
    answer,
    change(change) {
      const problems: Problem[] = pathsIn(change)
        .filter((path) => fixed.includes(path))
        .map((path) => ({
          path,
          says: 'The command line of the running engine decides this; start it without that flag to set it here.',
        }));
      const next = differences(overlay(kept, change), DEFAULT_SETTINGS);
      // Some problems lie in what is set together.
      problems.push(...findProblems(next).filter(({ path }) => !fixed.some((flag) => path.startsWith(flag))));
      if (problems.length > 0) return { problems };
      writeSettingsFile(dataDir, next);
      kept = next;
      const before = current;
      current = inForce();
      for (const listener of listeners) listener(current, before);
      return { answer: answer() };
    },
    onChanged(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
