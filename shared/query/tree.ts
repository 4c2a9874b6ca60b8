/**
 * The parsed form of the filter language: one tree serves SQL, the in-memory live list and the
 * command line with the same meaning. Text compares without case (ASCII); `*` in a pattern stands
 * for any run of characters; a pattern without `*` must match the whole value for exact fields
 * (method, status, host, app …) and any part of it for text fields (path, body, headers, words).
 * A comparison with an absent value (no status yet, no TLS) is false, and `not` is plain negation:
 * `not status:200` includes calls without a status.
 *
 * Settled where the above leaves room (evaluate.ts is the reference, the store must agree):
 * - A pattern *with* `*` is held against the whole value in every field: `path:/v1/*` starts with
 *   `/v1/`, `path:*.json` ends in `.json`. Only `word` stays "any part" with a `*` in it. There is no
 *   way to ask for a literal `*`, except in `body`, whose text is taken as it is.
 * - Text fields, "any part" without a `*`: path, query, url, note, callsite, endpoint, credential, header values, words. All others are exact.
 * - `url` is `scheme://host[:port]path+query`; the port is left out when it is the scheme's own
 *   (http, ws 80; https, wss 443). An IPv6 host is bracketed.
 * - `size` is request bytes + response bytes; `request-size` and `response-size` are one side.
 * - `failure`, `app`, `client`, `remote`, `protocol`, `type`, `decision` are absent when null in the
 *   summary; `protocol` is the one towards the origin.
 *   A present but empty value is present: `query:*` is true for every call, `app:*` means "app known".
 * - `vendor` and `service` are what the host is known as now, absent on this machine and private networks; `endpoint` is what
 *   it counts as now, `credential` the scheme and fingerprint. `model`, `cost` and `tokens` (read and written together) are
 *   absent where nobody metered the call, `cost` also where it is not known; it is in nano-dollars.
 * - `policy` and `verdict` are true of a call when any policy that spoke of it is of that name, or said that; both absent when
 *   none did. A pattern of `policy` may also be held against `name=verdict`: `policy:cards=deny`.
 * - `pinned` is `yes` or `no`; `note` is absent where nobody wrote one.
 * - `tls` reads `TLSv1`, `TLSv1.0` … `TLSv1.3`; anything else counts as absent.
 * - `header` looks at the request's and the final answer's header block (not trailers, not 1xx), each
 *   line by itself, names without case and without wildcards.
 * - `source` is true of a call when any way it was seen is: one that proxy and agent saw is both.
 * - `process` is the program's short name; a pattern with a `/` is held against its command line too, any part of it
 *   without a `*`. `pid`, `process` and `user` are absent where the process is not known, `package`, `callsite` and `trace` where no agent said.
 * - `tag` names are without case and without wildcards; a value is exact, with `*` for any run.
 * - An `and` or `or` of the parser has at least two parts, none of its own kind; `and []` is true,
 *   `or []` is false.
 */
export type Comparison = '=' | '<' | '<=' | '>' | '>=';

/** Fields compared as numbers; units already undone: durations in microseconds, sizes in bytes, money in nano-dollars. */
export type NumberField =
  | 'status'
  | 'duration'
  | 'ttfb'
  | 'size'
  | 'request-size'
  | 'response-size'
  | 'port'
  | 'id'
  | 'pid'
  | 'cost'
  | 'tokens';

/** Fields compared as text. */
export type TextField =
  | 'method'
  | 'host'
  | 'path'
  | 'query'
  | 'url'
  | 'app'
  | 'vendor'
  | 'source'
  | 'kind'
  | 'state'
  | 'failure'
  | 'scheme'
  | 'protocol'
  | 'client'
  | 'remote'
  | 'type'
  | 'decision'
  | 'policy'
  | 'verdict'
  | 'pinned'
  | 'note'
  | 'process'
  | 'user'
  | 'package'
  | 'callsite'
  | 'trace'
  | 'service'
  | 'endpoint'
  | 'credential'
  | 'model'
  | 'throttle';

export type QueryTree =
  | { op: 'and'; parts: QueryTree[] }
  | { op: 'or'; parts: QueryTree[] }
  | { op: 'not'; part: QueryTree }
  /** A bare word or quoted phrase: any part of host + path. */
  | { op: 'word'; text: string }
  | { op: 'text'; field: TextField; pattern: string }
  | { op: 'number'; field: NumberField; comparison: Comparison; value: number }
  /** `tls:<1.2`: versions compared as 1.0 < 1.1 < 1.2 < 1.3; value 10..13 (version × 10). */
  | { op: 'tls'; comparison: Comparison; value: number }
  /** `since:` inclusive, `until:` exclusive; microseconds since the epoch. */
  | { op: 'time'; bound: 'since' | 'until'; at: number }
  /** `header.NAME:pattern`, request or response; empty pattern = the header is there. */
  | { op: 'header'; name: string; pattern: string }
  /** `tag:NAME=pattern`; null = the tag is there. */
  | { op: 'tag'; name: string; pattern: string | null }
  /** `body:text`: any part of the stored (redacted, decoded) text of either body, or of one message or event. */
  | { op: 'body'; text: string };
