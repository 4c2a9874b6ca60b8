// What a page, its own scripts or a stranger in its place, may not do.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { answerPages, readViews } from '../../electron/shell/answer-page.ts';
import { CHANNELS } from '../../electron/shell/channels.ts';
import { guardSession, isOutside, mayLoad, originOf } from '../../electron/shell/guard-contents.ts';
import { createWindows, windowOptions } from '../../electron/shell/workspace-windows.ts';
import { createElectronStandIn } from '../harness/electron-stand-in.ts';
import type { ElectronStandIn, StandInWindow } from '../harness/electron-stand-in.ts';

const OURS = { origin: 'app://sallyport' };
let home: string;
let world: ElectronStandIn;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'sallyport-shell-'));
});
afterAll(() => rmSync(home, { recursive: true }));
beforeEach(() => {
  world = createElectronStandIn({ home });
});

function openWindow(log: string[] = []): StandInWindow {
  createWindows({
    electron: world.electron,
    ground: () => ({ ...OURS, start: 'app://sallyport/', door: 'port' }),
    version: '1.0.0',
    preload: '/dist/preload.cjs',
    icon: '/dist/icons/icon-256.png',
    state: { get: () => null, put() {} },
    log: (line) => log.push(line),
  }).show();
  const [window] = world.windows;
  if (!window) throw new Error('no window came up');
  return window;
}

test('a page has nothing of Node, a world of its own and a process without rights', () => {
  expect(openWindow().options.webPreferences).toEqual({
    preload: '/dist/preload.cjs',
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
    additionalArguments: ['--sallyport-door=port', '--sallyport-version=1.0.0'],
  });
  expect(windowOptions({ version: '', preload: '', icon: '' }, 'socket').webPreferences?.additionalArguments).toContain(
    '--sallyport-door=socket',
  );
});

describe('a window', () => {
  test.each([
    ['https://evil.example/', true],
    ['http://127.0.0.1:4781/', true],
    ['app://other/', true],
    ['file:///etc/passwd', true],
    ['data:text/html,x', true],
    ['javascript:alert(1)', true],
    ['app://sallyport/traffic', false],
  ])('goes to %s: denied %s', (url, denied) => {
    const { webContents } = openWindow();
    expect(webContents.tries('will-navigate', { url })).toBe(denied);
    expect(webContents.tries('will-redirect', { url })).toBe(denied);
    expect(webContents.tries('will-frame-navigate', { url, isMainFrame: true })).toBe(denied);
    expect(webContents.tries('will-frame-navigate', { url, isMainFrame: false })).toBe(true);
  });

  test('embeds nothing', () => {
    expect(openWindow().webContents.tries('will-attach-webview', {})).toBe(true);
  });

  test('opens no window of its own making; outside links go to the browser when they are plain https', () => {
    const { webContents } = openWindow();
    for (const url of [
      'https://docs.example/page',
      'http://docs.example/',
      'file:///bin/sh',
      'ms-msdt:/id',
      'https://user:pw@docs.example/',
    ])
      expect(webContents.openHandler({ url })).toEqual({ action: 'deny' });
    expect(world.openedOutside).toEqual(['https://docs.example/page']);
  });

  test('opens a second workspace for a link of ours', () => {
    const { webContents } = openWindow();
    expect(webContents.openHandler({ url: 'app://sallyport/#/traffic' })).toEqual({ action: 'deny' });
    expect(world.windows.map(({ webContents: { url } }) => url)).toEqual([
      'app://sallyport/',
      'app://sallyport/#/traffic',
    ]);
    expect(world.windows[1]?.webContents.tries('will-navigate', { url: 'https://evil.example/' })).toBe(true);
  });

  test('that crashes is loaded again, but not for ever', () => {
    const log: string[] = [];
    const { webContents } = openWindow(log);
    for (let i = 0; i < 5; i++) webContents.emit('render-process-gone', {}, { reason: 'crashed' });
    expect(webContents.reloads).toBe(3);
    expect(log.at(-1)).toBe('The page ended unexpectedly (crashed); it is not loaded again.');
  });
});

