import type { ProcessIdentity, ProcessUnknown } from '../../../../shared/model/caller.ts';

/** A connection to find the other end of, as the proxy's side of it sees it. */
export interface Question {
  id: number;
  /** As the system writes them: `127.0.0.1`, `::1`, `::ffff:127.0.0.1`. */
  clientAddress: string;
  clientPort: number;
  address: string;
  port: number;
  /** When it was taken: milliseconds of the monotonic clock that all threads share. */
  at: number;
}

/** A process as it goes from thread to thread. */
export interface FoundProcess {
  key: string;
  app: string;
  /** Left out when it has been told before and is as it was. */
  identity?: ProcessIdentity | undefined;
}

export interface Found {
  id: number;
  process: FoundProcess | null;
  unknown: ProcessUnknown | null;
}

/** A connection of some program to somewhere, seen for the first time. */
export interface SampledConnection {
  remote: { address: string; port: number };
  /** It was over when it was seen, and is told by the place it went to. */
  over: boolean;
  /** Null when the owner may not be looked at. */
  process: FoundProcess | null;
  /** Process keys of those it descends from, nearest first. */
  lineage: string[];
  /** The proxy on this machine that its environment names: as which app, and in which run. */
  pointed: { port: number; app: string | null; run: string | null } | null;
}

/** Names that are secrets, or none, beside the rules' own; as the recorder has them. */
export interface OwnNames {
  names: readonly string[];
  plain: readonly string[];
}

export interface WorkerSettings {
  platform: NodeJS.Platform;
  home: string;
  ownPid: number;
  /** For the fingerprints in what is masked. */
  fingerprintKey: Uint8Array;
  redaction: OwnNames;
}

export type ToWorker =
  | ({ type: 'find' } & Question)
  | { type: 'process'; id: number; pid: number; startedAt: number | null }
  /** A look at all connections; `ownPorts`: where they come to us. */
  | { type: 'sample'; id: number; ownPorts: number[] }
  | { type: 'redaction'; redaction: OwnNames }
  | { type: 'stop' };

export type FromWorker =
  | { type: 'found'; found: Found[] }
  | { type: 'process'; id: number; process: Required<FoundProcess> | null }
  /** Null where this system cannot be looked at. */
  | { type: 'sampled'; id: number; connections: SampledConnection[] | null }
  /** Whoever comes from now on can be found. */
  | { type: 'ready' };
