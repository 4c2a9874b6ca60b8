import { Worker } from 'node:worker_threads';
import type { Ask, OtherConnection, Verdict, Welcome } from '../../../../shared/agent/link.ts';
import type { Emit } from '../../../../shared/events/call-event.ts';
import type { CallSite } from '../../../../shared/model/caller.ts';
import { createJoins } from './joins.ts';
import type { JoinCounts, SeenConnection } from './joins.ts';
import { clearSocket, prepareLinkPlace } from './link-place.ts';
import type { LinkPlace } from './link-place.ts';
import { serveLinks } from './link-server.ts';
import type { Link, LinkServer } from './link-server.ts';
import type { FromIngest, LinkOrigin, ToIngest } from './messages.ts';
import { createVerdicts, type Decide } from './verdicts.ts';

/** One agent that is connected now. */
export interface ConnectedAgent {
  pid: number;
  /** 0 for the main thread of its program. */
  thread: number;
  /** A `processKey`; null when it could not be read. */
  process: string | null;
  app: string | null;
}

/** What agents have told since the engine started. */
export interface IngestStats extends JoinCounts {
  agents: readonly ConnectedAgent[];
  /** Calls that agents told whole, since they went around the proxy. */
  ownCalls: number;
  /** What agents could not tell, since the link was full. */
  drops: { calls: number; bodies: number };
}

/** A connection that is no call and went around the proxy, and whose it is. */
export interface SeenOutside extends Omit<OtherConnection, 'type'> {
  agent: ConnectedAgent;
}

/** Takes in what agents inside of programs tell. */
export interface Ingest {
  /** Where agents find us; null when there is no place for a link on this machine. */
  readonly place: Pick<LinkPlace, 'socket' | 'secretFile'> | null;
  stats(): IngestStats;
  /** A pid has an agent: its calls are seen whichever way they go. */
  hasAgent(pid: number): boolean;
  onConnection(listener: (seen: SeenOutside) => void): () => void;
  /** Something that agents are told has changed: they are told again. */
  tellAgents(): void;
  /** Everything that agents have sent so far is with the archive. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

export interface IngestOptions {
  dataDir: string;
  emit: Emit;
  /** The next call's id, or UNRECORDED while paused. */
  nextCallId: () => number;
  /** Gives the archive facts that are written down already; false when it is behind, and the same is to be given again later. */
  takeSlab: (slab: { bytes: ArrayBuffer; length: number; calls: number; from: number }) => boolean;
  connectionAt: (port: number) => SeenConnection | null;
  /** Told of each program that carries the agent, as far as it is known which process that is, and what it is called. */
  onAgent?: (process: string, app: string) => void;
  /** Which process that is: its key, and what it is recognised as; null when it is not the one that began then (µs). */
  identify: (pid: number, startedAt: number | null) => Promise<{ key: string; app: string | null } | null>;
  welcome: () => Omit<Welcome, 'type'>;
  /** Says of a governed call whether it may leave; all may when nobody says. */
  decide?: Decide | undefined;
  /** Whether this host is not to be read. */
  isPassThrough?: (host: string) => boolean;
  log: (line: string) => void;
}

interface OpenLink {
  link: Link;
  agent: ConnectedAgent;
  origin: LinkOrigin;
  sites: Map<number, CallSite>;
  ended: boolean;
}

const ALLOWED: Omit<Verdict, 'type' | 'id'> = { verdict: 'allow', answer: null };
/** Who a process is has to be known before its first call; but not at any price (ms). */
const IDENTIFY_MS = 2_000;
/** An archive that is behind is asked again after so long (ms). */
const ARCHIVE_BEHIND_MS = 20;
const MOST_SITES = 10_000;
/** A program that floods us is not waited for to its end. */
const MOST_ROUNDS = 200;

