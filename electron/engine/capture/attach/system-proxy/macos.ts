import type { Machine } from './settings-of.ts';
import { runOrThrow } from './system-settings.ts';
import type { SystemSettings, Values } from './system-settings.ts';

/** What is set for each network service, by the words of `networksetup`. */
const PARTS = ['webproxy', 'securewebproxy', 'autoproxy'] as const;
type Part = (typeof PARTS)[number];

/**
 * macOS, by `networksetup`, for every network service that is switched on. A key is `SERVICE/PART`; a value `on HOST PORT`
 * or `off HOST PORT`, and for a configuration by address `on` or `off`. Passwords cannot be read, so services that have
 * one stay as they are.
 */
export function macosSettings({ runner }: Machine): SystemSettings {
  const setup = (...args: string[]): Promise<string> => runOrThrow(runner, 'networksetup', args);
  const split = (key: string): [service: string, part: Part] => {
    const at = key.lastIndexOf('/');
    return [key.slice(0, at), key.slice(at + 1) as Part];
  };
  const proxies = (now: Values): string[] =>
    Object.entries(now).flatMap(([key, value]) => {
      const [, host, port] = /^on (\S+) (\d+)$/.exec(value ?? '') ?? [];
      return key.endsWith('/securewebproxy') && host !== undefined ? [`${host}:${port}`] : [];
    });

  async function services(): Promise<string[]> {
    // The first line explains the asterisk, which marks those that are switched off.
    const [, ...lines] = (await setup('-listallnetworkservices')).trim().split('\n');
    return lines.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('*'));
  }

  return {
    name: 'macOS',
    async obstacle() {
      try {
        const now = await services();
        for (const service of now) {
          for (const part of ['webproxy', 'securewebproxy'] as const) {
            if (/Authenticated Proxy Enabled: 1/.test(await setup(`-get${part}`, service)))
              return {
                why: `The network service “${service}” has a proxy with a password, which could not be put back.`,
                remedy: 'Set that proxy as the upstream proxy of the engine, and take it out of the system’s settings.',
              };
          }
        }
        return now.length > 0 ? null : { why: 'No network service is switched on.', remedy: 'Use run or a terminal.' };
      } catch (error) {
        return { why: error instanceof Error ? error.message : String(error), remedy: 'Use run or a terminal.' };
      }
    },
    async read() {
      const values: Values = {};
      for (const service of await services()) {
        for (const part of PARTS) {
          const text = await setup(part === 'autoproxy' ? '-getautoproxyurl' : `-get${part}`, service);
          const field = (name: string): string => new RegExp(`^${name}: *(.*)$`, 'm').exec(text)?.[1]?.trim() ?? '';
          const state = field('Enabled') === 'Yes' ? 'on' : 'off';
          values[`${service}/${part}`] = part === 'autoproxy' ? state : `${state} ${field('Server')} ${field('Port')}`;
        }
      }
      return values;
    },
    wanted({ host, port }, now) {
      const values: Values = {};
      for (const key of Object.keys(now)) {
        if (!key.endsWith('/autoproxy')) values[key] = `on ${host} ${port}`;
        // It would come before the address.
        else if (now[key] === 'on') values[key] = 'off';
      }
      return values;
    },
    otherProxy: (now) =>
      Object.entries(now).some(([key, value]) => key.endsWith('/autoproxy') && value === 'on')
        ? 'the one its automatic configuration names'
        : (proxies(now)[0] ?? null),
    proxyIn: (now) => proxies(now)[0] ?? null,
    async write(key, value) {
      const [service, part] = split(key);
      const [, state = 'off', host = '', port = '0'] = /^(on|off)(?: (\S*) (\d*))?$/.exec(value ?? 'off') ?? [];
      if (part === 'autoproxy') {
        await setup('-setautoproxystate', service, state);
        return;
      }
      // One that never had an address keeps ours, switched off: there is no way to say none.
      if (host !== '') await setup(`-set${part}`, service, host, port || '0');
      await setup(`-set${part}state`, service, state);
    },
  };
}
