// The whole app with the real engine: what a user sees of starting, crashing, starting twice and quitting. Electron is
// the stand-in, the engine's process a thread; the engine, its store, its doors and the ports are the real ones.
import { once } from 'node:events';
import { createServer, get, request } from 'node:http';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MessagePort } from 'node:worker_threads';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import type { ContractRouterClient } from '@orpc/contract';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { EngineCondition } from '../../shared/desktop/bridge.ts';
import type { Contract } from '../../shared/contract/index.ts';
import { isEngineLocked, readEngineFile } from '../../electron/hosts/engine-lock.ts';
import { openEngineService } from '../../electron/serve/engine-service.ts';
import { CHANNELS } from '../../electron/shell/channels.ts';
import { runShell } from '../../electron/shell/run-shell.ts';
import { createElectronStandIn, menuItem, ThreadProcess } from '../harness/electron-stand-in.ts';
import type { ElectronStandIn, StandInWindow } from '../harness/electron-stand-in.ts';

type Client = ContractRouterClient<Contract>;

const origin = createServer((_request, response) => response.end('{"ok":true}'));
beforeAll(async () => void (await once(origin.listen(0, '127.0.0.1'), 'listening')));
afterAll(() => {
  origin.closeAllConnections();
  origin.close();
});

let home: string;
let dist: string;
let dataDir: string;
let worlds: ElectronStandIn[];
let said: string[];
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'sallyport-app-'));
  dist = join(home, 'dist');
  dataDir = join(home, 'data');
  mkdirSync(join(dist, 'workspace'), { recursive: true });
  writeFileSync(join(dist, 'workspace', 'index.html'), 'the workspace');
  worlds = [];
  said = [];
});
afterEach(async () => {
  for (const world of worlds) if (world.done.exitCode === null) await quit(world);
  await vi.waitUntil(() => !existsSync(dataDir) || !isEngineLocked(dataDir), 20_000);
  rmSync(home, { recursive: true, force: true });
});

interface Launch {
  platform?: NodeJS.Platform;
  machine?: Map<string, never>;
  hidden?: boolean;
  hasTray?: boolean;
}

async function launch({ platform = 'linux', machine, hidden = false, hasTray = true }: Launch = {}) {
  const world = createElectronStandIn({ home, Process: ThreadProcess, hasTray, ...(machine ? { machine } : {}) });
  worlds.push(world);
  let announced = 0;
  await runShell(world.electron, {
    options: {
      dataDir,
      shellDir: join(dataDir, 'desktop'),
      proxyPort: 0,
      workspacePort: 0,
      reach: {},
      reachArguments: [],
      hidden,
    },
    version: '0.0.0-test',
    dist,
    platform,
    env: {},
    resources: undefined,
    greet: null,
    log: (line) => said.push(line),
    announce: () => (announced += 1),
    loadUpdater: () => Promise.reject(new Error('nothing may be asked for')),
  });
  return { world, announced: () => announced };
}

async function quit(world: ElectronStandIn): Promise<void> {
  const gone = new Promise((resolve) => world.app.once('test-exit', resolve));
  world.app.quit();
  await gone;
}

function windowOf(world: ElectronStandIn): StandInWindow {
  const [window] = world.windows;
  if (!window) throw new Error('there is no window');
  return window;
}

/** What the page was told of the engine, as it is now. */
async function becomes(window: StandInWindow, is: EngineCondition['is']): Promise<EngineCondition> {
  return vi.waitUntil(
    () => {
      const last = window.webContents.sent.findLast(({ channel }) => channel === CHANNELS.engine)?.value as
        | EngineCondition
        | undefined;
      return last?.is === is ? last : null;
    },
    { timeout: 20_000, interval: 20 },
  );
}

/** The page asks for a port, as it does when the engine runs, and speaks the contract over it. */
function pageClient(world: ElectronStandIn, window: StandInWindow): { api: Client; port: MessagePort } {
  world.sends(window, CHANNELS.requestPort);
  const port = window.webContents.posted.at(-1)?.ports[0];
  if (!port) throw new Error('no port came');
  port.start();
  return { api: createORPCClient(new RPCLink({ port })), port };
}

async function call(proxy: string, path: string): Promise<void> {
  const { hostname, port } = new URL(proxy);
  const asked = request({
    host: hostname,
    port,
    path: `http://127.0.0.1:${(origin.address() as AddressInfo).port}${path}`,
    agent: false,
  });
  asked.end();
  const [answer] = await once(asked, 'response');
  answer.resume();
  await once(answer, 'close');
}