describe('a session', () => {
  const guard = (name: string, ...args: unknown[]): unknown =>
    (world.guards[name] as ((...given: unknown[]) => unknown) | undefined)?.(...args);
  const contents = (url: string) => ({ getURL: () => url });
  beforeEach(() => guardSession(world.electron.session.defaultSession, () => [OURS]));

  test.each([
    'media',
    'geolocation',
    'notifications',
    'clipboard-read',
    'openExternal',
    'fullscreen',
    'hid',
    'unknown',
  ])('gives no page %s', (permission) => {
    let answer: unknown = null;
    guard('permissionRequest', contents('app://sallyport/'), permission, (given: boolean) => (answer = given));
    expect(answer).toBe(false);
    expect(guard('permissionCheck', null, permission, 'app://sallyport/')).toBe(false);
    expect(guard('device', {})).toBe(false);
  });

  test('lets our pages, and no others, put text on the clipboard', () => {
    const answers: unknown[] = [];
    const put = (given: boolean) => answers.push(given);
    guard('permissionRequest', contents('app://sallyport/x'), 'clipboard-sanitized-write', put);
    guard('permissionRequest', contents('https://evil.example/'), 'clipboard-sanitized-write', put);
    expect(answers).toEqual([true, false]);
    expect(guard('permissionCheck', null, 'clipboard-sanitized-write', 'app://sallyport/')).toBe(true);
    expect(guard('permissionCheck', null, 'clipboard-sanitized-write', 'https://evil.example/')).toBe(false);
  });

  test('saves what is ours by the system’s dialog, and nothing else', () => {
    const download = (url: string) => {
      let [prevented, dialog]: [boolean, unknown] = [false, null];
      const item = {
        getURL: () => url,
        getFilename: () => '../x.har',
        setSaveDialogOptions: (options: unknown) => (dialog = options),
      };
      guard('will-download', { preventDefault: () => (prevented = true) }, item);
      return [prevented, dialog];
    };
    expect(download('app://sallyport/api/jobs/1/file')).toEqual([false, { defaultPath: 'x.har' }]);
    expect(download('blob:app://sallyport/1')).toEqual([false, { defaultPath: 'x.har' }]);
    expect(download('https://evil.example/x.exe')).toEqual([true, null]);
  });

  test('loads nothing that is not ours', () => {
    const load = (url: string): unknown => {
      let answer: unknown = null;
      guard('request', { url }, (given: unknown) => (answer = given));
      return answer;
    };
    expect(load('app://sallyport/assets/a.js')).toEqual({ cancel: false });
    expect(load('https://telemetry.example/')).toEqual({ cancel: true });
    expect(mayLoad('blob:app://sallyport/1', [OURS])).toBe(true);
    expect(mayLoad('blob:https://evil.example/1', [OURS])).toBe(false);
    expect(mayLoad('ws://127.0.0.1:1/rpc', [OURS])).toBe(false);
    expect(mayLoad('ws://127.0.0.1:1/rpc', [{ origin: 'http://127.0.0.1:1' }])).toBe(true);
    expect(mayLoad('http://127.0.0.1:2/', [{ origin: 'http://127.0.0.1:1' }])).toBe(false);
    expect(mayLoad('file:///etc/passwd', [OURS])).toBe(false);
    expect(mayLoad('not an address', [OURS])).toBe(false);
  });
});

test.each([
  ['https://example.com/a?b=c', true],
  ['http://example.com/', false],
  ['https://user@example.com/', false],
  ['HTTPS://example.com', true],
  ['javascript:alert(1)', false],
  ['file:///etc/passwd', false],
  ['smb://host/share', false],
  ['vscode://file/home/ada/shop/src/charge.ts:42:7', true],
  ['vscode://file/C:/shop/charge.ts:42:7', true],
  ['vscode://file//host/share/x.ts:1:1', false],
  ['vscode://ms-vscode.remote/command', false],
  ['vscode://vscode.git/clone?url=evil', false],
  ['idea://open?file=/home/ada/x.kt&line=2', true],
  ['idea://settings?name=x', false],
  ['shell:startup', false],
  ['https://', false],
  [`https://example.com/${'a'.repeat(3000)}`, false],
])('%s is for the system’s browser: %s', (url, is) => expect(isOutside(url)).toBe(is));

