import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { browserTarget } from './browser.ts';
import type { BrowserKind } from './browser.ts';
import { Refused } from './target.ts';
import type { Surroundings } from './target.ts';

/**
 * Firefox takes its proxy from the profile's settings, and trust only from the profile's own database, which `certutil`
 * of Mozilla's NSS can write. Without that tool there is no way that does not touch the user's own Firefox.
 */
const KIND: BrowserKind = {
  find(around) {
    const file = findFirefox(around);
    if (file === null) return { why: 'Firefox is not installed on this machine.' };
    return around.runner.find('certutil') === null || around.platform === 'win32'
      ? {
          why: 'A fresh Firefox profile trusts our CA only by certutil of NSS, which is not here (Debian: libnss3-tools, Fedora: nss-tools, macOS: brew install nss).',
        }
      : { file };
  },
  async prepare(around, _file, profile, port) {
    await prepareProfile(around, profile, port);
    return ['-no-remote', '-new-instance', '-profile', profile, 'about:blank'];
  },
  async load(around, file, profile, port, url) {
    await prepareProfile(around, profile, port);
    const picture = join(profile, 'page.png');
    const ran = await around.runner.run(
      file,
      ['-no-remote', '-profile', profile, '--headless', '--screenshot', picture, url],
      { timeoutMs: 60_000 },
    );
    // It prints nothing of the page; a picture is taken when the page has come.
    return { ...ran, stdout: existsSync(picture) ? url : '' };
  },
};

export const firefoxTarget = browserTarget('firefox', 'Firefox', KIND);

async function prepareProfile({ runner, caPath }: Surroundings, profile: string, port: number): Promise<void> {
  const preferences: Record<string, string | number | boolean> = {
    'network.proxy.type': 1,
    'network.proxy.http': '127.0.0.1',
    'network.proxy.http_port': port,
    'network.proxy.ssl': '127.0.0.1',
    'network.proxy.ssl_port': port,
    'network.proxy.no_proxies_on': '',
    'network.proxy.allow_hijacking_localhost': true,
    'browser.shell.checkDefaultBrowser': false,
    'browser.aboutwelcome.enabled': false,
    'datareporting.policy.dataSubmissionEnabled': false,
    'toolkit.telemetry.enabled': false,
    'app.update.auto': false,
    'app.normandy.enabled': false,
    'extensions.update.enabled': false,
    'network.captive-portal-service.enabled': false,
    'network.connectivity-service.enabled': false,
    'browser.safebrowsing.malware.enabled': false,
    'browser.safebrowsing.phishing.enabled': false,
  };
  const lines = Object.entries(preferences).map(
    ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`,
  );
  writeFileSync(join(profile, 'user.js'), `${lines.join('\n')}\n`);
  const database = `sql:${profile}`;
  for (const args of [
    ['-N', '-d', database, '--empty-password'],
    ['-A', '-d', database, '-t', 'C,,', '-n', 'Sallyport', '-i', caPath],
  ]) {
    const { code, stderr } = await runner.run('certutil', args);
    if (code !== 0)
      throw new Refused(`certutil could not prepare the profile: ${stderr.trim()}`, 'Use another browser.');
  }
}

function findFirefox({ platform, home, runner }: Surroundings): string | null {
  if (platform !== 'darwin') return runner.find('firefox');
  const place = 'Firefox.app/Contents/MacOS/firefox';
  return ['/Applications', join(home, 'Applications')].map((folder) => join(folder, place)).find(existsSync) ?? null;
}
