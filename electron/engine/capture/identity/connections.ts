import type { Identified } from '../../../../shared/events/call-event.ts';
import { UNRECORDED } from '../../../../shared/events/call-event.ts';
import type { ProcessUnknown } from '../../../../shared/model/caller.ts';
import type { BegunCall, KnownConnection } from './client-connection.ts';

/** So many of a connection's newest calls are remembered at least. */
const REMEMBERED = 256;
/** Those that begin before it is known who opened the connection are a handful; only a flood passes the bound. */
const MOST_UNTOLD = 8192;
/** A closed connection is remembered for so long (ms): agents report in batches. */
const REMEMBERED_MS = 30_000;
/** Whose they are is asked every few seconds; only a flood passes the bound, and then some are nobody's. */
const MOST_UNSEEN = 50_000;

/** What the look at a socket came to. */
export interface Answer {
  process: string | null;
  unknown: ProcessUnknown | null;
  app: string | null;
}

/** The connection as the room itself handles it. */
export interface HeldConnection extends KnownConnection {
  /** Says once who it is; calls that have begun are told of it as facts. */
  answer(answer: Answer): void;
  readonly closed: boolean;
}

/** Whose a connection turned out to be. */
export interface SeenConnection {
  /** A `processKey`; null when nobody could say. */
  process: string | null;
  /** What its first credentials named, else what its process is recognised as. */
  app: string | null;
}

export interface Connections {
  open(port: number): HeldConnection;
  close(connection: HeldConnection): void;
  at(port: number): HeldConnection | null;
  /** Those of which it has become clear since the last time whose they are; each comes once. */
  takeSeen(): SeenConnection[];
  /** How many are open. */
  readonly count: number;
}

/** Keeps the connections of programs by their port. `emit` is told who made the calls that began before it was known. */
export function createConnections(emit: (fact: Identified) => void, now: () => number): Connections {
  const byPort = new Map<number, Connection>();
  /** Closed ones, the oldest first. */
  const closed: { connection: Connection; at: number }[] = [];
  let count = 0;
  /** Those of which nobody was told yet whose they are. */
  let unseen: Connection[] = [];

  function forget(): void {
    const before = now() - REMEMBERED_MS;
    while (closed.length > 0 && closed[0]!.at < before) {
      const { connection } = closed.shift()!;
      if (byPort.get(connection.port) === connection) byPort.delete(connection.port);
    }
  }

  return {
    open(port) {
      count += 1;
      const connection = new Connection(port, emit);
      if (port !== 0) byPort.set(port, connection);
      if (unseen.length < MOST_UNSEEN) unseen.push(connection);
      return connection;
    },
    close(connection) {
      count -= 1;
      (connection as Connection).close();
      closed.push({ connection: connection as Connection, at: now() });
      // Under a flood of connections, memory comes before memories.
      if (closed.length > 20_000) closed[0]!.at = 0;
      forget();
    },
    at(port) {
      forget();
      return byPort.get(port) ?? null;
    },
    takeSeen() {
      const [seen, still]: [Connection[], Connection[]] = [[], []];
      for (const connection of unseen) (connection.isClear ? seen : still).push(connection);
      unseen = still;
      return seen.map(({ process, said, app }) => ({ process, app: said ?? app }));
    },
    get count() {
      return count;
    },
  };
}

/** A class since there is one for every connection and a method call for every call. */
class Connection implements HeldConnection {
  readonly port: number;
  process: string | null = null;
  unknown: ProcessUnknown | null = null;
  app: string | null = null;
  closed = false;
  /** The app that credentials on it named first. */
  said: string | null = null;
  readonly #emit: (fact: Identified) => void;
  /** The newest calls; `#first` is the ordinal of the first one. */
  #calls: BegunCall[] = [];
  #first = 0;
  #answered = false;
  #listener: (() => void) | null = null;

  constructor(port: number, emit: (fact: Identified) => void) {
    this.port = port;
    this.#emit = emit;
  }

  /** Credentials come with the first call, and may name another app than the process is recognised as. */
  get isClear(): boolean {
    return this.said !== null || (this.#answered && (this.closed || this.#first + this.#calls.length > 0));
  }

  began(call: number, method: string, target: string, app: string | null): void {
    this.said ??= app;
    this.#calls.push({ call, method, target });
    if (this.#calls.length > (this.#answered ? REMEMBERED * 2 : MOST_UNTOLD)) {
      const forgotten = this.#calls.length - REMEMBERED;
      this.#calls.splice(0, forgotten);
      this.#first += forgotten;
    }
    // Its `opened` comes next, and cannot say why the process is not known.
    if (this.#answered && this.unknown !== null) queueMicrotask(() => this.#tell(call));
  }

  answer({ process, unknown, app }: Answer): void {
    if (this.#answered) return;
    this.#answered = true;
    this.process = process;
    this.unknown = unknown;
    this.app = app;
    for (const { call } of this.#calls) this.#tell(call);
    const listener = this.#listener;
    this.#listener = null;
    listener?.();
  }

  get looked(): boolean {
    return this.#answered;
  }

  whenLooked(listener: () => void): void {
    if (this.#answered) return listener();
    const before = this.#listener;
    this.#listener =
      before === null
        ? listener
        : () => {
            before();
            listener();
          };
  }

  close(): void {
    this.closed = true;
  }

  callAt(ordinal: number): BegunCall | null {
    return this.#calls[ordinal - this.#first] ?? null;
  }

  allOf(method: string, target: string): readonly BegunCall[] {
    return this.#calls.filter((begun) => begun.method === method && begun.target === target);
  }

  #tell(call: number): void {
    if (call === UNRECORDED) return;
    const { process, unknown, app } = this;
    this.#emit({ type: 'identified', call, by: 'socket', app, process, unknown, site: null, trace: null, tags: null });
  }
}
