import { resolve } from 'node:path';
import { Option } from 'commander';
import type { Command } from 'commander';
import { EXIT, Fault } from './fault.ts';
import { dataOption, reachOptions, wholeNumber, withoutOption } from './shared-options.ts';
import type { ReachOptions } from './shared-options.ts';
import type { HookName } from '../engine/capture/attach/hooks/names.ts';

interface MockOptions extends ReachOptions {
  data?: string;
  app?: string;
  quiet?: boolean;
  without?: HookName[];
  unmatched?: 'pass' | 'refuse';
  seed?: number;
  strict?: boolean;
}

export function addMock(program: Command): void {
  const command = program
    .command('mock')
    .description('run a program with its calls answered from a file of mocks')
    .argument('<file>', 'the mocks; docs/mocks.md says what may stand in it')
    .argument('<command>', 'the program')
    .argument('[arguments...]', 'its arguments, as they are')
    .addOption(dataOption())
    .option('-a, --app <name>', 'what to call the program in the records (default: made of its name and folder)')
    .option('-q, --quiet', 'print nothing about what was mocked, unless --strict fails')
    .addOption(
      new Option(
        '--unmatched <what>',
        'calls that nothing matches: refuse them, or let them pass to their origins',
      ).choices(['refuse', 'pass']),
    )
    .addOption(
      new Option('--seed <number>', 'draw the same chances every time').argParser(wholeNumber(0, 4_294_967_295)),
    )
    .option('--strict', 'fail when nothing matched a call, or a mock was never asked for');
  for (const option of [withoutOption(), ...reachOptions()]) command.addOption(option);
  command
    .passThroughOptions()
    .addHelpText(
      'after',
      `
Only the program's own calls are answered, and those of programs that it starts. It runs as under
\`sallyport run\`: our terminal, its signals, its own exit code. What nothing matches is refused
unless the file or --unmatched says otherwise. Exit codes of our own: 122 with --strict, when the
program ended well but calls and mocks did not fit; 125 it was not started because of us (there is
a mistake in the file, say), 126 it cannot be executed, 127 it was not found.

Examples:
  sallyport mock checkout.yaml -- npm test
  sallyport mock --strict --seed 7 checkout.yaml -- node worker.js
  sallyport mock --unmatched pass vendor-down.yaml -- ./integration.sh
`,
    )
    .action(async (file: string, first: string, rest: string[], options: MockOptions) => {
      // After the file the parser leaves everything as it is, the dashes before the program too.
      const [name, ...args] = first === '--' ? rest : [first, ...rest];
      if (name === undefined) throw new Fault('Which program? sallyport mock FILE -- COMMAND', EXIT.usage);
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
        agent: 'observe',
        without: options.without ?? [],
        refuse: '; without the mocks its calls would have gone out.',
        env: process.env,
        mock: {
          file: resolve(file),
          unmatched: options.unmatched,
          seed: options.seed,
          strict: options.strict === true,
        },
        attach: () => attachEngine({ dataDir: dataFolder(options.data), leaseName: `mock ${name}`, reach: options }),
      });
    });
}
