// The desktop app's main process. The only file that loads Electron itself.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import electron from 'electron';
import { runShell } from './run-shell.ts';
import { readShellOptions } from './shell-options.ts';

const dist = dirname(fileURLToPath(import.meta.url));
const manifest = JSON.parse(readFileSync(join(dist, '..', 'package.json'), 'utf8')) as { version: string };
const write = (line: string): void => void process.stderr.write(`${line}\n`);

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => electron.app.quit());

await runShell(electron, {
  options: readShellOptions(process.argv),
  version: manifest.version,
  dist,
  platform: process.platform,
  env: process.env,
  resources: process.resourcesPath,
  say: write,
  log: write,
  announce: () => process.send?.('shown'),
  loadUpdater: async () => (await import('electron-updater')).default.autoUpdater,
});
