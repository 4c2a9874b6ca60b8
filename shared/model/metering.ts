import type { LimitReading } from './limit-signal.ts';
import type { Cost } from './money.ts';
import type { Usage } from './usage.ts';

/** What a vendor announces of an endpoint (RFC 9745, RFC 8594). Times in microseconds since the epoch. */
export interface Deprecation {
  /** Since when, or from when on; null when it only says that it is. */
  deprecatedAt: number | null;
  /** From when on it may not answer any more. */
  sunsetAt: number | null;
  /** Where more is said. */
  link: string | null;
}

/** What was read out of a call: which operation it was, what it used, what that cost, what the vendor said of its limits. */
export interface Metering {
  /** Method and templated path, and for RPC the operation: `POST /v1/charges/{id}`, `POST /graphql query GetUser`. */
  endpoint: string | null;
  /** Which secret it was made with: its scheme and fingerprint as redaction shows them; null without one. */
  credential: string | null;
  /** The version of the API that it asked for or was answered with: `v1`, `2023-06-01`. */
  apiVersion: string | null;
  deprecation: Deprecation | null;
  usage: Usage | null;
  /** Null when nothing says that such a call costs something, or that it does not. */
  cost: Cost | null;
  limits: LimitReading | null;
}

export const UNMETERED: Metering = Object.freeze({
  endpoint: null,
  credential: null,
  apiVersion: null,
  deprecation: null,
  usage: null,
  cost: null,
  limits: null,
});
