import type { Command } from 'commander';
import { explainStart } from '../serve/explain-start.ts';
import { USUAL_PORTS } from '../serve/usual-ports.ts';
import { EXIT, Fault } from './fault.ts';
import type { AccessOptions } from '../hosts/engine-messages.ts';
import { accessOptions, dataOption, reachOptions, wholeNumber } from './shared-options.ts';
import type { ReachOptions } from './shared-options.ts';

export interface ServeOptions extends ReachOptions, AccessOptions {
  data?: string;
  proxyPort?: number;
  workspacePort?: number;
  readyFile?: string;
  ephemeral?: boolean;
}

export function addServe(program: Command): void {
  const command = program
    .command('serve')
    .description('run the engine in the foreground: the proxy, the recorder, the workspace and the api')
    .addOption(dataOption())
    .option(
      '-p, --proxy-port <port>',
      `port of the proxy; 0 takes a free one (default: ${USUAL_PORTS.proxy}, or a free one)`,
      wholeNumber(0, 65535),
    )
    .option(
      '-w, --workspace-port <port>',
      `port of the workspace and the api; 0 takes a free one (default: ${USUAL_PORTS.workspace}, or a free one)`,
      wholeNumber(0, 65535),
    )
    .option('--ready-file <file>', 'write the addresses and the token to this file when ready');
  for (const option of [...accessOptions(), ...reachOptions()]) command.addOption(option);
  command
    .addOption(command.createOption('--ephemeral', 'end with the last run that uses it').hideHelp())
    .addHelpText('after', EXAMPLES)
    .action(async (options: ServeOptions) => {
      const { greetServer, serveEngine } = await import('./serve-engine.ts');
      await explained(() => serveEngine(options, (service, dataDir) => greetServer(service, dataDir, options.data)));
    });
}

const EXAMPLES = `
The ready file: {"proxy":"http://127.0.0.1:…","workspace":"http://127.0.0.1:…/","token":"…","ca":"…/ca.pem","pid":…}

SIGTERM and SIGINT (Ctrl-C) stop it cleanly: running calls may end, everything seen is stored.
A second signal stops it at once.

Examples:
  sallyport serve
  sallyport serve --proxy-port 0 --workspace-port 0 --ready-file ready.json
  sallyport serve --listen 172.17.0.1 --require-identity elsewhere
  sallyport serve --connect-to api.example.com:443=127.0.0.1:8443 --upstream-ca test-ca.pem
`;

/** What keeps an engine from starting, as faults for people. */
export async function explained<T>(start: () => Promise<T>): Promise<T> {
  try {
    return await start();
  } catch (error) {
    const problem = explainStart(error);
    throw problem ? new Fault(problem.why, EXIT[problem.kind]) : error;
  }
}
