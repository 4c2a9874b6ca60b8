import { spawnSync } from 'node:child_process';
import { confirm } from './confirm.ts';
import { shellQuote } from '../../shared/format/shell-quote.ts';
import { openAuthority, rotateAuthority } from '../engine/authority/root-ca.ts';
import type { TrustStep } from '../engine/authority/trust/step.ts';
import { readCertificate, thisMachine, trustSteps } from '../engine/authority/trust/trust-steps.ts';
import { dataFolder, openDataFolder } from '../hosts/data-folder.ts';
import { isEngineLocked } from '../hosts/engine-lock.ts';
import type { CaOptions } from './ca.ts';
import { EXIT, Fault } from './fault.ts';
import { note, write } from './terminal.ts';

/** `sallyport ca path` */
export async function printPath(options: CaOptions): Promise<void> {
  await write(`${caFile(options)}\n`);
}

/** `sallyport ca install` and `uninstall`: says exactly what will be done, asks, does it. */
export async function changeTrust(what: 'install' | 'uninstall', options: CaOptions): Promise<void> {
  const certificate = readCertificate(caFile(options));
  const machine = thisMachine();
  const steps = trustSteps(what, certificate, machine);
  if (steps.length === 0) {
    throw new Fault(
      `How this system keeps its trusted roots is not known. Add ${certificate.path} by its own means; programs under \`sallyport run\` trust it as it is.`,
    );
  }
  const lines = steps.map((step) => `  ${step.says}${step.optional ? ', if possible' : ''}\n    ${commandLine(step)}`);
  await write(
    `${what === 'install' ? 'To make this machine trust' : 'To make this machine forget'} “${certificate.name}” (${certificate.path}), this will be run:\n${lines.join('\n')}\n`,
  );
  if (what === 'install')
    await write(
      'From then on, whoever can read ca-key.pem in the data folder could impersonate any site to this machine.\n',
    );
  if (!(await confirm(options.yes))) throw new Fault('Nothing was changed.');
  for (const step of steps) runStep(step);
  await write(what === 'install' ? 'Done. Programs that are running now may need a new start.\n' : 'Done.\n');
  if (process.platform === 'linux' && !machine.has('certutil')) {
    note(
      'Chromium and Firefox keep their own lists, which need certutil (Debian: libnss3-tools, Fedora: nss-tools); install it and run this again.',
    );
  }
}

/** `sallyport ca rotate` */
export async function rotate(options: CaOptions): Promise<void> {
  const dataDir = dataFolder(options.data);
  openDataFolder(dataDir);
  if (isEngineLocked(dataDir)) throw new Fault('An engine is using the CA. Stop it first, then rotate.', EXIT.engine);
  await write(
    `A new key and certificate will replace those in ${dataDir}. Whatever trusts the old one will refuse calls until it trusts the new one.\n`,
  );
  if (!(await confirm(options.yes))) throw new Fault('Nothing was changed.');
  await write(`${rotateAuthority({ dataDir })}\n`);
}

/** The certificate's file; the CA is made when there is none. */
function caFile(options: CaOptions): string {
  const dataDir = dataFolder(options.data);
  openDataFolder(dataDir);
  return openAuthority({ dataDir, log: note }).caPath;
}

function commandOf({ command, asRoot }: TrustStep): readonly [string, ...string[]] {
  return asRoot && process.getuid?.() !== 0 ? ['sudo', ...command] : command;
}

function commandLine(step: TrustStep): string {
  return commandOf(step).map(shellQuote).join(' ');
}

function runStep(step: TrustStep): void {
  const [file, ...args] = commandOf(step);
  const { status, error } = spawnSync(file, args, { stdio: ['inherit', 'inherit', 'inherit'] });
  if (status === 0) return;
  const why = error ? error.message : `exit code ${status ?? 'none'}`;
  if (!step.optional)
    throw new Fault(
      `This failed (${why}): ${commandLine(step)}\nThe steps before it were done; the ones after it were not.`,
    );
  note(`Left out (${why}): ${step.says}`);
}
