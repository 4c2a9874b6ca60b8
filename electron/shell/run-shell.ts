import { join } from 'node:path';
import type { BrowserWindow } from 'electron';
import type { MenuView } from '../../shared/desktop/bridge.ts';
import { readEngineFile } from '../hosts/engine-lock.ts';
import { createWorkspaceFiles } from '../hosts/workspace-files.ts';
import { answerPages } from './answer-page.ts';
import { watchCapture } from './capture-watch.ts';
import { changeTrust } from './change-trust.ts';
import { CHANNELS } from './channels.ts';
import type { ElectronMain } from './electron-main.ts';
import { superviseEngine } from './engine-supervisor.ts';
import type { Timers } from './engine-supervisor.ts';
import { guardSession } from './guard-contents.ts';
import type { Ground } from './guard-contents.ts';
import { keepJson } from './keep-json.ts';
import { menuTemplate } from './menu.ts';
import type { MenuDoes } from './menu.ts';
import { createPageProtocol, PAGE_ORIGIN, registerScheme } from './page-protocol.ts';
import type { ShellOptions } from './shell-options.ts';
import { keepSettings } from './shell-settings.ts';
import { createTray } from './tray.ts';
import { createUpdates } from './updates.ts';
import type { Updater } from './updates.ts';
import { readWindowState } from './window-state.ts';
import { createWindows } from './workspace-windows.ts';

/** The word that makes the packaged app a command line: `Sallyport --command-line run -- …`. */
export const COMMAND_LINE = '--command-line';

/** Where the shell's files are, and what it is told by its surroundings. */
export interface ShellSurroundings {
  options: ShellOptions;
  version: string;
  /** Folder of the bundle: preload.cjs, engine-process.mjs, workspace/, icons/. */
  dist: string;
  platform: NodeJS.Platform;
  env: NodeJS.ProcessEnv;
  resources: string | undefined;
  /**
   * Words for the terminal that `sallyport start` runs in, the link among them; null where nobody reads along, for there
   * what is said may end up in a log.
   */
  greet: ((text: string) => void) | null;
  log: (line: string) => void;
  /** Tells whoever started us that a window came up. */
  announce: () => void;
  loadUpdater: () => Promise<Updater>;
  timers?: Timers;
}

