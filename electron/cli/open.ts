import type { Command } from 'commander';
import { dataOption } from './shared-options.ts';

export interface OpenOptions {
  data?: string;
  browser?: boolean;
  print?: boolean;
}

export function addOpen(program: Command): void {
  program
    .command('open')
    .description('open the workspace of the engine that runs on the folder')
    .addOption(dataOption())
    .option('--browser', 'in a browser, even where the desktop app is there')
    .option('--print', 'print the link and open nothing; whoever has the link has every right')
    .addHelpText('after', '\nExamples:\n  sallyport open\n  sallyport open --print\n')
    .action(async (options: OpenOptions) => (await import('./start-workspace.ts')).openRunning(options));
}
