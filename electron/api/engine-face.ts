import type { Call, Message } from '../../shared/model/call.ts';
import type { CallSummary } from '../../shared/model/call-summary.ts';
import type { FACETS, Histogram, SORTS } from '../../shared/contract/calls.ts';
import type { Endpoints, Overview, StorageReport } from '../../shared/contract/system.ts';
import type { QueryTree } from '../../shared/query/tree.ts';
import type { AppsFace } from './apps-face.ts';
import type { CollectionsFace } from './collections-face.ts';
import type { CoverageFace } from './coverage-face.ts';
import type { CaptureFace } from './capture-face.ts';
import type { EnvironmentsFace } from './environments-face.ts';
import type { JobsFace } from './jobs-face.ts';
import type { MocksFace } from './mocks-face.ts';
import type { CostsFace, MapFace, VendorsFace } from './picture-face.ts';
import type { PoliciesFace } from './policies-face.ts';
import type { PreferencesFace } from './preferences.ts';
import type { ReplayFace } from './replay-face.ts';
import type { SettingsFace } from './settings-face.ts';

/** What the api needs of an engine; the engine satisfies it by shape, tests by a stub. */
export interface EngineFace {
  info: EngineInfo;
  reader: ReaderFace;
  /** Null when a store is read without an engine. */
  archive: ArchiveFace | null;
  /** Null when a store is read without an engine. */
  capture: CaptureFace | null;
  apps: AppsFace | null;
  coverage: CoverageFace;
  vendors: VendorsFace;
  costs: CostsFace;
  map: MapFace;
  mocks: MocksFace;
  policies: PoliciesFace;
  replay: ReplayFace;
  collections: CollectionsFace;
  environments: EnvironmentsFace;
  settings: SettingsFace;
  /** Null, as below, when a store is read without an engine. */
  jobs: JobsFace | null;
  preferences: PreferencesFace | null;
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

export interface ListQuestion {
  tree: QueryTree | null;
  limit: number;
  before?: number | undefined;
  after?: number | undefined;
  oldestFirst?: boolean | undefined;
  sort?: (typeof SORTS)[number] | undefined;
  descending?: boolean | undefined;
  /** Lower case. */
  headers?: readonly string[] | undefined;
}

type FacetField = (typeof FACETS)[number];

export interface Facets {
  counted: number;
  complete: boolean;
  facets: { field: FacetField; values: { value: string | null; calls: number }[]; others: number }[];
}

export interface ReaderFace {
  /** Newest first unless asked otherwise; `before` and `after` are call ids, exclusive. `signal` gives a long search up. */
  listCalls(
    question: ListQuestion,
    signal?: AbortSignal,
  ): Promise<{ calls: CallSummary[]; more: boolean; headers?: (string | null)[][] }>;
  /** Calls over time; `onPart` gets the counts so far while a search goes on. Times in microseconds. */
  histogram(
    question: { tree: QueryTree | null; since: number; until: number; steps: number },
    onPart?: (soFar: Histogram) => void,
    signal?: AbortSignal,
  ): Promise<Histogram>;
  /** Calls by what they have in common; `limit` values of each field. */
  facets(
    question: { tree: QueryTree | null; since: number; until: number; fields: readonly FacetField[]; limit: number },
    signal?: AbortSignal,
  ): Promise<Facets>;
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
  /** Puts marks on calls; what is left out stays, an empty note takes the note away. Rejects with a sentence. */
  work(
    name: 'mark',
    asked: { ids: readonly number[]; pinned?: boolean | undefined; note?: string | undefined },
  ): Promise<{ marked: number }>;
  /** At most ten times a second; gives how to stop listening. */
  onChanged(listener: (highestSeq: number) => void): () => void;
}
