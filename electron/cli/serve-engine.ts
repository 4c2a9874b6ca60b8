import { shellQuote } from '../../shared/format/shell-quote.ts';
import { dataFolder } from '../hosts/data-folder.ts';
import { openEngineService } from '../serve/engine-service.ts';
import type { EngineService } from '../serve/engine-service.ts';
import { readReach } from '../serve/read-reach.ts';
import { EXIT } from './fault.ts';
import type { ServeOptions } from './serve.ts';
import { accessOf, reachArguments } from './shared-options.ts';
import { note, write } from './terminal.ts';
import { version } from './version.ts';

/** Opens everything, says so, waits for a signal, closes everything in reverse. `onReady` may say more. */
export async function serveEngine(
  options: ServeOptions,
  onReady: (service: EngineService, dataDir: string) => Promise<void>,
): Promise<void> {
  const dataDir = dataFolder(options.data);
  const reach = readReach(options);
  const ephemeral = options.ephemeral === true;
  // A bug of ours ends at most the call it happened in, never the traffic of everybody else.
  const onBug = (error: unknown): void => note(`fault: ${error instanceof Error ? error.stack : String(error)}`);
  process.on('uncaughtException', onBug).on('unhandledRejection', onBug);
  let stop: ((why: string) => void) | null = null;
  let asked: string | null = null;
  const onSignal = endings((why) => (stop ? stop(why) : (asked ??= why)));
  try {
    const service = await openEngineService({
      dataDir,
      version,
      reach,
      reachArguments: reachArguments(options),
      proxyPort: options.proxyPort,
      workspacePort: options.workspacePort,
      access: accessOf(options),
      readyFile: options.readyFile,
      ephemeral,
      log: note,
    });
    stop = service.stop;
    if (asked !== null) service.stop(asked);
    try {
      if (!ephemeral) await onReady(service, dataDir);
      const why = await service.stopped;
      if (!ephemeral)
        note(`Stopping (${why}): running calls may end, everything seen is stored. Again to stop at once.`);
    } finally {
      await service.close();
    }
  } finally {
    onSignal.remove();
    process.off('uncaughtException', onBug).off('unhandledRejection', onBug);
  }
}

/** Signals ask once; the second time the process ends where it stands (the store is sound all the same). */
function endings(stop: (why: string) => void): { remove: () => void } {
  let asked = false;
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const handler = (signal: NodeJS.Signals): void => {
    if (asked) process.exit(EXIT.failed);
    asked = true;
    stop(signal);
  };
  for (const signal of signals) process.on(signal, handler);
  return {
    remove: () => {
      for (const signal of signals) process.off(signal, handler);
    },
  };
}

/** What `serve` says. Its output often goes to a log, so the link with the token is for terminals only. */
export async function greetServer(service: EngineService, dataDir: string, named?: string): Promise<void> {
  const where = folderArgument(named);
  const workspace = process.stdout.isTTY
    ? service.link
    : `${service.workspace} (opened by: npx sallyport open${where})`;
  await write(`Sallyport ${version}: calls through ${service.proxy} are recorded in ${dataDir} (Ctrl-C stops)
Workspace: ${workspace}
In another terminal, send a first call through it and look at it:
  npx sallyport run${where} -- curl -s https://example.com/
  npx sallyport calls${where}
  npx sallyport call${where} 1
`);
}

/** What `start` says: where the workspace is, and a first call. */
export function greetStart({ proxy, link }: Pick<EngineService, 'proxy' | 'link'>, named?: string): string {
  const where = folderArgument(named);
  return `Sallyport ${version} records what goes through ${proxy} (Ctrl-C stops).
Workspace: ${link}
In another terminal, send a first call through it:
  npx sallyport run${where} -- curl -s https://example.com/
`;
}

/** Commands that are suggested look at the folder that was named. */
function folderArgument(named: string | undefined): string {
  return named === undefined ? '' : ` --data ${shellQuote(named)}`;
}