test('the window opens on the workspace and speaks with the engine over a port of its own', async () => {
  const { world, announced } = await launch();
  const window = windowOf(world);
  expect([window.webContents.url, world.done.sandboxed, announced()]).toEqual(['app://sallyport/', true, 1]);
  expect(world.done.proxy).toEqual({ mode: 'direct' });
  await becomes(window, 'running');
  const { api, port } = pageClient(world, window);
  const info = await api.system.info();
  await call(info.proxy ?? '', '/from-a-program');
  await vi.waitFor(async () => {
    await api.system.flush();
    expect((await api.calls.list({ query: 'state:closed' })).calls.map(({ path }) => path)).toEqual([
      '/from-a-program',
    ]);
  }, 10_000);
  port.close();

  const ask = world.protocols.get('app');
  expect(await (await ask?.(new Request('app://sallyport/')))?.text()).toBe('the workspace');
  const answer = await ask?.(new Request('app://sallyport/api/system'));
  expect(await answer?.json()).toMatchObject({ dataDir, version: '0.0.0-test' });
  // Scripts and the command line find the same engine by its file, as ever.
  expect(readEngineFile(dataDir)).toMatchObject({ proxy: info.proxy, version: '0.0.0-test' });
});

test('a crash of the engine is shown, and it comes back on its ports with everything it had', async () => {
  const { world } = await launch();
  const window = windowOf(world);
  await becomes(window, 'running');
  const before = pageClient(world, window);
  const { proxy } = await before.api.system.info();
  await call(proxy ?? '', '/before');
  await before.api.system.flush();

  window.focused = false;
  (world.processes[0] as ThreadProcess).kill();
  expect(await becomes(window, 'restarting')).toMatchObject({
    attempt: 1,
    why: expect.stringContaining('unexpectedly'),
  });
  expect(world.notices).toEqual([expect.objectContaining({ title: 'The engine crashed and is started again' })]);
  await becomes(window, 'running');
  before.port.close();
  const after = pageClient(world, window);
  expect((await after.api.system.info()).proxy).toBe(proxy);
  await call(proxy ?? '', '/after');
  await vi.waitFor(async () => {
    await after.api.system.flush();
    expect((await after.api.calls.list({ query: 'state:closed' })).calls.map(({ path }) => path)).toEqual([
      '/after',
      '/before',
    ]);
  }, 10_000);
  after.port.close();
});

test('quitting stores everything and frees the folder before the process goes', async () => {
  const { world } = await launch();
  await becomes(windowOf(world), 'running');
  await call(readEngineFile(dataDir)?.proxy ?? '', '/last');
  await quit(world);
  expect([world.done.exitCode, isEngineLocked(dataDir), readEngineFile(dataDir)]).toEqual([0, false, null]);
  const again = await launch();
  await becomes(windowOf(again.world), 'running');
  const { api, port } = pageClient(again.world, windowOf(again.world));
  expect((await api.calls.list({})).calls.map(({ path, state }) => [path, state])).toEqual([['/last', 'closed']]);
  port.close();
});

test('a second launch brings the first one’s window to the front and goes', async () => {
  const machine = new Map<string, never>();
  const { world } = await launch({ machine });
  await becomes(windowOf(world), 'running');
  windowOf(world).minimized = true;
  const second = await launch({ machine });
  expect([second.world.done.exitCode, second.world.windows, second.world.processes, second.announced()]).toEqual([
    0,
    [],
    [],
    1,
  ]);
  expect(windowOf(world).done.slice(-3)).toEqual(['restore', 'show', 'focus']);
  expect(world.processes).toHaveLength(1);
});

test('a folder that another engine holds is shown over that engine’s own door, and left as it is', async () => {
  const service = await openEngineService({
    dataDir,
    version: 'other',
    reach: {},
    reachArguments: [],
    proxyPort: 0,
    workspacePort: 0,
    log() {},
  });
  const { world } = await launch();
  const window = windowOf(world);
  await vi.waitUntil(() => window.webContents.url === service.link, { timeout: 20_000 });
  expect(said.join('\n')).toContain('already (pid');
  expect(window.webContents.tries('will-navigate', { url: 'https://evil.example/' })).toBe(true);
  expect(world.notices).toEqual([]);
  await quit(world);
  // A browser's visit, not a script's: the engine is still there.
  const [answer] = await once(get(service.link), 'response');
  answer.resume();
  expect(answer.statusCode).toBe(303);
  await service.close();
});

test('where the engine cannot start, the page is told why, and may try again', async () => {
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, 'file'), '');
  dataDir = join(home, 'file', 'data');
  const world = createElectronStandIn({ home, Process: ThreadProcess });
  await runShell(world.electron, {
    options: {
      dataDir,
      shellDir: join(home, 'desktop'),
      proxyPort: 0,
      workspacePort: 0,
      reach: {},
      reachArguments: [],
      hidden: false,
    },
    version: '1',
    dist,
    platform: 'linux',
    env: {},
    resources: undefined,
    greet: null,
    log() {},
    announce() {},
    loadUpdater: () => Promise.reject(new Error('nothing may be asked for')),
  });
  const failed = await becomes(windowOf(world), 'failed');
  expect(failed).toMatchObject({ why: expect.stringContaining('cannot be used: part of the path is a file') });
  world.sends(windowOf(world), CHANNELS.restartEngine);
  await vi.waitUntil(() => world.processes.length === 2, 10_000);
  await quit(world);
  dataDir = join(home, 'data');
});

