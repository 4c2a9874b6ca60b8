// What the shell does to the machine it runs on, and what it asks before.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { passOptions } from '../../electron/hosts/pass-options.ts';
import { changeTrust } from '../../electron/shell/change-trust.ts';
import { menuTemplate, trayTemplate } from '../../electron/shell/menu.ts';
import type { MenuDoes, MenuState } from '../../electron/shell/menu.ts';
import { saveAs, sendFile } from '../../electron/shell/move-files.ts';
import { readShellOptions } from '../../electron/shell/shell-options.ts';
import { autostartEntry, keepSettings } from '../../electron/shell/shell-settings.ts';
import { describeState } from '../../electron/shell/tray.ts';
import { createUpdates, isFeed } from '../../electron/shell/updates.ts';
import type { Updater } from '../../electron/shell/updates.ts';
import { createElectronStandIn, menuItem } from '../harness/electron-stand-in.ts';
import type { ElectronStandIn } from '../harness/electron-stand-in.ts';

let home: string;
let world: ElectronStandIn;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'sallyport-manners-'));
  world = createElectronStandIn({ home });
});
afterEach(() => rmSync(home, { recursive: true }));
const window = () => new world.electron.BrowserWindow({});

describe('settings', () => {
  const keep = (platform: NodeJS.Platform) =>
    keepSettings({
      electron: world.electron,
      path: join(home, 'settings.json'),
      feed: null,
      platform,
      autostartDir: join(home, 'autostart'),
    });

  test('are all off at first, and nothing is installed', () => {
    expect(keep('linux').get()).toEqual({ launchAtLogin: false, keepInTray: false, updates: false, feed: null });
    expect([readdirSync(home), world.loginItems]).toEqual([[], []]);
  });

  test('launch at login is set and taken back', () => {
    const entry = join(home, 'autostart', 'sallyport.desktop');
    const linux = keep('linux');
    linux.change({ launchAtLogin: true });
    expect(readFileSync(entry, 'utf8')).toContain(`Exec="${join(home, 'exe')}" --hidden`);
    expect(keep('linux').get().launchAtLogin).toBe(true);
    linux.change({ launchAtLogin: false });
    expect(existsSync(entry)).toBe(false);
    keep('darwin').change({ launchAtLogin: true });
    expect(world.loginItems).toEqual([{ openAtLogin: true, args: ['--hidden'] }]);
  });

  test('a page sets what is there to set, to what it can be', () => {
    const kept = keep('linux').change({ keepInTray: 'yes', updates: true, feed: 'https://evil.example/', other: 1 });
    expect(kept).toEqual({ launchAtLogin: false, keepInTray: false, updates: true, feed: null });
    expect(JSON.parse(readFileSync(join(home, 'settings.json'), 'utf8'))).toEqual({
      launchAtLogin: false,
      keepInTray: false,
      updates: true,
    });
  });

  test('a damaged file counts as none', () => {
    writeFileSync(join(home, 'settings.json'), '{"keepInTray": tr');
    expect(keep('linux').get().keepInTray).toBe(false);
  });

  test('a program’s name cannot become a command', () => {
    expect(autostartEntry('/a "b" $(c) `d`/x')).toContain('Exec="/a \\"b\\" \\$(c) \\`d\\`/x" --hidden');
  });
});

describe('updates', () => {
  function updates(env: NodeJS.ProcessEnv, newer = true) {
    const asked: unknown[] = [];
    const updater: Updater = {
      autoDownload: true,
      autoInstallOnAppQuit: false,
      allowDowngrade: true,
      setFeedURL: (feed) => asked.push(feed),
      async checkForUpdates() {
        asked.push('check');
        return { isUpdateAvailable: newer, updateInfo: { version: '9.9.9' } };
      },
      downloadUpdate: async () => asked.push('download'),
    };
    return { ...createUpdates(async () => (asked.push('load'), updater), { env, resources: home }), asked, updater };
  }
  const FEED = { SALLYPORT_UPDATE_FEED: 'https://updates.example/sallyport/' };

  test('nothing is asked without a feed, nor before it is allowed', async () => {
    const none = updates({});
    expect([none.feed, await none.check(true), none.asked]).toEqual([
      null,
      expect.stringContaining('no update feed'),
      [],
    ]);
    const off = updates(FEED);
    expect([await off.check(false), off.asked]).toEqual([expect.stringContaining('switched off'), []]);
  });

  test('what a feed has is fetched, and installed at the next quit', async () => {
    const on = updates(FEED);
    expect(await on.check(true)).toContain('9.9.9');
    expect(on.asked).toEqual(['load', { provider: 'generic', url: FEED.SALLYPORT_UPDATE_FEED }, 'check', 'download']);
    expect(on.updater).toMatchObject({ autoDownload: false, autoInstallOnAppQuit: true, allowDowngrade: false });
    const same = updates(FEED, false);
    expect([await same.check(true), same.asked.includes('download')]).toEqual(['This is the newest version.', false]);
  });

  test('a feed that was built in is used as it is', async () => {
    writeFileSync(join(home, 'app-update.yml'), 'provider: generic\n');
    const built = updates({});
    await built.check(true);
    expect(built.asked).toEqual(['load', 'check', 'download']);
  });

  test.each([
    ['https://updates.example/', true],
    ['http://updates.example/', false],
    ['http://127.0.0.1:8080/', true],
    ['file:///tmp', false],
    ['', false],
  ])('%s is a feed: %s', (address, is) => expect(isFeed(address)).toBe(is));
});

