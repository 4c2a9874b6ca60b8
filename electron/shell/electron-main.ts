import type electron from 'electron';

/**
 * What the shell uses of Electron. Given to every part as an argument, so that tests can give a stand-in; `main.ts` is
 * the only file that loads the real one.
 */
export type ElectronMain = Pick<
  typeof electron,
  | 'app'
  | 'BrowserWindow'
  | 'clipboard'
  | 'dialog'
  | 'ipcMain'
  | 'Menu'
  | 'MessageChannelMain'
  | 'nativeImage'
  | 'Notification'
  | 'protocol'
  | 'screen'
  | 'session'
  | 'shell'
  | 'Tray'
  | 'utilityProcess'
>;
