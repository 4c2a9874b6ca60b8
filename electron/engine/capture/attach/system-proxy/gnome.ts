import type { Machine } from './settings-of.ts';
import { runOrThrow } from './system-settings.ts';
import type { SystemSettings } from './system-settings.ts';

const SCHEMA = 'org.gnome.system.proxy';
/** The mode last: until then nothing has changed for anybody. */
const KEYS = ['http host', 'http port', 'https host', 'https port', 'mode'] as const;

/** GNOME and the desktops that read its settings. `gsettings` prints values in the form in which it takes them. */
export function gnomeSettings({ runner, environment }: Machine): SystemSettings {
  const words = (key: string): [schema: string, name: string] => {
    const [topic = '', name] = key.split(' ');
    return name === undefined ? [SCHEMA, topic] : [`${SCHEMA}.${topic}`, name];
  };
  const bare = (text: string | null | undefined): string => (text ?? '').replace(/^'(.*)'$/, '$1');
  const proxyIn: SystemSettings['proxyIn'] = (now) =>
    bare(now['mode']) === 'manual' && bare(now['https host']) !== ''
      ? `${bare(now['https host'])}:${now['https port'] ?? ''}`
      : null;
  return {
    name: 'GNOME',
    async obstacle() {
      if (runner.find('gsettings') === null)
        return {
          why: 'The tool for GNOME’s settings (gsettings) is not here, and other desktops keep theirs elsewhere.',
          remedy: 'Use run or a terminal, or set the proxy in your desktop’s settings.',
        };
      if (!environment['DBUS_SESSION_BUS_ADDRESS'] && !environment['DISPLAY'] && !environment['WAYLAND_DISPLAY'])
        return {
          why: 'The engine runs outside of a desktop session, so there are no settings of a desktop to change.',
          remedy: 'Use run or a terminal, or start the engine in the desktop.',
        };
      const { code, stderr } = await runner.run('gsettings', ['get', SCHEMA, 'mode']);
      return code === 0
        ? null
        : { why: `GNOME’s proxy settings cannot be read: ${stderr.trim()}`, remedy: 'Use run or a terminal.' };
    },
    async read() {
      const values = await Promise.all(
        KEYS.map(async (key) => [key, (await runOrThrow(runner, 'gsettings', ['get', ...words(key)])).trim()] as const),
      );
      return Object.fromEntries(values);
    },
    wanted: ({ host, port }) => ({
      'http host': `'${host}'`,
      'http port': String(port),
      'https host': `'${host}'`,
      'https port': String(port),
      mode: `'manual'`,
    }),
    otherProxy: (now) => (bare(now['mode']) === 'auto' ? 'the one its automatic configuration names' : proxyIn(now)),
    proxyIn,
    async write(key, value) {
      const [schema, name] = words(key);
      await runOrThrow(runner, 'gsettings', value === null ? ['reset', schema, name] : ['set', schema, name, value]);
    },
  };
}
