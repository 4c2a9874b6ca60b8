import type { Command } from 'commander';
import { dataOption, wholeNumber } from './shared-options.ts';

export interface AttachOptions {
  data?: string;
  app?: string;
  undo?: boolean;
}

export function addAttach(program: Command): void {
  program
    .command('attach')
    .description('put our agent into a Node program that runs; without a number, list those that do')
    .argument('[pid]', 'its process', wholeNumber(1))
    .addOption(dataOption())
    .option('-a, --app <name>', 'what to call the program in the records (default: as its process is recognised)')
    .option('--undo', 'take it out again: nothing more is told, until the program is started anew')
    .addHelpText(
      'after',
      `
The agent only looks on: which calls the program makes, by which line of its code. They go the way they
went before, and need no certificate of ours. Node's inspector is opened for that moment when it is not
open; the program then says “Debugger listening …” on its standard error. Calls that are open are not seen.

Examples:
  sallyport attach
  sallyport attach 4711 --app billing
  sallyport attach 4711 --undo
`,
    )
    .action(async (pid: number | undefined, options: AttachOptions) =>
      (await import('./attach-process.ts')).attachProcess(pid, options),
    );
}