describe('trust', () => {
  const plan = {
    certificate: { name: 'Sallyport CA', path: '/data/ca.pem' },
    steps: [
      { says: 'Copy the certificate', command: 'pkexec install /data/ca.pem /usr/x', optional: false },
      { says: 'Tell Firefox', command: 'certutil -A', optional: true },
    ],
    why: null,
  };
  function engine(change: Partial<typeof plan> = {}) {
    const done: string[] = [];
    return {
      done,
      planTrust: async () => ({ ...plan, ...change }) as never,
      async changeTrust(what: string) {
        done.push(what);
        return { done: true, why: null, left: ['Tell Firefox (exit code 1)'] };
      },
    };
  }

  test('every command is shown, and nothing is done without a yes', async () => {
    const asked = engine();
    expect(await changeTrust(world.electron, window(), asked, 'install')).toEqual({
      changed: false,
      why: 'Nothing was changed.',
    });
    expect(asked.done).toEqual([]);
    const [question] = world.questions;
    for (const { command, says } of plan.steps) {
      expect(question?.detail).toContain(command);
      expect(question?.detail).toContain(says);
    }
    expect(question?.detail).toContain('could impersonate any site');
    expect(question).toMatchObject({ defaultId: 1, cancelId: 1, buttons: ['Trust It', 'Cancel'] });
  });

  test('with a yes it is done, and what was left out is told', async () => {
    world.answers.question = 0;
    const asked = engine();
    expect(await changeTrust(world.electron, null, asked, 'uninstall')).toEqual({
      changed: true,
      left: ['Tell Firefox (exit code 1)'],
    });
    expect(asked.done).toEqual(['uninstall']);
  });

  test('where it cannot be done, nothing is asked', async () => {
    const asked = engine({ steps: [], why: 'How this system keeps its roots is not known.' } as never);
    expect(await changeTrust(world.electron, null, asked, 'install')).toMatchObject({
      changed: false,
      why: expect.stringContaining('not known'),
    });
    expect(world.questions).toEqual([]);
  });
});

describe('files', () => {
  test('are written where the user says, whole or not at all', async () => {
    const file = join(home, 'out.har');
    const request = { path: '/api/jobs/1/file', name: 'calls.har' };
    expect(await saveAs(world.electron, window(), request, async () => new Response('x'))).toEqual({ saved: false });
    world.answers.save = file;
    const asked: string[] = [];
    await saveAs(world.electron, window(), request, async ({ url }) => (asked.push(url), new Response('the export')));
    expect([asked, readFileSync(file, 'utf8')]).toEqual([['app://sallyport/api/jobs/1/file'], 'the export']);

    const cut = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('half'));
        controller.error(new Error('the engine went away'));
      },
    });
    await expect(saveAs(world.electron, window(), request, async () => new Response(cut))).rejects.toThrow(
      'the engine went away',
    );
    expect([readFileSync(file, 'utf8'), readdirSync(home)]).toEqual(['the export', ['out.har']]);
    const refused = new Response('{"detail":"There is no such job."}', { status: 404 });
    await expect(saveAs(world.electron, window(), request, async () => refused)).rejects.toThrow(
      /^There is no such job\.$/,
    );
  });

  test('are sent as they are, and the answer comes back', async () => {
    const request = { path: '/api/import', title: 'HAR', extensions: ['har'], type: 'application/json' };
    expect(await sendFile(world.electron, window(), request, async () => new Response('{}'))).toEqual({ sent: false });
    const file = join(home, 'in.har');
    writeFileSync(file, 'é'.repeat(200_000));
    world.answers.open = [file];
    const got: { type: string | null; bytes: number }[] = [];
    const answer = await sendFile(world.electron, window(), request, async (asked) => {
      got.push({ type: asked.headers.get('content-type'), bytes: (await asked.arrayBuffer()).byteLength });
      return new Response('{"id":7}');
    });
    expect([answer, got]).toEqual([
      { sent: true, name: 'in.har', answer: { id: 7 } },
      [{ type: 'application/json', bytes: 400_000 }],
    ]);
    world.answers.open = [join(home, 'gone.har')];
    await expect(sendFile(world.electron, window(), request, async () => new Response('{}'))).rejects.toThrow(
      'cannot be read',
    );
    world.answers.open = [home];
    await expect(sendFile(world.electron, window(), request, async () => new Response('{}'))).rejects.toThrow(
      'is not a file',
    );
  });
});