/** Opens the link. Never rejects: without a link programs run as without agents, and the log says why. */
export async function createIngest(options: IngestOptions): Promise<Ingest> {
  const { dataDir, emit, log } = options;
  /** Until the worker has worked off what they sent, too. */
  const links = new Map<number, OpenLink>();
  const listeners = new Set<(seen: SeenOutside) => void>();
  const flushes = new Map<number, () => void>();
  const joins = createJoins({ connectionAt: options.connectionAt, emit });
  const verdicts = createVerdicts({
    decide: options.decide ?? (() => ALLOWED),
    isPassThrough: options.isPassThrough ?? (() => false),
    emit,
    nextCallId: options.nextCallId,
    bodyLimit: () => options.welcome().bodyLimit,
    now: () => Math.floor((performance.timeOrigin + performance.now()) * 1000),
  });
  const slabs: Extract<FromIngest, { type: 'slab' }>[] = [];
  let slabTimer: NodeJS.Timeout | null = null;
  let worker: Worker | null = null;
  /** The worker, once it has answered. */
  let ready: Worker | null = null;
  let ownCalls = 0;
  let drops = { calls: 0, bodies: 0 };
  let counter = 0;
  let closed = false;
  let told = '';

  const post = (message: ToIngest, transfer: ArrayBuffer[] = []): void => worker?.postMessage(message, transfer);
  const welcome = (): Welcome => ({ type: 'welcome', ...options.welcome() });

  /** Started by the first agent: most engines never see one. */
  function startWorker(): void {
    if (worker !== null) return;
    const file = import.meta.url.endsWith('.ts') ? './ingest-worker.ts' : './ingest-worker.mjs';
    const started = new Worker(new URL(file, import.meta.url));
    worker = started;
    started.on('message', (message: FromIngest) => {
      try {
        take(message);
      } catch (error) {
        log(`fault: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      }
    });
    started.on('error', (error: Error) =>
      log(`fault: the thread that reads agents’ facts broke: ${error.stack ?? error.message}`),
    );
    started.on('exit', () => {
      if (worker !== started) return;
      worker = null;
      // Agents connect again, and a new thread begins where they do.
      for (const { link } of links.values()) {
        link.took(Infinity);
        link.close();
      }
      links.clear();
      for (const done of flushes.values()) done();
      flushes.clear();
    });
    post({ type: 'configure', bodyLimit: welcome().bodyLimit });
  }

  function take(message: FromIngest): void {
    const from = 'link' in message ? links.get(message.link) : undefined;
    switch (message.type) {
      case 'took':
        from?.link.took(message.bytes);
        break;
      case 'ended':
        links.delete(message.link);
        break;
      case 'want':
        ownCalls += message.ids;
        post({ type: 'ids', ids: Array.from({ length: message.ids }, options.nextCallId) });
        break;
      case 'slab':
        slabs.push(message);
        giveSlabs();
        break;
      case 'site':
        if (from !== undefined && from.sites.size < MOST_SITES) from.sites.set(message.id, message.site);
        break;
      case 'joined':
        if (from !== undefined) joins.add(from.origin, message.calls, (id) => from.sites.get(id) ?? null);
        break;
      case 'connection':
        if (from !== undefined) {
          const { type: _, ...connection } = message.connection;
          for (const listener of listeners) listener({ ...connection, agent: from.agent });
        }
        break;
      case 'drops':
        drops = { calls: drops.calls + message.calls, bodies: drops.bodies + message.bodies };
        break;
      case 'ask':
        if (from !== undefined) answer(from, message.ask);
        break;
      case 'broken':
        log(`The link to an agent was closed, since what it sent made no sense: ${message.why}.`);
        from?.link.close();
        break;
      case 'flushed':
        flushes.get(message.id)?.();
        flushes.delete(message.id);
        break;
      case 'log':
        log(message.line);
        break;
      default:
    }
  }

  /** In their order; what the archive has no room for waits, and with it, in the end, the agents' sockets. */
  function giveSlabs(): void {
    if (slabTimer !== null) return;
    let given = 0;
    while (slabs.length > 0) {
      const { slab: bytes, length, calls, from } = slabs[0]!;
      if (!options.takeSlab({ bytes, length, calls, from })) {
        slabTimer = setTimeout(() => {
          slabTimer = null;
          giveSlabs();
        }, ARCHIVE_BEHIND_MS);
        break;
      }
      slabs.shift();
      given += 1;
    }
    if (given > 0) post({ type: 'taken', slabs: given });
  }

  /** Fails open: a fault of ours lets the call go. */
  function answer({ link, agent, origin, sites }: OpenLink, ask: Ask): void {
    const say = (verdict: Omit<Verdict, 'type' | 'id'>): void => link.send({ type: 'verdict', id: ask.id, ...verdict });
    const site = ask.site === null ? null : (sites.get(ask.site) ?? null);
    verdicts({ ask, agent, origin, site }).then(say, (error: unknown) => {
      log(`fault: a verdict could not be found: ${String(error)}`);
      say(ALLOWED);
    });
  }

  /** Until the worker has begun its work. */
  function whenReady(): Promise<void> {
    if (worker === null || ready === worker) return Promise.resolve();
    const starting = worker;
    return roundTrip().then(() => {
      ready = starting;
    });
  }

  async function onLink(link: Link): Promise<void> {
    startWorker();
    // An agent that governs counts the milliseconds from its question on.
    await whenReady();
    const first = welcome();
    link.send(first);
    const { who } = link;
    const found = who.known ? await inTime(options.identify(who.pid, who.startedAt), IDENTIFY_MS) : null;
    const process = found?.key ?? null;
    const agent: ConnectedAgent = { pid: who.pid, thread: who.thread, process, app: who.app ?? found?.app ?? null };
    if (process !== null && agent.app !== null) options.onAgent?.(process, agent.app);
    const origin: LinkOrigin = {
      link: link.id,
      pid: who.pid,
      thread: who.thread,
      process,
      app: agent.app,
      run: who.run,
    };
    links.set(link.id, { link, agent, origin, sites: new Map(), ended: false });
    post({ type: 'link', ...origin });
    // What changed while we looked who it is.
    const now = welcome();
    if (JSON.stringify(now) !== JSON.stringify(first)) link.send(now);
  }

  let place: LinkPlace | null = null;
  let server: LinkServer | null = null;
  try {
    place = prepareLinkPlace(dataDir);
    server = await serveLinks(place, {
      onLink,
      onBytes(link, bytes) {
        // A chunk of a socket lies in memory of its own, which can change hands; a part of another's has to be copied.
        const whole = bytes.byteLength === bytes.buffer.byteLength && bytes.buffer instanceof ArrayBuffer;
        const given = whole ? bytes : Uint8Array.from(bytes);
        post({ type: 'bytes', link: link.id, bytes: given }, [given.buffer as ArrayBuffer]);
      },
      onEnd(link) {
        const open = links.get(link.id);
        if (open !== undefined) open.ended = true;
        post({ type: 'end', link: link.id });
      },
      log,
    });
  } catch (error) {
    log(
      `Agents in programs cannot reach this engine: ${error instanceof Error ? error.message : String(error)} Calls are recorded without the line that made them.`,
    );
    place = null;
  }

  /** Until the worker has worked off what it was given before. */
  function roundTrip(): Promise<void> {
    counter += 1;
    const id = counter;
    return new Promise<void>((resolve) => {
      flushes.set(id, resolve);
      post({ type: 'flush', id });
    });
  }

  async function flush(): Promise<void> {
    if (server === null) return;
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      await server.quiet();
      if (worker === null) return;
      await roundTrip();
      // Its last slabs came before its answer, and may wait for the archive.
      while (slabs.length > 0 && !closed) await new Promise((resolve) => setTimeout(resolve, ARCHIVE_BEHIND_MS));
      if (!server.behind) return;
    }
  }

  const connected = (): ConnectedAgent[] => [...links.values()].filter(({ ended }) => !ended).map(({ agent }) => agent);

  return {
    place: place && { socket: place.socket, secretFile: place.secretFile },
    stats: () => ({
      agents: connected(),
      ownCalls,
      drops,
      joined: joins.counts.joined,
      missed: joins.counts.missed,
    }),
    hasAgent: (pid) => connected().some((agent) => agent.pid === pid),
    onConnection(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    tellAgents() {
      const message = welcome();
      const text = JSON.stringify(message);
      if (text === told) return;
      told = text;
      post({ type: 'configure', bodyLimit: message.bodyLimit });
      for (const { link } of links.values()) link.send(message);
    },
    flush,
    async close() {
      // What programs said before they were cut off is kept.
      await flush();
      await server?.close();
      await flush();
      closed = true;
      joins.close();
      if (slabTimer !== null) clearTimeout(slabTimer);
      listeners.clear();
      const ending = worker;
      worker = null;
      await ending?.terminate();
      if (place !== null) clearSocket(place.socket);
    },
  };
}

function inTime<T>(work: Promise<T>, ms: number): Promise<T | null> {
  return new Promise((resolve) => {
    // Nobody need stay for an answer that is not wanted any more.
    const timer = setTimeout(() => resolve(null), ms).unref();
    work.then(resolve, () => resolve(null)).finally(() => clearTimeout(timer));
  });
}
