import type net from 'node:net';
import { Worker } from 'node:worker_threads';
import type { Identified } from '../../../../shared/events/call-event.ts';
import type { ProcessIdentity } from '../../../../shared/model/caller.ts';
import type { ClientConnection, KnownProcess, WhoCalls } from './client-connection.ts';
import { monotonicMs } from './monotonic.ts';
import { createConnections, type HeldConnection, type SeenConnection } from './connections.ts';
import type {
  Found,
  FoundProcess,
  FromWorker,
  OwnNames,
  SampledConnection,
  ToWorker,
  WorkerSettings,
} from './messages.ts';

export interface IdentityOptions {
  emit: (fact: Identified) => void;
  /** Told of each process that made a call or is asked for, once, and again when it runs another program. */
  noteProcess: (key: string, identity: ProcessIdentity) => void;
  /** Told of each process that is found at the other end of a connection. */
  onCaller?: (key: string) => void;
  home: string;
  /** For the fingerprints in masked command lines. */
  fingerprintKey: Uint8Array;
  redaction: OwnNames;
  platform?: NodeJS.Platform | undefined;
  log: (line: string) => void;
}

export interface Identity extends WhoCalls {
  /** Begins to find out who opened a connection; returns at once and never throws. */
  identify(socket: net.Socket): ClientConnection;
  /** Connections of programs that are open. */
  readonly connections: number;
  /** How many there have been. */
  readonly connectionsSoFar: number;
  /** Those of which it has become clear since the last time whose they are. */
  takeSeen(): SeenConnection[];
  /** Connections that programs opened since the last look; null where this system cannot be looked at. */
  sample(ownPorts: number[]): Promise<SampledConnection[] | null>;
  configure(redaction: OwnNames): void;
  /** The first program that comes can be found, or nobody can. */
  readonly ready: Promise<void>;
  stop(): Promise<void>;
}

/** What is said of a connection that is closed by then waits this long: its port may have gone to another. */
const REUSE_MS = 250;

/** Starts the thread that looks at processes; what it finds is told to connections as it comes. */
export function createIdentity(options: IdentityOptions): Identity {
  const { emit, noteProcess, log } = options;
  const connections = createConnections(emit, () => performance.now());
  const waiting = new Map<number, HeldConnection>();
  const samples = new Map<number, (connections: SampledConnection[] | null) => void>();
  let connectionsSoFar = 0;
  const asked = new Map<number, (process: KnownProcess | null) => void>();
  let { redaction } = options;
  let counter = 0;
  let restarts = 0;
  let stopping = false;
  let worker: Worker | null = null;
  let isReady = (): void => {};
  const ready = new Promise<void>((done) => (isReady = done));

  const post = (message: ToWorker): void => worker?.postMessage(message);

  function start(): void {
    const file = import.meta.url.endsWith('.ts') ? './identity-worker.ts' : './identity-worker.mjs';
    const workerData: WorkerSettings = {
      platform: options.platform ?? process.platform,
      home: options.home,
      ownPid: process.pid,
      fingerprintKey: options.fingerprintKey,
      redaction,
    };
    const started = new Worker(new URL(file, import.meta.url), {
      workerData,
      // What it reads is text of a few kilobytes, soon forgotten: a small nursery keeps an idle engine small.
      resourceLimits: { maxYoungGenerationSizeMb: 2 },
    });
    worker = started;
    // Nobody waits for it: the engine's other threads keep the process alive.
    started.unref();
    started.on('message', take);
    started.on('error', (error: Error) => log(`Who calls cannot be looked up: ${error.stack ?? error.message}`));
    started.on('exit', () => {
      isReady();
      if (worker !== started) return;
      worker = null;
      for (const connection of waiting.values()) connection.answer(UNSUPPORTED);
      waiting.clear();
      for (const give of asked.values()) give(null);
      asked.clear();
      for (const give of samples.values()) give(null);
      samples.clear();
      restarts += 1;
      if (!stopping && restarts < 10) setTimeout(start, 1000 * restarts).unref();
    });
  }

  function take(message: FromWorker): void {
    if (message.type === 'found') for (const found of message.found) settle(found);
    else if (message.type === 'ready') isReady();
    else if (message.type === 'sampled') {
      for (const { process } of message.connections ?? [])
        if (process?.identity !== undefined) noteProcess(process.key, process.identity);
      samples.get(message.id)?.(message.connections);
      samples.delete(message.id);
    } else {
      asked.get(message.id)?.(message.process === null ? null : learn(message.process));
      asked.delete(message.id);
    }
  }

  function learn(process: Required<FoundProcess>): KnownProcess {
    noteProcess(process.key, process.identity!);
    return { ...process, identity: process.identity! };
  }

  function settle({ id, process, unknown }: Found): void {
    const connection = waiting.get(id);
    waiting.delete(id);
    if (process?.identity !== undefined) noteProcess(process.key, process.identity);
    if (process !== null) options.onCaller?.(process.key);
    if (connection === undefined) return;
    const answer = { process: process?.key ?? null, unknown, app: process?.app ?? null };
    if (!connection.closed || unknown !== null) {
      connection.answer(answer);
      return;
    }
    // While our end is open the port cannot be another's. It was closed before this came: if the system had given the
    // port on by the time it was asked, the new connection is taken within this time.
    setTimeout(
      () =>
        setImmediate(() =>
          connection.answer(connections.at(connection.port) === connection ? answer : { ...answer, ...GONE }),
        ),
      REUSE_MS,
    ).unref();
  }

  start();
  return {
    identify(socket) {
      const { remoteAddress, remotePort, localAddress, localPort } = socket;
      const connection = connections.open(remotePort ?? 0);
      connectionsSoFar += 1;
      socket.once('close', () => connections.close(connection));
      // What it has sent can be read still; who it was, nobody can say.
      const gone = remoteAddress === undefined || remotePort === undefined;
      if (gone || worker === null) {
        connection.answer(gone ? GONE : UNSUPPORTED);
        return connection;
      }
      counter += 1;
      waiting.set(counter, connection);
      worker.postMessage({
        type: 'find',
        id: counter,
        clientAddress: remoteAddress,
        clientPort: remotePort,
        address: localAddress ?? '',
        port: localPort ?? 0,
        at: monotonicMs(),
      } satisfies ToWorker);
      return connection;
    },
    ready,
    connectionAt: connections.at,
    get connections() {
      return connections.count;
    },
    identityOfPid(pid, startedAt = null) {
      if (worker === null) return Promise.resolve(null);
      counter += 1;
      const id = counter;
      return new Promise((resolve) => {
        asked.set(id, resolve);
        post({ type: 'process', id, pid, startedAt });
      });
    },
    get connectionsSoFar() {
      return connectionsSoFar;
    },
    takeSeen: connections.takeSeen,
    sample(ownPorts) {
      if (worker === null) return Promise.resolve(null);
      counter += 1;
      const id = counter;
      return new Promise((resolve) => {
        samples.set(id, resolve);
        post({ type: 'sample', id, ownPorts });
      });
    },
    configure(next) {
      redaction = next;
      post({ type: 'redaction', redaction });
    },
    async stop() {
      stopping = true;
      const ending = worker;
      if (ending === null) return;
      ending.ref();
      const exited = new Promise<void>((resolve) => ending.once('exit', () => resolve()));
      post({ type: 'stop' });
      await exited;
    },
  };
}

const UNSUPPORTED = { process: null, unknown: 'unsupported', app: null } as const;
const GONE = { process: null, unknown: 'gone', app: null } as const;
