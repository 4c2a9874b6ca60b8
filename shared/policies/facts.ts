import type { Tags } from '../model/caller.ts';
import type { NanoUsd } from '../model/money.ts';
import type { Source } from '../model/call.ts';
import type { VendorCategory, VendorStatus } from '../model/vendor.ts';

/**
 * What is known of a call before it leaves; policies see nothing else. The same shape is made of a request on its way
 * (`electron/engine/govern`) and of a recorded call (`electron/engine/analytics/backtest`), so that a decision on
 * recorded calls is the decision that would have been made. Null is *not known*. What costs something to find out may be
 * a getter: it is asked only by a policy that needs it.
 */
export interface CallFacts {
  readonly call: number;
  /** When it came, microseconds since the epoch. */
  readonly at: number;
  readonly source: Source;
  readonly app: string | null;
  /** Name of the executable. */
  readonly process: string | null;
  readonly package: string | null;
  /** Ids as in the catalogue; an unlisted vendor is its registrable domain. */
  readonly vendor: string | null;
  readonly service: string | null;
  readonly category: VendorCategory | null;
  readonly status: VendorStatus | null;
  /** Classes of data that people say the vendor gets. */
  readonly data: readonly string[];
  /** Two letters: where the host's connections end, as far as is known before connecting; else of the vendor. */
  readonly country: string | null;
  /** `tcp` and `tls`: a tunnel that is not read; it has no method, path or endpoint. */
  readonly scheme: 'http' | 'https' | 'tcp' | 'tls';
  /** Lower case. */
  readonly host: string;
  readonly port: number;
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: string;
  /** As learned: `POST /v1/charges/{id}`; patterns are tried on method and path too, so that a policy needs no learning. */
  readonly endpoint: string | null;
  readonly credential: string | null;
  readonly tags: Tags | null;
  readonly environment: string | null;
  /** Value of a request header, lower case name; several joined by `, `. */
  header(name: string): string | null;
  /** Null: unknown length. */
  readonly requestBytes: number | null;
  /** As the request names it; null where no policy asked for it, or the request does not say. */
  readonly model: string | null;
  /** What it may use at most: for those who reserve before it leaves. */
  readonly estimate: CallEstimate | null;
}

export interface CallEstimate {
  inputTokens: number | null;
  /** Most output that the request allows; null: it does not say. */
  maxOutput: number | null;
  /** The dearest that the call can become; null: the price is not known. */
  ceilingNanoUsd: NanoUsd | null;
  /** Price of one more token of output, for cutting streams; null: not known. */
  nanoUsdPerOutputToken: number | null;
  /** The request asks for an answer piece by piece, which can be cut; left out: not known. */
  streamed?: boolean | null;
}

/** What has to be found out of a call before its policies can decide: what none needs is not found out. */
export interface Needs {
  /** Something that stands in the request's body: the model, an operation, its most output. */
  body: boolean;
  /** What it may cost at most. */
  price: boolean;
  /** What its vendor says of limits, from the answer's head. */
  signals: boolean;
  /** The address and TLS version of its connection, before it is used. */
  connection: boolean;
  /** How much the answer has cost so far. */
  progress: boolean;
}

export const NO_NEEDS: Needs = Object.freeze({
  body: false,
  price: false,
  signals: false,
  connection: false,
  progress: false,
});

/** What a call's connection turned out to be, before a byte of the call is sent on it. */
export interface ConnectionFacts {
  /** Null: through another proxy, which alone knows. */
  address: string | null;
  /** `TLSv1.2` …; null: no TLS. */
  tlsVersion: string | null;
  country: string | null;
}
