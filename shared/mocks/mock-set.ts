/** A file of mocks as it counts: what is answered in place of origins, and what goes wrong on the way. Times are milliseconds. */
export interface MockSet {
  /** Null: it goes by its file's name. */
  name: string | null;
  /** What becomes of a call that nothing matches; null: whoever starts the set says it. */
  unmatched: Unmatched | null;
  /** The first one that matches answers. */
  mocks: Mock[];
}

export const UNMATCHED = ['pass', 'refuse'] as const;
export type Unmatched = (typeof UNMATCHED)[number];

export interface Mock {
  /** One of its kind in the file. */
  id: string;
  match: MockMatch;
  /** One after the other. At least one. */
  answers: MockAnswer[];
  /** What comes after the last: the last again, or all from the first on. */
  repeat: 'last' | 'all';
  latency: Latency;
  /** The first that strikes decides; delays add up to whatever strikes. */
  faults: Fault[];
}

/** What a request has to be. Null or empty: anything. `*` in a text stands for any run. */
export interface MockMatch {
  methods: string[] | null;
  /** `api.stripe.com`, `*.stripe.com`, `localhost:8080`; without a port any will do. */
  host: string | null;
  /** `{name}` one part, `*` within a part, `**` over many. */
  path: string | null;
  query: Record<string, string>;
  headers: Record<string, string>;
  /** Part of the body as JSON: keys and elements that are named have to be there and fit. Undefined: any body. */
  body: unknown;
}

export interface MockAnswer {
  status: number;
  headers: (readonly [name: string, value: string])[];
  body: MockBody;
  /** How long the recorded one took to its first byte; null when nobody knows. */
  tookMs: number | null;
}

export type MockBody =
  | { kind: 'none' }
  | { kind: 'text'; text: string }
  | { kind: 'base64'; base64: string }
  | { kind: 'json'; json: unknown }
  /** Beside the mock file, or absolute. */
  | { kind: 'file'; path: string }
  /** Piece by piece; each comes `afterMs` after the one before. */
  | { kind: 'stream'; pieces: { afterMs: number; text: string }[] };

export type Latency =
  | { kind: 'recorded' }
  | { kind: 'fixed'; ms: number }
  | { kind: 'range'; from: number; to: number };

/** How often a fault strikes: always, by chance, every Nth request of its mock, or only the first N. */
export type Strikes =
  | { kind: 'always' }
  | { kind: 'chance'; probability: number }
  | { kind: 'every'; nth: number }
  | { kind: 'first'; times: number };

export type FaultDo =
  | { kind: 'delay'; ms: number }
  /** The connection is reset, before the answer's head or after so many bytes of its body. */
  | { kind: 'reset'; afterBytes: number | null }
  /** The answer says how long it is, and is cut after so many bytes. */
  | { kind: 'truncate'; afterBytes: number }
  | { kind: 'status'; status: number; body: MockBody }
  | { kind: 'slow-body'; bytesPerSecond: number }
  | { kind: 'malformed-json' }
  /** `dialect` null: that of the host. */
  | { kind: 'rate-limit'; dialect: Dialect | null; retryAfterSeconds: number };

export interface Fault {
  strikes: Strikes;
  does: FaultDo;
}

/** Whose words a refusal for too many requests is said in. */
export const DIALECTS = ['openai', 'anthropic', 'stripe', 'github', 'google', 'aws', 'shopify', 'generic'] as const;
export type Dialect = (typeof DIALECTS)[number];
