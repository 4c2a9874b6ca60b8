import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { ShellSettings } from '../../shared/desktop/bridge.ts';
import type { ElectronMain } from './electron-main.ts';
import { isRecord, keepJson } from './keep-json.ts';

export interface SettingsKeeper {
  get(): ShellSettings;
  change(change: unknown): ShellSettings;
}

export interface SettingsOptions {
  electron: Pick<ElectronMain, 'app'>;
  path: string;
  feed: string | null;
  platform?: NodeJS.Platform;
  /** Linux has no call for it: a file in the user's autostart folder. */
  autostartDir?: string;
}

type Kept = Omit<ShellSettings, 'feed'>;
const FIRST: Kept = { launchAtLogin: false, keepInTray: false, updates: false };

/** The shell's settings, all off at first; changing them makes them so. */
export function keepSettings({
  electron,
  path,
  feed,
  platform = process.platform,
  autostartDir = join(process.env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config'), 'autostart'),
}: SettingsOptions): SettingsKeeper {
  const kept = keepJson<Kept>(path, (value) => ({ ...FIRST, ...flagsOf(value) }));
  const get = (): ShellSettings => ({ ...kept.get(), feed });

  function launchAtLogin(on: boolean): void {
    if (platform !== 'linux') return electron.app.setLoginItemSettings({ openAtLogin: on, args: ['--hidden'] });
    const file = join(autostartDir, 'sallyport.desktop');
    if (!on) return rmSync(file, { force: true });
    mkdirSync(autostartDir, { recursive: true });
    writeFileSync(file, autostartEntry(process.env['APPIMAGE'] ?? electron.app.getPath('exe')));
  }

  return {
    get,
    change(change) {
      const next = { ...kept.get(), ...flagsOf(change) };
      if (next.launchAtLogin !== kept.get().launchAtLogin) launchAtLogin(next.launchAtLogin);
      kept.put(next);
      return get();
    },
  };
}

/** What starts it at login, quietly: in the tray. */
export function autostartEntry(program: string): string {
  // The specification's quoting: these four are escaped inside double quotes.
  const quoted = `"${program.replace(/["`$\\]/g, '\\$&')}"`;
  return `[Desktop Entry]\nType=Application\nName=Sallyport\nExec=${quoted} --hidden\nX-GNOME-Autostart-enabled=true\n`;
}

/** The flags in a value from a file or a page; anything else in it is left out. */
function flagsOf(value: unknown): Partial<Kept> {
  if (!isRecord(value)) return {};
  const flags: Partial<Kept> = {};
  for (const name of Object.keys(FIRST) as (keyof Kept)[]) {
    const flag = value[name];
    if (typeof flag === 'boolean') flags[name] = flag;
  }
  return flags;
}
