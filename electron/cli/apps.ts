import { Option } from 'commander';
import type { Command } from 'commander';
import { CRITICALITIES, type App } from '../../shared/contract/apps.ts';
import { dataOption, readGrace } from './shared-options.ts';

export interface AppsOptions {
  data?: string;
  format: 'table' | 'ndjson';
  since?: string;
}

export interface OwnOptions extends Pick<AppsOptions, 'data'> {
  owner?: string;
  team?: string;
  criticality?: NonNullable<App['criticality']> | 'none';
}

export interface SecretOptions extends Pick<AppsOptions, 'data' | 'format'> {
  /** Seconds. */
  grace?: number;
  all?: boolean;
}

export function addApps(program: Command): void {
  const apps = program
    .command('apps')
    .description('list the programs that make calls, say who owns them, and give them secrets for the proxy')
    .enablePositionalOptions()
    .addOption(dataOption())
    .addOption(formatOption().default('table'))
    .option('--since <time>', 'count only calls from then on, as -7d or 2026-11-23 (default: all that is stored)')
    .addHelpText(
      'after',
      `
An app is a name that calls are recorded under. Renaming and merging change how it is shown, never
what is recorded, and can be taken back.

Examples:
  sallyport apps --since -7d
  sallyport apps --format ndjson | jq -r 'select(.owner == null) | .name'
  sallyport apps add billing
`,
    )
    .action(async (options: AppsOptions) => (await import('./list-apps.ts')).listApps(options));

  apps
    .command('add')
    .description('give an app a secret: prints the proxy address with it, this once')
    .argument('<name>', 'what its calls are recorded under; it need not have made any')
    .addOption(dataOption())
    .addOption(formatOption())
    .addHelpText(
      'after',
      `
From then on calls count as that app only when they come with a secret of it; see docs/access.md.

Examples:
  export HTTPS_PROXY="$(sallyport apps add billing)"
  sallyport apps add billing --format ndjson | jq -r .proxyUrl
`,
    )
    .action(async (name: string, _options: SecretOptions, command: Command) =>
      (await import('./app-secrets.ts')).addSecret(name, optionsOf(command)),
    );
  apps
    .command('secrets')
    .description('list the secrets of an app: when each was made, last used, and ends')
    .argument('<name>')
    .addOption(dataOption())
    .addOption(formatOption())
    .addHelpText('after', '\nExample:\n  sallyport apps secrets billing\n')
    .action(async (name: string, _options: SecretOptions, command: Command) =>
      (await import('./app-secrets.ts')).listSecrets(name, optionsOf(command)),
    );
  apps
    .command('rotate')
    .description('replace a secret: prints the new address; the old secret works on for a while')
    .argument('<name>')
    .argument('[id]', 'which secret, as `apps secrets` lists them; needed when the app has several')
    .addOption(dataOption())
    .addOption(formatOption())
    .option('--grace <time>', 'how long the old one works on, as 0, 30m, 12h or 7d (default: 24h)', readGrace)
    .addHelpText('after', '\nExample:\n  sallyport apps rotate billing --grace 1h\n')
    .action(async (name: string, id: string | undefined, _options: SecretOptions, command: Command) =>
      (await import('./app-secrets.ts')).rotateSecret(name, id, optionsOf(command)),
    );
  apps
    .command('revoke')
    .description('refuse a secret from now on; connections that came in by it are cut')
    .argument('<name>')
    .argument('[id]', 'which secret, as `apps secrets` lists them; needed when the app has several')
    .addOption(dataOption())
    .option('--all', 'all secrets of the app')
    .addHelpText(
      'after',
      '\nExamples:\n  sallyport apps revoke billing 0f3c55aa12de\n  sallyport apps revoke billing --all\n',
    )
    .action(async (name: string, id: string | undefined, _options: SecretOptions, command: Command) =>
      (await import('./app-secrets.ts')).revokeSecret(name, id, optionsOf(command)),
    );

  apps
    .command('rename')
    .description('show an app under another name')
    .argument('<name>')
    .argument('<new-name>')
    .addOption(dataOption())
    .addHelpText('after', "\nExample:\n  sallyport apps rename node 'Nightly jobs'\n")
    .action(async (name: string, newName: string, _options: AppsOptions, command: Command) =>
      (await import('./change-apps.ts')).renameApp(name, newName, optionsOf(command)),
    );
  apps
    .command('merge')
    .description('count other apps as this one')
    .argument('<name>', 'the app they are shown as')
    .argument('<other...>')
    .addOption(dataOption())
    .addHelpText('after', '\nExample:\n  sallyport apps merge billing billing-worker billing-cron\n')
    .action(async (name: string, others: string[], _options: AppsOptions, command: Command) =>
      (await import('./change-apps.ts')).mergeApps(name, others, optionsOf(command)),
    );
  apps
    .command('split')
    .description('count a name on its own again: the other way of merge, or of rename')
    .argument('<name>')
    .argument('<other>')
    .addOption(dataOption())
    .addHelpText('after', '\nExample:\n  sallyport apps split billing billing-cron\n')
    .action(async (name: string, other: string, _options: AppsOptions, command: Command) =>
      (await import('./change-apps.ts')).splitApp(name, other, optionsOf(command)),
    );
  apps
    .command('own')
    .description('say who owns an app, and how much hangs on it')
    .argument('<name>')
    .addOption(dataOption())
    .option('--owner <who>', 'a person or an address; empty: nobody')
    .option('--team <team>', 'empty: none')
    .addOption(new Option('--criticality <how>', 'how much hangs on it').choices([...CRITICALITIES, 'none']))
    .addHelpText(
      'after',
      '\nExample:\n  sallyport apps own billing --owner ana@example.com --team payments --criticality high\n',
    )
    .action(async (name: string, _options: OwnOptions, command: Command) =>
      (await import('./change-apps.ts')).ownApp(name, optionsOf(command)),
    );
}

/** What was said behind the command, and before it what was said of all of them. */
function optionsOf(command: Command): SecretOptions & OwnOptions {
  return { ...command.parent?.opts<Pick<AppsOptions, 'data' | 'format'>>(), ...command.opts<SecretOptions>() };
}

function formatOption(): Option {
  return new Option('-f, --format <format>', 'how to print it').choices(['table', 'ndjson']);
}
