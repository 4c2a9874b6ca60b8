// The system's own proxy: what was there comes back, whatever happens, and nothing that is somebody else's is touched.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createRunner } from '../../../../electron/engine/capture/attach/run-tool.ts';
import { systemProxyTarget } from '../../../../electron/engine/capture/attach/system-proxy/system-proxy.ts';
import type { Surroundings, Target } from '../../../../electron/engine/capture/attach/target.ts';
import { startEngine } from '../../../harness/engine-under-test.ts';
import { surroundings } from './surroundings.ts';
import { systemTools, type SystemTools } from './system-tools.ts';

let folder: string;
let log: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-test-'));
  log = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const PLATFORMS = { gnome: 'linux', macos: 'darwin', windows: 'win32' } as const;
type System = keyof typeof PLATFORMS;

const make = (system: System, tools: SystemTools, change: Partial<Surroundings> = {}): Target =>
  systemProxyTarget(
    surroundings(folder, {
      platform: PLATFORMS[system],
      runner: tools.runner,
      log: (line) => log.push(line),
      ...change,
    }),
  );
const toolsOf = (system: System, options?: Parameters<typeof systemTools>[2]): SystemTools =>
  systemTools(system, join(folder, 'settings.json'), options);

/** What the system must say while our proxy is on. */
const ON: Record<System, Record<string, string>> = {
  gnome: {
    'org.gnome.system.proxy mode': `'manual'`,
    'org.gnome.system.proxy.https host': `'127.0.0.1'`,
    'org.gnome.system.proxy.https port': '4780',
    'org.gnome.system.proxy.http port': '4780',
  },
  macos: {
    'Wi-Fi/webproxy': 'Yes 127.0.0.1 4780',
    'Wi-Fi/securewebproxy': 'Yes 127.0.0.1 4780',
    'USB 10/100 LAN/securewebproxy': 'Yes 127.0.0.1 4780',
  },
  windows: { ProxyEnable: '0x1', ProxyServer: '127.0.0.1:4780', ProxyOverride: '<local>' },
};
/** A setting of each that somebody else may change. */
const OTHERS: Record<System, [name: string, value: string]> = {
  gnome: ['org.gnome.system.proxy mode', `'auto'`],
  macos: ['Wi-Fi/securewebproxy', 'Yes somebody.test 8080'],
  windows: ['ProxyServer', 'somebody.test:8080'],
};
/** What switches another proxy on. */
const OTHER_PROXY: Record<System, [name: string, value: string][]> = {
  gnome: [['org.gnome.system.proxy mode', `'manual'`]],
  macos: [['Wi-Fi/securewebproxy', 'Yes old.proxy.test 3128']],
  windows: [
    ['ProxyEnable', '0x1'],
    ['ProxyServer', 'old.proxy.test:3128'],
  ],
};

