// Loaded before the built shell (`--import`): whoever asks for `electron`, by import or require, gets the stand-in; and
// what the built shell did with it is printed as a line of JSON when its engine runs.
import { registerHooks } from 'node:module';
import { existsSync } from 'node:fs';
import { CHANNELS } from '../../electron/shell/channels.ts';
import { createElectronStandIn, menuItem, ThreadProcess } from './electron-stand-in.ts';

const world = createElectronStandIn({ home: process.env['STAND_IN_HOME'] ?? '', Process: ThreadProcess });
Object.assign(globalThis, { electronStandIn: world.electron });

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'electron'
      ? { url: 'stand-in:electron', format: 'commonjs', shortCircuit: true }
      : next(specifier, context),
  load: (url, context, next) =>
    url === 'stand-in:electron'
      ? { format: 'commonjs', source: 'module.exports = globalThis.electronStandIn', shortCircuit: true }
      : next(url, context),
});

world.app.on('test-exit', () => process.exit(world.done.exitCode ?? 1));
world.app.on('test-window', () => {
  const [window] = world.windows;
  window?.webContents.on('test-sent', (channel: string, value: { is: string }) => {
    if (channel === CHANNELS.engine && value.is === 'running') void report();
  });
});

async function report(): Promise<void> {
  const [window] = world.windows;
  const page = await world.protocols.get('app')?.(new Request('app://sallyport/'));
  if (window) await world.invokes(window, CHANNELS.changeSettings, { updates: true });
  (menuItem(world.menus.at(-1) ?? [], 'Check for Updates…')?.click as (() => void) | undefined)?.();
  const preload = window?.options.webPreferences?.preload ?? '';
  const timer = setInterval(() => {
    const [question] = world.questions;
    if (!question) return;
    clearInterval(timer);
    const updates = question.detail ?? '';
    process.stdout.write(
      `${JSON.stringify({ url: window?.webContents.url, page: page?.status, preload: existsSync(preload), icon: existsSync(String(window?.options.icon)), tray: existsSync(world.done.trayImage), updates })}\n`,
    );
    world.app.quit();
  }, 20);
}
