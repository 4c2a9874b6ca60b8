import type { BrowserWindow, IpcMainEvent, IpcMainInvokeEvent } from 'electron';
import type { MenuView, ShellSettings, TrustOutcome } from '../../shared/desktop/bridge.ts';
import { CHANNELS } from './channels.ts';
import type { Answer } from './channels.ts';
import type { ElectronMain } from './electron-main.ts';
import type { EngineSupervisor } from './engine-supervisor.ts';
import { openOutside, originOf } from './guard-contents.ts';
import { isRecord } from './keep-json.ts';
import { readSaveRequest, readSendRequest, saveAs, sendFile } from './move-files.ts';

export interface PageAnswers {
  electron: Pick<ElectronMain, 'app' | 'BrowserWindow' | 'dialog' | 'ipcMain' | 'Notification' | 'shell'>;
  engine: Pick<EngineSupervisor, 'condition' | 'onCondition' | 'openPort' | 'start'>;
  /** The workspace's windows, and the origin of what they show. */
  windows: () => readonly BrowserWindow[];
  origin: () => string;
  /** Asks the engine's door as a page does. */
  askEngine: (request: Request) => Promise<Response>;
  changeTrust: (window: BrowserWindow, what: 'install' | 'uninstall') => Promise<TrustOutcome>;
  settings: { get(): ShellSettings; change(change: unknown): ShellSettings };
  describeViews: (views: MenuView[]) => void;
  log: (line: string) => void;
}

/**
 * Answers the bridge. Whoever speaks must be the top frame of a window of ours that shows our pages; anything else is
 * not answered. What a page sends is looked at before it is used, as if a stranger had sent it.
 */
export function answerPages(answers: PageAnswers): void {
  const { electron, engine, log } = answers;
  const { ipcMain } = electron;

  function speaker(event: IpcMainEvent | IpcMainInvokeEvent): BrowserWindow | null {
    const frame = event.senderFrame;
    const window = answers.windows().find(({ webContents }) => webContents === event.sender);
    const trusted = window && frame && frame === event.sender.mainFrame && originOf(frame.url) === answers.origin();
    if (!trusted) log(`A message from ${frame?.url ?? 'nowhere'} was not answered.`);
    return trusted ? window : null;
  }

  function hear(channel: string, does: (window: BrowserWindow, value: unknown) => void): void {
    ipcMain.on(channel, (event, value: unknown) => {
      const window = speaker(event);
      if (window) does(window, value);
    });
  }

  function answer<T>(channel: string, does: (window: BrowserWindow, value: unknown) => Promise<T> | T): void {
    ipcMain.handle(channel, async (event, value: unknown): Promise<Answer<T>> => {
      const window = speaker(event);
      if (!window) return { why: 'Only the workspace may ask this.' };
      try {
        return { value: await does(window, value) };
      } catch (error) {
        return { why: error instanceof Error ? error.message : String(error) };
      }
    });
  }

  const tell = (window: BrowserWindow): void => window.webContents.send(CHANNELS.engine, engine.condition());
  engine.onCondition(() => answers.windows().forEach(tell));

  hear(CHANNELS.askEngine, tell);
  hear(CHANNELS.requestPort, (window) => {
    const port = engine.openPort();
    if (port) window.webContents.postMessage(CHANNELS.port, null, [port]);
  });
  hear(CHANNELS.restartEngine, () => engine.condition().is === 'failed' && engine.start());
  hear(CHANNELS.describeViews, (_window, value) => answers.describeViews(readViews(value)));
  hear(CHANNELS.notify, (window, value) => {
    if (window.isFocused() || !isRecord(value) || !electron.Notification.isSupported()) return;
    const { title, body } = value;
    if (typeof title !== 'string' || typeof body !== 'string') return;
    const notice = new electron.Notification({ title: title.slice(0, 100), body: body.slice(0, 300) });
    notice.on('click', () => {
      window.show();
      window.focus();
    });
    notice.show();
  });
  answer(CHANNELS.saveAs, (window, value) => saveAs(electron, window, readSaveRequest(value), answers.askEngine));
  answer(CHANNELS.sendFile, (window, value) => sendFile(electron, window, readSendRequest(value), answers.askEngine));
  answer(CHANNELS.changeTrust, (window, value) => {
    if (value !== 'install' && value !== 'uninstall') throw new Error('Trust is installed or uninstalled.');
    return answers.changeTrust(window, value);
  });
  answer(CHANNELS.openOutside, (_window, value) => typeof value === 'string' && openOutside(electron, value));
  answer(CHANNELS.settings, () => answers.settings.get());
  answer(CHANNELS.changeSettings, (_window, value) => answers.settings.change(value));
}

/** The views a page describes, nine at most. */
export function readViews(value: unknown): MenuView[] {
  if (!Array.isArray(value)) return [];
  return value
    .flatMap((entry: unknown) => {
      if (!isRecord(entry)) return [];
      const { action, title } = entry;
      return typeof action === 'string' && typeof title === 'string' ? [{ action, title: title.slice(0, 60) }] : [];
    })
    .slice(0, 10);
}
