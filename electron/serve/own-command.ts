import { existsSync } from 'node:fs';
import { delimiter } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRunner } from '../engine/capture/attach/run-tool.ts';
import type { EngineOptions } from '../engine/engine.ts';
import { dataFolder } from '../hosts/data-folder.ts';

/** How this program is started from any folder: by its name where that finds one, else by its own path or as we are told. */
export function ownCommand(
  dataDir: string,
  otherwise: string[] = [process.execPath, process.argv[1] ?? ''],
): NonNullable<EngineOptions['command']> {
  const launcher = fileURLToPath(
    new URL(import.meta.url.endsWith('.ts') ? '../../build/launch.mjs' : '../build/launch.mjs', import.meta.url),
  );
  const usual = dataFolder(undefined, { ...process.env, SALLYPORT_DATA: '' });
  return {
    program: isOnPath('sallyport') ? ['sallyport'] : existsSync(launcher) ? ['node', launcher] : otherwise,
    data: dataDir === usual ? [] : ['--data', dataDir],
  };
}

function isOnPath(program: string): boolean {
  // npm puts the folders of a project's own programs first, but only while its scripts run.
  const path = (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => !/node_modules[\\/]\.bin[\\/]?$/.test(folder));
  return createRunner({ PATH: path.join(delimiter) }).find(program) !== null;
}
