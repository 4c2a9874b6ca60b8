import { InvalidArgumentError, Option, type Command } from 'commander';
import { dataOption } from './shared-options.ts';

const COLUMNS = ['day', 'model', 'input', 'output', 'cacheRead', 'cacheWrite', 'cost', 'requests'] as const;

export interface ReconcileOptions {
  data?: string;
  vendor?: string;
  columns?: Partial<Record<(typeof COLUMNS)[number], string>>;
  all?: boolean;
  format: 'table' | 'json' | 'csv';
}

export function addReconcile(program: Command): void {
  program
    .command('reconcile')
    .description('compare a vendor’s usage or cost export with what was recorded')
    .argument('<file>', 'the export, as CSV; - for standard input')
    .addOption(dataOption())
    .option('--vendor <id>', 'whose it is (told from the columns of OpenAI’s and Anthropic’s)')
    .option('--columns <names>', `names of columns of any other file: ${COLUMNS.join(', ')}`, readColumns)
    .option('--all', 'rows that agree, too')
    .addOption(
      new Option('-f, --format <format>', 'how to print it').choices(['table', 'json', 'csv']).default('table'),
    )
    .addHelpText(
      'after',
      `
Compares by day (UTC), model and token category, and says the likely reason of each difference. The
input contains the cache. In json and csv costs are whole nano-dollars. Rows that cannot be read are
left out and named by their line. Ends with 1 when something differs.

Examples:
  sallyport reconcile completions_usage.csv
  sallyport reconcile claude_usage.csv --format csv > differences.csv
  sallyport reconcile bill.csv --vendor mistral --columns day=Date,model=Model,input=Prompt,output=Completion
`,
    )
    .action(async (file: string, options: ReconcileOptions) =>
      (await import('./reconcile-file.ts')).reconcileFile(file, options),
    );
}

function readColumns(text: string): NonNullable<ReconcileOptions['columns']> {
  return Object.fromEntries(
    text.split(',').map((pair) => {
      const [name = '', ...column] = pair.split('=');
      const known = COLUMNS.find((one) => one.toLowerCase() === name.trim().replaceAll('-', '').toLowerCase());
      if (known === undefined || column.length === 0)
        throw new InvalidArgumentError(`It must be pairs like day=DATE,input=TOKENS; names are ${COLUMNS.join(', ')}.`);
      return [known, column.join('=').trim()];
    }),
  );
}
