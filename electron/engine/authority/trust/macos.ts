import { nssSteps } from './linux.ts';
import type { Certificate, Machine, TrustStep } from './step.ts';

/**
 * The login keychain, trusted for TLS only: needs no administrator, though macOS asks for the
 * user's password by itself. Firefox keeps its own database.
 */
export function macosInstall(certificate: Certificate, machine: Machine): TrustStep[] {
  return [
    {
      says: 'Add the certificate to your login keychain, trusted for TLS (macOS asks for your password)',
      command: [
        'security',
        'add-trusted-cert',
        '-r',
        'trustRoot',
        '-p',
        'ssl',
        '-k',
        keychain(machine),
        certificate.path,
      ],
      asRoot: false,
      optional: false,
    },
    ...nssSteps(certificate, machine, 'install'),
  ];
}

export function macosUninstall(certificate: Certificate, machine: Machine): TrustStep[] {
  return [
    {
      says: 'Withdraw its trust (macOS asks for your password)',
      command: ['security', 'remove-trusted-cert', certificate.path],
      asRoot: false,
      optional: true,
    },
    {
      says: 'Remove it from your login keychain',
      command: ['security', 'delete-certificate', '-Z', certificate.sha1, keychain(machine)],
      asRoot: false,
      optional: false,
    },
    ...nssSteps(certificate, machine, 'uninstall'),
  ];
}

function keychain({ home }: Machine): string {
  return `${home}/Library/Keychains/login.keychain-db`;
}
