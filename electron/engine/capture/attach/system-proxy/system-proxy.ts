import { openJournal } from '../journal.ts';
import { AS_NODE, PROBE } from '../probe.ts';
import { SELF_TEST_APP } from '../self-test.ts';
import { Refused, unusable, usable } from '../target.ts';
import type { Surroundings, Target } from '../target.ts';
import { proxyAddress } from '../terminal-env.ts';
import { gnomeSettings } from './gnome.ts';
import { macosSettings } from './macos.ts';
import type { SystemSettings, Values } from './system-settings.ts';
import { windowsSettings } from './windows.ts';

/** What was set before, and what we set. */
interface Entry {
  before: Values;
  ours: Values;
}

/** The proxy settings of a system; other systems than macOS and Windows are asked for GNOME's. */
export function systemSettings(around: Surroundings): SystemSettings {
  if (around.platform === 'darwin') return macosSettings(around);
  return around.platform === 'win32' ? windowsSettings(around) : gnomeSettings(around);
}

/**
 * The system's own proxy setting: whatever asks the system goes through us. What was there is on the disk before the
 * first change, and is put back on switching off, when the engine stops, and at the next start after a crash. A setting
 * that is no longer ours, somebody else has changed meanwhile: it stays.
 */
export function systemProxyTarget(around: Surroundings): Target {
  const settings = systemSettings(around);
  const journal = openJournal(around.dataDir, 'system-proxy', isEntry);

  async function begin(): Promise<void> {
    if (journal.read() !== null) return;
    const obstacle = await settings.obstacle();
    if (obstacle !== null) throw new Refused(obstacle.why, obstacle.remedy);
    if ((await around.machineTrustsUs()) === false) {
      throw new Refused(
        'This machine does not trust Sallyport’s CA yet, so every https call of every program would fail.',
        'Install it first: sallyport ca install',
      );
    }
    const before = await settings.read();
    const other = settings.otherProxy(before);
    if (other !== null && !around.hasWayOut()) {
      throw new Refused(
        `This machine goes through another proxy (${other}), which Sallyport would leave out.`,
        'Set that one as the upstream proxy in the settings first.',
      );
    }
    const ours = settings.wanted(around.proxy, before);
    journal.write({ before, ours });
    try {
      for (const [key, value] of Object.entries(ours)) await settings.write(key, value);
    } catch (error) {
      await putBack();
      throw new Refused(
        `${settings.name} did not take the setting: ${error instanceof Error ? error.message : String(error)}`,
        'What had been changed was put back. Use run or a terminal.',
      );
    }
    await settings.announce?.();
  }

  /** Puts back what is still ours, in the reverse order; what cannot be put back stays written down for the next time. */
  async function putBack(): Promise<void> {
    const entry = journal.read();
    if (entry === null) return;
    const now = await settings.read();
    const failed: string[] = [];
    for (const [key, value] of Object.entries(entry.ours).reverse()) {
      // Gone with its network service, or somebody else's by now.
      if (!(key in now) || now[key] !== value) continue;
      try {
        await settings.write(key, entry.before[key] ?? null);
      } catch (error) {
        failed.push(error instanceof Error ? error.message : String(error));
      }
    }
    if (failed.length > 0)
      throw new Refused(
        `The system’s proxy setting could not be put back: ${failed.join('; ')}`,
        `Look at the proxy in the settings of ${settings.name}; before, it was: ${JSON.stringify(entry.before)}`,
      );
    journal.clear();
    await settings.announce?.();
  }

  async function isOn(): Promise<boolean> {
    const entry = journal.read();
    if (entry === null) return false;
    const now = await settings.read();
    return Object.entries(entry.ours).every(([key, value]) => now[key] === value);
  }

  return {
    id: 'system-proxy',
    kind: 'system-proxy',
    title: 'The system’s proxy',
    says: `Every program that asks ${settings.name} for its proxy, until it is switched off or the engine stops. The CA must be installed first.`,
    async look() {
      const obstacle = await settings.obstacle();
      return obstacle === null ? usable([], await isOn()) : unusable(obstacle.why);
    },
    async test() {
      const obstacle = await settings.obstacle();
      if (obstacle !== null) return { works: false, call: null, says: obstacle.why, remedy: obstacle.remedy };
      const [host = '', port = ''] = (settings.proxyIn(await settings.read()) ?? '').split(':');
      if (host === '')
        return { works: false, call: null, says: 'The system names no proxy now.', remedy: 'Switch it on.' };
      // What programs do: the system's proxy, and the system's roots.
      const address = proxyAddress(SELF_TEST_APP, { host, port: Number(port) });
      const env = {
        ...around.environment,
        ...AS_NODE,
        NODE_USE_ENV_PROXY: '1',
        NODE_USE_SYSTEM_CA: '1',
        HTTPS_PROXY: address,
      };
      return around.selfTest.check('A program that asks the system for proxy and trust', (url) =>
        around.runner.run(process.execPath, ['-e', PROBE, url], { env }),
      );
    },
    switch: (on) => (on ? begin() : putBack()),
    async restore() {
      if (journal.read() === null) return;
      await putBack();
      around.log('The system’s proxy setting of an engine that was killed was put back.');
    },
    stop: putBack,
  };
}

function isEntry(value: unknown): value is Entry {
  return (
    typeof value === 'object' &&
    value !== null &&
    'before' in value &&
    isValues(value.before) &&
    'ours' in value &&
    isValues(value.ours)
  );
}

function isValues(value: unknown): value is Values {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).every((text: unknown) => text === null || typeof text === 'string')
  );
}
