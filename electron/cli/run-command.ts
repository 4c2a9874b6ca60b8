import type { Command } from 'commander';
import { dataOption, reachOptions } from './shared-options.ts';
import type { ReachOptions } from './shared-options.ts';

interface RunCommandOptions extends ReachOptions {
  data?: string;
  app?: string;
  quiet?: boolean;
}

export function addRun(program: Command): void {
  const command = program
    .command('run')
    .description('run a program with its calls going through Sallyport')
    .argument('<command>', 'the program')
    .argument('[arguments...]', 'its arguments, as they are')
    .addOption(dataOption())
    .option('-a, --app <name>', 'what to call the program in the records (default: made of its name and folder)')
    .option('-q, --quiet', 'do not print the summary');
  for (const option of reachOptions()) command.addOption(option);
  command
    .passThroughOptions()
    .addHelpText(
      'after',
      `
The program gets our terminal, its signals and its own exit code. An engine is started when none
runs, and ends with it. Exit codes of our own: 125 the program was not started because of us,
126 it cannot be executed, 127 it was not found.

Examples:
  sallyport run -- curl -s https://example.com/
  sallyport run --app billing -- npm test
  sallyport run --connect-to api.example.com:443=127.0.0.1:8443 --upstream-ca test-ca.pem -- node app.js
`,
    )
    .action(async (name: string, args: string[], options: RunCommandOptions) => {
      const [{ run }, { attachEngine }, { dataFolder }] = await Promise.all([
        import('./run.ts'),
        import('./attach-engine.ts'),
        import('../hosts/data-folder.ts'),
      ]);
      await run({
        command: name,
        args,
        app: options.app,
        dataDir: options.data,
        quiet: options.quiet === true,
        env: process.env,
        attach: () => attachEngine({ dataDir: dataFolder(options.data), leaseName: `run ${name}`, reach: options }),
      });
    });
}
