import { accessSync, constants, readdirSync, readFileSync, statSync } from 'node:fs';
import { createHash, X509Certificate } from 'node:crypto';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { linuxInstall, linuxUninstall } from './linux.ts';
import { macosInstall, macosUninstall } from './macos.ts';
import type { Certificate, Machine, TrustStep } from './step.ts';
import { windowsInstall, windowsUninstall } from './windows.ts';

/** The steps for an operating system; empty when nothing is known to do on it. */
export function trustSteps(
  what: 'install' | 'uninstall',
  certificate: Certificate,
  machine: Machine,
  platform: NodeJS.Platform = process.platform,
): TrustStep[] {
  switch (platform) {
    case 'darwin':
      return what === 'install' ? macosInstall(certificate, machine) : macosUninstall(certificate, machine);
    case 'win32':
      return what === 'install' ? windowsInstall(certificate) : windowsUninstall(certificate);
    default:
      return what === 'install' ? linuxInstall(certificate, machine) : linuxUninstall(certificate, machine);
  }
}

/** What the steps need to know of a certificate file. Throws what reading or parsing throws. */
export function readCertificate(path: string): Certificate {
  const { raw, subject } = new X509Certificate(readFileSync(path));
  const sha1 = createHash('sha1').update(raw).digest('hex').toUpperCase();
  const name = /^CN=(.*)$/m.exec(subject)?.[1] ?? 'Sallyport CA';
  return { path, name, sha1, mark: createHash('sha256').update(raw).digest('hex').slice(0, 8) };
}

/** This machine, as the steps ask about it. */
export function thisMachine(env: NodeJS.ProcessEnv = process.env): Machine {
  const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  // Programs of the administrator are not on every user's PATH.
  const folders = [...(env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'].filter((folder) => folder !== '');
  return {
    home: homedir(),
    isFolder,
    has: (program) => folders.some((folder) => isExecutable(join(folder, program))),
    foldersIn(path) {
      try {
        return readdirSync(path, { withFileTypes: true })
          .filter((entry) => entry.isDirectory())
          .map((entry) => entry.name);
      } catch {
        return [];
      }
    },
  };
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
