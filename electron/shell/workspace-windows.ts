import type { BrowserWindow, BrowserWindowConstructorOptions } from 'electron';
import type { ElectronMain } from './electron-main.ts';
import { guardContents, openOutside } from './guard-contents.ts';
import type { Ground } from './guard-contents.ts';
import { LEAST_SIZE, placeWindow } from './window-state.ts';
import type { WindowState } from './window-state.ts';

export interface WorkspaceWindows {
  /** Brings the workspace to the front; makes its window when there is none. */
  show(): void;
  all(): BrowserWindow[];
  /** The window that was used last. */
  front(): BrowserWindow | null;
}

export interface WindowsOptions {
  electron: Pick<ElectronMain, 'BrowserWindow' | 'screen' | 'shell'>;
  /** What is shown now: our own pages, or those of an engine that was there before us. */
  ground: () => Ground & { start: string; door: 'port' | 'socket' };
  version: string;
  preload: string;
  icon: string;
  state: { get(): WindowState | null; put(state: WindowState | null): void };
  log: (line: string) => void;
}

/** A page that crashes again and again is left alone, so that the machine is not. */
const MOST_RELOADS = 3;

/** The window's own rights: none of Node, its own world, its own process without rights. */
export function windowOptions(
  { version, preload, icon }: Pick<WindowsOptions, 'version' | 'preload' | 'icon'>,
  door: 'port' | 'socket',
): BrowserWindowConstructorOptions {
  return {
    title: 'Sallyport',
    icon,
    show: false,
    minWidth: LEAST_SIZE.width,
    minHeight: LEAST_SIZE.height,
    backgroundColor: '#16181d',
    autoHideMenuBar: false,
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      safeDialogs: true,
      spellcheck: false,
      additionalArguments: [`--sallyport-door=${door}`, `--sallyport-version=${version}`],
    },
  };
}

/** The workspace's windows: the first one where it was last time, others beside it. */
export function createWindows(options: WindowsOptions): WorkspaceWindows {
  const { electron, state, log } = options;
  const windows = new Set<BrowserWindow>();

  function open(address?: string): BrowserWindow {
    const ground = options.ground();
    const first = windows.size === 0;
    const { bounds, maximized } = placeWindow(
      state.get(),
      electron.screen.getAllDisplays().map(({ workArea }) => workArea),
      electron.screen.getPrimaryDisplay().workArea,
    );
    const place = first ? bounds : { width: bounds.width, height: bounds.height };
    const window = new electron.BrowserWindow({ ...windowOptions(options, ground.door), ...place });
    windows.add(window);
    guardContents(window.webContents, ground, {
      outside: (url) =>
        void openOutside(electron, url).catch((error: unknown) => log(`openExternal: ${String(error)}`)),
      another: (url) => void open(url),
    });
    window.once('ready-to-show', () => {
      if (maximized && first) window.maximize();
      window.show();
    });
    const keep = (): void => {
      if (!window.isMinimized() && !window.isFullScreen())
        state.put({ ...window.getNormalBounds(), maximized: window.isMaximized() });
    };
    if (first) window.on('close', keep);
    window.on('closed', () => windows.delete(window));
    let reloads = 0;
    window.webContents.on('render-process-gone', (_event, { reason }) => {
      if (reason === 'clean-exit' || window.isDestroyed()) return;
      reloads += 1;
      log(`The page ended unexpectedly (${reason})${reloads > MOST_RELOADS ? '; it is not loaded again' : ''}.`);
      if (reloads <= MOST_RELOADS) window.webContents.reload();
    });
    window.loadURL(address ?? ground.start).catch((error: unknown) => log(`The page did not load: ${String(error)}`));
    return window;
  }

  const front = (): BrowserWindow | null => electron.BrowserWindow.getFocusedWindow() ?? [...windows].at(-1) ?? null;

  return {
    show() {
      const window = front() ?? open();
      if (window.isMinimized()) window.restore();
      window.show();
      window.focus();
    },
    all: () => [...windows],
    front,
  };
}
