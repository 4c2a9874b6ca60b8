import type { Command } from 'commander';
import { dataOption } from './shared-options.ts';

export interface ComposeOptions {
  data?: string;
  app?: string;
  proxy?: string;
}

export function addComposeOverride(program: Command): void {
  program
    .command('compose-override')
    .description('print an override file that leads the containers of docker compose to the engine')
    .argument('[services...]', 'services of the compose file (default: those that docker compose names here)')
    .addOption(dataOption())
    .option('-a, --app <name>', 'what to call them in the records (default: the name of this folder)')
    .option('--proxy <url>', 'the way to the engine as containers see it (default: host.docker.internal, its port)')
    .addHelpText(
      'after',
      `
On Linux the engine listens on loopback only, which containers do not reach. Let it listen on docker's
bridge too, where every caller has to prove who it is, and give the containers a secret:
  sallyport serve --listen 172.17.0.1 --require-identity elsewhere
  sallyport apps add shop
  sallyport compose-override --proxy http://shop:SECRET@host.docker.internal:4780 > compose.sallyport.yml
The file then holds that secret. With Docker Desktop neither is needed.

Examples:
  sallyport compose-override web worker > compose.sallyport.yml
  docker compose -f compose.yml -f compose.sallyport.yml up
`,
    )
    .action(async (services: string[], options: ComposeOptions) =>
      (await import('./print-override.ts')).printOverride(services, options),
    );
}
