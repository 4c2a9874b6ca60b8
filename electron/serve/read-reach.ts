import { readFileSync } from 'node:fs';
import type { ReachFiles } from '../hosts/engine-messages.ts';
import { readPolicyText } from '../engine/govern/register/read-policies.ts';
import type { Reach } from './engine-service.ts';

/** A file that was named cannot be used; the message says which option and why. */
export class ReachError extends Error {}

/** Reads the files that were named. Throws ReachError. */
export function readReach(options: ReachFiles): Reach {
  return {
    connectTo: options.connectTo ?? [],
    upstreamCa: (options.upstreamCa ?? []).map((file) => readPem(file, '--upstream-ca', 'CERTIFICATE')),
    passThrough: options.passThrough ?? [],
    policies: options.policies === undefined ? undefined : readPolicies(options.policies),
    clientCertificates: (options.clientCertificate ?? []).map(({ host, cert, key }) => ({
      host,
      cert: readPem(cert, '--client-certificate', 'CERTIFICATE'),
      key: readPem(key, '--client-certificate', 'PRIVATE KEY'),
    })),
  };
}

/** A file that is named and wrong is found at the start; one that becomes wrong later, is told and not taken over. */
function readPolicies(file: string): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new ReachError(
      `--policies: ${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)}).`,
    );
  }
  const read = readPolicyText(text);
  if ('value' in read) return file;
  const told = read.problems.map(
    ({ line, column, severity, says }) => `${file}:${line}:${column}: ${severity}: ${says}`,
  );
  throw new ReachError(`--policies: the file is not in order, so nothing was started.\n${told.join('\n')}`);
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
