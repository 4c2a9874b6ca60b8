import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { withoutAgent } from '../engine/capture/attach/node-agent.ts';
import { openDataFolder } from '../hosts/data-folder.ts';
import { isEngineLocked } from '../hosts/engine-lock.ts';
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
      const other = reach.length > 0 && connection.engine?.reach?.join('\0') !== reach.join('\0');
      if (other) {
        lease.held.abort();
        throw new Fault(
          `An engine runs on ${dataDir} already, and was started with other options; ${reach[0] ?? ''} cannot change it. Stop it (kill ${connection.engine?.pid ?? ''}), or use another folder with --data DIR.`,
          EXIT.engine,
        );
      }
      return runEngine(connection, dataDir, lease.held, lease.secret);
    }
    const ended = started?.ended();
    // Losing the race for the folder is no fault, nor is ending with another run before ours held it.
    if (ended && ended.code !== EXIT.held && ended.code !== EXIT.fine) {
      throw new Fault(`The engine ended while it started. ${ended.said}`, EXIT.engine);
    }
    // While the folder is held, an engine is starting (and will answer) or stopping (and will let go).
    if ((!started || ended) && !isEngineLocked(dataDir)) started = startEngine(dataDir, reach);
    await wait(15);
  }
  throw new Fault(
    `No engine answered on ${dataDir} within ${PATIENCE_MS / 1000} seconds; its log is ${logFile(dataDir)}.`,
    EXIT.engine,
  );
}

/** Holds the engine; null when it is stopping and takes no leases any more. */
async function takeLease({ client }: Connection, name: string): Promise<Lease | null> {
  const lease = new AbortController();
  try {
    const stream = await client.system.lease({ name }, { signal: lease.signal });
    const first = await stream.next();
    if (first.done) return null;
    // Read on, so that the stream stays open; its end is nobody's error.
    void (async () => {
      for await (const _ of stream);
    })().catch(() => {});
    return { held: lease, secret: first.value.secret };
  } catch {
    lease.abort();
    return null;
  }
}

interface Lease {
  held: AbortController;
  secret: string | null;
}

function runEngine(
  { client, engine, close }: Connection,
  dataDir: string,
  lease: AbortController,
  secret: string | null,
): RunEngine {
  if (!engine) throw new Fault('No engine runs.', EXIT.engine);
  async function holdPort(asked: { app: string; run: string } | { host: string }): Promise<number> {
    const stream = await client.capture.port(asked, { signal: lease.signal });
    const first = await stream.next();
    if (first.done) throw new Error('The engine is stopping.');
    // Read on, so that the stream stays open; its end is nobody's error.
    void (async () => {
      for await (const _ of stream);
    })().catch(() => {});
    return first.value.port;
  }
  return {
    proxy: engine.proxy,
    secret,
    caPath: engine.ca,
    dataDir,
    agent: engine.agent ?? null,
    newestCall: async () => (await client.calls.list({ limit: 1 })).calls[0]?.id ?? 0,
    flush: async () => void (await client.system.flush()),
    callsAfter: ({ query, after, before }) =>
      client.calls.list({
        query,
        limit: 1000,
        ...(after > 0 ? { after } : {}),
        ...(before === undefined ? {} : { before }),
      }),
    async aroundIn(run) {
      const span = { since: 0, until: Date.now() * 1000 };
      return (await client.coverage.notSeen({ ...span, run, limit: 100 })).notSeen;
    },
    ownPort: (app, run) => holdPort({ app, run }),
    portAt: (host) => holdPort({ host }),
    async mock(run, { file, unmatched, seed }) {
      const asked = { file, run, ...(unmatched !== undefined && { unmatched }), ...(seed !== undefined && { seed }) };
      const stream = await client.mocks.serve(asked, { signal: lease.signal });
      const first = await stream.next();
      if (first.done) throw new Error('The engine is stopping.');
      const { id } = first.value;
      // Read on, so that the stream stays open; its end is nobody's error.
      void (async () => {
        for await (const _ of stream);
      })().catch(() => {});
      return { report: () => client.mocks.report({ id }) };
    },
    async release() {
      lease.abort();
      await close();
    },
  };
}

interface StartedEngine {
  ended(): { code: number | null; said: string } | null;
}

/** Starts `serve --ephemeral` that outlives us; what it says goes to engine.log in the data folder. */
function startEngine(dataDir: string, reach: readonly string[]): StartedEngine {
  openDataFolder(dataDir);
  const log = openSync(logFile(dataDir), 'w', 0o600);
  const args = ['serve', '--ephemeral', '--data', dataDir, '--proxy-port', '0', '--workspace-port', '0', ...reach];
  const child = spawn(process.execPath, [...process.execArgv, process.argv[1] ?? '', ...args], {
    detached: true,
    // The engine outlives this run, and what it asks is no call of the program it was started from.
    env: withoutAgent(process.env),
    stdio: ['ignore', log, log],
    windowsHide: true,
  });
  closeSync(log);
  child.unref();
  let ended: { code: number | null; said: string } | null = null;
  child.once('exit', (code) => (ended ??= { code, said: lastWords(dataDir) }));
  child.once('error', (error) => (ended ??= { code: null, said: error.message }));
  return { ended: () => ended };
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
