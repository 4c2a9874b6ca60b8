import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SettingsChange } from '../../shared/contract/settings.ts';
import { shellQuote } from '../../shared/format/shell-quote.ts';
import { createLeases } from '../api/leases.ts';
import { createEngine } from '../engine/engine.ts';
import { createRunner } from '../engine/capture/attach/run-tool.ts';
import { originalEnvironment } from '../engine/capture/attach/terminal-script.ts';
import { openSettings } from '../engine/settings/settings.ts';
import type { Engine, EngineOptions } from '../engine/engine.ts';
import { dataFolder, openDataFolder } from '../hosts/data-folder.ts';
import { lockEngine, writeAtomically } from '../hosts/engine-lock.ts';
import type { WorkspaceHost } from '../hosts/workspace-host.ts';
import { EXIT, Fault } from './fault.ts';
import type { ServeOptions } from './serve.ts';
import { reachArguments } from './shared-options.ts';
import { note, write } from './terminal.ts';
import { version } from './version.ts';

/** An engine started for a `run` that never came (it was killed between the two) does not stay. */
const FIRST_LEASE_MS = 10_000;

/** Opens everything, says so, waits for a signal, closes everything in reverse. */
export async function serveEngine(
  options: ServeOptions,
  usual: { proxyPort: number; workspacePort: number },
  as: 'serve' | 'start',
): Promise<void> {
  const dataDir = dataFolder(options.data);
  const reach = readReach(options);
  openDataFolder(dataDir);
  const lock = lockEngine(dataDir);
  const ephemeral = options.ephemeral === true;
  let stop = (_why: string): void => {};
  const stopped = new Promise<string>((done) => (stop = done));
  const onSignal = endings(stop);
  // A bug of ours ends at most the call it happened in, never the traffic of everybody else.
  const onBug = (error: unknown): void => note(`fault: ${error instanceof Error ? error.stack : String(error)}`);
  process.on('uncaughtException', onBug).on('unhandledRejection', onBug);

  let engine: Engine | null = null;
  let host: WorkspaceHost | null = null;
  try {
    // Loaded while the engine's threads start.
    const hosting = import('../hosts/workspace-host.ts');
    const settings = await openSettings({ dataDir, flags: flagsOf(options), log: note });
    const { network } = settings.current;
    const openProxy = (proxyPort: number): Promise<Engine> =>
      createEngine({
        ...reach,
        dataDir,
        proxyPort,
        version,
        settings,
        command: commandFor(dataDir),
        // Started in a terminal that was set up for an engine, it would go out through that one, or itself.
        environment: originalEnvironment(process.env),
        log: note,
      });
    engine = await onPort(options.proxyPort ?? network.proxyPort, usual.proxyPort, openProxy);
    const { openWorkspaceHost } = await hosting;
    const leases = createLeases(() => ephemeral && stop('the last run ended'));
    const doors = { engine, leases, shutdown: () => stop('asked to over the api') };
    const token = randomBytes(32).toString('base64url');
    host = await onPort(options.workspacePort ?? network.workspacePort, usual.workspacePort, (port) =>
      openWorkspaceHost({ doors, port, token, log: note }),
    );
    const running = { proxy: engine.info.proxy, workspace: host.url, token, ca: engine.info.caPath, pid: process.pid };
    lock.announce({ ...running, version, ephemeral, reach: reachArguments(options) });
    if (options.readyFile !== undefined) writeAtomically(resolve(options.readyFile), `${JSON.stringify(running)}\n`);
    if (ephemeral) setTimeout(() => leases.count() === 0 && stop('no run came for it'), FIRST_LEASE_MS).unref();
    else
      await write(as === 'start' ? firstCall(running.proxy, options.data) : greeting(running, dataDir, options.data));

    const why = await stopped;
    if (!ephemeral) note(`Stopping (${why}): running calls may end, everything seen is stored. Again to stop at once.`);
  } finally {
    // No new questions or leases first, then no new calls, then everything stored, then the folder is free.
    await host?.close();
    await engine?.stop();
    lock.release();
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

/** How this program is started from any folder: by its name where that finds one, else by its own path. */
function commandFor(dataDir: string): NonNullable<EngineOptions['command']> {
  const launcher = fileURLToPath(
    new URL(import.meta.url.endsWith('.ts') ? '../../build/launch.mjs' : '../build/launch.mjs', import.meta.url),
  );
  const usual = dataFolder(undefined, { ...process.env, SALLYPORT_DATA: '' });
  return {
    program: isOnPath('sallyport')
      ? ['sallyport']
      : existsSync(launcher)
        ? ['node', launcher]
        : [process.execPath, process.argv[1] ?? ''],
    data: dataDir === usual ? [] : ['--data', dataDir],
  };
}

function isOnPath(program: string): boolean {
  // npm puts the folders of a project's own programs first, but only while its scripts run.
  const path = (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => !/node_modules[\\/]\.bin[\\/]?$/.test(folder));
  return createRunner({ PATH: path.join(delimiter) }).find(program) !== null;
}

/** What the command line decides, whatever the settings say. A port of 0 is any, which settings write as null. */
function flagsOf({ proxyPort, workspacePort, passThrough }: ServeOptions): SettingsChange {
  return {
    ...(passThrough !== undefined && { capture: { passThrough } }),
    network: {
      ...(proxyPort !== undefined && { proxyPort: proxyPort || null }),
      ...(workspacePort !== undefined && { workspacePort: workspacePort || null }),
    },
  };
}

/** Opens on the port asked for, or on the usual one, or on a free one when the usual one is in use. */
async function onPort<T>(asked: number | null, usual: number, open: (port: number) => Promise<T>): Promise<T> {
  if (asked !== null) return open(asked);
  try {
    return await open(usual);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    return open(0);
  }
}

function readReach(options: ServeOptions): Pick<EngineOptions, 'connectTo' | 'upstreamCa' | 'clientCertificates'> {
  return {
    connectTo: options.connectTo ?? [],
    upstreamCa: (options.upstreamCa ?? []).map((file) => readPem(file, '--upstream-ca', 'CERTIFICATE')),
    clientCertificates: (options.clientCertificate ?? []).map(({ host, cert, key }) => ({
      host,
      cert: readPem(cert, '--client-certificate', 'CERTIFICATE'),
      key: readPem(key, '--client-certificate', 'PRIVATE KEY'),
    })),
  };
}

function readPem(file: string, option: string, what: 'CERTIFICATE' | 'PRIVATE KEY'): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new Fault(
      `${option}: ${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)}).`,
      EXIT.usage,
    );
  }
  if (!new RegExp(`-----BEGIN [A-Z ]*${what}-----`).test(text))
    throw new Fault(`${option}: ${file} holds no ${what.toLowerCase()} in PEM form.`, EXIT.usage);
  return text;
}

function greeting({ proxy, workspace }: { proxy: string; workspace: string }, dataDir: string, named?: string): string {
  const where = folderArgument(named);
  return `Sallyport ${version}: calls through ${proxy} are recorded in ${dataDir}; api at ${workspace} (Ctrl-C stops)
In another terminal, send a first call through it and look at it:
  npx sallyport run${where} -- curl -s https://example.com/
  npx sallyport calls${where}
  npx sallyport call${where} 1
`;
}

/** Commands that are suggested look at the folder that was named. */
function folderArgument(named: string | undefined): string {
  return named === undefined ? '' : ` --data ${shellQuote(named)}`;
}

function firstCall(proxy: string, named?: string): string {
  const where = folderArgument(named);
  return `Sallyport ${version} records what goes through ${proxy} (Ctrl-C stops). In another terminal:
  npx sallyport run${where} -- curl -s https://example.com/     send a first call through it
  npx sallyport calls${where}                                   see what was recorded
  npx sallyport call${where} 1                                  look at one call
  npx sallyport --help                                  everything else
`;
}
