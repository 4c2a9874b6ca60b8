import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { findDesktop, hasDisplay } from '../../electron/cli/find-desktop.ts';
import { chooseOpener } from '../../electron/cli/open-browser.ts';
import type { Surroundings } from '../../electron/cli/open-browser.ts';
import { isEngineLocked, readEngineFile } from '../../electron/hosts/engine-lock.ts';
import { sallyport, start } from '../harness/command.ts';

/** How a user gets from the terminal into the workspace. */

let dir: string;
let data: string;
const started: ReturnType<typeof start>[] = [];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'sallyport-open-'));
  data = join(dir, 'data');
});
afterEach(async () => {
  for (const child of started.splice(0))
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  await vi.waitUntil(() => !isEngineLocked(data), 20_000);
  rmSync(dir, { recursive: true, force: true });
});

/** A browser that notes how it was started, and where it was when it ended. */
function notingBrowser(exitCode = 0): { env: Record<string, string>; noted: () => string[] } {
  const file = join(dir, 'browser.sh');
  const notes = join(dir, 'notes');
  writeFileSync(
    file,
    `#!/bin/sh\nprintf '%s\\n' "$@" > '${notes}.part'\nmv '${notes}.part' '${notes}'\nexit ${exitCode}\n`,
  );
  chmodSync(file, 0o755);
  return {
    env: { SALLYPORT_BROWSER: file, DISPLAY: ':99' },
    noted: () => (existsSync(notes) ? readFileSync(notes, 'utf8').trim().split('\n') : []),
  };
}

/** Runs `start` until it has said what is waited for. */
function startUntil(words: RegExp, args: string[], env: Record<string, string> = {}) {
  const child = start(['start', '--data', data, '-p', '0', '-w', '0', ...args], {
    DISPLAY: '',
    WAYLAND_DISPLAY: '',
    ...env,
  });
  started.push(child);
  let said = '';
  child.stdout.on('data', (chunk) => (said += String(chunk)));
  child.stderr.on('data', (chunk) => (said += String(chunk)));
  const ended = once(child, 'close');
  return {
    child,
    ended,
    said: () => said,
    ready: vi.waitUntil(() => {
      if (child.exitCode !== null) throw new Error(said);
      return words.test(said);
    }, 20_000),
  };
}

/** Opens an address as somebody does by hand; Node's fetch would say that a script asks. */
async function visit(address: string): Promise<[status: number | undefined, location: string | undefined]> {
  const [answer] = (await once(get(address), 'response')) as [IncomingMessage];
  answer.resume();
  return [answer.statusCode, answer.headers.location];
}

const link = (text: string): string => /^Workspace: (\S+)$/m.exec(text)?.[1] ?? '';

test.skipIf(process.platform === 'win32')(
  'start prints the link that opens the workspace, and opens a window of its own on it',
  async () => {
    const browser = notingBrowser();
    const run = startUntil(/It opens/, ['--browser'], browser.env);
    await run.ready;
    const running = readEngineFile(data);
    expect(link(run.said())).toBe(`${running?.workspace}?token=${running?.token}`);
    expect(await visit(link(run.said()))).toEqual([303, '/']);

    await vi.waitUntil(() => browser.noted().length > 0, 10_000);
    const [app, profile] = browser.noted();
    const address = app?.slice('--app='.length) ?? '';
    expect(profile).toBe(`--user-data-dir=${join(data, 'browser')}`);
    // Other users of the machine can read a command line: what stands there works once, and is not the token.
    expect(browser.noted().join()).not.toContain(running?.token);
    expect((await visit(address))[0]).toBe(303);
    expect((await visit(address))[0]).toBe(401);

    run.child.kill('SIGTERM');
    expect(await run.ended).toEqual([0, null]);
  },
);

test.skipIf(process.platform === 'win32')(
  'a browser that does not come up is told of, and the engine goes on',
  async () => {
    const run = startUntil(/No browser came up/, [], notingBrowser(1).env);
    await run.ready;
    expect(run.said()).toMatch(/^No desktop window: .+; the workspace opens in a browser\.$/m);
    expect(run.said()).toContain('ended with exit code 1). Open the link above yourself.');
    expect((await visit(link(run.said())))[0]).toBe(303);
  },
);

test('where there is no display, start says so, prints the link and goes on', async () => {
  const run = startUntil(/Nothing is opened/, []);
  await run.ready;
  if (process.platform === 'linux')
    expect(run.said().match(/^.*(window|opened).*$/gm)).toEqual([
      'Nothing is opened: there is no display. Open the link above in a browser on this machine.',
    ]);
  expect((await visit(link(run.said())))[0]).toBe(303);
});

test('start --no-open prints the link and nothing about windows', async () => {
  const run = startUntil(/Workspace:/, ['--no-open']);
  await run.ready;
  expect(run.said()).not.toMatch(/window|opened|browser/);
});

