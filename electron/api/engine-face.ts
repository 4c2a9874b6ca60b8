import type { Call, Message } from '../../shared/model/call.ts';
import type { CallSummary } from '../../shared/model/call-summary.ts';
import type { Endpoints, Overview, StorageReport } from '../../shared/contract/system.ts';
import type { QueryTree } from '../../shared/query/tree.ts';

/** What the api needs of an engine; the engine satisfies it by shape, tests by a stub. */
export interface EngineFace {
  info: EngineInfo;
  reader: ReaderFace;
  /** Null when a store is read without an engine. */
  archive: ArchiveFace | null;
}

export interface EngineInfo {
  version: string;
  pid: number;
  /** Microseconds since the Unix epoch. */
  startedAt: number;
  dataDir: string;
  proxy: string | null;
  caPath: string;
}

export interface ReaderFace {
  /** Newest first; `before` and `after` are call ids, exclusive. `signal` gives a long search up. */
  listCalls(
    question: { tree: QueryTree | null; limit: number; before?: number | undefined; after?: number | undefined },
    signal?: AbortSignal,
  ): Promise<{ calls: CallSummary[]; more: boolean }>;
  /** Calls that opened or changed after `seq`, oldest change first; `seq` is where to go on: the end, when asked from beyond it. */
  changedSince(question: {
    seq: number;
    limit: number;
    tree: QueryTree | null;
  }): Promise<{ seq: number; calls: CallSummary[] }>;
  getCall(id: number): Promise<Call | null>;
  /** Bytes as on the wire, redacted; null when nothing was kept. */
  getBody(id: number, side: 'request' | 'response'): Promise<StoredBody | null>;
  listMessages(question: { call: number; after?: number | undefined; limit: number }): Promise<Message[]>;
  /** Sums, latencies and the largest hosts and apps of a time span in microseconds; null while nothing is stored. */
  overview(question: { since: number; until: number }): Promise<Overview | null>;
  /** The slowest and the most failing endpoints among the newest calls of a time span. */
  endpoints(question: { since: number; until: number }, signal?: AbortSignal): Promise<Endpoints | null>;
  storage(): Promise<StorageReport>;
}

export interface StoredBody {
  bytes: Uint8Array;
  contentType: string | null;
  contentEncoding: string | null;
  truncated: 'limit' | 'shed' | 'cut' | null;
  redacted: boolean;
}

export interface ArchiveFace {
  flush(): Promise<void>;
  health(): {
    queuedBytes: number;
    lagMs: number;
    recordedCalls: number;
    shedBodies: number;
    shedCalls: number;
    lastError: string | null;
  };
  /** At most ten times a second; gives how to stop listening. */
  onChanged(listener: (highestSeq: number) => void): () => void;
}
