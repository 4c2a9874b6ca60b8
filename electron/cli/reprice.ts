import { Option, type Command } from 'commander';
import { dataOption } from './shared-options.ts';

export interface RepriceOptions {
  data?: string;
  since: string;
  until?: string;
  vendor?: string;
  apply?: boolean;
  list?: boolean;
  format: 'table' | 'json';
}

export function addReprice(program: Command): void {
  program
    .command('reprice')
    .description('price recorded calls by the prices of now; shows the difference, and writes it with --apply')
    .addOption(dataOption())
    .option('--since <time>', 'from when: 7d (ago), a day, a time', '30d')
    .option('--until <time>', 'until when (default: now)')
    .option('--vendor <id>', 'only calls to this vendor, as `sallyport vendors` prints it')
    .option('--apply', 'write it, and keep a record of what it changed')
    .addOption(new Option('--list', 'what was priced anew before').conflicts(['apply', 'vendor', 'until']))
    .addOption(new Option('-f, --format <format>', 'how to print it').choices(['table', 'json']).default('table'))
    .addHelpText(
      'after',
      `
Each call is priced by the prices of its own day, out of the lists and your prices.yaml. What vendors
themselves say they charged stays. In json costs are whole nano-dollars, and null when unknown.
--apply needs a running engine; given up with Ctrl-C, what was priced until then stays so.

Examples:
  sallyport reprice
  sallyport reprice --since 2026-11-01 --until 2026-12-01 --vendor openai
  sallyport reprice --since 2026-11-01 --apply
  sallyport reprice --list
`,
    )
    .action(async (options: RepriceOptions) => (await import('./reprice-calls.ts')).repriceFromHere(options));
}
