import { InvalidArgumentError } from 'commander';
import { Option } from 'commander';
import type { Command } from 'commander';
import { dataOption, several, wholeNumber } from './shared-options.ts';

export interface ProbeOptions {
  data?: string;
  rate?: number;
  for: number;
  total?: number;
  parallel: number;
  host?: string;
  var?: { name: string; value: string }[];
  env?: string;
  yes?: boolean;
  format: 'table' | 'json';
}

/** Bounds that no option lifts: a probe finds a limit, it is no attack. */
export const MOST_RATE = 1000;
export const MOST_SECONDS = 600;
export const MOST_TOTAL = 100_000;

export function addProbe(program: Command): void {
  program
    .command('probe')
    .description('send one request many times at a rate, and say how long answers took and what went wrong')
    .argument('<what>', 'the id of a call, or a file of a request')
    .addOption(dataOption())
    .option(
      '--rate <rate>',
      `so many begun each second, as in 50/s, at most ${MOST_RATE}/s; left out: as fast as answers come`,
      readRate,
    )
    .option('--for <time>', 'for so long, as in 30s or 2m, at most 10m', readTime, 10)
    .option('--total <number>', `so many in all, at most ${MOST_TOTAL}`, wholeNumber(1, MOST_TOTAL))
    .option('--parallel <number>', 'so many at once at most', wholeNumber(1, 500), 10)
    .option('--host <name>', 'confirms the host, where it is not this machine or a private network')
    .option('--var <name=value>', 'a value for {{name}}; may be repeated', several(readPair))
    .option('--env <name>', 'the environment whose variables are used')
    .option('-y, --yes', 'the answer to what is asked before something is sent that may do harm')
    .addOption(
      new Option('-f, --format <format>', 'how to print the result').choices(['table', 'json']).default('table'),
    )
    .addHelpText(
      'after',
      `
Latency counts from the moment a sending was due, so that a slow origin cannot hide who waits for it.
Every sending is a call: it is recorded, and policies see it. Ctrl-C ends it and prints what there is.

Examples:
  sallyport probe 41 --rate 20/s --for 30s
  sallyport probe search.request.yaml --rate 50/s --total 500 --host api.staging.example.com --format json
`,
    )
    .action(async (what: string, options: ProbeOptions) => {
      const { probeRequest } = await import('./probe-request.ts');
      await probeRequest(what, options);
    });
}

function readRate(text: string): number {
  const [, amount = '', unit = ''] = /^(\d+(?:\.\d+)?)\/(s|m)$/.exec(text) ?? [];
  const perSecond = Number(amount) / (unit === 'm' ? 60 : 1);
  if (amount === '' || !(perSecond > 0) || perSecond > MOST_RATE)
    throw new InvalidArgumentError(`It must be a rate like 50/s or 30/m, at most ${MOST_RATE}/s.`);
  return perSecond;
}

function readTime(text: string): number {
  const [, amount = '', unit = 's'] = /^(\d+)(s|m)?$/.exec(text) ?? [];
  const seconds = Number(amount) * (unit === 'm' ? 60 : 1);
  if (amount === '' || seconds < 1 || seconds > MOST_SECONDS)
    throw new InvalidArgumentError('It must be a time like 30s or 2m, at most 10m.');
  return seconds;
}

function readPair(text: string): { name: string; value: string } {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('It must be a name, = and a value.');
  return { name: text.slice(0, at).trim(), value: text.slice(at + 1) };
}
