import type { Settings, SettingsChange } from '../../../shared/contract/settings.ts';

type Loose = Record<string, Record<string, unknown> | undefined>;

/** Every setting that a change names, as `topic.name`. */
export function pathsIn(change: SettingsChange): string[] {
  return Object.entries(change as Loose).flatMap(([topic, values]) =>
    Object.entries(values ?? {}).flatMap(([name, value]) => (value === undefined ? [] : [`${topic}.${name}`])),
  );
}

/** The value at a path of settings. */
export function valueAt(settings: Settings | SettingsChange, path: string): unknown {
  const [topic = '', name = ''] = path.split('.');
  return (settings as Loose)[topic]?.[name];
}

/** Settings with a change laid over them; neither is touched. */
export function overlay<T extends Settings | SettingsChange>(settings: T, change: SettingsChange): T {
  const result: Loose = structuredClone(settings) as Loose;
  for (const path of pathsIn(change)) {
    const [topic = '', name = ''] = path.split('.');
    (result[topic] ??= {})[name] = structuredClone(valueAt(change, path));
  }
  return result as T;
}

/** What of a change differs from the settings: setting something back to its default is taking it out. */
export function differences(change: SettingsChange, settings: Settings): SettingsChange {
  const result: Loose = {};
  for (const path of pathsIn(change)) {
    const value = valueAt(change, path);
    if (JSON.stringify(value) === JSON.stringify(valueAt(settings, path))) continue;
    const [topic = '', name = ''] = path.split('.');
    (result[topic] ??= {})[name] = value;
  }
  return result;
}
