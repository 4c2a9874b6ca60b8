import { Option, type Command } from 'commander';
import { dataOption } from './shared-options.ts';

export interface PricesOptions {
  data?: string;
  since: string;
  init?: boolean;
  format: 'table' | 'json';
}

export function addPrices(program: Command): void {
  program
    .command('prices')
    .description('list the prices of what was called, and how contracts are used')
    .addOption(dataOption())
    .option('--since <time>', 'of what was called since then: 7d (ago), a day, a time', '30d')
    .addOption(new Option('--init', 'write a prices.yaml to begin with, unless there is one').conflicts('since'))
    .addOption(new Option('-f, --format <format>', 'how to print it').choices(['table', 'json']).default('table'))
    .addHelpText(
      'after',
      `
Own prices, contracts, discounts, free tiers and rates stand in prices.yaml in the data folder: see
docs/costs.md. In json prices are whole nano-dollars, of one piece or of a million.

Examples:
  sallyport prices
  sallyport prices --init
  sallyport prices --format json | jq '.prices[] | select(.vendor == "openai")'
`,
    )
    .action(async (options: PricesOptions) => (await import('./list-prices.ts')).listPricesInForce(options));
}
