import type { Command } from 'commander';
import { EXIT, Fault } from './fault.ts';
import { dataOption, reachOptions, wholeNumber } from './shared-options.ts';
import type { ReachOptions } from './shared-options.ts';

export interface ServeOptions extends ReachOptions {
  data?: string;
  proxyPort?: number;
  workspacePort?: number;
  readyFile?: string;
  ephemeral?: boolean;
}

/** Ports when none is asked for; another free one is taken when they are in use. */
const USUAL_PROXY_PORT = 4780;
const USUAL_WORKSPACE_PORT = 4781;

export function addServe(program: Command): void {
  const command = program
    .command('serve')
    .description('run the engine in the foreground: the proxy, the recorder and the api')
    .addOption(dataOption())
    .option(
      '-p, --proxy-port <port>',
      `port of the proxy; 0 takes a free one (default: ${USUAL_PROXY_PORT}, or a free one)`,
      wholeNumber(0, 65535),
    )
    .option(
      '-w, --workspace-port <port>',
      `port of the api; 0 takes a free one (default: ${USUAL_WORKSPACE_PORT}, or a free one)`,
      wholeNumber(0, 65535),
    )
    .option('--ready-file <file>', 'write the addresses and the token to this file when ready');
  for (const option of reachOptions()) command.addOption(option);
  command
    .addOption(command.createOption('--ephemeral', 'end with the last run that uses it').hideHelp())
    .addHelpText('after', EXAMPLES)
    .action(async (options: ServeOptions) => runServe(options, 'serve'));
}

const EXAMPLES = `
The ready file: {"proxy":"http://127.0.0.1:…","workspace":"http://127.0.0.1:…/","token":"…","ca":"…/ca.pem","pid":…}

SIGTERM and SIGINT (Ctrl-C) stop it cleanly: running calls may end, everything seen is stored.
A second signal stops it at once.

Examples:
  sallyport serve
  sallyport serve --proxy-port 0 --workspace-port 0 --ready-file ready.json
  sallyport serve --connect-to api.example.com:443=127.0.0.1:8443 --upstream-ca test-ca.pem
`;

/** Runs the engine until it is told to stop; `start` does the same and says more. */
export async function runServe(options: ServeOptions, as: 'serve' | 'start'): Promise<void> {
  const { serveEngine } = await import('./serve-engine.ts');
  try {
    await serveEngine(options, { proxyPort: USUAL_PROXY_PORT, workspacePort: USUAL_WORKSPACE_PORT }, as);
  } catch (error) {
    throw asFault(error);
  }
}

function asFault(error: unknown): unknown {
  if (error instanceof Fault || !(error instanceof Error)) return error;
  const { code, port } = error as NodeJS.ErrnoException & { port?: number };
  if (code === 'EADDRINUSE')
    return new Fault(
      `Port ${port ?? ''} is in use by another program. Name another with --proxy-port or --workspace-port; 0 takes a free one.`,
      EXIT.engine,
    );
  if (code === 'EACCES' && port !== undefined)
    return new Fault(`Port ${port} may not be used by this user. Name one above 1023.`, EXIT.engine);
  if (error.constructor.name === 'EngineLockError') return new Fault(error.message, EXIT.held);
  // Errors made for people: the folder, the CA, the databases.
  if (/^(DataFolderError|CaUnusable|RecordsUnusable)$/.test(error.constructor.name))
    return new Fault(error.message, EXIT.engine);
  return error;
}
