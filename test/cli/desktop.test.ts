// `start` where Electron is there: its binary is a stand-in that runs the built shell under this Node. The administrator
// gets no Electron, so the command runs as somebody else here when the tests do not.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { isEngineLocked } from '../../electron/hosts/engine-lock.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const NOBODY = 65_534;
const asOther = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
let dir: string;
let data: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'sallyport-desktop-'));
  data = join(dir, 'data');
  if ('uid' in asOther) chownSync(dir, NOBODY, NOBODY);
});
afterEach(async () => {
  await vi.waitUntil(() => !existsSync(data) || !isEngineLocked(data), 20_000);
  rmSync(dir, { recursive: true, force: true });
});

function start(electron: string) {
  const binary = join(dir, 'electron');
  writeFileSync(binary, `#!/bin/sh\n${electron}\n`);
  chmodSync(binary, 0o755);
  const env = {
    PATH: process.env['PATH'],
    HOME: dir,
    DISPLAY: ':99',
    ELECTRON_OVERRIDE_DIST_PATH: dir,
    STAND_IN_HOME: dir,
    SALLYPORT_BROWSER: '/bin/true',
  };
  const args = [join(root, 'electron/cli/main.ts'), 'start', '--data', data, '-p', '0', '-w', '0'];
  const child = spawn(process.execPath, args, { env, cwd: dir, ...asOther });
  let said = '';
  child.stdout.on('data', (chunk) => (said += String(chunk)));
  child.stderr.on('data', (chunk) => (said += String(chunk)));
  return { child, said: () => said, ended: once(child, 'close') };
}

const obstacle =
  process.platform !== 'linux'
    ? 'the stand-in for Electron’s binary is a shell script'
    : existsSync(join(root, 'dist', 'shell.mjs'))
      ? null
      : 'dist/ has not been built';

test('start runs the desktop app, prints the link, and ends with it', async (context) => {
  if (obstacle !== null) return context.skip(obstacle);
  const hooks = join(root, 'test', 'harness', 'electron-module.ts');
  const run = start(`exec '${process.execPath}' --import '${hooks}' "$@"`);
  // The stand-in quits when it has reported.
  expect((await run.ended)[0], run.said()).toBe(0);
  expect(run.said()).toMatch(/^Workspace: http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43}$/m);
  expect(run.said()).toContain('"url":"app://sallyport/"');
  expect(run.said()).not.toContain('browser');
});

test('where the desktop app does not come up, start says so and goes on in a browser', async (context) => {
  if (obstacle !== null) return context.skip(obstacle);
  const run = start('echo "cannot open display" >&2; exit 1');
  await vi.waitUntil(() => /Nothing is opened|It opens/.test(run.said()) || run.child.exitCode !== null, 20_000);
  expect(run.said()).toContain(
    'The desktop window could not be opened (exit code 1); the workspace opens in a browser.',
  );
  expect(run.said()).toMatch(/^Workspace: http/m);
  run.child.kill('SIGTERM');
  expect((await run.ended)[0]).toBe(0);
});
