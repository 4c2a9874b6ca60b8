import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { openDataFolder } from '../hosts/data-folder.ts';
import { connect } from './connect.ts';
import type { Connection } from './connect.ts';
import { EXIT, Fault } from './fault.ts';
import type { RunEngine } from './run.ts';
import { reachArguments } from './shared-options.ts';
import type { ReachOptions } from './shared-options.ts';

/** From nothing to an engine that answers; a second is usual, a busy machine may need many. */
const PATIENCE_MS = 30_000;

/**
 * The engine that runs on the folder, or one started for this run; held by a lease until `release`
 * or the end of this process, however it ends. Rejects with a Fault that says why.
 */
export async function attachEngine(options: {
  dataDir: string;
  leaseName: string;
  reach: ReachOptions;
}): Promise<RunEngine> {
  const { dataDir, leaseName } = options;
  const reach = reachArguments(options.reach);
  const deadline = Date.now() + PATIENCE_MS;
  let started: StartedEngine | null = null;
  while (Date.now() < deadline) {
    const connection = await connect(dataDir);
    const lease = connection && (await takeLease(connection, leaseName));
    if (connection && lease) {
      if (reach.length > 0 && started?.pid !== connection.engine?.pid) {
        lease.abort();
        throw new Fault(
          `An engine runs on ${dataDir} already, and how it reaches origins cannot be changed (${reach[0]}). Stop it (kill ${connection.engine?.pid ?? ''}), or use another folder with --data DIR.`,
          EXIT.engine,
        );
      }
      return runEngine(connection, dataDir, lease);
    }
    // One that lost the race for the folder, or found it held by an engine that is stopping, is not a fault yet.
    const ended = started?.ended();
    if (ended && ended.code !== EXIT.engine)
      throw new Fault(`The engine ended while it started. ${ended.said}`, EXIT.engine);
    if (ended && !/uses the data folder/.test(ended.said)) throw new Fault(ended.said, EXIT.engine);
    if (!started || ended) started = startEngine(dataDir, reach);
    await Promise.race([wait(ended ? 100 : 15), started.end]);
  }
  throw new Fault(
    `No engine answered on ${dataDir} within ${PATIENCE_MS / 1000} seconds; its log is ${logFile(dataDir)}.`,
    EXIT.engine,
  );
}

/** Holds the engine; null when it is stopping and takes no leases any more. */
async function takeLease({ client }: Connection, name: string): Promise<AbortController | null> {
  const lease = new AbortController();
  try {
    const stream = await client.system.lease({ name }, { signal: lease.signal });
    await stream.next();
    // Read on, so that the stream stays open; its end is nobody's error.
    void (async () => {
      for await (const _ of stream);
    })().catch(() => {});
    return lease;
  } catch {
    lease.abort();
    return null;
  }
}

function runEngine({ client, engine, close }: Connection, dataDir: string, lease: AbortController): RunEngine {
  if (!engine) throw new Fault('No engine runs.', EXIT.engine);
  return {
    proxy: engine.proxy,
    caPath: engine.ca,
    dataDir,
    newestCall: async () => (await client.calls.list({ limit: 1 })).calls[0]?.id ?? 0,
    flush: async () => void (await client.system.flush()),
    callsAfter: ({ query, after, before }) =>
      client.calls.list({
        query,
        limit: 1000,
        ...(after > 0 ? { after } : {}),
        ...(before === undefined ? {} : { before }),
      }),
    async release() {
      lease.abort();
      await close();
    },
  };
}

interface StartedEngine {
  pid: number | undefined;
  /** Resolves when the process is gone. */
  end: Promise<void>;
  ended(): { code: number | null; said: string } | null;
}

/** Starts `serve --ephemeral` that outlives us; what it says goes to engine.log in the data folder. */
function startEngine(dataDir: string, reach: readonly string[]): StartedEngine {
  openDataFolder(dataDir);
  const log = openSync(logFile(dataDir), 'w', 0o600);
  const args = ['serve', '--ephemeral', '--data', dataDir, '--proxy-port', '0', '--workspace-port', '0', ...reach];
  const child = spawn(process.execPath, [...process.execArgv, process.argv[1] ?? '', ...args], {
    detached: true,
    stdio: ['ignore', log, log],
    windowsHide: true,
  });
  closeSync(log);
  child.unref();
  let ended: { code: number | null; said: string } | null = null;
  const end = new Promise<void>((resolve) => {
    const finish = (code: number | null, said: string): void => {
      ended ??= { code, said };
      resolve();
    };
    child.once('exit', (code) => finish(code, lastWords(dataDir)));
    child.once('error', (error) => finish(null, error.message));
  });
  return { pid: child.pid, end, ended: () => ended };
}

function logFile(dataDir: string): string {
  return join(dataDir, 'engine.log');
}

function lastWords(dataDir: string): string {
  const path = logFile(dataDir);
  if (!existsSync(path)) return '';
  return readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .slice(-12)
    .join('\n')
    .replace(/^sallyport: /gm, '');
}
