import type { Command } from 'commander';
import { runServe } from './serve.ts';
import type { ServeOptions } from './serve.ts';
import { dataOption, reachOptions, wholeNumber } from './shared-options.ts';

export function addStart(program: Command): void {
  const command = program
    .command('start')
    .description('start Sallyport (what npm start does); for now: serve, and how to send a first call')
    .addOption(dataOption())
    .option('-p, --proxy-port <port>', 'port of the proxy; 0 takes a free one', wholeNumber(0, 65535))
    .option('-w, --workspace-port <port>', 'port of the api; 0 takes a free one', wholeNumber(0, 65535));
  for (const option of reachOptions()) command.addOption(option);
  command
    .addHelpText('after', '\nExample:\n  npm start\n')
    .action(async (options: ServeOptions) => runServe(options, 'start'));
}
