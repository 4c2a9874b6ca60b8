import { spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { hasDisplay } from './find-desktop.ts';

/** A way to show an address: a program and its arguments. */
export interface Opener {
  /** What it is, for people. */
  name: string;
  file: string;
  args: readonly string[];
}

/** What choosing an opener depends on. */
export interface Surroundings {
  env: NodeJS.ProcessEnv;
  platform: NodeJS.Platform;
  isRoot: boolean;
  exists: (path: string) => boolean;
}

export function surroundings(): Surroundings {
  return {
    env: process.env,
    platform: process.platform,
    isRoot: process.platform === 'linux' && process.getuid?.() === 0,
    exists: existsSync,
  };
}

const NAMES = [
  'google-chrome',
  'google-chrome-stable',
  'chromium',
  'chromium-browser',
  'chrome',
  'microsoft-edge',
  'microsoft-edge-stable',
  'msedge',
  'brave-browser',
];

/**
 * How to open the workspace's address: as a window of its own where a Chrome, Chromium or Edge is, with a profile that
 * is used for nothing else, asks the network for nothing and goes through no proxy; else by the system's opener. A
 * string says why it cannot be opened.
 */
export function chooseOpener(address: string, profile: string, here: Surroundings): Opener | string {
  if (!hasDisplay(here.env, here.platform)) return 'there is no display';
  const named = here.env['SALLYPORT_BROWSER'];
  if (named && !here.exists(named)) return `$SALLYPORT_BROWSER names ${named}, which is not there`;
  // Chromium's sandbox does not work for the administrator, and without it we start none.
  const chrome = named ?? (here.isRoot ? undefined : findChrome(here));
  if (chrome !== undefined) {
    return {
      name: 'in a window of its own',
      file: chrome,
      args: [
        `--app=${address}`,
        `--user-data-dir=${profile}`,
        '--no-first-run',
        '--no-default-browser-check',
        '--no-proxy-server',
        '--disable-sync',
        '--disable-background-networking',
        '--disable-component-update',
      ],
    };
  }
  const name = 'in your browser';
  switch (here.platform) {
    case 'darwin':
      return { name, file: 'open', args: [address] };
    case 'win32':
      return { name, file: 'rundll32', args: ['url.dll,FileProtocolHandler', address] };
    default:
      return onPath('xdg-open', here) === undefined
        ? 'no browser was found'
        : { name, file: 'xdg-open', args: [address] };
  }
}

/** Starts it and does not wait for it; `onEnd` hears in half a sentence when it did not work. */
export function startOpener(opener: Opener, profile: string, onEnd: (why: string) => void): void {
  mkdirSync(profile, { recursive: true, mode: 0o700 });
  const child = spawn(opener.file, opener.args, { detached: true, stdio: 'ignore', windowsHide: true });
  child.once('error', (error) => onEnd(error.message));
  child.once('exit', (code) => code !== 0 && code !== null && onEnd(`${opener.file} ended with exit code ${code}`));
  child.unref();
}

function findChrome(here: Surroundings): string | undefined {
  for (const name of NAMES) {
    const found = onPath(name, here);
    if (found !== undefined) return found;
  }
  return places(here).find((place) => here.exists(place));
}

function onPath(name: string, { env, platform, exists }: Surroundings): string | undefined {
  const file = platform === 'win32' ? `${name}.exe` : name;
  return (env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, file))
    .find((path) => exists(path));
}

/** Where installers put them when they are not on the PATH. */
function places({ env, platform }: Surroundings): string[] {
  if (platform === 'darwin')
    return ['Google Chrome', 'Chromium', 'Microsoft Edge', 'Brave Browser'].map(
      (app) => `/Applications/${app}.app/Contents/MacOS/${app}`,
    );
  if (platform !== 'win32') return [];
  return [env['ProgramFiles'], env['ProgramFiles(x86)'], env['LOCALAPPDATA']]
    .filter((folder) => folder !== undefined)
    .flatMap((folder) => [
      join(folder, 'Google', 'Chrome', 'Application', 'chrome.exe'),
      join(folder, 'Microsoft', 'Edge', 'Application', 'msedge.exe'),
      join(folder, 'Chromium', 'Application', 'chrome.exe'),
    ]);
}
