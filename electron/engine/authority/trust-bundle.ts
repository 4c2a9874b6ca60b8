import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { getCACertificates } from 'node:tls';
import { writeBeside } from './ca-files.ts';

/**
 * The bundle for programs whose settings *replace* their roots (SSL_CERT_FILE and its kin): what was
 * there, the machine's store, the bundled roots, and our CA, each certificate once. A bundle with
 * our CA alone would break every host that does not go through us.
 */
export function writeTrustBundle(options: {
  dataDir: string;
  caPem: string;
  /** Files or folders of PEM certificates that were in force before; unreadable ones are told and skipped. */
  existing: readonly string[];
  log: (line: string) => void;
}): string {
  const before = options.existing.flatMap((path) => certificatesAt(path, options.log));
  const roots = new Set([...storeCertificates('system', options.log), ...storeCertificates('bundled', options.log)]);
  const extra = before.filter((pem) => !roots.has(pem));
  const text = [...new Set([...normalised(options.caPem), ...before, ...roots])].join('');
  // Programs with different settings get different bundles; the common case has the plain name.
  const mark = extra.length === 0 ? '' : `-${createHash('sha256').update(extra.join('')).digest('hex').slice(0, 8)}`;
  const path = join(options.dataDir, `ca-bundle${mark}.pem`);
  if (!existsSync(path) || readFileSync(path, 'utf8') !== text) renameSync(writeBeside(path, text, 0o644), path);
  return path;
}

function storeCertificates(store: 'system' | 'bundled', log: (line: string) => void): string[] {
  try {
    return getCACertificates(store).flatMap(normalised);
  } catch (error) {
    log(`The ${store} certificates could not be read: ${String(error)}`);
    return [];
  }
}

/** The certificates in a file, or in all files of a folder; none, and a line in the log, when it cannot be read. */
export function certificatesAt(path: string, log: (line: string) => void): string[] {
  try {
    if (!statSync(path).isDirectory()) return normalised(readFileSync(path, 'latin1'));
    return readdirSync(path)
      .sort()
      .flatMap((name) => {
        const inside = join(path, name);
        return statSync(inside, { throwIfNoEntry: false })?.isFile() ? normalised(readFileSync(inside, 'latin1')) : [];
      });
  } catch (error) {
    log(`${path} was set as a certificate bundle but cannot be read, so it is left out: ${String(error)}`);
    return [];
  }
}

/** Every certificate of a PEM text in one spelling, so that the same one is seen to be the same. */
function normalised(pem: string): string[] {
  const found = pem.matchAll(/-----BEGIN CERTIFICATE-----([^-]*)-----END CERTIFICATE-----/g);
  return [...found].map((match) => {
    const base64 = (match[1] ?? '').replace(/\s+/g, '');
    return `-----BEGIN CERTIFICATE-----\n${base64.replace(/.{1,64}/g, '$&\n')}-----END CERTIFICATE-----\n`;
  });
}
