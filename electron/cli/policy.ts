import { InvalidArgumentError, Option, type Command } from 'commander';
import { MODES, type Mode } from '../../shared/model/policy.ts';
import { readFailOn, type FailOn } from './fail-on.ts';
import { dataOption, several } from './shared-options.ts';

export interface PolicyOptions {
  data?: string;
}
export interface ChangePolicyOptions extends PolicyOptions {
  author?: string;
  reason?: string;
  yes?: boolean;
}
export interface ExceptOptions extends ChangePolicyOptions {
  match: { field: string; pattern: string }[];
  owner: string;
  until: string;
}
export interface ListPoliciesOptions extends PolicyOptions {
  since: string;
  format: 'table' | 'json';
}
export interface FileOptions extends PolicyOptions {
  format: 'text' | 'json';
}
export interface DiffOptions extends PolicyOptions {
  text?: boolean;
  exitCode?: boolean;
}
export interface BacktestOptions extends PolicyOptions {
  since: string;
  until?: string;
  filter: string;
  only?: string;
  callers: 'as-recorded' | 'retry';
  format: 'table' | 'json';
  failOn?: FailOn[];
}
export interface AnswerOptions extends PolicyOptions {
  remember: 'once' | 'hour' | 'day' | 'always';
}

export interface AllowOptions extends PolicyOptions {
  yes?: boolean;
  list?: boolean;
  revoke?: boolean;
}

