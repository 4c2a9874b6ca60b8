import type { LatencySketch } from '../../../shared/measure/latency-sketch.ts';
import type { Throttle } from '../../../shared/model/limit-signal.ts';
import type { Deprecation } from '../../../shared/model/metering.ts';
import type { Cost, Provenance } from '../../../shared/model/money.ts';
import type { Usage } from '../../../shared/model/usage.ts';

/**
 * What the store tells those who draw pictures of it: who calls what, what it costs, what vendors say of their limits.
 * In words of hosts and endpoints: whose a host is, is not the store's business. Apps go by their shown names.
 */

export interface Span {
  /** Microseconds since the epoch, `until` exclusive. Sums are by the hour: a span that begins in one is filled up from the calls. */
  since: number;
  until: number;
}

/** Calls of one app to one endpoint of one host. */
export interface EdgeSum {
  app: string | null;
  host: string;
  endpoint: string | null;
  calls: number;
  /** Failures, and answers of 400 and above. */
  errors: number;
  failures: number;
  throttled: number;
  requestBytes: number;
  responseBytes: number;
  sketch: LatencySketch;
  /** Of the priced ones. */
  costNanoUsd: number;
  pricedCalls: number;
  /** When the first and the last of these hours began, microseconds. */
  from: number;
  to: number;
}

/** Metered calls alike in everything one could ask costs by. */
export interface SpendingSum {
  /** Beginning of the hour or day, microseconds. */
  start: number;
  app: string | null;
  host: string;
  endpoint: string | null;
  model: string | null;
  credential: string | null;
  /** Without `run`. */
  tags: Readonly<Record<string, string>>;
  provenance: Provenance;
  calls: number;
  costNanoUsd: number;
  pricedCalls: number;
  tokenCalls: number;
  inputTokens: number;
  cacheReadTokens: number;
  cacheWriteTokens: number;
  outputTokens: number;
  reasoningTokens: number;
}

/** When something was seen first and last, and by which call. */
export interface Sighting {
  kind: 'host' | 'app-host' | 'endpoint';
  app: string | null;
  host: string;
  endpoint: string | null;
  firstCall: number;
  firstAt: number;
  lastAt: number;
}

export interface VersionSeen {
  host: string;
  version: string;
  calls: number;
  firstAt: number;
  lastAt: number;
}

export interface DeprecationSeen extends Deprecation {
  host: string;
  endpoint: string;
  calls: number;
  lastAt: number;
}

/** One limit of a vendor in one minute or hour. */
export interface LimitSum {
  at: number;
  host: string;
  credential: string | null;
  resource: string;
  unit: string;
  /** As said last in that time. */
  limit: number | null;
  remaining: number | null;
  lowest: number | null;
  resetAt: number | null;
  window: number | null;
  /** When it was said last, microseconds. */
  seenAt: number;
}

export interface ThrottleSum {
  at: number;
  host: string;
  credential: string | null;
  kind: Throttle;
  calls: number;
}

/** What one policy said of calls of one app to one host, in one hour or day. */
export interface DecisionSum {
  /** Microseconds. */
  start: number;
  policy: string;
  verdict: string;
  app: string | null;
  host: string;
  calls: number;
  /** How long they were held, or would have been, microseconds. */
  waitUs: number;
  /** When the newest of them began. */
  lastAt: number;
}

/** One metered call with what its price depends on: for pricing anew, reconciling and finding waste. */
export interface MeteredCall {
  id: number;
  startedAt: number;
  app: string | null;
  host: string;
  path: string;
  endpoint: string | null;
  method: string;
  status: number | null;
  credential: string | null;
  requestBody: number | null;
  usage: Usage | null;
  costNanoUsd: number | null;
  provenance: Provenance;
  price: string | null;
  priceVersion: string | null;
}

/** A GET with what tells whether its answer could have been kept. */
export interface RepeatableGet {
  id: number;
  startedAt: number;
  app: string | null;
  host: string;
  endpoint: string | null;
  /** Path and query. */
  target: string;
  credential: string | null;
  /** The stored answer: the same number, the same bytes as far as they were kept. */
  responseBody: number;
  /** On the wire. */
  responseBytes: number;
  /** Of the answer; read only when somebody asks. */
  header(name: string): string | null;
}

export interface RepeatableGets {
  /** Newest first. */
  gets: RepeatableGet[];
  /** Whether these are all of the span. */
  complete: boolean;
}

/** Which metered calls, oldest first; `after` is the last id of the page before. */
export interface MeteredQuestion extends Span {
  after?: number | undefined;
  limit: number;
  /** Only of these hosts; all when left out. */
  hosts?: readonly string[] | undefined;
  /** Calls that nobody metered too: a price that came later may be theirs. Their usage is null and their provenance `none`. */
  all?: boolean | undefined;
}

export interface MeteredPage {
  calls: MeteredCall[];
  more: boolean;
}

/** What a call costs from now on. */
export interface CostChange {
  call: number;
  cost: Cost | null;
}

/** Endpoints of a host that turned out to be one: each of `from` counts as `to` from now on. */
export interface EndpointMerge {
  host: string;
  from: readonly string[];
  to: string;
}

/** What a repricing changed; the contract's record without its number. */
export interface RepricingRecord extends Span {
  at: number;
  calls: number;
  looked: number;
  beforeNanoUsd: number;
  afterNanoUsd: number;
  nowKnown: number;
  nowUnknown: number;
  rows: {
    vendor: string | null;
    model: string | null;
    calls: number;
    beforeNanoUsd: number | null;
    afterNanoUsd: number | null;
    price: string | null;
    priceVersion: string | null;
  }[];
}

/** Whose a host is, as ids; null for this machine, private networks and what is no host name. Must not throw. */
export type Recognise = (host: string) => { vendor: string; service: string | null } | null;

/** Questions of those who draw pictures. Sums count calls that are over; endpoints go by what they count as now. */
/** Few groups are read much sooner than many: leave out what is not asked for. */
export interface SpendingQuestion extends Span {
  /** By the hour or the day (UTC), days where hours are forgotten; `span`: all of it together, and `start` is 0. */
  by: 'hour' | 'day' | 'span';
  /** What is not told apart: no credential is named, no tags. */
  without?: readonly ('credential' | 'tags')[] | undefined;
}

export interface PictureReader {
  edges(span: Span): EdgeSum[];
  spending(question: SpendingQuestion): SpendingSum[];
  /** Ever, not only in a span; an app's only where it is known. */
  sightings(question: { hosts?: readonly string[] | undefined }): Sighting[];
  versions(): VersionSeen[];
  deprecations(): DeprecationSeen[];
  /** By the minute for spans of up to two days, else by the hour; oldest first. */
  limits(question: Span & { hosts?: readonly string[] | undefined }): LimitSum[];
  /** By the hour; the span is widened to whole hours. */
  throttles(span: Span): ThrottleSum[];
  /** By the hour, or `daily`. */
  decisionSums(span: Span & { daily: boolean }): DecisionSum[];
  /** A generator: each pause lets quick questions in. */
  metered(question: MeteredQuestion): Generator<void, MeteredPage>;
  /** Answered GETs whose answers were kept, the newest of a span. A generator, too; for the reader's own thread, since it gives functions. */
  repeatable(span: Span): Generator<void, RepeatableGets>;
  /** Every host that was ever called, by name. */
  hosts(): string[];
  /** The newest remote address of each host, as of calls that no other proxy stood between. */
  addresses(): Map<string, string>;
  /** The newest first. */
  repricings(): ({ id: number } & RepricingRecord)[];
}
