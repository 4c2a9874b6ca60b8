import { InvalidArgumentError, Option, type Command } from 'commander';
import { dataOption, wholeNumber } from './shared-options.ts';

export interface CostsCommandOptions {
  data?: string;
  by: string[];
  since?: string;
  until?: string;
  vendor?: string;
  app?: string;
  model?: string;
  limit?: number;
  format: 'table' | 'json' | 'csv';
  waste?: boolean;
  forecast?: boolean;
}

export function addCosts(program: Command): void {
  program
    .command('costs')
    .description('sum up what calls cost, say what could be saved, and where the month is heading')
    .addOption(dataOption())
    .option(
      '-b, --by <dimensions>',
      'one to four of vendor, service, model, app, team, endpoint, credential, day, provenance, tag:NAME',
      readDimensions,
      ['vendor'],
    )
    .option('--since <time>', 'from when: 7d (ago), a day, a time (default: 30d; with --waste 7d)')
    .option('--until <time>', 'until when (default: now)')
    .option('--vendor <id>', 'only calls to this vendor, as `--by vendor` prints it')
    .option('-a, --app <name>', 'only calls of this app')
    .option('-m, --model <name>', 'only calls of this model')
    .option('-n, --limit <number>', 'at most so many rows', wholeNumber(1, 10_000))
    .addOption(
      new Option('-f, --format <format>', 'how to print it').choices(['table', 'json', 'csv']).default('table'),
    )
    .addOption(
      new Option('--waste', 'what could be saved, and the calls behind it').conflicts([
        'forecast',
        'vendor',
        'app',
        'model',
      ]),
    )
    .addOption(
      new Option('--forecast', 'what this month is going to come to').conflicts(['vendor', 'app', 'model', 'since']),
    )
    .addHelpText(
      'after',
      `
A cost that nobody knows is “unknown” (in json null, in csv empty), never 0; calls without one are
counted as unpriced. A ~ stands before sums with costs in them that were worked out here. In json and
csv costs are whole nano-dollars: 1,000,000,000 are one US dollar. Days are those of UTC.

Examples:
  sallyport costs
  sallyport costs --by vendor,model --since 7d
  sallyport costs --by tag:feature,day --since 2026-11-01 --format csv > november.csv
  sallyport costs --by app --format json | jq '.rows[] | select(.costNanoUsd == null)'
  sallyport costs --waste
  sallyport costs --forecast
`,
    )
    .action(async (options: CostsCommandOptions) => (await import('./show-costs.ts')).showCosts(options));
}

function readDimensions(text: string): string[] {
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (names.length === 0 || names.length > 4)
    throw new InvalidArgumentError('It must be one to four names with commas between, like vendor,model.');
  return names;
}
