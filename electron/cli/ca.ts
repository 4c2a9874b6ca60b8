import type { Command } from 'commander';
import { dataOption } from './shared-options.ts';

export interface CaOptions {
  data?: string;
  yes?: boolean;
}

export function addCa(program: Command): void {
  const ca = program
    .command('ca')
    .description('the local certificate authority: where it is, and whether this machine trusts it')
    .enablePositionalOptions()
    .addHelpText(
      'after',
      `
\`sallyport run\` needs none of this: it tells the program about the CA. Install it for browsers
and programs that are started otherwise.
`,
    );
  ca.command('path')
    .description("print the path of the CA's certificate; make the CA when there is none")
    .addOption(dataOption())
    .addHelpText(
      'after',
      '\nExample:\n  curl --proxy http://127.0.0.1:4780 --cacert "$(sallyport ca path)" https://example.com/\n',
    )
    .action(async (options: CaOptions) => (await import('./manage-ca.ts')).printPath(options));
  ca.command('install')
    .description('make this machine trust the CA; shows every step and asks first')
    .addOption(dataOption())
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', '\nExample:\n  sallyport ca install\n')
    .action(async (options: CaOptions) => (await import('./manage-ca.ts')).changeTrust('install', options));
  ca.command('uninstall')
    .description('make this machine forget the CA; shows every step and asks first')
    .addOption(dataOption())
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', '\nExample:\n  sallyport ca uninstall\n')
    .action(async (options: CaOptions) => (await import('./manage-ca.ts')).changeTrust('uninstall', options));
  ca.command('rotate')
    .description('replace the CA by a new one; what trusted the old one must be told again')
    .addOption(dataOption())
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', '\nExample:\n  sallyport ca uninstall && sallyport ca rotate && sallyport ca install\n')
    .action(async (options: CaOptions) => (await import('./manage-ca.ts')).rotate(options));
}
