import type { Coverage } from '../../../../shared/contract/coverage.ts';
import type { ProcessIdentity } from '../../../../shared/model/caller.ts';
import type { CoverageCounts, CoverageReport, NotSeenConnections, NotSeenReason } from '../../store/coverage-rows.ts';
import type { ClientConnection } from '../identity/client-connection.ts';
import type { SeenConnection } from '../identity/connections.ts';
import type { SampledConnection } from '../identity/messages.ts';
import { classify, pidOf } from './classify.ts';
import { createHostNames } from './host-names.ts';
import { explain } from './remedies.ts';
import { answerFromStore, type CoverageAnswers, type CoverageReader } from './stored-coverage.ts';

const SECOND = 1000;
const HOUR_US = 3_600_000_000;
/** Between two looks: while programs are attached, and else. */
const [ATTACHED_MS, IDLE_MS] = [SECOND, 10 * SECOND];
/** Right after a program was attached: it may be a short one. */
const [HURRY_MS, HURRIED_MS] = [250, 5 * SECOND];
/** A question waits for its counts to be stored no longer than this: an answer a moment old is better than none. */
const STORING_MS = 200;
/** The question about a run that is over waits for the look no longer than this: somebody wants their prompt back. */
const LOOK_MS = 2 * SECOND;
const REMEMBERED = 10_000;
const RUNS = 200;

/** Counts since the engine's start; what is not a connection is calls. */
export interface Counters {
  /** Connections of programs to the proxy. */
  connections: number;
  bodiesShed: number;
  callsLost: number;
  agentDrops: number;
}

export interface CoverageOptions {
  sample: (ownPorts: number[]) => Promise<SampledConnection[] | null>;
  counters: () => Counters;
  /** Connections of programs that are open now. */
  openConnections: () => number;
  /** Connections of programs to the proxy of which it has become clear whose they are; each comes once. */
  takeSeen: () => SeenConnection[];
  store: CoverageReader & { add(report: CoverageReport): Promise<unknown> };
  /** Ports of the proxy, and of our other doors. */
  proxyPorts: () => number[];
  doors: () => number[];
  hasAgent: (pid: number) => boolean;
  /** How people start the command line. */
  program: string;
  /** The engine's process, and the desktop app's when it is in one. */
  ownPids: readonly number[];
  /** Microseconds since the epoch. */
  now: () => number;
  log: (line: string) => void;
}

/** Watches what programs of this machine do past us, and keeps count by the hour. */
export interface CoverageWatch extends CoverageAnswers {
  onChanged: (listener: (coverage: Coverage) => void) => () => void;
  /** Of the last hour, as last counted. */
  readonly share: number | null;
  /** So many programs are attached: looks come more often, and at once. */
  attached(programs: number): void;
  /** A process made a call through the proxy. */
  caller(key: string): void;
  process(key: string, identity: ProcessIdentity): void;
  /** A process carries the agent, which calls it so. */
  agent(key: string, app: string): void;
  connectedTo(address: string, host: string): void;
  /** A tunnel was passed on unread. */
  unread(tunnel: {
    reason: 'pass-through' | 'pinned';
    app: string | null;
    host: string;
    port: number;
    connection: ClientConnection | null;
  }): void;
  /** An agent tells of a connection that is no call. */
  outside(seen: { pid: number; app: string | null; host: string; address: string; port: number }): void;
  stop(): Promise<void>;
}