test('start and open on a folder with an engine open its workspace; start leaves the engine as it is', async () => {
  const run = startUntil(/Workspace:/, ['--no-open']);
  await run.ready;
  const env = { DISPLAY: '', WAYLAND_DISPLAY: '' };
  const again = await sallyport(['start', '--data', data], env);
  expect([again.code, link(again.stdout)]).toEqual([0, link(run.said())]);
  expect(again.stdout).toMatch(/^Sallyport runs on .* already \(pid \d+\)\.$/m);
  expect(again.stderr).toMatch(/Nothing is opened|It opens/);
  const opened = await sallyport(['open', '--data', data, '--print']);
  expect([opened.code, opened.stdout, opened.stderr]).toEqual([0, `Workspace: ${link(run.said())}\n`, '']);
  expect(run.child.exitCode).toBe(null);
});

test('open without an engine says how to start one', async () => {
  const ended = await sallyport(['open', '--data', data]);
  expect([ended.code, ended.stdout]).toEqual([3, '']);
  expect(ended.stderr).toContain('No engine runs on it. Start one with: sallyport serve');
});

test('serve says its token to terminals only: its output often goes to a log', async () => {
  const child = start(['serve', '--data', data, '-p', '0', '-w', '0']);
  started.push(child);
  let said = '';
  child.stdout.on('data', (chunk) => (said += String(chunk)));
  child.stderr.on('data', (chunk) => (said += String(chunk)));
  await vi.waitUntil(() => said.includes('Workspace:'), 20_000);
  const running = readEngineFile(data);
  expect(said).toContain(`Workspace: ${running?.workspace} (opened by: npx sallyport open --data`);
  expect(said).not.toContain(running?.token);
});

describe('what opens an address', () => {
  const here = (change: Partial<Surroundings>, files: string[] = []): Surroundings => ({
    env: { DISPLAY: ':0', PATH: '/bin:/opt/bin' },
    platform: 'linux',
    isRoot: false,
    exists: (path) => files.includes(path.replaceAll('\\', '/')),
    ...change,
  });
  const choose = (change: Partial<Surroundings>, files: string[] = []) =>
    chooseOpener('http://x/', '/p', here(change, files));

  test('a Chrome, Chromium or Edge, as a window with a profile of its own and no proxy', () => {
    for (const name of ['google-chrome', 'chromium', 'microsoft-edge']) {
      const opener = choose({}, [`/opt/bin/${name}`, '/bin/xdg-open']);
      expect(opener).toMatchObject({ file: `/opt/bin/${name}` });
      expect(typeof opener === 'object' && opener.args).toEqual(
        expect.arrayContaining([
          '--app=http://x/',
          '--user-data-dir=/p',
          '--no-proxy-server',
          '--disable-background-networking',
        ]),
      );
    }
  });

  test('the one that was named, before all others', () => {
    const env = { DISPLAY: ':0', PATH: '/bin', SALLYPORT_BROWSER: '/my/chrome' };
    expect(choose({ env, isRoot: true }, ['/my/chrome', '/bin/chromium'])).toMatchObject({ file: '/my/chrome' });
    expect(choose({ env }, ['/bin/chromium'])).toBe('$SALLYPORT_BROWSER names /my/chrome, which is not there');
  });

  test('else what the system opens addresses with', () => {
    expect(choose({}, ['/bin/xdg-open'])).toEqual({ name: 'in your browser', file: 'xdg-open', args: ['http://x/'] });
    expect(choose({ platform: 'darwin' })).toMatchObject({ file: 'open' });
    expect(choose({ platform: 'win32', env: {} })).toMatchObject({ file: 'rundll32' });
    expect(choose({})).toBe('no browser was found');
  });

  test('no Chromium for the administrator: it would need its sandbox off', () => {
    expect(choose({ isRoot: true }, ['/bin/chromium', '/bin/xdg-open'])).toMatchObject({ file: 'xdg-open' });
  });

  test.each([
    [{}, 'linux', false],
    [{ DISPLAY: ':0' }, 'linux', true],
    [{ WAYLAND_DISPLAY: 'wayland-0' }, 'linux', true],
    [{}, 'win32', true],
    [{}, 'darwin', true],
    [{ SSH_CONNECTION: '1' }, 'darwin', false],
  ] as const)('%j on %s: a display? %s', (env, platform, there) => {
    expect(hasDisplay(env, platform)).toBe(there);
  });

  test('a desktop app needs its binary, its bundle and a display, and says which is not there', () => {
    expect(findDesktop({ DISPLAY: ':0', ELECTRON_OVERRIDE_DIST_PATH: '/nowhere' }, 'linux')).toMatchObject({
      missing: expect.stringMatching(/binary has not been fetched|is not installed/),
    });
  });
});
