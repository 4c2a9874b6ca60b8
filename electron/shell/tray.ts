import { join } from 'node:path';
import type { Tray } from 'electron';
import type { EngineCondition } from '../../shared/desktop/bridge.ts';
import type { ElectronMain } from './electron-main.ts';
import { trayTemplate } from './menu.ts';

/** What the tray shows. */
export interface TrayState {
  condition: EngineCondition;
  paused: boolean | null;
  proxy: string | null;
}

export interface WorkspaceTray {
  show(state: TrayState): void;
  close(): void;
}

/** In words, because a colour is never the only sign. */
export function describeState({ condition, paused, proxy }: TrayState): string {
  switch (condition.is) {
    case 'running':
      return paused === true ? 'Recording is paused' : `Recording what goes through ${proxy ?? 'the proxy'}`;
    case 'starting':
      return 'The engine is starting';
    case 'restarting':
      return 'The engine crashed and is started again';
    case 'failed':
      return 'The engine is not running';
    case 'stopping':
      return 'The engine is stopping';
  }
}

/** The icon in the system's tray; null where the system has none. */
export function createTray(
  { Tray: TrayIcon, Menu, nativeImage }: Pick<ElectronMain, 'Tray' | 'Menu' | 'nativeImage'>,
  icons: string,
  platform: NodeJS.Platform,
  does: Parameters<typeof trayTemplate>[1],
  log: (line: string) => void,
): WorkspaceTray | null {
  const image = (name: string): Electron.NativeImage => {
    // macOS colours template images itself, for light and dark bars.
    const file = nativeImage.createFromPath(join(icons, platform === 'darwin' ? `${name}Template.png` : `${name}.png`));
    if (platform === 'darwin') file.setTemplateImage(true);
    return file;
  };
  let tray: Tray;
  try {
    tray = new TrayIcon(image('tray'));
  } catch (error) {
    log(`There is no tray here: ${error instanceof Error ? error.message : String(error)}`);
    return null;
  }
  tray.on('click', () => does.open());
  return {
    show(state) {
      const words = describeState(state);
      const recording = state.condition.is === 'running' && state.paused !== true;
      tray.setImage(image(recording ? 'tray' : 'tray-paused'));
      tray.setToolTip(`Sallyport: ${words}`);
      tray.setContextMenu(Menu.buildFromTemplate(trayTemplate({ paused: state.paused, condition: words }, does)));
    },
    close: () => tray.destroy(),
  };
}
