import type { Certificate, Machine, TrustStep } from './step.ts';

/** The folder where a distribution wants local CAs, and the program that then rebuilds its bundle. */
const STORES = [
  {
    name: 'Debian, Ubuntu and Alpine',
    folder: '/usr/local/share/ca-certificates',
    ending: 'crt',
    refresh: ['update-ca-certificates'],
    forget: ['update-ca-certificates', '--fresh'],
  },
  {
    name: 'Fedora and Red Hat',
    folder: '/etc/pki/ca-trust/source/anchors',
    ending: 'pem',
    refresh: ['update-ca-trust', 'extract'],
    forget: ['update-ca-trust', 'extract'],
  },
  {
    name: 'Arch',
    folder: '/etc/ca-certificates/trust-source/anchors',
    ending: 'pem',
    refresh: ['update-ca-trust'],
    forget: ['update-ca-trust'],
  },
  {
    name: 'openSUSE',
    folder: '/etc/pki/trust/anchors',
    ending: 'pem',
    refresh: ['update-ca-certificates'],
    forget: ['update-ca-certificates'],
  },
] as const;

/** Steps that make this user's machine trust the CA: the system's store, then browsers' own databases. */
export function linuxInstall(certificate: Certificate, machine: Machine): TrustStep[] {
  const store = storeOf(machine);
  const system: TrustStep[] = store
    ? [
        {
          says: `Copy the certificate into the system's store (${store.name})`,
          command: ['install', '-m', '0644', certificate.path, fileIn(store, certificate)],
          asRoot: true,
          optional: false,
        },
        {
          says: "Rebuild the system's bundle of trusted roots",
          command: [...store.refresh],
          asRoot: true,
          optional: false,
        },
      ]
    : [];
  return [...system, ...nssSteps(certificate, machine, 'install')];
}

/** The reverse; steps for what is not there fail harmlessly. */
export function linuxUninstall(certificate: Certificate, machine: Machine): TrustStep[] {
  const store = storeOf(machine);
  const system: TrustStep[] = store
    ? [
        {
          says: "Remove the certificate from the system's store",
          command: ['rm', '-f', fileIn(store, certificate)],
          asRoot: true,
          optional: false,
        },
        {
          says: "Rebuild the system's bundle of trusted roots",
          command: [...store.forget],
          asRoot: true,
          optional: false,
        },
      ]
    : [];
  return [...system, ...nssSteps(certificate, machine, 'uninstall')];
}

type Store = (typeof STORES)[number];

function storeOf(machine: Machine): Store | undefined {
  return STORES.find((store) => machine.isFolder(store.folder) && machine.has(store.refresh[0]));
}

function fileIn(store: Store, certificate: Certificate): string {
  return `${store.folder}/sallyport-${certificate.mark}.${store.ending}`;
}

/** Chromium and Firefox on Linux keep their own databases (NSS); `certutil` comes with libnss3-tools or nss-tools. */
export function nssSteps(certificate: Certificate, machine: Machine, what: 'install' | 'uninstall'): TrustStep[] {
  if (!machine.has('certutil')) return [];
  const nickname = nssNickname(certificate);
  return nssDatabases(machine).map(({ browser, folder }) => ({
    says: what === 'install' ? `Tell ${browser} to trust it (${folder})` : `Tell ${browser} to forget it (${folder})`,
    command:
      what === 'install'
        ? ['certutil', '-A', '-d', `sql:${folder}`, '-t', 'C,,', '-n', nickname, '-i', certificate.path]
        : ['certutil', '-D', '-d', `sql:${folder}`, '-n', nickname],
    asRoot: false,
    optional: true,
  }));
}

/** What we are called in a browser's own database. */
export function nssNickname({ mark }: Certificate): string {
  return `Sallyport ${mark}`;
}

export function nssDatabases({ home, isFolder, foldersIn }: Machine): { browser: string; folder: string }[] {
  const found = [`${home}/.pki/nssdb`, `${home}/snap/chromium/current/.pki/nssdb`]
    .filter(isFolder)
    .map((folder) => ({ browser: 'Chromium and Chrome', folder }));
  for (const root of [
    `${home}/.mozilla/firefox`,
    `${home}/snap/firefox/common/.mozilla/firefox`,
    `${home}/Library/Application Support/Firefox/Profiles`,
  ]) {
    for (const profile of foldersIn(root))
      if (/\.|default/.test(profile)) found.push({ browser: 'Firefox', folder: `${root}/${profile}` });
  }
  return found;
}