test('origins of our own scheme can be told apart', () => {
  expect(originOf('app://sallyport/x?y#z')).toBe('app://sallyport');
  expect(originOf('app://sallyport.evil/x')).toBe('app://sallyport.evil');
  expect(originOf('nonsense')).toBe('');
});

describe('the bridge answers', () => {
  const log: string[] = [];
  let started = 0;
  function answer(): StandInWindow {
    const window = openWindow();
    answerPages({
      electron: world.electron,
      engine: {
        condition: () => ({ is: 'failed', why: 'x' }),
        onCondition: () => () => {},
        openPort: () => null,
        start: () => (started += 1),
      },
      windows: () => world.windows as never,
      origin: () => OURS.origin,
      askEngine: async () => new Response('{}'),
      changeTrust: async () => ({ changed: true, left: [] }),
      settings: {
        get: () => ({ launchAtLogin: false, keepInTray: false, updates: false, feed: null }),
        change: () => ({ launchAtLogin: true, keepInTray: false, updates: false, feed: null }),
      },
      describeViews() {},
      log: (line) => log.push(line),
    });
    return window;
  }

  test('our pages', async () => {
    const window = answer();
    expect(await world.invokes(window, CHANNELS.settings)).toEqual({
      value: { launchAtLogin: false, keepInTray: false, updates: false, feed: null },
    });
    world.sends(window, CHANNELS.restartEngine);
    expect(started).toBe(1);
  });

  test('no other page in our window, no frame in our page, no window of somebody else', async () => {
    const window = answer();
    const { url } = window.webContents;
    window.webContents.url = 'https://evil.example/';
    expect(await world.invokes(window, CHANNELS.changeTrust, 'install')).toEqual({
      why: 'Only the workspace may ask this.',
    });
    window.webContents.url = url;
    expect(await world.invokes(window, CHANNELS.changeTrust, 'install', { url })).toMatchObject({
      why: expect.anything(),
    });
    const other = new world.electron.BrowserWindow({}) as unknown as StandInWindow;
    world.windows.pop();
    other.webContents.url = url;
    expect(await world.invokes(other, CHANNELS.changeTrust, 'install')).toMatchObject({ why: expect.anything() });
    world.sends(other, CHANNELS.restartEngine);
    expect(started).toBe(1);
    expect(log.length).toBeGreaterThanOrEqual(4);
  });

  test.each([
    [CHANNELS.saveAs, { path: 'https://evil.example/', name: 'x' }],
    [CHANNELS.saveAs, { path: '/api/../../etc/passwd', name: 'x' }],
    [CHANNELS.saveAs, { path: '//evil.example/api/', name: 'x' }],
    [CHANNELS.saveAs, null],
    [CHANNELS.sendFile, { path: '/rpc/x', title: '', type: '', extensions: [] }],
    [CHANNELS.sendFile, { path: '/api/x' }],
    [CHANNELS.changeTrust, 'everything'],
  ])('%s with %j is refused', async (channel, value) => {
    expect(await world.invokes(answer(), channel, value)).toEqual({ why: expect.any(String) });
    expect(world.questions).toEqual([]);
  });

  test('what a page describes is cut to what a menu holds', () => {
    expect(readViews('nonsense')).toEqual([]);
    expect(readViews([{ action: 'view.a', title: 'A' }, { action: 1 }, null])).toEqual([
      { action: 'view.a', title: 'A' },
    ]);
    expect(readViews(Array.from({ length: 50 }, () => ({ action: 'a', title: 'b'.repeat(500) })))).toHaveLength(10);
  });
});