describe.each(Object.keys(PLATFORMS) as System[])('%s', (system) => {
  test('is set for every program, and exactly what was there comes back', async () => {
    const tools = toolsOf(system);
    const before = tools.state();
    const target = make(system, tools);
    await target.switch?.(true);
    expect(tools.state()).toMatchObject(ON[system]);
    expect(await target.look()).toMatchObject({ available: true, on: true });
    await target.switch?.(false);
    expect(tools.state()).toEqual(before);
    expect(await target.look()).toMatchObject({ on: false });
  });

  test('comes back when the engine stops, and at the next start of one that was killed', async () => {
    const tools = toolsOf(system);
    const before = tools.state();
    const stopped = make(system, tools);
    await stopped.switch?.(true);
    await stopped.stop?.();
    expect(tools.state()).toEqual(before);
    await make(system, tools).switch?.(true);
    // Killed: nothing was undone. The next one begins with undoing.
    await make(system, tools).restore?.();
    expect(tools.state()).toEqual(before);
    expect(log).toHaveLength(1);
  });

  test('a setting that somebody else has changed meanwhile stays theirs', async () => {
    const tools = toolsOf(system);
    const before = tools.state();
    const target = make(system, tools);
    await target.switch?.(true);
    const [name, value] = OTHERS[system];
    tools.set(name, value);
    expect(await target.look()).toMatchObject({ on: false });
    await target.switch?.(false);
    expect(tools.state()).toEqual({ ...before, [name]: value });
  });

  test('can be switched on again after somebody else has changed it', async () => {
    const tools = toolsOf(system);
    const target = make(system, tools, { hasWayOut: () => true });
    await target.switch?.(true);
    const [name, value] = OTHERS[system];
    tools.set(name, value);
    const theirs = { ...tools.state() };
    await target.switch?.(true);
    expect(tools.state()).toMatchObject(ON[system]);
    await target.switch?.(false);
    expect(tools.state()[name]).toBe(theirs[name]);
  });

  test('is refused where another proxy would be left out, unless the engine goes out through one', async () => {
    const tools = toolsOf(system);
    for (const [name, value] of OTHER_PROXY[system]) tools.set(name, value);
    const before = tools.state();
    await expect(make(system, tools).switch?.(true)).rejects.toThrow(/another proxy \(old\.proxy\.test/);
    expect(tools.state()).toEqual(before);
    const chained = make(system, tools, { hasWayOut: () => true });
    await chained.switch?.(true);
    expect(tools.state()).toMatchObject(ON[system]);
    await chained.switch?.(false);
    expect(tools.state()).toEqual(before);
  });

  test('is refused as long as the machine does not trust us: every https call would fail', async () => {
    const tools = toolsOf(system);
    const before = tools.state();
    const target = make(system, tools, { machineTrustsUs: async () => false });
    await expect(target.switch?.(true)).rejects.toMatchObject({
      message: expect.stringMatching(/does not trust/),
      remedy: expect.stringMatching(/ca install/),
    });
    expect(tools.state()).toEqual(before);
  });

  test('half done is undone when a setting is not taken', async () => {
    const last = { gnome: /set org\.gnome\.system\.proxy mode/, macos: /USB.*127/, windows: /add .*ProxyEnable/ }[
      system
    ];
    const tools = toolsOf(system, { fails: last });
    const before = tools.state();
    await expect(make(system, tools).switch?.(true)).rejects.toThrow(/rights/);
    expect(tools.state()).toEqual(before);
  });
});

test('Windows: an automatic configuration is taken out and put back, and running programs are told', async () => {
  const tools = toolsOf('windows');
  tools.set('AutoConfigURL', 'http://wpad.test/proxy.pac');
  const target = make('windows', tools, { hasWayOut: () => true });
  await target.switch?.(true);
  expect(tools.state()).not.toHaveProperty('AutoConfigURL');
  expect(tools.commands.at(-1)).toMatch(/InternetSetOption/);
  await target.switch?.(false);
  expect(tools.state()['AutoConfigURL']).toBe('http://wpad.test/proxy.pac');
});

test('macOS: a proxy with a password is refused, because it could not be put back', async () => {
  const tools = toolsOf('macos');
  tools.set('auth', '1');
  await expect(make('macos', tools).switch?.(true)).rejects.toThrow(/password/);
});

test('without a desktop it says so', async () => {
  const target = make('gnome', toolsOf('gnome'), { environment: {} });
  expect(await target.look()).toMatchObject({ available: false, why: expect.stringMatching(/outside of a desktop/) });
  await expect(target.switch?.(true)).rejects.toThrow(/outside of a desktop/);
});

test('the real gsettings takes and gives what we write', async (context) => {
  const environment = {
    PATH: process.env['PATH'],
    HOME: folder,
    XDG_CONFIG_HOME: folder,
    GSETTINGS_BACKEND: 'keyfile',
    DISPLAY: ':0',
  };
  const runner = createRunner(environment);
  const probe = runner.find('gsettings') && (await runner.run('gsettings', ['get', 'org.gnome.system.proxy', 'mode']));
  if (!probe || probe.code !== 0) return context.skip('gsettings with the schema of GNOME’s proxy is not installed');
  const target = make('gnome', toolsOf('gnome'), { environment, runner });
  const all = async (): Promise<string> =>
    (await runner.run('gsettings', ['list-recursively', 'org.gnome.system.proxy'])).stdout;
  const before = await all();
  await target.switch?.(true);
  expect(await all()).toMatch(/org\.gnome\.system\.proxy mode 'manual'/);
  expect(await all()).toMatch(/org\.gnome\.system\.proxy\.https port 4780/);
  expect(await target.look()).toMatchObject({ on: true });
  await target.switch?.(false);
  expect(await all()).toBe(before);
});

test('an engine that is killed with the proxy on: its guard puts back what was there at once', async (context) => {
  const environment = { ...process.env, XDG_CONFIG_HOME: folder, GSETTINGS_BACKEND: 'keyfile', DISPLAY: ':0' };
  const runner = createRunner(environment);
  const all = async (): Promise<string> =>
    (await runner.run('gsettings', ['list-recursively', 'org.gnome.system.proxy'])).stdout;
  const before = await all();
  if (!before.includes('org.gnome.system.proxy mode'))
    return context.skip('gsettings with the schema of GNOME’s proxy is not installed');
  const dataDir = join(folder, 'data');
  const program = fileURLToPath(new URL('proxy-with-guard.ts', import.meta.url));
  const child = spawn(process.execPath, [program, dataDir], { stdio: ['ignore', 'pipe', 'inherit'], env: environment });
  await once(child.stdout, 'data');
  expect(await all()).toMatch(/org\.gnome\.system\.proxy mode 'manual'/);
  child.kill('SIGKILL');
  await expect.poll(all, { timeout: 20_000 }).toBe(before);
  await expect.poll(() => existsSync(join(dataDir, 'attached', 'system-proxy.json')), { timeout: 20_000 }).toBe(false);
});

test('an engine that is killed with the proxy on: the next one puts back what was there', async () => {
  const file = join(folder, 'settings.json');
  const tools = systemTools('windows', file);
  const before = tools.state();
  const dataDir = join(folder, 'data');
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL('engine-with-proxy.ts', import.meta.url)), dataDir, file],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  await once(child.stdout, 'data');
  expect(tools.state()).toMatchObject({ ProxyEnable: '0x1', ProxyServer: expect.stringMatching(/^127\.0\.0\.1:\d+$/) });
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(tools.state()).toMatchObject({ ProxyEnable: '0x1' });
  const engine = await startEngine({ dataDir, tools: { runner: tools.runner, platform: 'win32' } });
  expect(tools.state()).toEqual(before);
  expect(engine.log.join()).toMatch(/killed was put back/);
  expect(existsSync(join(dataDir, 'attached', 'system-proxy.json'))).toBe(false);
  await engine.stop();
});