/** Runs the desktop app until it quits. Resolves when its first window is up, or another instance has been told. */
export async function runShell(electron: ElectronMain, around: ShellSurroundings): Promise<void> {
  const { app, dialog, Menu } = electron;
  const { options, dist, log, platform } = around;

  app.setName('Sallyport');
  app.setPath('userData', options.shellDir);
  // One for each data folder: its user data is in there, and the lock is by that.
  if (!app.requestSingleInstanceLock()) {
    around.announce();
    return app.quit();
  }
  app.enableSandbox();
  registerScheme(electron);

  const settings = keepSettings({
    electron,
    path: join(options.shellDir, 'settings.json'),
    feed: createUpdates(around.loadUpdater, around).feed,
    platform,
  });
  const updates = createUpdates(around.loadUpdater, around);
  const state = keepJson(join(options.shellDir, 'window.json'), readWindowState);
  const files = createWorkspaceFiles(join(dist, 'workspace'));
  const icons = join(dist, 'icons');
  let views: MenuView[] = [];
  let attached: { origin: string; link: string } | null = null;
  let quitting = false;
  let greeted = false;

  const engine = superviseEngine({
    electron,
    enginePath: join(dist, 'engine-process.mjs'),
    options: {
      dataDir: options.dataDir,
      version: around.version,
      ...(options.proxyPort === undefined ? {} : { proxyPort: options.proxyPort }),
      ...(options.workspacePort === undefined ? {} : { workspacePort: options.workspacePort }),
      ...(options.access === undefined ? {} : { access: options.access }),
      reach: options.reach,
      reachArguments: options.reachArguments,
      // The packaged app is its own command line; see main.ts.
      program: [app.getPath('exe'), COMMAND_LINE],
    },
    log,
    onHeld: () => void attach(),
    ...(around.timers === undefined ? {} : { timers: around.timers }),
  });
  const askEngine = createPageProtocol(files, engine.place);
  const capture = watchCapture(redraw, (lastError) => notify('Sallyport cannot record', lastError));

  const ground = (): Ground & { start: string; door: 'port' | 'socket' } =>
    attached
      ? { origin: attached.origin, start: attached.link, door: 'socket' }
      : { origin: PAGE_ORIGIN, start: `${PAGE_ORIGIN}/`, door: 'port' };

  const windows = createWindows({
    electron,
    ground,
    version: around.version,
    preload: join(dist, 'preload.cjs'),
    icon: join(icons, 'icon-256.png'),
    state,
    log,
  });

  /** An engine of somebody else's (`sallyport serve`) holds the folder: its workspace is shown, and it is left as it is. */
  async function attach(): Promise<void> {
    const other = readEngineFile(options.dataDir);
    if (!other) {
      const { condition } = engine;
      const now = condition();
      dialog.showErrorBox('Sallyport', now.is === 'failed' ? now.why : 'The engine cannot start.');
      return app.quit();
    }
    attached = { origin: new URL(other.workspace).origin, link: `${other.workspace}?token=${other.token}` };
    log(`An engine runs on ${options.dataDir} already (pid ${other.pid}); the window shows it.`);
    capture.follow(other);
    const before = windows.all();
    windows.show();
    for (const window of before) await window.loadURL(attached.link).catch((error: unknown) => log(String(error)));
  }

  const act: MenuDoes = {
    act(action) {
      windows.show();
      windows.front()?.webContents.send(CHANNELS.command, action);
    },
    pause: (paused) => void capture.pause(paused).catch((error: unknown) => notify('Sallyport', reasonOf(error))),
    copyProxy() {
      const proxy = engine.place()?.proxy ?? readEngineFile(options.dataDir)?.proxy;
      if (proxy !== undefined) void electron.clipboard.writeText(proxy);
    },
    changeTrust: (what) =>
      void changeTrust(electron, windows.front(), engine, what)
        .then((outcome) => {
          const said = outcome.changed
            ? ['Done. Programs that are running now may need a new start.', ...outcome.left]
            : [outcome.why];
          return dialog.showMessageBox({ type: 'info', message: said.join('\n') });
        })
        .catch((error: unknown) => dialog.showErrorBox('Sallyport', reasonOf(error))),
    keepInTray: (keepInTray) => void settings.change({ keepInTray }),
    checkForUpdates: () => void checkForUpdates(),
    openFolder: () => void electron.shell.openPath(options.dataDir),
    quit: () => app.quit(),
  };

  async function checkForUpdates(): Promise<void> {
    const said = await updates.check(settings.get().updates).catch(reasonOf);
    await dialog.showMessageBox({ type: 'info', message: 'Updates', detail: said });
  }

  function notify(title: string, body: string): void {
    log(`${title}: ${body}`);
    if (electron.Notification.isSupported()) new electron.Notification({ title, body }).show();
  }

  let tray: ReturnType<typeof createTray> = null;
  function redraw(): void {
    if (!app.isReady()) return;
    const paused = capture.paused();
    const { keepInTray } = settings.get();
    const development = !app.isPackaged;
    Menu.setApplicationMenu(
      Menu.buildFromTemplate(menuTemplate({ platform, development, views, paused, keepInTray }, act)),
    );
    tray?.show({ condition: engine.condition(), paused, proxy: engine.place()?.proxy ?? null });
  }

  engine.onCondition((condition) => {
    if (condition.is === 'running') {
      const at = engine.place();
      capture.follow(at);
      if (at && !greeted)
        around.greet?.(
          `Sallyport ${around.version} records what goes through ${at.proxy} (Ctrl-C stops).\nWorkspace: ${at.workspace}?token=${at.token}\n`,
        );
      greeted = true;
    }
    if (condition.is === 'restarting') {
      capture.follow(null);
      if (!windows.front()?.isFocused()) notify('The engine crashed and is started again', condition.why);
    }
    redraw();
  });

  app.on('second-instance', () => windows.show());
  app.on('activate', () => windows.show());
  app.on('window-all-closed', () => {
    // On macOS programs outlive their windows; elsewhere only when the user wants it, and there is a tray to come back by.
    if (platform !== 'darwin' && !(settings.get().keepInTray && tray)) app.quit();
  });
  app.on('will-quit', (event) => {
    if (quitting) return;
    quitting = true;
    event.preventDefault();
    capture.close();
    // Everything that was seen is stored before the process goes.
    void engine.stop('the app quits').then(() => {
      tray?.close();
      app.exit(0);
    });
  });
  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-attach-webview', (event) => event.preventDefault());
  });

  answerPages({
    electron,
    engine,
    windows: windows.all,
    origin: () => ground().origin,
    askEngine,
    changeTrust: (window: BrowserWindow, what) => changeTrust(electron, window, engine, what),
    settings: {
      get: settings.get,
      change(change) {
        const changed = settings.change(change);
        redraw();
        return changed;
      },
    },
    describeViews(described) {
      views = described;
      redraw();
    },
    log,
  });

  await app.whenReady();
  const { defaultSession } = electron.session;
  // The system's proxy may be ourselves; what we show is on this machine.
  await defaultSession.setProxy({ mode: 'direct' });
  guardSession(defaultSession, () => [ground()]);
  defaultSession.protocol.handle('app', askEngine);
  engine.start();
  tray = createTray(electron, icons, platform, { ...act, open: () => windows.show() }, log);
  redraw();
  if (!options.hidden || !tray) windows.show();
  around.announce();
  if (settings.get().updates && updates.feed !== null)
    void updates.check(true).then(log, (error: unknown) => log(`updates: ${reasonOf(error)}`));
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
