import type { Certificate, TrustStep } from './step.ts';

/** The user's own root store: no administrator needed; Windows shows the certificate and asks once. */
export function windowsInstall(certificate: Certificate): TrustStep[] {
  return [
    {
      says: 'Add the certificate to your trusted roots (Windows shows it and asks)',
      command: ['certutil.exe', '-user', '-addstore', 'Root', certificate.path],
      asRoot: false,
      optional: false,
    },
  ];
}

export function windowsUninstall(certificate: Certificate): TrustStep[] {
  return [
    {
      says: 'Remove it from your trusted roots (Windows asks)',
      command: ['certutil.exe', '-user', '-delstore', 'Root', certificate.sha1],
      asRoot: false,
      optional: false,
    },
  ];
}
