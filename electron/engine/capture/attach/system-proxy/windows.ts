import type { Machine } from './settings-of.ts';
import { runOrThrow } from './system-settings.ts';
import type { SystemSettings } from './system-settings.ts';

const KEY = 'HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings';
/** Whether it counts comes last. An address of a configuration would come before the proxy. */
const NAMES = { AutoConfigURL: 'REG_SZ', ProxyServer: 'REG_SZ', ProxyEnable: 'REG_DWORD' } as const;

/** Programs that run read the settings again only when told (INTERNET_OPTION_SETTINGS_CHANGED, _REFRESH). */
const TELL = `$wininet = Add-Type -PassThru -Name Settings -Namespace Sallyport -MemberDefinition '[DllImport("wininet.dll")] public static extern bool InternetSetOption(IntPtr session, int option, IntPtr value, int size);'; $null = $wininet::InternetSetOption(0, 39, 0, 0); $null = $wininet::InternetSetOption(0, 37, 0, 0)`;

/** Windows: this user's settings in the registry, by `reg.exe`. */
export function windowsSettings({ runner }: Machine): SystemSettings {
  const isOn = (value: string | null | undefined): boolean => Number(value ?? 0) !== 0;
  return {
    name: 'Windows',
    async obstacle() {
      const { code, stderr } = await runner.run('reg.exe', ['query', KEY]);
      return code === 0
        ? null
        : { why: `The proxy settings cannot be read: ${stderr.trim()}`, remedy: 'Use run or a terminal.' };
    },
    async read() {
      const text = await runOrThrow(runner, 'reg.exe', ['query', KEY]);
      return Object.fromEntries(
        Object.keys(NAMES).map((name) => [
          name,
          new RegExp(`^\\s*${name}\\s+REG_\\w+\\s+(.*?)\\s*$`, 'm').exec(text)?.[1] ?? null,
        ]),
      );
    },
    wanted: ({ host, port }, now) => ({
      ...(now['AutoConfigURL'] != null && { AutoConfigURL: null }),
      ProxyServer: `${host}:${port}`,
      ProxyEnable: '0x1',
    }),
    otherProxy: (now) =>
      now['AutoConfigURL'] != null
        ? 'the one its automatic configuration names'
        : isOn(now['ProxyEnable'])
          ? (now['ProxyServer'] ?? null)
          : null,
    proxyIn: (now) => (isOn(now['ProxyEnable']) ? (now['ProxyServer'] ?? null) : null),
    async write(name, value) {
      const type = NAMES[name as keyof typeof NAMES];
      await runOrThrow(
        runner,
        'reg.exe',
        value === null ? ['delete', KEY, '/v', name, '/f'] : ['add', KEY, '/v', name, '/t', type, '/d', value, '/f'],
      );
    },
    async announce() {
      await runner.run('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', TELL]);
    },
  };
}
