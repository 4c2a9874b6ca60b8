import type { LimitReading } from '../../../shared/model/limit-signal.ts';
import type { QueryTree } from '../../../shared/query/tree.ts';

/** Which calls. */
export interface HistoryQuestion {
  /** Microseconds since the epoch, `until` exclusive. */
  since: number;
  until: number;
  tree: QueryTree | null;
  /** Only so many, the newest. */
  newest?: number | undefined;
  /** Of these calls alone. */
  ids?: readonly number[] | undefined;
}

/**
 * Narrow columns of calls that lie together, by their ids. Words are numbers, 0 for none; -1 stands for what is not known
 * where 0 is a quantity. `rows` of each array count, the rest is room.
 */
export interface HistoryBlock {
  rows: number;
  id: Float64Array;
  startedAt: Float64Array;
  /** As in codes.ts. */
  flags: Int32Array;
  /** 0: none. */
  status: Int16Array;
  host: Int32Array;
  app: Int32Array;
  method: Int32Array;
  scheme: Int32Array;
  port: Int32Array;
  endpoint: Int32Array;
  credential: Int32Array;
  tags: Int32Array;
  process: Int32Array;
  site: Int32Array;
  failure: Int32Array;
  decision: Int32Array;
  duration: Float64Array;
  ttfb: Float64Array;
  requestBytes: Float64Array;
  responseBytes: Float64Array;
  requestBody: Float64Array;
  /** Which rows somebody metered: positions in the block, and beside them what was used. */
  used: Int32Array;
  metered: number;
  model: Int32Array;
  cost: Float64Array;
  input: Float64Array;
  output: Float64Array;
}

/** How far a reading is: of so many numbers of calls so many are behind it. */
export interface HistoryProgress {
  looked: number;
  of: number;
}

/** What a history was read at, to go on from there. */
export interface HistoryMark {
  /** Number of the newest change that is in it. */
  seq: number;
  /** Another when endpoints count as others, calls were deleted, or the database is another one: read all anew. */
  kind: string;
  /** The lowest id there is. */
  bottom: number;
}

/** What of a call’s details a policy may ask: read call by call. */
export interface HistoryDetails {
  /** As the request names it. */
  requestModel: string | null;
  maxOutput: number | null;
  units: Readonly<Record<string, number>>;
  limits: LimitReading | null;
  cut: boolean;
}

/** Questions of those who try policies on what was recorded. */
export interface HistoryReader {
  /** Blocks of calls that match, newest first; each with its calls in order. Between them, how far it is. */
  history(question: HistoryQuestion): Generator<HistoryBlock | HistoryProgress>;
  historyMark(): HistoryMark;
  /** Calls that came or changed after a mark, ascending; null when they are more than `most` or not known any more. */
  changedIds(mark: HistoryMark, most: number): number[] | null;
  /** Path and query of calls, by their ids in ascending order. */
  targets(ids: ArrayLike<number>): { path: string; query: string }[];
  /** Null: nothing was read out of it, or its details are gone. */
  historyDetails(id: number, startedAt: number): HistoryDetails | null;
  /** Value of a request header; several joined. Null: it has none, or its details are gone. */
  requestHeader(id: number, name: string): string | null;
  /** The same of the answer; the first of several. */
  responseHeader(id: number, name: string): string | null;
  /** What its connection was; null: never made, or not seen. Behind another proxy the address is not the host’s: null. */
  connectionOf(id: number): { address: string | null; tlsVersion: string | null; country: null } | null;
  gapsIn(span: { since: number; until: number }): { from: number; to: number; calls: number; reason: string }[];
  /** The texts behind words of calls, with people’s names for apps and what endpoints count as. */
  word(id: number): string;
  appWord(id: number): string;
  endpointWord(host: number, endpoint: number): string;
  processName(word: number): string | null;
}