describe('closing the window', () => {
  const close = (world: ElectronStandIn): void => (windowOf(world) as StandInWindow & { close(): void }).close();

  test('quits, and the next start opens it where it was', async () => {
    const { world } = await launch();
    windowOf(world).bounds = { x: 100, y: 50, width: 1000, height: 700 };
    const gone = new Promise((resolve) => world.app.once('test-exit', resolve));
    close(world);
    await gone;
    expect(JSON.parse(readFileSync(join(dataDir, 'desktop', 'window.json'), 'utf8'))).toEqual({
      x: 100,
      y: 50,
      width: 1000,
      height: 700,
      maximized: false,
    });
    const again = await launch();
    expect(windowOf(again.world).options).toMatchObject({ x: 100, y: 50, width: 1000, height: 700 });
  });

  test('leaves recording on in the tray where that was switched on, and where there is a tray', async () => {
    const { world } = await launch();
    await world.invokes(windowOf(world), CHANNELS.changeSettings, { keepInTray: true });
    await becomes(windowOf(world), 'running');
    close(world);
    expect([world.done.exitCode, isEngineLocked(dataDir)]).toEqual([null, true]);
    (menuItem(world.trayMenu(), 'Open Sallyport')?.click as (() => void) | undefined)?.();
    expect(world.windows).toHaveLength(1);
    await quit(world);
    const bare = await launch({ hasTray: false });
    const gone = new Promise((resolve) => bare.world.app.once('test-exit', resolve));
    close(bare.world);
    await gone;
  });

  test('leaves the program running on macOS', async () => {
    const { world } = await launch({ platform: 'darwin' });
    close(world);
    expect(world.done.exitCode).toBe(null);
    world.app.emit('activate');
    expect(world.windows).toHaveLength(1);
  });
});

test('started at login it shows no window, only its tray; without a tray it shows itself', async () => {
  const { world } = await launch({ hidden: true });
  expect(world.windows).toEqual([]);
  expect(menuItem(world.trayMenu(), 'Open Sallyport')).not.toBe(null);
  await quit(world);
  expect((await launch({ hidden: true, hasTray: false })).world.windows).toHaveLength(1);
});

test('the page names its views for the menu, and hears what is chosen there', async () => {
  const { world } = await launch();
  const window = windowOf(world);
  world.sends(window, CHANNELS.describeViews, [{ action: 'view.traffic', title: 'Traffic' }]);
  const item = menuItem(world.menus.at(-1) ?? [], 'Traffic');
  expect(item?.accelerator).toBe('CmdOrCtrl+1');
  (item?.click as (() => void) | undefined)?.();
  expect(window.webContents.sent.at(-1)).toEqual({ channel: CHANNELS.command, value: 'view.traffic' });
});

test('the tray says in words what recording does', async () => {
  const { world } = await launch();
  expect(world.done.trayTip).toBe('Sallyport: The engine is starting');
  await becomes(windowOf(world), 'running');
  expect(world.done.trayTip).toMatch(/^Sallyport: Recording what goes through http:\/\/127\.0\.0\.1:\d+$/);
  expect(world.done.trayImage).toBe(join(dist, 'icons', 'tray.png'));
});

test('recording is paused from the tray, and menu, tray and page agree', async () => {
  const { world } = await launch();
  const window = windowOf(world);
  await becomes(window, 'running');
  const click = (label: string): void => (menuItem(world.trayMenu(), label)?.click as (() => void) | undefined)?.();
  await vi.waitUntil(() => menuItem(world.trayMenu(), 'Pause Recording')?.enabled === true, 10_000);
  click('Pause Recording');
  await vi.waitUntil(() => world.done.trayTip === 'Sallyport: Recording is paused', 10_000);
  expect(world.done.trayImage).toBe(join(dist, 'icons', 'tray-paused.png'));
  expect(menuItem(world.menus.at(-1) ?? [], 'Resume Recording')?.enabled).toBe(true);
  const { api, port } = pageClient(world, window);
  const { proxy } = await api.system.info();
  await call(proxy ?? '', '/unrecorded');
  click('Resume Recording');
  await vi.waitUntil(() => world.done.trayTip.startsWith('Sallyport: Recording what'), 10_000);
  await call(proxy ?? '', '/recorded');
  await vi.waitFor(async () => {
    await api.system.flush();
    expect((await api.calls.list({ query: 'state:closed' })).calls.map(({ path }) => path)).toEqual(['/recorded']);
  }, 10_000);
  port.close();
});

test('the token is nowhere in what the page is sent, and nowhere in what is logged', async () => {
  const { world } = await launch();
  const window = windowOf(world);
  await becomes(window, 'running');
  const token = readEngineFile(dataDir)?.token ?? '';
  expect(token).toMatch(/^[\w-]{43}$/);
  const told = JSON.stringify([
    window.webContents.sent,
    window.options,
    said,
    world.menus,
    world.notices,
    window.webContents.url,
  ]);
  expect(told).not.toContain(token);
});
