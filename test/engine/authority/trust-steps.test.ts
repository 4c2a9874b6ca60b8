import { describe, expect, test } from 'vitest';
import type { Certificate, Machine } from '../../../electron/engine/authority/trust/step.ts';
import { thisMachine, trustSteps } from '../../../electron/engine/authority/trust/trust-steps.ts';

const CA: Certificate = {
  path: "/data/it's here/ca.pem",
  name: 'Sallyport CA (me@box) 1a2b3c4d',
  sha1: 'ABCDEF',
  mark: '1a2b3c4d',
};

function machine(folders: string[], programs: string[], profiles: Record<string, string[]> = {}): Machine {
  return {
    home: '/home/me',
    has: (program) => programs.includes(program),
    isFolder: (path) => folders.includes(path),
    foldersIn: (path) => profiles[path] ?? [],
  };
}

const DEBIAN = machine(
  ['/usr/local/share/ca-certificates', '/home/me/.pki/nssdb'],
  ['update-ca-certificates', 'certutil'],
  { '/home/me/.mozilla/firefox': ['x.default-release', 'Crash Reports'] },
);

describe('on Linux', () => {
  test.each([
    [
      'Debian',
      '/usr/local/share/ca-certificates',
      'update-ca-certificates',
      'sallyport-1a2b3c4d.crt',
      ['update-ca-certificates'],
    ],
    [
      'Fedora',
      '/etc/pki/ca-trust/source/anchors',
      'update-ca-trust',
      'sallyport-1a2b3c4d.pem',
      ['update-ca-trust', 'extract'],
    ],
    [
      'Arch',
      '/etc/ca-certificates/trust-source/anchors',
      'update-ca-trust',
      'sallyport-1a2b3c4d.pem',
      ['update-ca-trust'],
    ],
    [
      'openSUSE',
      '/etc/pki/trust/anchors',
      'update-ca-certificates',
      'sallyport-1a2b3c4d.pem',
      ['update-ca-certificates'],
    ],
  ])('%s: the file, then the bundle, both as root', (_name, folder, program, file, refresh) => {
    const steps = trustSteps('install', CA, machine([folder], [program]), 'linux');
    expect(steps.map(({ command, asRoot }) => [command, asRoot])).toEqual([
      [['install', '-m', '0644', CA.path, `${folder}/${file}`], true],
      [refresh, true],
    ]);
    expect(trustSteps('uninstall', CA, machine([folder], [program]), 'linux')[0]?.command).toEqual([
      'rm',
      '-f',
      `${folder}/${file}`,
    ]);
  });

  test('browsers’ own databases are told as the user, and only where they are', () => {
    const browsers = trustSteps('install', CA, DEBIAN, 'linux').slice(2);
    for (const { asRoot, optional } of browsers) expect([asRoot, optional]).toEqual([false, true]);
    expect(browsers.map(({ command }) => command[3])).toEqual([
      'sql:/home/me/.pki/nssdb',
      'sql:/home/me/.mozilla/firefox/x.default-release',
    ]);
    expect(trustSteps('install', CA, machine([], []), 'linux')).toEqual([]);
  });

  test('uninstalling touches what installing touched, and nothing else', () => {
    const places = (what: 'install' | 'uninstall') =>
      trustSteps(what, CA, DEBIAN, 'linux').flatMap(({ command }) =>
        command.filter((part) => /^(\/(usr|etc)|sql:)/.test(part)),
      );
    expect(places('uninstall')).toEqual(places('install'));
  });
});

test('on macOS, the user’s own keychain, for TLS only', () => {
  const [step] = trustSteps('install', CA, machine([], []), 'darwin');
  expect(step).toMatchObject({
    asRoot: false,
    command: [
      'security',
      'add-trusted-cert',
      '-r',
      'trustRoot',
      '-p',
      'ssl',
      '-k',
      '/home/me/Library/Keychains/login.keychain-db',
      CA.path,
    ],
  });
  expect(trustSteps('uninstall', CA, machine([], []), 'darwin').map(({ command }) => command[1])).toEqual([
    'remove-trusted-cert',
    'delete-certificate',
  ]);
});

test('on Windows, the user’s own store, found again by fingerprint', () => {
  expect(trustSteps('install', CA, machine([], []), 'win32').map(({ command }) => command)).toEqual([
    ['certutil.exe', '-user', '-addstore', 'Root', CA.path],
  ]);
  expect(trustSteps('uninstall', CA, machine([], []), 'win32').map(({ command }) => command)).toEqual([
    ['certutil.exe', '-user', '-delstore', 'Root', 'ABCDEF'],
  ]);
});

test('no step is a shell line', () => {
  for (const platform of ['linux', 'darwin', 'win32'] as const) {
    for (const what of ['install', 'uninstall'] as const) {
      for (const { command } of trustSteps(what, CA, DEBIAN, platform)) expect(command[0]).toMatch(/^[a-z][\w.-]*$/);
    }
  }
});

test('this machine can be asked', () => {
  const here = thisMachine();
  expect([here.isFolder('/nowhere'), here.foldersIn('/nowhere'), here.has('no-such-program')]).toEqual([
    false,
    [],
    false,
  ]);
  expect(here.isFolder(here.home)).toBe(true);
});
