import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import { CRITICALITIES } from '../../shared/contract/apps.ts';
import { DATA_CLASSES } from '../../shared/contract/vendors.ts';
import {
  VENDOR_CATEGORIES,
  VENDOR_STATUSES,
  type VendorCategory,
  type VendorStatus,
} from '../../shared/model/vendor.ts';
import { dataOption } from './shared-options.ts';

export interface VendorsOptions {
  data?: string;
  format: 'table' | 'json' | 'csv';
  since?: string;
  status?: VendorStatus;
  shadow?: boolean;
}

export interface SayOptions extends Pick<VendorsOptions, 'data'> {
  by?: string;
  until?: string;
  owner?: string;
  purpose?: string;
  criticality?: (typeof CRITICALITIES)[number] | 'none';
  contract?: string;
  dataClasses?: string[];
  declaredCountry?: string;
  note?: string;
  name?: string;
  category?: VendorCategory;
  status?: VendorStatus;
  keep?: boolean;
}

export function addVendors(program: Command): void {
  const vendors = program
    .command('vendors')
    .description('list the companies whose APIs are called, and say what you think of them')
    .enablePositionalOptions()
    .addOption(dataOption())
    .addOption(formatOption(['table', 'json', 'csv']).default('table'))
    .addOption(new Option('--status <status>', 'only those that count as this').choices(VENDOR_STATUSES))
    .option('--shadow', 'only those that are called and not approved')
    .option('--since <time>', 'count only calls from then on: 30d (ago), a day, a time (default: all that is stored)')
    .addHelpText(
      'after',
      `
A vendor that nobody said anything of is new for 14 days after its first call, and then known. What is said is
kept in vendors.yaml in the data folder, which may be edited by hand, too; see docs/vendors.md.

Examples:
  sallyport vendors --status new --since 30d
  sallyport vendors --shadow --format json | jq -r '.vendors[] | [.id, .first.app] | @tsv'
  sallyport vendors approve stripe --until 2027-06-30 --owner payments
`,
    )
    .action(async (options: VendorsOptions) => (await import('./list-vendors.ts')).listVendors(options));

  vendors
    .command('show')
    .description('everything that is known of a vendor')
    .argument('<id>', 'as `sallyport vendors` lists it')
    .addOption(dataOption())
    .addOption(formatOption(['table', 'json']))
    .option('--since <time>', 'count only calls from then on')
    .addHelpText('after', '\nExample:\n  sallyport vendors show stripe --since 7d\n')
    .action(async (id: string, _options: VendorsOptions, command: Command) =>
      (await import('./show-vendor.ts')).showVendor(id, optionsOf(command)),
    );

  said(
    vendors
      .command('approve')
      .description('say that it may be called')
      .argument('<id>')
      .addOption(dataOption())
      .option('--by <who>', 'who approves (default: you)')
      .option('--until <day>', 'the last day on which that counts, like 2027-06-30', readDay)
      .addHelpText('after', '\nExample:\n  sallyport vendors approve stripe --until 2027-06-30 --owner payments\n'),
  ).action(async (id: string, _options: SayOptions, command: Command) =>
    (await import('./change-vendors.ts')).approveVendor(id, optionsOf(command)),
  );
  said(
    vendors
      .command('block')
      .description('say that it must not be called: noted; enforced once policies are on')
      .argument('<id>')
      .addOption(dataOption())
      .addHelpText('after', "\nExample:\n  sallyport vendors block acme.dev --note 'No contract'\n"),
  ).action(async (id: string, _options: SayOptions, command: Command) =>
    (await import('./change-vendors.ts')).blockVendor(id, optionsOf(command)),
  );
  said(
    vendors
      .command('set')
      .description('say anything else of it; an empty text takes it back')
      .argument('<id>')
      .addOption(dataOption())
      .addOption(
        new Option('--status <status>', 'new: takes back what was said of its standing').choices(VENDOR_STATUSES),
      )
      .option('--name <name>', 'as it is shown')
      .addOption(new Option('--category <category>', 'what it is for').choices(VENDOR_CATEGORIES))
      .addHelpText(
        'after',
        '\nExamples:\n  sallyport vendors set stripe --data-classes payment,personal --declared-country IE\n  sallyport vendors set stripe --status new\n',
      ),
  ).action(async (id: string, _options: SayOptions, command: Command) =>
    (await import('./change-vendors.ts')).setVendor(id, optionsOf(command)),
  );
  vendors
    .command('assign')
    .description('say whose hosts are; a vendor that is not there yet is made')
    .argument('<id>')
    .argument('<host...>', 'api.example.com, *.example.com or {tenant}.example.com')
    .addOption(dataOption())
    .option('--name <name>', 'as it is shown')
    .addHelpText('after', "\nExample:\n  sallyport vendors assign acme api.acme.dev '*.acme.dev' --name Acme\n")
    .action(async (id: string, hosts: string[], _options: SayOptions, command: Command) =>
      (await import('./change-vendors.ts')).assignHosts(id, hosts, optionsOf(command)),
    );
  vendors
    .command('template')
    .description('correct an endpoint: say which parts of a path vary, or that it is one of its own')
    .argument('<host>')
    .argument('<path>', '/v1/sites/{site}')
    .addOption(dataOption())
    .option('--keep', 'it is an endpoint of its own, whatever was found to vary')
    .addHelpText(
      'after',
      "\nExamples:\n  sallyport vendors template api.acme.dev '/v1/sites/{site}'\n  sallyport vendors template api.acme.dev /v1/sites/mine --keep\n",
    )
    .action(async (host: string, path: string, _options: SayOptions, command: Command) =>
      (await import('./change-vendors.ts')).correctEndpoint(host, path, optionsOf(command)),
    );
  vendors
    .command('headroom')
    .description('what is left of vendors’ limits, as they say, and when nothing will be')
    .argument('[id]', 'of this vendor alone')
    .addOption(dataOption())
    .addOption(formatOption(['table', 'json']))
    .option('--since <time>', 'from when (default: 1d)')
    .addHelpText('after', '\nExample:\n  sallyport vendors headroom openai\n')
    .action(async (id: string | undefined, _options: VendorsOptions, command: Command) =>
      (await import('./show-headroom.ts')).showHeadroom(id, optionsOf(command)),
    );
}

