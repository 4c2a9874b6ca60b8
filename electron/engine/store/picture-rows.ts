import type { LatencySketch } from '../../../shared/measure/latency-sketch.ts';
import type { Throttle } from '../../../shared/model/limit-signal.ts';
import type { Deprecation } from '../../../shared/model/metering.ts';
import type { Provenance } from '../../../shared/model/money.ts';
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