/** `sallyport policy …` */
export function addPolicy(program: Command): void {
  const policy = program
    .command('policy')
    .description('rules for calls: check and try them, put them in force, see what they do')
    .addHelpText(
      'after',
      `
Policies stand in policies.yaml in the data folder, or in the file that the engine was started with
(--policies FILE): see docs/policies.md.

Examples:
  sallyport policy init
  sallyport policy check policies.yaml && sallyport policy test policies.yaml
  sallyport policy backtest policies.yaml --since 7d
  sallyport policy apply policies.yaml --reason 'agreed with billing'
  sallyport policy mode three-a-minute enforce
`,
    );

  policy
    .command('list', { isDefault: true })
    .description('the policies in force, and what they did')
    .addOption(dataOption())
    .option('--since <time>', 'count what they did since then: 7d (ago), a day, a time', '7d')
    .addOption(formatOption(['table', 'json']))
    .addHelpText('after', '\nExample:\n  sallyport policy list --since 24h\n')
    .action(async (options: ListPoliciesOptions) => (await import('./list-policies.ts')).listPolicies(options));

  policy
    .command('show')
    .description('one policy: what it says, and its counters')
    .argument('<id>')
    .addOption(dataOption())
    .option('--since <time>', 'count what it did since then', '7d')
    .addOption(formatOption(['table', 'json']))
    .addHelpText('after', '\nExample:\n  sallyport policy show three-a-minute\n')
    .action(async (id: string, options: ListPoliciesOptions) =>
      (await import('./list-policies.ts')).showPolicy(id, options),
    );

  policy
    .command('init')
    .description('write a policies.yaml to begin with, and the schema for editors')
    .argument('[file]', 'where (default: policies.yaml in the data folder)')
    .addOption(dataOption())
    .addHelpText('after', '\nExample:\n  sallyport policy init\n')
    .action(async (file: string | undefined, options: PolicyOptions) =>
      (await import('./policy-files.ts')).initPolicies(file, options),
    );

  policy
    .command('schema')
    .description('print the JSON schema of policies.yaml, for editors')
    .addHelpText('after', '\nExample:\n  sallyport policy schema > policies.schema.json\n')
    .action(async () => (await import('./policy-files.ts')).printSchema());

  policy
    .command('check')
    .description('tell every mistake in a policy file; needs no engine')
    .argument('[file]', 'the file, or - for standard input (default: the data folder’s)')
    .addOption(dataOption())
    .addOption(formatOption(['text', 'json']))
    .addHelpText(
      'after',
      '\nEnds with 1 when there is a mistake; warnings alone are fine.\n\nExample:\n  sallyport policy check policies.yaml\n',
    )
    .action(async (file: string | undefined, options: FileOptions) =>
      (await import('./policy-files.ts')).checkFile(file, options),
    );

  policy
    .command('test')
    .description('try the test cases of a policy file; needs no engine, and nothing is sent anywhere')
    .argument('[file]', 'the file, or - for standard input (default: the data folder’s)')
    .addOption(dataOption())
    .addOption(formatOption(['text', 'json']))
    .addHelpText(
      'after',
      '\nEnds with 1 when a case comes out otherwise than it expects.\n\nExample:\n  sallyport policy test policies.yaml\n',
    )
    .action(async (file: string | undefined, options: FileOptions) =>
      (await import('./policy-files.ts')).testFile(file, options),
    );

  policy
    .command('diff')
    .description('what a file would change of what is in force, policy by policy')
    .argument('<file>', 'the file, or - for standard input')
    .addOption(dataOption())
    .option('--text', 'line by line, as diff -u')
    .option('--exit-code', 'end with 1 when there is a difference')
    .addHelpText('after', '\nExample:\n  sallyport policy diff policies.yaml --text\n')
    .action(async (file: string, options: DiffOptions) =>
      (await import('./change-policies.ts')).diffFile(file, options),
    );

  changing(
    policy
      .command('apply')
      .description('put a file in force in the place of the one that is; shows what changes and asks')
      .argument('<file>', 'the file, or - for standard input')
      .addOption(dataOption()),
  )
    .addHelpText('after', '\nExample:\n  sallyport policy apply policies.yaml --reason "agreed with billing" --yes\n')
    .action(async (file: string, options: ChangePolicyOptions) =>
      (await import('./change-policies.ts')).applyFile(file, options),
    );

  changing(
    policy
      .command('mode')
      .description('switch a policy: off, observe (only write down), enforce')
      .argument('<id>')
      .addArgument(policy.createArgument('<mode>').choices(MODES))
      .addOption(dataOption()),
    false,
  )
    .addHelpText(
      'after',
      '\nExample:\n  sallyport policy mode three-a-minute enforce --reason "a week without surprises"\n',
    )
    .action(async (id: string, mode: Mode, options: ChangePolicyOptions) =>
      (await import('./change-policies.ts')).setPolicyMode(id, mode, options),
    );

  changing(
    policy
      .command('except')
      .description('except calls from a policy for a while')
      .argument('<id>', 'of the policy, or * for all')
      .addOption(dataOption())
      .addOption(
        new Option('--match <field=pattern>', 'which calls: app=nightly, tag.team=data; may be repeated')
          .argParser(several(readMatch))
          .makeOptionMandatory(),
      )
      .requiredOption('--owner <who>', 'who answers for it')
      .requiredOption('--until <day>', 'the last day that it counts: 2026-12-31'),
    false,
  )
    .addHelpText(
      'after',
      '\nExample:\n  sallyport policy except three-a-minute --match app=nightly --owner night@example.com --until 2026-12-31\n',
    )
    .action(async (id: string, options: ExceptOptions) =>
      (await import('./change-policies.ts')).exceptCalls(id, options),
    );

  policy
    .command('versions')
    .description('versions of the policy file, the newest first; of one, how it differs from the one before')
    .argument('[version]')
    .addOption(dataOption())
    .addOption(formatOption(['table', 'json']))
    .option('--text', 'the whole text of that version')
    .addHelpText(
      'after',
      '\nExamples:\n  sallyport policy versions\n  sallyport policy versions 12 --text > before.yaml\n',
    )
    .action(
      async (version: string | undefined, options: PolicyOptions & { format: 'table' | 'json'; text?: boolean }) =>
        (await import('./list-policies.ts')).listVersions(version, options),
    );

  changing(
    policy
      .command('restore')
      .description('put an earlier version in force again; shows what changes and asks')
      .argument('<version>')
      .addOption(dataOption()),
  )
    .addHelpText('after', '\nExample:\n  sallyport policy restore 12\n')
    .action(async (version: string, options: ChangePolicyOptions) =>
      (await import('./change-policies.ts')).restoreVersion(version, options),
    );

  policy
    .command('asks')
    .description('calls that wait for a person’s word')
    .addOption(dataOption())
    .option('--follow', 'go on, and print each that comes')
    .addHelpText('after', '\nExample:\n  sallyport policy asks --follow\n')
    .action(async (options: PolicyOptions & { follow?: boolean }) =>
      (await import('./answer-asks.ts')).listAsks(options),
    );

  policy
    .command('answer')
    .description('let a waiting call go, or not')
    .argument('<call>', 'its number, as `sallyport policy asks` prints it')
    .addArgument(policy.createArgument('<verdict>').choices(['allow', 'deny']))
    .addOption(dataOption())
    .addOption(
      new Option('--remember <how-long>', 'for calls like it')
        .choices(['once', 'hour', 'day', 'always'])
        .default('once'),
    )
    .addHelpText('after', '\nExample:\n  sallyport policy answer 1042 allow --remember day\n')
    .action(async (call: string, verdict: 'allow' | 'deny', options: AnswerOptions) =>
      (await import('./answer-asks.ts')).answerCall(call, verdict, options),
    );

  policy
    .command('allow-command')
    .description('let an alert start its program on this machine; shows the program and asks')
    .argument('[id]', 'of the alert policy')
    .addOption(dataOption())
    .option('--list', 'the commands that are allowed')
    .option('--revoke', 'take back what was allowed for this policy')
    .option('-y, --yes', 'do it without asking')
    .addHelpText(
      'after',
      `
Policies can be written from pages and over HTTP; a program is started only once it was allowed here. What is
allowed is the exact program with its arguments: when one character of it changes, it has to be allowed anew.

Examples:
  sallyport policy allow-command failing
  sallyport policy allow-command --list
  sallyport policy allow-command --revoke failing
`,
    )
    .action(async (id: string | undefined, options: AllowOptions) =>
      (await import('./allow-command.ts')).allowCommand(id, options),
    );

  policy
    .command('backtest')
    .description('what the policies of a file would have done to recorded calls')
    .argument('<file>', 'policies, or - for standard input')
    .addOption(dataOption())
    .option('--since <time>', 'from when: 7d (ago), a day, a time', '7d')
    .option('--until <time>', 'until when (default: now)')
    .option('--filter <query>', 'only calls that fit, in the filter language', '')
    .option('--only <id>', 'only this policy of the file')
    .addOption(
      new Option('--callers <how>', 'refused callers gave up, or try again as SDKs do')
        .choices(['as-recorded', 'retry'])
        .default('as-recorded'),
    )
    .addOption(formatOption(['table', 'json']))
    .addOption(
      new Option(
        '--fail-on <condition>',
        'end with 3 when it holds for a policy: denied>0, delayMs.p99>=250',
      ).argParser(several(failOn)),
    )
    .addHelpText(
      'after',
      `
Policies count as if they enforced, those that are off too. In json times are milliseconds, money whole
nano-dollars and null what is not known. Conditions may name any number of a result: denied, delayed,
delayMs.p50, delayMs.p99, savedNanoUsd, vendor429sAvoided, matched, alerts.

Examples:
  sallyport policy backtest policies.yaml --since 7d
  sallyport policy backtest policies.yaml --since 30d --only three-a-minute --callers retry
  sallyport policy backtest policies.yaml --format json --fail-on 'denied>0' --fail-on 'delayMs.p99>2000'
`,
    )
    .action(async (file: string, options: BacktestOptions) =>
      (await import('./backtest-file.ts')).backtestFile(file, options),
    );
}

function changing(command: Command, asks = true): Command {
  command
    .option('--reason <text>', 'why; kept with the version')
    .option('--author <who>', 'who changes it (default: you)');
  return asks ? command.option('-y, --yes', 'do it without asking') : command;
}

function formatOption(formats: readonly string[]): Option {
  return new Option('-f, --format <format>', 'how to print it').choices(formats).default(formats[0]);
}

function readMatch(text: string): { field: string; pattern: string } {
  const [, field, pattern] = /^([a-z]+(?:\.[\w-]+)?)=(.+)$/i.exec(text) ?? [];
  if (!field || !pattern) throw new InvalidArgumentError('It must be FIELD=PATTERN, like app=nightly.');
  return { field, pattern };
}

function failOn(text: string): FailOn {
  const read = readFailOn(text);
  if (typeof read === 'string') throw new InvalidArgumentError(read);
  return read;
}
