import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Ran, Runner } from '../../../../electron/engine/capture/attach/run-tool.ts';

/**
 * The tools by which three systems' proxy settings are read and written, in so far as they are used: their state is a
 * file, so that it outlives the process as the real one does. Outputs are written down as the tools print them.
 */
export interface SystemTools {
  runner: Runner;
  /** Settings by the tools' own names. */
  state: () => Record<string, string>;
  /** Somebody else changes a setting. */
  set: (name: string, value: string) => void;
  /** Commands that were run, as lines. */
  commands: string[];
}

const ok = (stdout = ''): Ran => ({ code: 0, stdout, stderr: '' });
const failed = (stderr: string): Ran => ({ code: 1, stdout: '', stderr });

export function systemTools(
  system: 'gnome' | 'macos' | 'windows',
  file: string,
  options: { trusted?: boolean; fails?: RegExp } = {},
): SystemTools {
  const { trusted = true, fails } = options;
  const state = (): Record<string, string> => JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
  const set = (name: string, value: string): void => writeFileSync(file, JSON.stringify({ ...state(), [name]: value }));
  const unset = (name: string): void => {
    const { [name]: _gone, ...rest } = state();
    writeFileSync(file, JSON.stringify(rest));
  };
  if (!existsSync(file)) writeFileSync(file, JSON.stringify(AT_FIRST[system]));
  const commands: string[] = [];

  function gsettings(args: readonly string[]): Ran {
    const [verb, schema = '', key = '', value = ''] = args;
    const name = `${schema} ${key}`;
    if (!(name in AT_FIRST.gnome)) return failed(`No such key “${key}”`);
    if (verb === 'get') return ok(`${state()[name]}\n`);
    set(name, verb === 'reset' ? (AT_FIRST.gnome[name] ?? '') : value);
    return ok();
  }

  function networksetup(args: readonly string[]): Ran {
    const [verb = '', service = '', first = '', second = ''] = args;
    if (verb === '-listallnetworkservices')
      return ok('An asterisk (*) denotes that a network service is disabled.\nWi-Fi\n*Bluetooth PAN\nUSB 10/100 LAN\n');
    const [, part = '', isState] = /^-[gs]et(webproxy|securewebproxy|autoproxy)(state)?(?:url)?$/.exec(verb) ?? [];
    const name = `${service}/${part}`;
    const [enabled = 'No', server = '', port = '0'] = (state()[name] ?? '').split(' ');
    if (verb.startsWith('-get')) {
      return part === 'autoproxy'
        ? ok(`URL: (null)\nEnabled: ${enabled}\n`)
        : ok(
            `Enabled: ${enabled}\nServer: ${server}\nPort: ${port}\nAuthenticated Proxy Enabled: ${state()['auth'] ?? '0'}\n`,
          );
    }
    if (isState) set(name, `${first === 'on' ? 'Yes' : 'No'} ${server} ${port}`);
    else set(name, `Yes ${first} ${second}`);
    return ok();
  }

  function reg(args: readonly string[]): Ran {
    const [verb, key = ''] = args;
    const name = args[args.indexOf('/v') + 1] ?? '';
    if (verb === 'query') {
      const lines = Object.entries(state()).map(
        ([value, text]) => `    ${value}    ${value === 'ProxyEnable' ? 'REG_DWORD' : 'REG_SZ'}    ${text}`,
      );
      return ok(`\r\n${key}\r\n${lines.join('\r\n')}\r\n\r\n`);
    }
    if (verb === 'delete') unset(name);
    else set(name, args[args.indexOf('/d') + 1] ?? '');
    return ok();
  }

  return {
    state,
    set,
    commands,
    runner: {
      async run(file, args) {
        const line = [file, ...args].join(' ');
        commands.push(line);
        if (fails?.test(line)) return failed('You do not have the rights.');
        switch (file) {
          case 'gsettings':
            return gsettings(args);
          case 'networksetup':
            return networksetup(args);
          case 'reg.exe':
            return reg(args);
          case 'certutil.exe':
            return trusted ? ok() : failed('CertUtil: -verifystore command FAILED');
          default:
            return ok();
        }
      },
      start: () => ({ pid: null, gone: Promise.resolve() }),
      commandLine: async () => null,
      kill: () => {},
      find: (program) => (program === 'gsettings' && system === 'gnome' ? '/usr/bin/gsettings' : null),
    },
  };
}

const AT_FIRST = {
  gnome: {
    'org.gnome.system.proxy mode': `'none'`,
    'org.gnome.system.proxy.http host': `''`,
    'org.gnome.system.proxy.http port': '8080',
    'org.gnome.system.proxy.https host': `'old.proxy.test'`,
    'org.gnome.system.proxy.https port': '0',
  } as Record<string, string>,
  macos: {
    'Wi-Fi/webproxy': 'No old.proxy.test 3128',
    'Wi-Fi/securewebproxy': 'No old.proxy.test 3128',
    'Wi-Fi/autoproxy': 'No',
    'USB 10/100 LAN/webproxy': 'No other.test 80',
    'USB 10/100 LAN/securewebproxy': 'No other.test 80',
    'USB 10/100 LAN/autoproxy': 'No',
  } as Record<string, string>,
  windows: { ProxyEnable: '0x0', ProxyOverride: '<local>', User: 'somebody' } as Record<string, string>,
};
