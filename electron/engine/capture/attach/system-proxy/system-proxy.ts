import { probe } from '../probe.ts';
import { SELF_TEST_APP } from '../self-test.ts';
import { Refused, unusable, usable } from '../target.ts';
import type { Surroundings, Target } from '../target.ts';
import { proxyAddress } from '../terminal-env.ts';
import type { Guard } from './guard.ts';
import { proxyJournal, putBack, stillOurs } from './put-back.ts';
import { settingsOf } from './settings-of.ts';

/**
 * The system's own proxy setting: whatever asks the system goes through us. What was there is on the disk before the
 * first change, and is put back on switching off, when the engine stops, by the guard when it is killed, and at the next
 * start if even that failed. A setting that is no longer ours, somebody else has changed meanwhile: it stays.
 */
export function systemProxyTarget(around: Surroundings): Target {
  const settings = settingsOf(around);
  const journal = proxyJournal(around.dataDir);
  let guard: Guard | null = null;

  async function begin(): Promise<void> {
    if (await isOn()) return;
    // Part of it is somebody else's by now: what is left of ours goes first.
    await end();
    const obstacle = await settings.obstacle();
    if (obstacle !== null) throw new Refused(obstacle.why, obstacle.remedy);
    if (around.identityRequired()) {
      throw new Refused(
        'Programs have to prove who they are, and what follows the system’s setting cannot: all of it would be refused.',
        'Use run or a terminal; or require identity only of callers from elsewhere.',
      );
    }
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
    guard = around.guardSystemProxy();
    try {
      for (const [key, value] of Object.entries(ours)) await settings.write(key, value);
    } catch (error) {
      await end();
      throw new Refused(
        `${settings.name} did not take the setting: ${error instanceof Error ? error.message : String(error)}`,
        'What had been changed was put back. Use run or a terminal.',
      );
    }
    await settings.announce?.();
  }

  async function end(): Promise<void> {
    await putBack(settings, journal);
    guard?.dismiss();
    guard = null;
  }

  async function isOn(): Promise<boolean> {
    const entry = journal.read();
    if (entry === null) return false;
    return stillOurs(entry, await settings.read()).length === Object.keys(entry.ours).length;
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
      const address = proxyAddress(SELF_TEST_APP, { host, port: Number(port), secret: around.secret() });
      const env = {
        ...around.environment,
        NODE_USE_ENV_PROXY: '1',
        NODE_USE_SYSTEM_CA: '1',
        HTTPS_PROXY: address,
        https_proxy: address,
      };
      return around.selfTest.check('A program that asks the system for proxy and trust', (url) =>
        probe(around, url, env),
      );
    },
    switch: (on) => (on ? begin() : end()),
    async restore() {
      if (await putBack(settings, journal))
        around.log('The system’s proxy setting of an engine that was killed was put back.');
    },
    stop: end,
  };
}
