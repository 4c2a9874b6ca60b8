/**
 * Sending calls again. A draft is a request that can still be changed; sending it makes a call like any other, with the
 * source `replay`. Every text of a draft may hold `{{name}}`, which is replaced by a variable when it is sent.
 */

/** One header line of a draft. What is off stays in the draft and is not sent. */
export interface DraftHeader {
  name: string;
  value: string;
  off: boolean;
}

/** One part of a multipart body: a text, or a file of this machine. */
export interface DraftPart {
  name: string;
  value: string | null;
  /** Absolute, or beside the file that the draft was read from. */
  file: string | null;
  fileName: string | null;
  contentType: string | null;
}

export type DraftBody =
  | { kind: 'none' }
  /** The bytes as they were recorded, content codings on. */
  | { kind: 'recorded'; call: number }
  /** JSON, XML and whatever else is text, sent as UTF-8. */
  | { kind: 'text'; text: string }
  | { kind: 'base64'; base64: string }
  | { kind: 'form'; fields: { name: string; value: string; off: boolean }[] }
  /** `boundary` null: a fresh one. */
  | { kind: 'multipart'; parts: DraftPart[]; boundary: string | null }
  /** `variables` is JSON text, or empty. */
  | { kind: 'graphql'; query: string; variables: string; operationName: string | null }
  | { kind: 'file'; path: string }
  /** A protobuf message written as JSON; `framed` as gRPC frames it. `schema` is the text of a `.proto` file, or its path. */
  | { kind: 'protobuf'; schema: string; type: string; json: string; framed: boolean };

/** Who the request says it is from. It replaces the headers (or the query's parameter) of that name. */
export type DraftAuth =
  /** As its headers, address and body have it. Redacted values are put back from this run's memory, or it is not sent. */
  | { kind: 'recorded' }
  /** A stored credential, by its name in the vault. */
  | { kind: 'stored'; name: string }
  | { kind: 'bearer'; token: string }
  | { kind: 'basic'; user: string; password: string }
  | { kind: 'header'; name: string; value: string }
  | { kind: 'query'; name: string; value: string }
  /** Credentials are left out. */
  | { kind: 'none' };

/** What becomes of an Idempotency-Key header: a new one for every sending, as it stands, or none. */
export const IDEMPOTENCY = ['fresh', 'same', 'none'] as const;
export type Idempotency = (typeof IDEMPOTENCY)[number];

export const DRAFT_PROTOCOLS = ['auto', 'http/1.1', 'h2'] as const;

export interface DraftSettings {
  protocol: (typeof DRAFT_PROTOCOLS)[number];
  /** Milliseconds until the answer is complete; 0: no limit. */
  timeoutMs: number;
  /** Most redirects that are followed; 0: the answer is shown as it is. */
  redirects: number;
  idempotency: Idempotency;
  /** `host:port` to connect to in place of the address's own; null: its own. */
  connectTo: string | null;
  /** Name shown in TLS and checked against the certificate; null: the host. */
  serverName: string | null;
  /** PEM texts of further roots that are trusted for this draft. */
  trust: string | null;
}

export interface Draft {
  /** Random; the attempts of one draft carry it. */
  id: string;
  name: string | null;
  /** The call it was made from; null when it was made up or read from a file. */
  origin: number | null;
  method: string;
  /** Absolute: `https://host/path?query`, also `ws:` and `wss:`. */
  url: string;
  /** In the order they are sent. Host and Content-Length may be left out: they follow from the rest. */
  headers: DraftHeader[];
  body: DraftBody;
  auth: DraftAuth;
  settings: DraftSettings;
}

export const USUAL_SETTINGS: DraftSettings = {
  protocol: 'auto',
  timeoutMs: 60_000,
  redirects: 0,
  idempotency: 'fresh',
  connectTo: null,
  serverName: null,
  trust: null,
};

/** Why a draft cannot be sent as it is. The place is `url`, `method`, `header:NAME`, `body`, `auth`, `settings.NAME`. */
export interface DraftProblem {
  place: string;
  kind: 'redacted' | 'variable' | 'syntax' | 'file' | 'credential' | 'body';
  says: string;
}

/** What has to be answered before something is sent that may do harm. */
export const SAFETY_REASONS = ['not-idempotent', 'paying', 'production', 'many', 'unknown-host'] as const;
export type SafetyReason = (typeof SAFETY_REASONS)[number];

export interface SafetyQuestion {
  reason: SafetyReason;
  /** A sentence: what sending would do, and why it is asked. */
  says: string;
  /** What it would cost, as the recorded call did; null when that is not known. */
  nanoUsd: number | null;
}

/** What comparing two answers comes to. */
export const COMPARISON_VERDICTS = ['same', 'changed', 'broken'] as const;
export type ComparisonVerdict = (typeof COMPARISON_VERDICTS)[number];

/** What a comparison does not look at. A path is JSONPath (RFC 9535), over the body as JSON. */
export interface IgnoreRules {
  headers: string[];
  paths: string[];
  /** Values that look like times or random ids on both sides. */
  timestamps: boolean;
  ids: boolean;
}

export const USUAL_IGNORES: IgnoreRules = { headers: [], paths: [], timestamps: true, ids: true };

/** One answer of two that are compared. */
export interface Answered {
  status: number | null;
  /** Why there is no (whole) answer, in words; null when there is. */
  failure: string | null;
  headers: readonly (readonly [name: string, value: string])[];
  contentType: string | null;
  /** Content codings undone; null when it was not kept. */
  body: Uint8Array | null;
  /** Fewer bytes than were sent. */
  truncated: boolean;
  timeToFirstByteUs: number | null;
  durationUs: number | null;
}

export interface BodyChange {
  /** JSONPath for JSON, `line N` for other text, `byte N` else. */
  path: string;
  kind: 'changed' | 'added' | 'removed';
  before: string | null;
  after: string | null;
  /** Why it does not count; null when it does. */
  ignored: 'header' | 'path' | 'timestamp' | 'id' | 'volatile' | null;
}

export interface Comparison {
  verdict: ComparisonVerdict;
  /** Why, in one sentence. */
  says: string;
  status: { before: number | null; after: number | null; same: boolean };
  headers: { name: string; before: string | null; after: string | null; ignored: boolean }[];
  body: {
    /** How it was compared. */
    as: 'json' | 'text' | 'bytes' | 'nothing';
    same: boolean;
    /** At most 1,000; `more` says how many there are beside. */
    changes: BodyChange[];
    more: number;
  };
  timing: {
    timeToFirstByteUs: readonly [before: number | null, after: number | null];
    durationUs: readonly [before: number | null, after: number | null];
  };
}
