import type { Command } from 'commander';
import { dataOption } from './shared-options.ts';

export interface EnvironmentOptions {
  data?: string;
  secret?: boolean;
  format?: 'table' | 'json';
  user?: string;
  header?: string;
  query?: string;
}

export function addEnvironment(program: Command): void {
  const command = program
    .command('environment')
    .description('values for {{name}} in requests that are sent again; secrets are kept encrypted')
    .addHelpText(
      'after',
      `
Values of secrets are read from standard input, or asked for on a terminal; never given as arguments.

Examples:
  sallyport environment
  sallyport environment set staging base=https://staging.example.com
  sallyport environment set staging token --secret < token.txt
  sallyport environment credential stripe-test
  sallyport replay 41 --env staging
`,
    );
  command
    .command('list', { isDefault: true })
    .description('list environments, and stored credentials')
    .addOption(dataOption())
    .addHelpText('after', `\nExamples:\n  sallyport environment list`)
    .action(async (options: EnvironmentOptions) =>
      (await import('./change-environments.ts')).listEnvironments(options),
    );
  command
    .command('set')
    .description('set a variable; the environment is made when there is none')
    .argument('<environment>')
    .argument('<variable>', 'NAME=VALUE, or with --secret the name alone')
    .option('--secret', 'keep it encrypted; the value comes from standard input')
    .addOption(dataOption())
    .addHelpText(
      'after',
      `\nExamples:\n  sallyport environment set staging base=https://staging.example.com\n  sallyport environment set staging token --secret < token.txt`,
    )
    .action(async (environment: string, variable: string, options: EnvironmentOptions) =>
      (await import('./change-environments.ts')).setVariable(environment, variable, options),
    );
  command
    .command('unset')
    .description('take a variable away; without one the whole environment, its secrets with it')
    .argument('<environment>')
    .argument('[variable]')
    .addOption(dataOption())
    .addHelpText(
      'after',
      `\nExamples:\n  sallyport environment unset staging token\n  sallyport environment unset staging`,
    )
    .action(async (environment: string, variable: string | undefined, options: EnvironmentOptions) =>
      (await import('./change-environments.ts')).unsetVariable(environment, variable ?? null, options),
    );
  command
    .command('credential')
    .description('store a credential, encrypted; the value comes from standard input, and an empty one takes it away')
    .argument('<name>')
    .option('--user <name>', 'user and password instead of a bearer token')
    .option('--header <name>', 'the value of this header')
    .option('--query <name>', 'the value of this query parameter')
    .addOption(dataOption())
    .addHelpText(
      'after',
      `\nExamples:\n  sallyport environment credential stripe-test < key.txt\n  sallyport environment credential shop --user ada < password.txt`,
    )
    .action(async (name: string, options: EnvironmentOptions) =>
      (await import('./change-environments.ts')).storeCredential(name, options),
    );
}
