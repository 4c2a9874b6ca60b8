import { Option, type Command } from 'commander';
import { dataOption, wholeNumber } from './shared-options.ts';

export interface CoverageCommandOptions {
  data?: string;
  since: string;
  app?: string;
  format: 'text' | 'ndjson';
  limit: number;
}

export function addCoverage(program: Command): void {
  program
    .command('coverage')
    .description('say how much of what leaves is seen, and name what is not')
    .addOption(dataOption())
    .option('--since <time>', 'from when: a time ago, a day, a time', '-1h')
    .option('-a, --app <name>', 'only what this app sent past Sallyport')
    .addOption(new Option('-f, --format <format>', 'how to print it').choices(['text', 'ndjson']).default('text'))
    .option('-n, --limit <number>', 'at most so many places', wholeNumber(1, 1000), 50)
    .addHelpText(
      'after',
      `
Connections, by the hour: a time within an hour counts the whole of it. In ndjson the first line is
the number and its parts, each further line a program and the place it went to.

Examples:
  sallyport coverage
  sallyport coverage --since -1d --app billing
  sallyport coverage --format ndjson | tail -n +2 | jq -r .remedy
`,
    )
    .action(async (options: CoverageCommandOptions) => {
      const { showCoverage } = await import('./show-coverage.ts');
      await showCoverage(options);
    });
}
