import type { MenuItemConstructorOptions } from 'electron';
import type { MenuView } from '../../shared/desktop/bridge.ts';

export interface MenuState {
  platform: NodeJS.Platform;
  /** Reload and developer tools are for developers. */
  development: boolean;
  views: readonly MenuView[];
  /** Null while the engine does not say. */
  paused: boolean | null;
  keepInTray: boolean;
}

export interface MenuDoes {
  /** An action of the page, by its id. */
  act(action: string): void;
  pause(paused: boolean): void;
  copyProxy(): void;
  changeTrust(what: 'install' | 'uninstall'): void;
  keepInTray(on: boolean): void;
  checkForUpdates(): void;
  openFolder(): void;
  quit(): void;
}

/** The application's menu. Keys that the page knows too are its own: it hears them first, and the menu shows them. */
export function menuTemplate(state: MenuState, does: MenuDoes): MenuItemConstructorOptions[] {
  const mac = state.platform === 'darwin';
  const separator = { type: 'separator' } as const;
  const action = (label: string, id: string, accelerator?: string): MenuItemConstructorOptions => ({
    label,
    click: () => does.act(id),
    ...(accelerator === undefined ? {} : { accelerator }),
  });
  const settings = action('Settings…', 'view.settings', 'CmdOrCtrl+,');
  const updates = { label: 'Check for Updates…', click: () => does.checkForUpdates() };
  const quit = { label: mac ? 'Quit Sallyport' : 'Quit', accelerator: 'CmdOrCtrl+Q', click: () => does.quit() };
  const views = state.views
    .filter(({ action: id }) => id !== 'view.settings')
    .slice(0, 9)
    .map(({ action: id, title }, index) => action(title, id, `CmdOrCtrl+${index + 1}`));

  return [
    ...(mac
      ? [
          {
            label: 'Sallyport',
            submenu: [
              { role: 'about' } as const,
              updates,
              separator,
              settings,
              separator,
              { role: 'services' } as const,
              separator,
              { role: 'hide' } as const,
              { role: 'hideOthers' } as const,
              { role: 'unhide' } as const,
              separator,
              quit,
            ],
          },
        ]
      : []),
    {
      label: '&File',
      submenu: [
        action('Import HAR…', 'calls.import', 'CmdOrCtrl+Shift+I'),
        action('Export…', 'calls.export', 'CmdOrCtrl+Shift+E'),
        { label: 'Open Data Folder', click: () => does.openFolder() },
        ...(mac ? [separator, { role: 'close' } as const] : [separator, settings, separator, quit]),
      ],
    },
    { role: 'editMenu' },
    {
      label: '&View',
      submenu: [
        ...views,
        ...(views.length > 0 ? [separator] : []),
        action('Command Palette…', 'palette.open', 'CmdOrCtrl+K'),
        separator,
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { role: 'togglefullscreen' },
        ...(state.development ? [separator, { role: 'reload' } as const, { role: 'toggleDevTools' } as const] : []),
      ],
    },
    {
      label: '&Capture',
      submenu: [
        {
          label: state.paused === true ? 'Resume Recording' : 'Pause Recording',
          enabled: state.paused !== null,
          click: () => does.pause(state.paused !== true),
        },
        { label: 'Copy Proxy Address', enabled: state.paused !== null, click: () => does.copyProxy() },
        separator,
        { label: 'Make This Machine Trust the CA…', click: () => does.changeTrust('install') },
        { label: 'Make This Machine Forget the CA…', click: () => does.changeTrust('uninstall') },
        separator,
        {
          label: 'Keep Recording When the Window Is Closed',
          type: 'checkbox',
          checked: state.keepInTray,
          click: ({ checked }) => does.keepInTray(checked),
        },
      ],
    },
    { role: 'windowMenu' },
    {
      role: 'help',
      submenu: [action('Keyboard Shortcuts', 'keys.show'), ...(mac ? [] : [updates, { role: 'about' } as const])],
    },
  ];
}

/** The tray's menu: what recording does, and the way back to the window. */
export function trayTemplate(
  { paused, condition }: Pick<MenuState, 'paused'> & { condition: string },
  does: Pick<MenuDoes, 'pause' | 'copyProxy' | 'quit'> & { open(): void },
): MenuItemConstructorOptions[] {
  return [
    { label: condition, enabled: false },
    { type: 'separator' },
    { label: 'Open Sallyport', click: () => does.open() },
    {
      label: paused === true ? 'Resume Recording' : 'Pause Recording',
      enabled: paused !== null,
      click: () => does.pause(paused !== true),
    },
    { label: 'Copy Proxy Address', enabled: paused !== null, click: () => does.copyProxy() },
    { type: 'separator' },
    { label: 'Quit', click: () => does.quit() },
  ];
}
