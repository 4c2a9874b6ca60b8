import { readFileSync } from 'node:fs';
import type { ReachFiles } from '../hosts/engine-messages.ts';
import type { Reach } from './engine-service.ts';

/** A file that was named cannot be used; the message says which option and why. */
export class ReachError extends Error {}

/** Reads the files that were named. Throws ReachError. */
export function readReach(options: ReachFiles): Reach {
  return {
    connectTo: options.connectTo ?? [],
    upstreamCa: (options.upstreamCa ?? []).map((file) => readPem(file, '--upstream-ca', 'CERTIFICATE')),
    passThrough: options.passThrough ?? [],
    clientCertificates: (options.clientCertificate ?? []).map(({ host, cert, key }) => ({
      host,
      cert: readPem(cert, '--client-certificate', 'CERTIFICATE'),
      key: readPem(key, '--client-certificate', 'PRIVATE KEY'),
    })),
  };
}

function readPem(file: string, option: string, what: 'CERTIFICATE' | 'PRIVATE KEY'): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new ReachError(
      `${option}: ${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)}).`,
    );
  }
  if (!new RegExp(`-----BEGIN [A-Z ]*${what}-----`).test(text))
    throw new ReachError(`${option}: ${file} holds no ${what.toLowerCase()} in PEM form.`);
  return text;
}