/** What may be said beside any standing. */
function said(command: Command): Command {
  return command
    .option('--owner <who>', 'who here answers for it')
    .option('--purpose <text>', 'what it is used for')
    .addOption(new Option('--criticality <how>', 'how much hangs on it').choices([...CRITICALITIES, 'none']))
    .option('--contract <where>', 'where the contract is, or its number')
    .option('--data-classes <classes>', `what it is given: ${DATA_CLASSES.join(', ')}`, readClasses)
    .option('--declared-country <country>', 'where the contract says that data is processed, like DE')
    .option('--note <text>', 'anything else');
}

function readClasses(text: string): string[] {
  return text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '')
    .map((word) => {
      if (!DATA_CLASSES.some((known) => known === word))
        throw new InvalidArgumentError(`It may name ${DATA_CLASSES.join(', ')}, with commas between.`);
      return word;
    });
}

function readDay(text: string): string {
  if (text !== '' && (!/^\d{4}-\d\d-\d\d$/.test(text) || Number.isNaN(Date.parse(`${text}T00:00:00Z`))))
    throw new InvalidArgumentError('It must be a day, like 2027-06-30.');
  return text;
}

/** What was said behind the command, and before it what was said of all of them. */
function optionsOf(command: Command): VendorsOptions & SayOptions {
  return { ...command.parent?.opts<VendorsOptions>(), ...command.opts<VendorsOptions & SayOptions>() };
}

function formatOption(choices: string[]): Option {
  return new Option('-f, --format <format>', 'how to print it').choices(choices);
}
