import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import { dataOption } from './shared-options.ts';

export interface CallOptions {
  data?: string;
  format?: 'json' | 'har' | 'curl';
  body?: 'request' | 'response';
  raw?: boolean;
}

export function addCall(program: Command): void {
  program
    .command('call')
    .description('show one call: request, answer, timings, TLS, attempts, bodies')
    .argument('<id>', "the call's number", (text) => {
      if (!/^[1-9]\d{0,14}$/.test(text)) throw new InvalidArgumentError('It must be a number from `sallyport calls`.');
      return Number(text);
    })
    .addOption(dataOption())
    .addOption(
      new Option('-f, --format <format>', 'print it for programs, or as the curl command that repeats it').choices([
        'json',
        'har',
        'curl',
      ]),
    )
    .addOption(
      new Option('-b, --body <side>', 'print one body and nothing else')
        .choices(['request', 'response'])
        .conflicts('format'),
    )
    .option('--raw', 'with --body: as on the wire, content coding left on')
    .addHelpText(
      'after',
      `
Credentials were redacted before the call was stored; they cannot be shown.

Examples:
  sallyport call 42
  sallyport call 42 --format curl | bash
  sallyport call 42 --body response | jq .
  sallyport call 42 --body response --raw > answer.gz
  sallyport call 42 --format har > call.har
`,
    )
    .action(async (id: number, options: CallOptions) => {
      const { showCall } = await import('./show-call.ts');
      await showCall(id, options);
    });
}
