import { readFileSync } from 'node:fs';
import tls from 'node:tls';

/** Where Linux distributions keep their roots in one file: Debian, Fedora, SUSE, Alpine. */
export const LINUX_BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

/**
 * Every root this machine trusts, as PEM: Node's bundled ones, NODE_EXTRA_CA_CERTS, the system's
 * store (a network whose own proxy re-signs TLS is normal), and `more` (texts that may each hold
 * several). Each root once: the stores overlap almost wholly, and OpenSSL parses every copy.
 */
export function trustedRoots(more: readonly string[]): string[] {
  const roots = new Map<string, string>();
  const extra = process.env['NODE_EXTRA_CA_CERTS'] ? tls.getCACertificates('extra') : [];
  for (const pem of [...tls.rootCertificates, ...extra, ...systemRoots(), ...more.flatMap(splitPem)]) {
    const key = pem.replace(/\s+/g, '');
    if (!roots.has(key)) roots.set(key, pem);
  }
  return [...roots.values()];
}

function systemRoots(): string[] {
  // Node parses and prints each certificate of the store (over 100 ms here, on the thread that
  // carries calls); the distribution's file holds the same text ready made.
  if (process.platform === 'linux' && !process.env['SSL_CERT_FILE'] && !process.env['SSL_CERT_DIR']) {
    for (const path of LINUX_BUNDLES) {
      try {
        return splitPem(readFileSync(path, 'latin1'));
      } catch {
        // the next distribution's place
      }
    }
  }
  return tls.getCACertificates('system');
}

function splitPem(text: string): string[] {
  return text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
}
