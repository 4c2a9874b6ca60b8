// The bundle as it is packed: that its parts are where they look for each other.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { passOptions } from '../../electron/hosts/pass-options.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const shell = join(root, 'dist', 'shell.mjs');

async function run(args: string[]) {
  const home = mkdtempSync(join(tmpdir(), 'sallyport-built-'));
  const options = passOptions({ data: join(home, 'data'), proxyPort: 0, workspacePort: 0 });
  const hooks = join(root, 'test', 'harness', 'electron-module.ts');
  const child = spawn(process.execPath, ['--import', hooks, shell, ...(args.length > 0 ? args : [options])], {
    env: { ...process.env, STAND_IN_HOME: home, SALLYPORT_UPDATE_FEED: 'http://127.0.0.1:9/' },
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk) => (out += String(chunk)));
  child.stderr.on('data', (chunk) => (err += String(chunk)));
  const [code] = await once(child, 'close');
  rmSync(home, { recursive: true, force: true });
  return { code, out, err };
}

test('the built shell finds its preload, its icons, its engine and its updater', async (context) => {
  if (!existsSync(shell)) return context.skip('dist/ has not been built');
  const { code, out, err } = await run([]);
  // What electron-updater says about a program that is no package is its own.
  expect([code, err]).toEqual([0, expect.not.stringMatching(/fault|Error:|failed|not answered/)]);
  expect(JSON.parse(out)).toEqual({
    url: 'app://sallyport/',
    page: 200,
    preload: true,
    icon: true,
    tray: true,
    updates: 'Only packaged copies can be updated; nothing was asked.',
  });
});

test('the packaged app is a command line, too', async (context) => {
  if (!existsSync(shell)) return context.skip('dist/ has not been built');
  const { code, out } = await run(['--command-line', '--version']);
  expect([code, out]).toEqual([0, expect.stringMatching(/^\d+\.\d+\.\d+\n$/)]);
});
