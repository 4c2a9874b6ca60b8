import { readFileSync } from 'node:fs';
import { nssDatabases, nssNickname } from './linux.ts';
import type { Certificate, Machine } from './step.ts';
import { LINUX_BUNDLES } from '../trusted-roots.ts';

/** Whether one store of this machine trusts our CA; null where that cannot be told. */
export interface StoreState {
  store: string;
  trusted: boolean | null;
  says: string;
}

/** Runs a tool of this machine; `code` null when it could not be started. */
export type RunTool = (file: string, args: readonly string[]) => Promise<{ code: number | null; stdout: string }>;

/** The stores that programs of this machine ask, the system's first. Changes nothing. */
export async function lookAtStores(
  certificate: Certificate,
  machine: Machine,
  run: RunTool,
  platform: NodeJS.Platform = process.platform,
): Promise<StoreState[]> {
  return [await systemStore(certificate, run, platform), ...(await browserStores(certificate, machine, run))];
}

/** The store of the operating system itself. */
export async function systemStore(
  certificate: Certificate,
  run: RunTool,
  platform: NodeJS.Platform = process.platform,
): Promise<StoreState> {
  const store = { linux: "The system's bundle", darwin: 'Your login keychain', win32: 'Your trusted roots' }[
    platform as 'linux'
  ];
  const trusted = await isInSystem(certificate, run, platform);
  const says =
    trusted === null
      ? 'It cannot be told.'
      : trusted
        ? 'Programs that ask the system trust our certificates.'
        : 'Not there. Programs under sallyport run need no more; to add it: sallyport ca install';
  return { store: store ?? 'The system', trusted, says };
}

async function isInSystem(
  { path, name, sha1 }: Certificate,
  run: RunTool,
  platform: NodeJS.Platform,
): Promise<boolean | null> {
  if (platform === 'win32') {
    const { code } = await run('certutil.exe', ['-user', '-verifystore', 'Root', sha1]);
    return code === null ? null : code === 0;
  }
  if (platform === 'darwin') {
    const { code, stdout } = await run('security', ['find-certificate', '-a', '-Z', '-c', name]);
    if (code === null) return null;
    if (!stdout.includes(sha1)) return false;
    // In a keychain is one thing, trusted another.
    return (await run('security', ['dump-trust-settings'])).stdout.includes(name);
  }
  // Node reads the store once; the bundle may have been rebuilt since.
  const ours = withoutSpace(readFileSync(path, 'latin1'));
  for (const bundle of LINUX_BUNDLES) {
    try {
      return withoutSpace(readFileSync(bundle, 'latin1')).includes(ours);
    } catch {
      // the next distribution's place
    }
  }
  return null;
}

async function browserStores(certificate: Certificate, machine: Machine, run: RunTool): Promise<StoreState[]> {
  const found = nssDatabases(machine);
  return Promise.all(
    found.map(async ({ browser, folder }): Promise<StoreState> => {
      const store = `${browser} (${folder})`;
      if (!machine.has('certutil')) {
        return {
          store,
          trusted: null,
          says: 'It cannot be told without certutil (Debian: libnss3-tools, Fedora: nss-tools, macOS: brew install nss).',
        };
      }
      const { code, stdout } = await run('certutil', ['-L', '-d', `sql:${folder}`]);
      if (code !== 0) return { store, trusted: null, says: 'certutil could not read it.' };
      const line = stdout.split('\n').find((entry) => entry.startsWith(`${nssNickname(certificate)} `));
      const trusted = line !== undefined && /\sC[A-Za-z]*,/.test(line);
      return {
        store,
        trusted,
        says: trusted ? 'It trusts our certificates.' : 'Not there. To add it: sallyport ca install',
      };
    }),
  );
}

function withoutSpace(text: string): string {
  return text.replaceAll(/\s+/g, '');
}
