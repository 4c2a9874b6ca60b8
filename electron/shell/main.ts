// The desktop app's main process. The only file that loads Electron itself.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import electron from 'electron';
import { COMMAND_LINE, runShell } from './run-shell.ts';
import { readShellOptions } from './shell-options.ts';

const dist = dirname(fileURLToPath(import.meta.url));
const commandLine = process.argv.indexOf(COMMAND_LINE);
if (commandLine > 0) {
  // The package has no other Node to run it with. What the command line starts, it starts by the first two words.
  process.argv.splice(0, commandLine + 1, process.execPath, COMMAND_LINE);
  await import(pathToFileURL(join(dist, 'cli.mjs')).href);
} else {
  // Not awaited here: Electron is ready only after this file has been run to its end.
  runDesktop().catch((error: unknown) => {
    process.stderr.write(
      `sallyport: the desktop app failed: ${error instanceof Error ? error.stack : String(error)}\n`,
    );
    electron.app.exit(1);
  });
}

async function runDesktop(): Promise<void> {
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
    greet: process.send ? (text) => void process.stdout.write(text) : null,
    log: write,
    announce: () => process.send?.('shown'),
    loadUpdater: async () => (await import('electron-updater')).default.autoUpdater,
  });
}
