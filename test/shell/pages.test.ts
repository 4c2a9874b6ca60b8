// The workspace by its other door: the built pages in a real Chromium, on the desktop's protocol, with the built preload
// and a MessagePort to the real engine. Electron is the stand-in: what it carries between processes is carried here
// between this process and the browser's page.
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { MessagePort } from 'node:worker_threads';
import { chromium } from 'playwright';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readEngineFile } from '../../electron/hosts/engine-lock.ts';
import { runShell } from '../../electron/shell/run-shell.ts';
import { createElectronStandIn, menuItem, ThreadProcess } from '../harness/electron-stand-in.ts';
import type { ElectronStandIn, StandInWindow } from '../harness/electron-stand-in.ts';

const dist = fileURLToPath(new URL('../../dist/', import.meta.url));
/** Why there is nothing to try this in; null when there is. */
const noBrowser = process.env['CHROMIUM'] ? null : (process.env['CHROMIUM_MISSING'] ?? 'CHROMIUM names no browser');
const missing = noBrowser ?? (existsSync(join(dist, 'shell.mjs')) ? null : 'dist/ has not been built');
const origin = createServer((_request, response) => response.end('{}'));
let home: string;
let world: ElectronStandIn;
let browser: Browser;
let page: Page;
const complaints: string[] = [];

beforeAll(async () => {
  if (missing !== null) return;
  await once(origin.listen(0, '127.0.0.1'), 'listening');
  home = mkdtempSync(join(tmpdir(), 'sallyport-desktop-'));
  world = createElectronStandIn({ home, Process: ThreadProcess });
  await runShell(world.electron, {
    options: {
      dataDir: join(home, 'data'),
      shellDir: join(home, 'data', 'desktop'),
      proxyPort: 0,
      workspacePort: 0,
      reach: {},
      reachArguments: [],
      hidden: false,
    },
    version: '0.0.0-test',
    dist,
    platform: 'linux',
    env: {},
    resources: undefined,
    greet: null,
    log() {},
    announce() {},
    loadUpdater: () => Promise.reject(new Error('nothing may be asked for')),
  });
  browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
  });
  page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
  page.on('pageerror', (error) => complaints.push(error.stack ?? error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  const [window] = world.windows;
  if (window) await connectPage(page, window);
  await page.goto('https://sallyport.test/#/traffic');
});
afterAll(async () => {
  if (missing !== null) return;
  await browser.close();
  const gone = new Promise((resolve) => world.app.once('test-exit', resolve));
  world.app.quit();
  await gone;
  origin.close();
  rmSync(home, { recursive: true });
});

/** Gives the browser's page what Electron gives a window's: the protocol, the preload, messages, ports. */
async function connectPage(target: Page, window: StandInWindow): Promise<void> {
  const protocol = world.protocols.get('app');
  await target.route('https://sallyport.test/**', async (route) => {
    const { pathname, search } = new URL(route.request().url());
    const post = route.request().postDataBuffer();
    const answer = await protocol?.(
      new Request(`app://sallyport${pathname}${search}`, {
        method: route.request().method(),
        ...(post === null ? {} : { body: new Uint8Array(post) }),
      }),
    );
    await route.fulfill({
      status: answer?.status ?? 500,
      headers: Object.fromEntries(answer?.headers ?? []),
      body: Buffer.from((await answer?.arrayBuffer()) ?? new ArrayBuffer()),
    });
  });
  const ports = new Map<number, MessagePort>();
  await target.exposeFunction('toMain', (channel: string, value: unknown) => world.sends(window, channel, value));
  await target.exposeFunction('askMain', (channel: string, value: unknown) => world.invokes(window, channel, value));
  await target.exposeFunction('toPort', (id: number, data: string) => ports.get(id)?.postMessage(data));
  const tell = (message: object): void =>
    void target.evaluate((said) => Reflect.get(globalThis, 'fromMain')(said), message).catch(() => {});
  window.webContents.on('test-sent', (channel: string, value: unknown) => tell({ channel, value }));
  window.webContents.on('test-posted', (channel: string, [port]: MessagePort[]) => {
    const id = ports.size;
    if (!port) return;
    ports.set(id, port);
    port.on('message', (data) => tell({ port: id, data }));
    tell({ channel, port: id, open: true });
  });
  await target.addInitScript(`(() => {
    const listeners = new Map(), ports = new Map();
    window.fromMain = ({ channel, value, port, data, open }) => {
      if (open) {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = (event) => toPort(port, event.data);
        ports.set(port, port1);
        for (const listener of listeners.get(channel) ?? []) listener({ ports: [port2] });
      } else if (port !== undefined) ports.get(port).postMessage(data);
      else for (const listener of listeners.get(channel) ?? []) listener({}, value);
    };
    const electron = {
      contextBridge: { exposeInMainWorld: (name, value) => (window[name] = value) },
      ipcRenderer: {
        on: (channel, listener) => listeners.set(channel, [...(listeners.get(channel) ?? []), listener]),
        send: (channel, value) => void toMain(channel, value),
        invoke: (channel, value) => askMain(channel, value),
      },
    };
    const process = { argv: ['--sallyport-door=port', '--sallyport-version=0.0.0-test'], platform: 'linux' };
    ((require, process) => {
      ${readFileSync(join(dist, 'preload.cjs'), 'utf8')}
    })(() => electron, process);
  })()`);
}

async function call(path: string): Promise<void> {
  const { hostname, port } = new URL(readEngineFile(join(home, 'data'))?.proxy ?? '');
  const target = `http://127.0.0.1:${(origin.address() as AddressInfo).port}${path}`;
  const asked = request({ host: hostname, port, path: target, agent: false });
  asked.end();
  const [answer] = await once(asked, 'response');
  answer.resume();
  await once(answer, 'close');
}

const capturing = () => page.getByRole('button', { name: /capturing/ });

test('the page comes to its engine over a port, and shows the calls that a program makes', async (context) => {
  if (missing !== null) return context.skip(missing);
  await capturing().waitFor();
  await call('/seen-on-the-desktop');
  await page.getByText('/seen-on-the-desktop').first().waitFor();
});

test('the menu knows the views, and opens them', async (context) => {
  if (missing !== null) return context.skip(missing);
  await capturing().waitFor();
  const item = menuItem(world.menus.at(-1) ?? [], 'Overview');
  expect(item?.accelerator).toBe('CmdOrCtrl+1');
  (item?.click as (() => void) | undefined)?.();
  await page.waitForURL(/#\/overview/);
  await page.goto('https://sallyport.test/#/traffic');
});

test('a crash of the engine is shown with its reason, and the page goes on when it is back', async (context) => {
  if (missing !== null) return context.skip(missing);
  await capturing().waitFor();
  const alert = page.getByRole('alert').filter({ hasText: 'cannot be reached' });
  (world.processes.at(-1) as ThreadProcess).kill();
  await alert.waitFor();
  expect(await alert.innerText()).toContain('ended unexpectedly');
  await alert.waitFor({ state: 'detached' });
  await capturing().waitFor();
  await call('/after-the-crash');
  await page.getByText('/after-the-crash').first().waitFor();
  await page.getByText('/seen-on-the-desktop').first().waitFor();
});

test('no rule of the policy was broken on the way', (context) => {
  if (missing !== null) return context.skip(missing);
  expect(complaints).toEqual([]);
});
