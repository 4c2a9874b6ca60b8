import type { Surroundings } from '../target.ts';
import { gnomeSettings } from './gnome.ts';
import { macosSettings } from './macos.ts';
import type { SystemSettings } from './system-settings.ts';
import { windowsSettings } from './windows.ts';

/** What is needed of a machine to read and write its settings. */
export type Machine = Pick<Surroundings, 'runner' | 'environment' | 'platform'>;

/** The proxy settings of a system; other systems than macOS and Windows are asked for GNOME's. */
export function settingsOf(machine: Machine): SystemSettings {
  if (machine.platform === 'darwin') return macosSettings(machine);
  return machine.platform === 'win32' ? windowsSettings(machine) : gnomeSettings(machine);
}
