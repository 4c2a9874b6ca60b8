// Stands in for the module `electron`, typed by it where it is used: windows, menus and dialogs that note what was done
// to them, and processes that are threads of this one. What only the real thing can show is untried here.
import { EventEmitter } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { MessageChannel, Worker } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import type {
  BrowserWindowConstructorOptions,
  MenuItemConstructorOptions,
  MessageBoxOptions,
  Rectangle,
} from 'electron';
import type { ElectronMain } from '../../electron/shell/electron-main.ts';

/** The engine's process as the supervisor sees it, for tests to play its part. */
export class ScriptedProcess extends EventEmitter {
  readonly path: string;
  readonly args: string[];
  readonly heard: { message: unknown; ports: unknown[] }[] = [];
  killed = false;
  constructor(path: string, args: string[]) {
    super();
    this.path = path;
    this.args = args;
  }
  postMessage(message: unknown, ports: unknown[] = []): void {
    this.heard.push({ message, ports });
  }
  kill(): boolean {
    this.killed = true;
    this.emit('exit', 143);
    return true;
  }
  says(message: unknown): void {
    this.emit('message', message);
  }
}

/** The real engine's process, in a thread: what it does to its shell is the same, and so is a sudden end. */
export class ThreadProcess extends EventEmitter {
  readonly args: string[];
  readonly #worker: Worker;
  constructor(path: string, args: string[]) {
    super();
    this.args = args;
    // The built one where there is one, else its source.
    const entry = existsSync(path)
      ? pathToFileURL(path)
      : new URL('../../electron/serve/engine-process.ts', import.meta.url);
    const file = fileURLToPath(new URL('./engine-in-thread.ts', import.meta.url));
    this.#worker = new Worker(file, { argv: args, workerData: entry.href });
    this.#worker.on('message', (message) => this.emit('message', message));
    this.#worker.on('error', (error) => this.emit('message', { say: 'log', line: String(error) }));
    this.#worker.on('exit', (code) => this.emit('exit', code));
  }
  postMessage(data: unknown, ports: MessagePort[] = []): void {
    this.#worker.postMessage({ data, ports }, ports);
  }
  kill(): boolean {
    void this.#worker.terminate();
    return true;
  }
}

export class StandInContents extends EventEmitter {
  url = '';
  reloads = 0;
  readonly sent: { channel: string; value: unknown }[] = [];
  readonly posted: { channel: string; ports: MessagePort[] }[] = [];
  readonly mainFrame: { url: string };
  openHandler: (details: { url: string }) => { action: string } = () => ({ action: 'allow' });
  constructor() {
    super();
    this.mainFrame = Object.defineProperty({ url: '' }, 'url', { get: () => this.url });
  }
  send(channel: string, value: unknown): void {
    this.sent.push({ channel, value });
    this.emit('test-sent', channel, value);
  }
  postMessage(channel: string, _message: unknown, ports: MessagePort[]): void {
    this.posted.push({ channel, ports });
    this.emit('test-posted', channel, ports);
  }
  getURL(): string {
    return this.url;
  }
  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }): void {
    this.openHandler = handler;
  }
  reload(): void {
    this.reloads += 1;
  }
  /** Fires an event that can be prevented; whether it was. */
  tries(event: string, details: object): boolean {
    let prevented = false;
    this.emit(event, { ...details, preventDefault: () => (prevented = true) });
    return prevented;
  }
}

export class StandInWindow extends EventEmitter {
  static all: StandInWindow[] = [];
  readonly options: BrowserWindowConstructorOptions;
  readonly webContents = new StandInContents();
  readonly done: string[] = [];
  bounds: Rectangle;
  maximized = false;
  minimized = false;
  focused = false;
  constructor(options: BrowserWindowConstructorOptions) {
    super();
    this.options = options;
    this.bounds = { x: options.x ?? 0, y: options.y ?? 0, width: options.width ?? 0, height: options.height ?? 0 };
  }
  async loadURL(url: string): Promise<void> {
    this.webContents.url = url;
    this.emit('ready-to-show');
  }
  show(): void {
    this.done.push('show');
  }
  focus(): void {
    this.done.push('focus');
    this.focused = true;
  }
  maximize(): void {
    this.maximized = true;
  }
  restore(): void {
    this.minimized = false;
    this.done.push('restore');
  }
  isFocused(): boolean {
    return this.focused;
  }
  isMinimized(): boolean {
    return this.minimized;
  }
  isFullScreen(): boolean {
    return false;
  }
  isMaximized(): boolean {
    return this.maximized;
  }
  isDestroyed(): boolean {
    return false;
  }
  getNormalBounds(): Rectangle {
    return this.bounds;
  }
}