describe('the menu', () => {
  const done: unknown[] = [];
  const note = (name: string) => (value?: unknown) => void done.push(value === undefined ? name : [name, value]);
  const does: MenuDoes = {
    act: note('act'),
    pause: note('pause'),
    copyProxy: note('copyProxy'),
    changeTrust: note('changeTrust'),
    keepInTray: note('keepInTray'),
    checkForUpdates: note('checkForUpdates'),
    openFolder: note('openFolder'),
    quit: note('quit'),
  };
  const state = (change: Partial<MenuState> = {}): MenuState => ({
    platform: 'linux',
    development: false,
    views: [
      { action: 'view.overview', title: 'Overview' },
      { action: 'view.traffic', title: 'Traffic' },
      { action: 'view.settings', title: 'Settings' },
    ],
    paused: false,
    keepInTray: false,
    ...change,
  });
  const click = (template: ReturnType<typeof menuTemplate>, label: string): unknown => {
    done.length = 0;
    (menuItem(template, label)?.click as ((item: { checked: boolean }) => void) | undefined)?.({ checked: true });
    return done[0];
  };

  test.each(['linux', 'win32', 'darwin'] as const)(
    'on %s reaches views, palette, settings and quit by keys',
    (platform) => {
      const menu = menuTemplate(state({ platform }), does);
      expect([menuItem(menu, 'Overview')?.accelerator, menuItem(menu, 'Traffic')?.accelerator]).toEqual([
        'CmdOrCtrl+1',
        'CmdOrCtrl+2',
      ]);
      expect(click(menu, 'Traffic')).toEqual(['act', 'view.traffic']);
      expect([menuItem(menu, 'Settings…')?.accelerator, click(menu, 'Settings…')]).toEqual([
        'CmdOrCtrl+,',
        ['act', 'view.settings'],
      ]);
      expect(click(menu, 'Command Palette…')).toEqual(['act', 'palette.open']);
      expect(click(menu, platform === 'darwin' ? 'Quit Sallyport' : 'Quit')).toBe('quit');
      expect(click(menu, 'Make This Machine Trust the CA…')).toEqual(['changeTrust', 'install']);
      expect(JSON.stringify(menu)).not.toMatch(/"reload"|"toggleDevTools"/);
    },
  );

  test('has reload and developer tools for developers only', () => {
    expect(JSON.stringify(menuTemplate(state({ development: true }), does))).toMatch(/"reload".*"toggleDevTools"/);
  });

  test('pauses and resumes, and neither while the engine is away', () => {
    expect(click(menuTemplate(state(), does), 'Pause Recording')).toEqual(['pause', true]);
    expect(click(menuTemplate(state({ paused: true }), does), 'Resume Recording')).toEqual(['pause', false]);
    expect(menuItem(menuTemplate(state({ paused: null }), does), 'Pause Recording')?.enabled).toBe(false);
  });

  test('of the tray says how recording is, and leads back to the window', () => {
    const tray = trayTemplate({ paused: true, condition: 'Recording is paused' }, { ...does, open: note('open') });
    expect(tray[0]).toEqual({ label: 'Recording is paused', enabled: false });
    expect([click(tray, 'Open Sallyport'), click(tray, 'Resume Recording')]).toEqual(['open', ['pause', false]]);
  });

  test('says each condition in words', () => {
    const say = (condition: Parameters<typeof describeState>[0]['condition'], paused: boolean | null = false) =>
      describeState({ condition, paused, proxy: 'http://127.0.0.1:4780' });
    expect(say({ is: 'running' })).toBe('Recording what goes through http://127.0.0.1:4780');
    expect(say({ is: 'running' }, true)).toBe('Recording is paused');
    expect(say({ is: 'restarting', why: '', attempt: 1, inMs: 1 })).toContain('started again');
    expect(say({ is: 'failed', why: '' })).toContain('not running');
  });
});

test('what the command line passes on arrives as it was, and Chromium sees one word it does not know', () => {
  const passed = {
    data: join(home, 'my data'),
    proxyPort: 0,
    reach: { passThrough: ['*.bank.example'] },
    reachArguments: ['--pass-through', '*.bank.example'],
  };
  const word = passOptions(passed);
  expect(readShellOptions(['electron', 'shell.mjs', word, '--hidden'])).toEqual({
    dataDir: join(home, 'my data'),
    shellDir: join(home, 'my data', 'desktop'),
    proxyPort: 0,
    reach: passed.reach,
    reachArguments: passed.reachArguments,
    hidden: true,
  });
  expect(readShellOptions(['Sallyport.exe'])).toMatchObject({ reach: {}, hidden: false });
});
