// A Chromium for the tests that need a browser: the one named by CHROMIUM, else one on this machine, else
// Playwright's own, else the distribution's package when we may install it.
import { execFile } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { paths } from './paths.mjs';

const run = promisify(execFile);
const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'msedge'];

/** Where installers put it when it is not on the PATH. */
const places =
  process.platform === 'darwin'
    ? [
        '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
        '/Applications/Chromium.app/Contents/MacOS/Chromium',
      ]
    : process.platform === 'win32'
      ? [process.env['ProgramFiles'], process.env['ProgramFiles(x86)'], process.env['LOCALAPPDATA']]
          .filter((folder) => folder !== undefined)
          .map((folder) => join(folder, 'Google', 'Chrome', 'Application', 'chrome.exe'))
      : [];

/**
 * @param {(line: string) => void} say told in a line which one it is, or that one is fetched
 * @returns {Promise<{ path: string } | { missing: string }>} `missing` is the reason why there is none
 */
export async function findChromium(say) {
  const named = process.env['CHROMIUM'];
  if (named)
    return existsSync(named) ? found(named, 'named by CHROMIUM') : none(`CHROMIUM names ${named}: no such file`);
  const here = onPath() ?? places.find((place) => existsSync(place));
  if (here) return found(here, 'on this machine');
  const bundled = playwrightsOwn();
  if (bundled && existsSync(bundled)) return found(bundled, "Playwright's");
  say('browser: fetching Playwright’s Chromium');
  if (bundled && (await works(paths.node, [join(paths.modules, 'playwright', 'cli.js'), 'install', 'chromium']))) {
    if (existsSync(bundled)) return found(bundled, "Playwright's, just fetched");
  }
  if (process.platform === 'linux' && process.getuid?.() === 0) {
    say('browser: Playwright’s is out of reach; installing the distribution’s package chromium');
    if (!(await works('apt-get', ['install', '-y', '-qq', 'chromium']))) {
      await works('apt-get', ['update', '-qq']);
      await works('apt-get', ['install', '-y', '-qq', 'chromium']);
    }
    const installed = onPath();
    if (installed) return found(installed, 'installed from the distribution');
  }
  return none('no Chromium on this machine, and none could be fetched; name one with CHROMIUM=/path/to/chromium');

  /** @param {string} path @param {string} source */
  function found(path, source) {
    say(`browser: ${path} (${source})`);
    return { path };
  }
  /** @param {string} missing */
  function none(missing) {
    say(`browser: ${missing}; its tests are skipped`);
    return { missing };
  }
}

function onPath() {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    for (const name of names) {
      const path = join(folder, process.platform === 'win32' ? `${name}.exe` : name);
      try {
        accessSync(path, constants.X_OK);
        return path;
      } catch {
        // Not here.
      }
    }
  }
  return null;
}

/** @returns {string | null} where Playwright keeps its own Chromium, whether it is there or not */
function playwrightsOwn() {
  try {
    return createRequire(join(paths.root, 'package.json'))('playwright').chromium.executablePath();
  } catch {
    return null;
  }
}

/** @param {string} command @param {string[]} args */
async function works(command, args) {
  try {
    await run(command, args, {
      timeout: 5 * 60_000,
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: '15000' },
    });
    return true;
  } catch {
    return false;
  }
}
