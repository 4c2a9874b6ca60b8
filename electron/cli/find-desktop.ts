import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** How the desktop app is started, or why it cannot be, in half a sentence. */
export type Desktop = { electron: string; shell: string } | { missing: string };

/** Looks for Electron's binary, the shell's bundle and a display. Fetches and starts nothing. */
export function findDesktop(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): Desktop {
  const electron = electronBinary(env);
  if (typeof electron !== 'string') return electron;
  const shell = shellBundle();
  if (shell === null) return { missing: 'the desktop shell has not been built (npm run build)' };
  if (!hasDisplay(env, platform)) return { missing: 'there is no display' };
  if (platform === 'linux' && process.getuid?.() === 0)
    return { missing: 'Electron does not run as the administrator (root)' };
  return { electron, shell };
}

/** Where the binary is. The package's own module would fetch it when it is not there; this only looks. */
export function electronBinary(env: NodeJS.ProcessEnv = process.env): string | { missing: string } {
  let home: string;
  try {
    home = dirname(createRequire(import.meta.url).resolve('electron/package.json'));
  } catch {
    return { missing: 'the package “electron” is not installed' };
  }
  const missing = { missing: 'Electron’s binary has not been fetched (npx install-electron)' };
  const path = join(env['ELECTRON_OVERRIDE_DIST_PATH'] ?? join(home, 'dist'), binaryName(home));
  return existsSync(path) ? path : missing;
}

/** Where in the distribution the binary is: written down when it was fetched. */
function binaryName(home: string): string {
  try {
    return readFileSync(join(home, 'path.txt'), 'utf8').trim() || 'electron';
  } catch {
    return 'electron';
  }
}

/** Whether a window can be shown here. */
export function hasDisplay(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): boolean {
  if (platform === 'win32') return true;
  // A window opened over ssh would appear on a screen that nobody sits at.
  if (platform === 'darwin') return !env['SSH_CONNECTION'];
  return Boolean(env['DISPLAY'] || env['WAYLAND_DISPLAY']);
}

function shellBundle(): string | null {
  const places = ['./shell.mjs', '../../dist/shell.mjs'].map((place) => fileURLToPath(new URL(place, import.meta.url)));
  return places.find((place) => existsSync(place)) ?? null;
}
