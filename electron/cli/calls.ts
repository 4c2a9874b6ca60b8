import { Option } from 'commander';
import type { Command } from 'commander';
import { dataOption, wholeNumber } from './shared-options.ts';

export interface CallsOptions {
  data?: string;
  format: 'table' | 'ndjson' | 'har';
  limit?: number;
  follow?: boolean;
}

export function addCalls(program: Command): void {
  program
    .command('calls')
    .description('list recorded calls, newest first, or follow them as they end')
    .argument('[query...]', 'a filter; see docs/query-language.md')
    .addOption(dataOption())
    .addOption(
      new Option('-f, --format <format>', 'how to print them').choices(['table', 'ndjson', 'har']).default('table'),
    )
    .option(
      '-n, --limit <number>',
      'at most this many (default: 50 for the table, all for the others); with --follow, how many of before (10)',
      wholeNumber(0),
    )
    .option('--follow', 'go on with calls as they end, newest last, until Ctrl-C')
    .addHelpText(
      'after',
      `
A filter is words (any part of host and path) and fields:
  method:POST status:>=400 status:5xx host:*.stripe.com path:/v1/* app:billing
  failure:timeout* duration:>500ms size:>1MB tls:<1.2 protocol:h2 header.x-request-id:abc
  body:"text" since:-1h until:2026-11-23T10:00     and, or, not, ( ), a leading - for not
Quote it for your shell. One that begins with - and a word, not a field, comes after --.

Examples:
  sallyport calls
  sallyport calls 'status:>=400 since:-1h'
  sallyport calls --format ndjson 'host:*.openai.com' | jq .durationMs
  sallyport calls --format har 'app:billing' > billing.har
  sallyport calls --follow
  sallyport calls '-host:localhost'
`,
    )
    .action(async (query: string[], options: CallsOptions) => {
      const { listCalls } = await import('./list-calls.ts');
      await listCalls(query.join(' '), options);
    });
}
