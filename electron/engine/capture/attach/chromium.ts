import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { browserTarget } from './browser.ts';
import type { BrowserKind } from './browser.ts';
import type { Surroundings, Target } from './target.ts';

export const chromeTarget = chromium('chrome', 'Google Chrome', {
  linux: ['google-chrome', 'google-chrome-stable', 'chrome'],
  darwin: 'Google Chrome.app/Contents/MacOS/Google Chrome',
  win32: 'Google\\Chrome\\Application\\chrome.exe',
});
export const chromiumTarget = chromium('chromium', 'Chromium', {
  linux: ['chromium', 'chromium-browser'],
  darwin: 'Chromium.app/Contents/MacOS/Chromium',
  win32: 'Chromium\\Application\\chrome.exe',
});
export const edgeTarget = chromium('edge', 'Microsoft Edge', {
  linux: ['microsoft-edge', 'microsoft-edge-stable'],
  darwin: 'Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  win32: 'Microsoft\\Edge\\Application\\msedge.exe',
});
export const braveTarget = chromium('brave', 'Brave', {
  linux: ['brave-browser', 'brave'],
  darwin: 'Brave Browser.app/Contents/MacOS/Brave Browser',
  win32: 'BraveSoftware\\Brave-Browser\\Application\\brave.exe',
});

/** Where a browser is: names on the PATH, under /Applications, under the folders of programs. */
interface Places {
  linux: readonly string[];
  darwin: string;
  win32: string;
}

function chromium(id: string, title: string, places: Places): (around: Surroundings) => Target {
  const kind: BrowserKind = {
    find(around) {
      const file = findIn(places, around);
      return file === null ? { why: `${title} is not installed on this machine.` } : { file };
    },
    prepare: async (around, _file, profile, port) => [...flags(around, profile, port), '--new-window', 'about:blank'],
    load: (around, file, profile, port, url) =>
      around.runner.run(file, [...flags(around, profile, port), '--headless=new', '--disable-gpu', '--dump-dom', url], {
        timeoutMs: 60_000,
      }),
  };
  return browserTarget(id, title, kind);
}

function findIn(places: Places, { platform, environment, home, runner }: Surroundings): string | null {
  const here = (path: string): boolean => existsSync(path);
  if (platform === 'darwin')
    return (
      ['/Applications', join(home, 'Applications')].map((folder) => join(folder, places.darwin)).find(here) ?? null
    );
  if (platform === 'win32') {
    return (
      ['ProgramFiles', 'ProgramFiles(x86)', 'LOCALAPPDATA']
        .flatMap((name) => environment[name] ?? [])
        .map((folder) => join(folder, places.win32))
        .find(here) ?? null
    );
  }
  return places.linux.map((name) => runner.find(name)).find((path) => path !== null) ?? null;
}

/**
 * The profile and the proxy, loopback included; of all certificates that cannot be verified, only those under our CA's
 * key are taken (every other check stays on); and nothing that calls home by itself, so that what is recorded is the user's.
 */
function flags({ caKeyHash, platform }: Surroundings, profile: string, port: number): string[] {
  return [
    `--user-data-dir=${profile}`,
    `--proxy-server=http://127.0.0.1:${port}`,
    '--proxy-bypass-list=<-loopback>',
    `--ignore-certificate-errors-spki-list=${caKeyHash()}`,
    '--no-first-run',
    '--no-default-browser-check',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-component-extensions-with-background-pages',
    '--disable-field-trial-config',
    '--disable-search-engine-choice-screen',
    '--allow-browser-signin=false',
    '--disable-sync',
    '--disable-default-apps',
    '--disable-domain-reliability',
    '--disable-client-side-phishing-detection',
    '--disable-breakpad',
    '--no-pings',
    '--metrics-recording-only',
    '--disable-features=OptimizationHints,MediaRouter,Translate,InterestFeedContentSuggestions,CertificateTransparencyComponentUpdater,NetworkTimeServiceQuerying,DialMediaRouteProvider,LensOverlay,AutofillServerCommunication',
    ...(platform === 'linux' ? ['--password-store=basic'] : []),
    ...(platform === 'darwin' ? ['--use-mock-keychain'] : []),
    // Chromium has no sandbox for the administrator of a Linux machine, and would not start.
    ...(platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  ];
}