export interface StandInOptions {
  screens?: Rectangle[];
  /** Folder for what the system would give. */
  home: string;
  Process?: new (path: string, args: string[]) => EventEmitter;
  /** Two stand-ins that share this are two launches of the app on one machine. */
  machine?: Map<string, EventEmitter>;
  packaged?: boolean;
  hasTray?: boolean;
}

/** A fresh stand-in, and what was done to it. */
export function createElectronStandIn({
  screens = [{ x: 0, y: 0, width: 1920, height: 1080 }],
  home,
  Process = ScriptedProcess,
  machine = new Map(),
  packaged = false,
  hasTray = true,
}: StandInOptions) {
  const windows: StandInWindow[] = [];
  const processes: EventEmitter[] = [];
  const menus: MenuItemConstructorOptions[][] = [];
  const notices: { title?: string; body?: string }[] = [];
  const questions: MessageBoxOptions[] = [];
  const errors: string[] = [];
  const openedOutside: string[] = [];
  const copied: string[] = [];
  const loginItems: unknown[] = [];
  const schemes: { scheme: string; privileges?: object }[] = [];
  const paths = new Map<string, string>();
  const answers = { save: '', open: [] as string[], question: 1 };
  const done = {
    sandboxed: false,
    exitCode: null as number | null,
    trayImage: '',
    trayTip: '',
    proxy: null as unknown,
  };
  let trayMenu: MenuItemConstructorOptions[] = [];
  let ready = false;

  const app = Object.assign(new EventEmitter(), {
    isPackaged: packaged,
    setName() {},
    setPath: (name: string, path: string) => paths.set(name, path),
    getPath: (name: string) => paths.get(name) ?? join(home, name),
    requestSingleInstanceLock() {
      const key = paths.get('userData') ?? '';
      const first = machine.get(key);
      if (first) {
        first.emit('second-instance', {}, [], '');
        return false;
      }
      machine.set(key, app);
      return true;
    },
    enableSandbox: () => (done.sandboxed = true),
    isReady: () => ready,
    async whenReady() {
      ready = true;
    },
    getVersion: () => '0.0.0',
    getName: () => 'Sallyport',
    quit() {
      let prevented = false;
      app.emit('will-quit', { preventDefault: () => (prevented = true) });
      if (!prevented) app.exit(0);
    },
    exit(code = 0) {
      done.exitCode = code;
      machine.delete(paths.get('userData') ?? '');
      app.emit('test-exit');
    },
    setLoginItemSettings: (settings: unknown) => loginItems.push(settings),
  });

  class BrowserWindow extends StandInWindow {
    constructor(options: BrowserWindowConstructorOptions) {
      super(options);
      windows.push(this);
      app.emit('test-window');
    }
    static getFocusedWindow(): StandInWindow | null {
      return windows.find(({ focused }) => focused) ?? null;
    }
    close(): void {
      this.emit('close');
      windows.splice(windows.indexOf(this), 1);
      this.emit('closed');
      if (windows.length === 0) app.emit('window-all-closed');
    }
  }

  const heard = new EventEmitter();
  const handlers = new Map<string, (event: unknown, value: unknown) => unknown>();
  const guards: Record<string, (...args: never[]) => unknown> = {};
  const protocols = new Map<string, (request: Request) => Promise<Response>>();
  const guard = (name: string) => (handler: (...args: never[]) => unknown) => void (guards[name] = handler);
  const defaultSession = {
    on: (event: string, handler: (...args: never[]) => unknown) => guard(event)(handler),
    setProxy: async (settings: unknown) => void (done.proxy = settings),
    setPermissionRequestHandler: guard('permissionRequest'),
    setPermissionCheckHandler: guard('permissionCheck'),
    setDevicePermissionHandler: guard('device'),
    setDisplayMediaRequestHandler: guard('displayMedia'),
    webRequest: { onBeforeRequest: guard('request') },
    protocol: {
      handle: (scheme: string, handler: (request: Request) => Promise<Response>) => protocols.set(scheme, handler),
    },
  };

  const electron = {
    app,
    BrowserWindow,
    clipboard: { writeText: async (text: string) => void copied.push(text) },
    dialog: {
      showSaveDialog: async () => ({ canceled: answers.save === '', filePath: answers.save }),
      showOpenDialog: async () => ({ canceled: answers.open.length === 0, filePaths: answers.open }),
      async showMessageBox(...args: unknown[]) {
        questions.push(args.at(-1) as MessageBoxOptions);
        return { response: answers.question, checkboxChecked: false };
      },
      showErrorBox: (_title: string, text: string) => errors.push(text),
    },
    ipcMain: {
      on: (channel: string, listener: (event: unknown, value: unknown) => void) => heard.on(channel, listener),
      handle: (channel: string, handler: (event: unknown, value: unknown) => unknown) => handlers.set(channel, handler),
    },
    Menu: {
      buildFromTemplate: (template: MenuItemConstructorOptions[]) => template,
      setApplicationMenu: (template: MenuItemConstructorOptions[]) => menus.push(template),
    },
    MessageChannelMain: MessageChannel,
    nativeImage: { createFromPath: (path: string) => ({ path, setTemplateImage() {} }) },
    Notification: class extends EventEmitter {
      readonly options: { title?: string; body?: string };
      constructor(options: { title?: string; body?: string }) {
        super();
        this.options = options;
      }
      static isSupported(): boolean {
        return true;
      }
      show(): void {
        notices.push(this.options);
      }
    },
    protocol: { registerSchemesAsPrivileged: (list: typeof schemes) => schemes.push(...list) },
    screen: {
      getAllDisplays: () => screens.map((workArea) => ({ workArea })),
      getPrimaryDisplay: () => ({ workArea: screens[0] }),
    },
    session: { defaultSession },
    shell: {
      openExternal: async (url: string) => void openedOutside.push(url),
      openPath: async () => '',
    },
    Tray: class extends EventEmitter {
      constructor() {
        super();
        if (!hasTray) throw new Error('no tray here');
      }
      setImage(image: { path: string }): void {
        done.trayImage = image.path;
      }
      setToolTip(text: string): void {
        done.trayTip = text;
      }
      setContextMenu(template: MenuItemConstructorOptions[]): void {
        trayMenu = template;
      }
      destroy(): void {}
    },
    utilityProcess: {
      fork(path: string, args: string[]) {
        const started = new Process(path, args);
        processes.push(started);
        return started;
      },
    },
  };

  /** As a page of a window does, through its preload; `frame` is another than the window's top one. */
  const from = (window: StandInWindow, frame?: { url: string }) => ({
    sender: window.webContents,
    senderFrame: frame ?? window.webContents.mainFrame,
  });
  return {
    electron: electron as unknown as ElectronMain,
    app,
    windows,
    processes,
    menus,
    notices,
    questions,
    errors,
    openedOutside,
    copied,
    loginItems,
    schemes,
    answers,
    done,
    guards,
    protocols,
    trayMenu: () => trayMenu,
    /** `ipcRenderer.send` of a page. */
    sends(window: StandInWindow, channel: string, value?: unknown, frame?: { url: string }): void {
      heard.emit(channel, from(window, frame), value);
    },
    /** `ipcRenderer.invoke` of a page. */
    async invokes(window: StandInWindow, channel: string, value?: unknown, frame?: { url: string }): Promise<unknown> {
      return handlers.get(channel)?.(from(window, frame), value);
    },
  };
}

export type ElectronStandIn = ReturnType<typeof createElectronStandIn>;

/** An entry of a menu by its label, wherever it is. */
export function menuItem(
  template: readonly MenuItemConstructorOptions[],
  label: string,
): MenuItemConstructorOptions | null {
  for (const item of template) {
    if (item.label === label) return item;
    const inside = Array.isArray(item.submenu) ? menuItem(item.submenu, label) : null;
    if (inside) return inside;
  }
  return null;
}
