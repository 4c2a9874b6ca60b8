import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import type { Pace } from '../../shared/model/sequence.ts';
import { dataOption, several, wholeNumber } from './shared-options.ts';

export interface ReplayOptions {
  data?: string;
  set?: { name: string; value: string }[];
  var?: { name: string; value: string }[];
  env?: string;
  rate?: Pace;
  times: number;
  parallel: number;
  limit: number;
  assert?: string[];
  idempotency?: 'fresh' | 'same' | 'none';
  chain?: boolean;
  goOn?: boolean;
  yes?: boolean;
  dryRun?: boolean;
  format: 'table' | 'ndjson' | 'junit';
}

export function addReplay(program: Command): void {
  program
    .command('replay')
    .description('send recorded calls, or saved requests, again and compare the answers')
    .argument('<what...>', 'ids of calls, a filter, or files of requests (*.request.yaml)')
    .addOption(dataOption())
    .option(
      '--set <name=value>',
      'change every request: header.x=…, query.x=…, method=…, url=…, host=…, body=…, body.$.path=…; may be repeated',
      several(readPair),
    )
    .option('--var <name=value>', 'a value for {{name}}; may be repeated', several(readPair))
    .option('--env <name>', 'the environment whose variables are used')
    .option('--rate <rate>', 'so many at most, as in 20/s, 5/m; or recorded, recorded*2: as they were', readRate)
    .option('--times <number>', 'send everything so often', wholeNumber(1, 100_000), 1)
    .option('--parallel <number>', 'so many at once', wholeNumber(1, 1000), 1)
    .option('-n, --limit <number>', 'of a filter, at most so many calls, the newest', wholeNumber(1, 10_000), 100)
    .option(
      '--assert <expectation>',
      'expect it of every answer; may be repeated',
      several((text: string) => text),
    )
    .addOption(
      new Option('--idempotency <key>', 'the Idempotency-Key: a new one each time, as recorded, none').choices([
        'fresh',
        'same',
        'none',
      ]),
    )
    .option('--chain', 'values of answers flow into later requests, where they did when they were recorded')
    .option('--go-on', 'do not stop at the first that does not pass')
    .option('-y, --yes', 'the answer to what is asked before something is sent that may do harm')
    .option('--dry-run', 'send nothing: list what would be sent, and what stands in the way')
    .addOption(
      new Option('-f, --format <format>', 'how to print results')
        .choices(['table', 'ndjson', 'junit'])
        .default('table'),
    )
    .addHelpText(
      'after',
      `
A request passes when every --assert holds; without one, when its answer is not worse than the recorded one.
Expectations: status == 200, status in 2xx, header content-type contains json, $.id exists,
  $.amount == 42, $.items[*].id matches ^ch_, duration < 500ms, cost < $0.01

Exit codes: 0 all passed; 1 one did not, or cannot be sent; 2 the command line is wrong; 3 no engine.

Examples:
  sallyport replay 41
  sallyport replay 41 --set header.authorization='Bearer {{token}}' --env staging
  sallyport replay 'host:api.example.com status:5xx since:-1h' --rate 5/s --go-on
  sallyport replay requests/*.request.yaml --assert 'status in 2xx' --format junit --yes > replay.xml
  sallyport replay 'tag:run=5b0c6f2a91d3e478' --chain --rate recorded
  sallyport replay 41 --dry-run
`,
    )
    .action(async (what: string[], options: ReplayOptions) => {
      const { replayCalls } = await import('./replay-calls.ts');
      await replayCalls(what, options);
    });
}

function readPair(text: string): { name: string; value: string } {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('It must be a name, = and a value.');
  return { name: text.slice(0, at).trim(), value: text.slice(at + 1) };
}

/** `20/s`, `5/m`, `recorded`, `recorded*2`. */
function readRate(text: string): Pace {
  const recorded = /^recorded(?:\*(\d+(?:\.\d+)?))?$/.exec(text);
  if (recorded) {
    const speed = Number(recorded[1] ?? 1);
    if (speed > 0) return { kind: 'recorded', speed };
  }
  const [, amount = '', unit = ''] = /^(\d+(?:\.\d+)?)\/(s|m|h)$/.exec(text) ?? [];
  const perSecond = Number(amount) / ({ s: 1, m: 60, h: 3600 }[unit] ?? 1);
  if (amount === '' || !(perSecond > 0) || perSecond > 10_000)
    throw new InvalidArgumentError('It must be a rate like 20/s, 5/m or 100/h, or recorded, recorded*2.');
  return { kind: 'paced', perSecond };
}
