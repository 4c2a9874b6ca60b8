import type { Recognised } from '../model/vendor.ts';

/** What is known of a call when its answer's head is there: what readers are chosen by. Header blocks as in shared/events. */
export interface ExchangeHead {
  recognised: Recognised;
  method: string;
  host: string;
  /** Without the query. */
  path: string;
  /** Without the question mark. */
  query: string;
  requestLines: string;
  /** Null when there was no answer. */
  status: number | null;
  responseLines: string;
  /** Microseconds since the epoch. */
  startedAt: number;
}
