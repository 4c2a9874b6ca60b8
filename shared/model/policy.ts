import type { NanoUsd } from './money.ts';

export const POLICY_KINDS = ['access', 'limit', 'quota', 'budget', 'alert'] as const;
export type PolicyKind = (typeof POLICY_KINDS)[number];

/** What a policy does with what it says: nothing, writes it down, or acts on it. */
export const MODES = ['off', 'observe', 'enforce'] as const;
export type Mode = (typeof MODES)[number];

/** What a policy says of a call, weakest first. `cut` ends a stream that is under way. */
export const VERDICTS = ['allow', 'wait', 'ask', 'deny', 'cut'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** What calls can be matched by, and counted by. Header and tag are `header.NAME` and `tag.NAME` where they are counted by. */
export const MATCH_FIELDS = [
  'app',
  'process',
  'package',
  'vendor',
  'service',
  'category',
  'status',
  'endpoint',
  'method',
  'scheme',
  'host',
  'path',
  'credential',
  'country',
  'data',
  'model',
  'environment',
  'source',
] as const;
export type MatchField = (typeof MATCH_FIELDS)[number];

/** Patterns: `*` stands for anything (in paths and endpoints for one segment, `**` for many), `!` in front takes out. Any of a list fits. */
export type Patterns = readonly string[];

/** When it counts, by the clock of a time zone. */
export interface TimeOfWeek {
  /** 1 Monday … 7 Sunday; empty: every day. */
  days: readonly number[];
  /** Minutes since midnight; `from` later than `until` goes over midnight. */
  from: number;
  until: number;
  /** IANA name; null: of the file, else of this machine. */
  zone: string | null;
}

/** Which calls a policy is about. All that is said must fit; nothing said: every call. */
export interface Match {
  fields: Readonly<Partial<Record<MatchField, Patterns>>>;
  headers: Readonly<Record<string, Patterns>>;
  tags: Readonly<Record<string, Patterns>>;
  times: readonly TimeOfWeek[];
  /** CEL; null for none. */
  when: string | null;
}

/** A rule of one kind, as read from policies.yaml. */
export interface Policy {
  id: string;
  kind: PolicyKind;
  mode: Mode;
  match: Match;
  /** As its kind understands them (`shared/policies/<kind>/settings.ts`). */
  settings: unknown;
  /** What becomes of a call when the policy itself fails. */
  onFault: 'open' | 'closed';
  owner: string | null;
  reason: string | null;
  /** From this moment on it counts no more, microseconds since the epoch; null: never. */
  expiresAt: number | null;
}

/** Calls that a policy is not about, for a while. */
export interface PolicyException {
  /** `*`: every policy. */
  policy: string;
  match: Match;
  owner: string;
  reason: string | null;
  expiresAt: number;
}

/** A rule’s numbers on one call. Null: the kind has none. Times in microseconds (since the epoch, waits as they are). */
export interface DecisionNumbers {
  /** Whose counter it was: `app=billing`, `app=billing vendor=openai`; empty: one for all. */
  key: string;
  /** In what the policy counts: calls, tokens, bytes, units or nano-dollars. */
  unit: 'calls' | 'tokens' | 'bytes' | 'units' | 'nano-dollars' | 'concurrent';
  limit: number | null;
  /** With this call. */
  used: number | null;
  remaining: number | null;
  resetAt: number | null;
  /** How long the call waited, or would have. */
  waitUs: number | null;
  /** From when on the same call would be let through. */
  retryAt: number | null;
}

/** What a policy said of a call: a row on the call. */
export interface Decision {
  policy: string;
  verdict: string;
  sentence: string;
  /** Null for decisions of before policies had these. */
  kind: PolicyKind | null;
  mode: Mode | null;
  /** Version of policies.yaml that it was said by. */
  version: number | null;
  numbers: DecisionNumbers | null;
  /** Time that all policies together took for the call, microseconds; null when not measured. */
  tookUs: number | null;
  owner: string | null;
}

/** What came of a call, for those who count. */
export interface CallOutcome {
  /** False: it never left (its caller gave up while it waited, another policy refused it, no connection was made). */
  left: boolean;
  status: number | null;
  failed: boolean;
  durationUs: number;
  timeToFirstByteUs: number | null;
  requestBytes: number;
  responseBytes: number;
}

/** What was read out of a call when it was over. Null: not said, or not known. */
export interface CallMetered {
  inputTokens: number | null;
  outputTokens: number | null;
  units: Readonly<Record<string, number>>;
  nanoUsd: NanoUsd | null;
  model: string | null;
  cut: boolean;
}