export function createCoverage(options: CoverageOptions): CoverageWatch {
  const { counters, now, log } = options;
  const callers = new Set<string>();
  const processes = new Map<string, ProcessIdentity>();
  const names = createHostNames();
  const listeners = new Set<(coverage: Coverage) => void>();
  let sampler: Coverage['sampler'] = { works: true, why: null };
  let told = counters();
  let counts: Partial<CoverageCounts> = {};
  /** Of what was seen, how much is whose. */
  let apps = new Map<string, number>();
  const agents = new Map<string, string>();
  let notSeen = new Map<string, NotSeenConnections>();
  /** Tunnels whose process may not be known yet. */
  let tunnels: { row: Pick<NotSeenConnections, 'reason' | 'app' | 'host' | 'address' | 'port'>; connection: ClientConnection | null }[] = [];
  /** Connections that agents told of, which are calls of nobody. */
  const outside = new Set<string>();
  /** What went around in each of the latest runs. */
  const runs = new Map<string, Map<string, NotSeenConnections>>();
  let programs = 0;
  let attachedAt = -HURRIED_MS;
  let timer: NodeJS.Timeout | null = null;
  let looking: Promise<void> | null = null;
  let storing: Promise<void> = Promise.resolve();
  let storedAt = performance.now();
  let last: Coverage | null = null;
  let stopped = false;

  const answers = answerFromStore(options.store, () => sampler, options.program);

  function count(name: keyof CoverageCounts, more = 1): void {
    counts[name] = (counts[name] ?? 0) + more;
  }

  function countApp(app: string | null | undefined, more = 1): void {
    if (app != null && (apps.has(app) || apps.size < REMEMBERED)) apps.set(app, (apps.get(app) ?? 0) + more);
  }

  function add(
    rows: Map<string, NotSeenConnections>,
    reason: NotSeenReason, row: Omit<NotSeenConnections, 'reason' | 'firstSeen' | 'lastSeen' | 'connections'>): void {
    if (rows.size >= REMEMBERED) return;
    const at = now();
    const key = [reason, row.process, row.app, row.host, row.address, row.port].join('\0');
    const known = rows.get(key);
    if (known === undefined) {
      rows.set(key, { ...row, reason, firstSeen: at, lastSeen: at, connections: 1 });
      return;
    }
    known.connections += 1;
    known.lastSeen = at;
    known.pid = row.pid;
    known.command = row.command;
  }

  function take(connection: SampledConnection): void {
    const kind = classify(connection, {
      isCaller: (key) => callers.has(key),
      hasAgent: options.hasAgent,
      isProxyPort: (port) => options.proxyPorts().includes(port),
      isOurs: (pid) => options.ownPids.includes(pid),
    });
    if (kind === 'nothing' || connection.process === null) return;
    if (kind === 'by-agent') {
      // What is over was counted while it lived, or told of.
      const { address, port } = connection.remote;
      if (connection.over || outside.has(`${pidOf(connection.process.key)} ${address} ${port}`)) return;
      count('seen');
      countApp(agents.get(connection.process.key) ?? connection.pointed?.app ?? connection.process.app);
      return;
    }
    const { key, app, identity = processes.get(key) } = connection.process;
    count(kind === 'around' ? 'around' : 'neverCaptured');
    const { address, port } = connection.remote;
    const row = {
      app: connection.pointed?.app ?? app,
      process: identity?.name ?? app,
      pid: pidOf(key),
      command: identity?.command ?? null,
      host: names.of(address) ?? address,
      address,
      port,
    };
    add(notSeen, kind, row);
    const run = connection.pointed?.run ?? null;
    if (kind === 'around' && run !== null) add(rowsOf(run), kind, row);
  }

  function rowsOf(run: string): Map<string, NotSeenConnections> {
    let rows = runs.get(run);
    if (rows === undefined) {
      if (runs.size >= RUNS) runs.delete(runs.keys().next().value!);
      rows = new Map<string, NotSeenConnections>();
      runs.set(run, rows);
    }
    return rows;
  }

  async function lookOnce(): Promise<void> {
    const found = await options.sample([...options.proxyPorts(), ...options.doors()]);
    if (stopped) return;
    if (found === null) {
      sampler = { works: false, why: 'Sallyport cannot read this system’s connections, so it does not know what goes around it.' };
      return;
    }
    for (const { process } of found)
      if (process?.identity !== undefined) noteProcess(process.key, process.identity);
    for (const connection of found) take(connection);
  }

  function look(): Promise<void> {
    looking ??= lookOnce()
      .catch((error: unknown) => log(`Coverage could not look: ${String(error)}`))
      .finally(() => (looking = null));
    return looking;
  }

  function noteProcess(key: string, identity: ProcessIdentity): void {
    if (processes.size >= REMEMBERED) processes.delete(processes.keys().next().value!);
    processes.set(key, identity);
  }

  /** Hands what was counted to the store, one after the other. */
  function store(): Promise<void> {
    storing = storing.then(storeOnce);
    return storing;
  }

  async function storeOnce(): Promise<void> {
    storedAt = performance.now();
    const present = counters();
    count('seen', present.connections - told.connections);
    count('bodiesShed', present.bodiesShed - told.bodiesShed);
    count('callsLost', present.callsLost - told.callsLost);
    count('agentDrops', present.agentDrops - told.agentDrops);
    told = present;
    for (const { process, app } of options.takeSeen()) countApp((process === null ? null : agents.get(process)) ?? app);
    for (const { row, connection } of tunnels) {
      const key = connection?.process ?? null;
      const identity = key === null ? undefined : processes.get(key);
      const name = identity?.name ?? row.app ?? connection?.app ?? 'unknown';
      add(notSeen, row.reason, { ...row, process: name, pid: key === null ? null : pidOf(key), command: identity?.command ?? null });
    }
    tunnels = [];
    const ofApps = [...apps].map(([app, seen]) => ({ app, seen }));
    const report: CoverageReport = { at: now(), counts, apps: ofApps, notSeen: [...notSeen.values()] };
    const [heldCounts, heldRows] = [counts, notSeen];
    counts = {};
    apps = new Map();
    notSeen = new Map();
    if (report.notSeen.length === 0 && ofApps.length === 0 && Object.values(report.counts).every((number) => number === 0)) return;
    try {
      await options.store.add(report);
    } catch (error) {
      // Nothing is lost: it goes with the next.
      for (const [name, number] of Object.entries(heldCounts)) count(name as keyof CoverageCounts, number);
      for (const { app, seen } of ofApps) countApp(app, seen);
      for (const [key, row] of heldRows) if (!notSeen.has(key)) notSeen.set(key, row);
      log(`Coverage could not be stored: ${error instanceof Error ? error.message : String(error)}`);
      return;
    }
    void tell().catch((error: unknown) => {
      if (!stopped) log(`Coverage could not be read: ${String(error)}`);
    });
  }

  async function tell(): Promise<void> {
    if (stopped) return;
    const at = now();
    last = await answers.get({ since: at - HOUR_US, until: at });
    for (const listener of listeners) listener(last);
  }

  function plan(): void {
    if (stopped) return;
    if (timer !== null) clearTimeout(timer);
    const hurry = performance.now() - attachedAt < HURRIED_MS;
    const isAttached = programs > 0 || options.openConnections() > 0;
    timer = setTimeout(turn, hurry ? HURRY_MS : isAttached ? ATTACHED_MS : IDLE_MS).unref();
  }

  function turn(): void {
    const due = performance.now() - storedAt > SECOND;
    // What is counted is stored, however long a look takes.
    void inTime(look(), LOOK_MS)
      .then(() => (due && !stopped ? store() : undefined))
      .catch((error: unknown) => log(`Coverage could not be counted: ${String(error)}`))
      .finally(plan);
  }

  /**
   * What is counted is stored before a question is answered, unless the recorder is busy. It waits for no look: one takes
   * seconds on a busy machine, and what it finds is in the next answer.
   */
  async function settle(): Promise<void> {
    void look()
      .then(() => (stopped ? undefined : store()))
      .catch((error: unknown) => log(`Coverage could not be counted: ${String(error)}`));
    await inTime(store(), STORING_MS);
  }

  /** A run that is over is told of once: everything until now has to be in it. */
  async function lookAgain(): Promise<void> {
    // One that is under way may have begun before what is asked about.
    await inTime(looking === null ? look() : looking.then(look), LOOK_MS);
  }

  // Not before whoever makes us has everything that is asked for.
  void Promise.resolve().then(look).finally(plan);
  return {
    async get(span) {
      await settle();
      return answers.get(span);
    },
    async hours(span) {
      await settle();
      return answers.hours(span);
    },
    async notSeen(asked) {
      if (asked.run === undefined) {
        await settle();
        return answers.notSeen(asked);
      }
      await lookAgain();
      const rows = [...(runs.get(asked.run)?.values() ?? [])].toReversed();
      return {
        notSeen: rows.slice(0, asked.limit).map((row) => ({ ...row, ...explain(row, options.program) })),
        more: rows.length > asked.limit,
      };
    },
    onChanged(listener) {
      listeners.add(listener);
      if (last === null) void tell().catch(() => {});
      else listener(last);
      return () => listeners.delete(listener);
    },
    get share() {
      return last?.share ?? null;
    },
    attached(count) {
      programs = count;
      attachedAt = performance.now();
      plan();
    },
    caller(key) {
      if (callers.size >= REMEMBERED) callers.delete(callers.values().next().value!);
      callers.add(key);
    },
    process: noteProcess,
    agent(key, app) {
      if (agents.size >= REMEMBERED) agents.delete(agents.keys().next().value!);
      agents.set(key, app);
    },
    connectedTo: names.note,
    unread({ reason, app, host, port, connection }) {
      count(reason === 'pinned' ? 'pinned' : 'passThrough');
      tunnels.push({ row: { reason, app, host, address: host, port }, connection });
    },
    outside({ pid, app, host, address, port }) {
      names.note(address, host);
      if (outside.size >= REMEMBERED) outside.clear();
      outside.add(`${pid} ${address} ${port}`);
      const [key, identity] = [...processes].findLast(([, known]) => known.pid === pid) ?? [null, null];
      count('around');
      add(notSeen, 'around', {
        app,
        process: identity?.name ?? app ?? 'node',
        pid: key === null ? pid : pidOf(key),
        command: identity?.command ?? null,
        host,
        address,
        port,
      });
    },
    async stop() {
      stopped = true;
      if (timer !== null) clearTimeout(timer);
      // A look that is under way may take long, and whoever stops us has waited for the last calls already.
      await store();
      listeners.clear();
    },
  };
}

/** Waits for work, but not longer than so many milliseconds; it goes on. */
async function inTime(work: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([work, new Promise<void>((late) => (timer = setTimeout(late, ms)))]);
  clearTimeout(timer);
}
