import type { Call, CallKind, Protocol, Source } from './call.ts';
import type { ProcessSummary, Tags } from './caller.ts';
import type { FailureKind } from './failure.ts';
import type { Throttle } from './limit-signal.ts';
import type { Provenance } from './money.ts';

/** The narrow row of a call: what lists, live tails and the query language need; never headers or bodies. */
export interface CallSummary {
  id: number;
  state: Call['state'];
  kind: CallKind;
  source: Source;
  startedAt: number;
  app: string | null;
  clientAddress: string | null;
  method: string;
  scheme: string;
  host: string;
  port: number;
  path: string;
  query: string;
  status: number | null;
  failure: FailureKind | null;
  durationUs: number | null;
  timeToFirstByteUs: number | null;
  requestBytes: number;
  responseBytes: number;
  clientProtocol: Protocol;
  protocol: Protocol | null;
  tlsVersion: string | null;
  remoteAddress: string | null;
  /** Media type of the answer without parameters, lower case. */
  contentType: string | null;
  /** The strictest verdict, null when no policy spoke. */
  decision: string | null;
  /** What each policy said, `id=verdict`, in the order they spoke; left out when none did. */
  policies?: string[];
  messages: number;
  /** Every way it was seen; `source` is the one its exchange was recorded by. */
  sources: Source[];
  process: ProcessSummary | null;
  /** npm package that made the call, when an agent saw it. */
  package: string | null;
  /** `file:line` of the program's own code that led to the call. */
  callsite: string | null;
  traceId: string | null;
  tags: Tags;
  /** As in `Call`. */
  vendor: string | null;
  service: string | null;
  endpoint: string | null;
  credential: string | null;
  /** Who refused it for its number; null when nobody did. */
  throttle: Throttle | null;
  /** As the answer names it, else as the request does. */
  model: string | null;
  /** Everything read and written, cache and reasoning included; null: not said. */
  inputTokens: number | null;
  outputTokens: number | null;
  /** Integer nano-dollars; null: unknown. */
  costNanoUsd: number | null;
  costProvenance: Provenance | null;
  /** Set aside by somebody: retention takes it last. */
  pinned: boolean;
  /** What somebody wrote on it, or null. */
  note: string | null;
}
