import type { CallKind, Protocol, Source } from '../../../shared/model/call.ts';
import type { ProcessUnknown } from '../../../shared/model/caller.ts';
import type { LimitSignal, Throttle } from '../../../shared/model/limit-signal.ts';
import type { Provenance } from '../../../shared/model/money.ts';

/**
 * What enumerations are on disk. A code once given is never given to something else: append only.
 *
 * `flags` of a call: bit 0 open; 1–3 kind; 4–6 source; 7–9 protocol towards the client; 10–12
 * protocol towards the origin (7 = none); 13 an agent saw it too; 14–16 why its process is not known (0: it is, or nobody
 * looked); 17–19 who refused it for its number (0: nobody); 20 another proxy stood between us and the host.
 */
export const KIND_CODES: Readonly<Record<CallKind, number>> = { http: 0, websocket: 1, tunnel: 2, refused: 3 };
export const SOURCE_CODES: Readonly<Record<Source, number>> = { proxy: 0, agent: 1, gateway: 2, replay: 3, import: 4 };
export const PROTOCOL_CODES: Readonly<Record<Protocol, number>> = {
  'http/1.0': 0,
  'http/1.1': 1,
  h2: 2,
  tls: 3,
  tcp: 4,
  unknown: 5,
};
export const NO_PROTOCOL = 7;

export const OPEN_BIT = 1;
export const KIND_SHIFT = 1;
export const SOURCE_SHIFT = 4;
export const CLIENT_PROTOCOL_SHIFT = 7;
export const PROTOCOL_SHIFT = 10;
export const AGENT_BIT = 1 << 13;
export const UNKNOWN_SHIFT = 14;
export const THROTTLE_SHIFT = 17;
const CHAINED_BIT = 1 << 20;
const WHO_BITS = AGENT_BIT | (7 << UNKNOWN_SHIFT);
/** Append only. */
const UNKNOWN_CODES: Readonly<Record<ProcessUnknown, number>> = {
  gone: 1,
  'not-permitted': 2,
  elsewhere: 3,
  shared: 4,
  unsupported: 5,
};

/** Append only. */
export const THROTTLE_CODES: Readonly<Record<Throttle, number>> = {
  'vendor-rate': 1,
  'vendor-quota': 2,
  'vendor-overload': 3,
  'vendor-concurrency': 4,
  ours: 5,
};
/** 0: nothing says that a call costs something. Append only. */
export const PROVENANCE_CODES: Readonly<Record<Provenance, number>> = {
  reported: 1,
  partial: 2,
  estimated: 3,
  none: 4,
};
/** Append only. */
export const UNIT_CODES: Readonly<Record<LimitSignal['unit'], number>> = {
  requests: 0,
  tokens: 1,
  points: 2,
  bytes: 3,
  concurrency: 4,
  other: 5,
};

const KINDS = inverse(KIND_CODES);
const SOURCES = inverse(SOURCE_CODES);
const PROTOCOLS = inverse(PROTOCOL_CODES);
const UNKNOWNS = inverse(UNKNOWN_CODES);
const THROTTLES = inverse(THROTTLE_CODES);
const PROVENANCES = inverse(PROVENANCE_CODES);
const UNITS = inverse(UNIT_CODES);

function inverse<T extends string>(codes: Readonly<Record<T, number>>): readonly (T | undefined)[] {
  const names: T[] = [];
  for (const [name, code] of Object.entries(codes) as [T, number][]) names[code] = name;
  return names;
}

export function packFlags(
  open: boolean,
  kind: CallKind,
  source: Source,
  client: Protocol,
  origin: Protocol | null,
): number {
  return (
    (open ? OPEN_BIT : 0) |
    (KIND_CODES[kind] << KIND_SHIFT) |
    (SOURCE_CODES[source] << SOURCE_SHIFT) |
    (PROTOCOL_CODES[client] << CLIENT_PROTOCOL_SHIFT) |
    ((origin === null ? NO_PROTOCOL : PROTOCOL_CODES[origin]) << PROTOCOL_SHIFT)
  );
}

/** The same flags with what is known of the caller. */
export function withCaller(flags: number, byAgent: boolean, unknown: ProcessUnknown | null): number {
  return (
    (flags & ~WHO_BITS) | (byAgent ? AGENT_BIT : 0) | ((unknown === null ? 0 : UNKNOWN_CODES[unknown]) << UNKNOWN_SHIFT)
  );
}

/** The same flags with who refused the call for its number. */
export function withThrottle(flags: number, throttle: Throttle | null): number {
  return (flags & ~(7 << THROTTLE_SHIFT)) | ((throttle === null ? 0 : THROTTLE_CODES[throttle]) << THROTTLE_SHIFT);
}

/** The same flags with whether another proxy stood between: the remote address is its, not the host's. */
export const withChained = (flags: number, chained: boolean): number => (chained ? flags | CHAINED_BIT : flags);
export const isChained = (flags: number): boolean => (flags & CHAINED_BIT) !== 0;
export const throttleCodeOf = (flags: number): number => (flags >> THROTTLE_SHIFT) & 7;
export const throttleOf = (flags: number): Throttle | null => THROTTLES[throttleCodeOf(flags)] ?? null;
export const throttleNamed = (code: number): Throttle => THROTTLES[code] ?? 'vendor-rate';
/** Null: nothing said that it costs something. */
export const provenanceNamed = (code: number): Provenance | null => PROVENANCES[code] ?? null;
export const unitNamed = (code: number): LimitSignal['unit'] => UNITS[code] ?? 'other';
export const isByAgent = (flags: number): boolean => (flags & AGENT_BIT) !== 0;
export const unknownOf = (flags: number): ProcessUnknown | null => UNKNOWNS[(flags >> UNKNOWN_SHIFT) & 7] ?? null;
export const isOpen = (flags: number): boolean => (flags & OPEN_BIT) === 1;
export const kindOf = (flags: number): CallKind => KINDS[(flags >> KIND_SHIFT) & 7] ?? 'http';
export const sourceCodeOf = (flags: number): number => (flags >> SOURCE_SHIFT) & 7;
export const sourceOf = (flags: number): Source => SOURCES[sourceCodeOf(flags)] ?? 'proxy';
export const clientProtocolOf = (flags: number): Protocol =>
  PROTOCOLS[(flags >> CLIENT_PROTOCOL_SHIFT) & 7] ?? 'unknown';
export const protocolOf = (flags: number): Protocol | null => PROTOCOLS[(flags >> PROTOCOL_SHIFT) & 7] ?? null;

/** Kinds of words (dictionary entries). Append only. */
export const WORD = {
  host: 1,
  path: 2,
  app: 3,
  method: 4,
  scheme: 5,
  client: 6,
  remote: 7,
  type: 8,
  tls: 9,
  failure: 10,
  decision: 11,
  /** `pid@startedAt`; more in `processes`. */
  process: 12,
  /** Package, file and line, and a digest of the stack; more in `sites`. */
  site: 13,
  /** JSON, names in order. */
  tags: 14,
  /** Of not-seen connections: a program's short name, and its command line. */
  program: 15,
  command: 16,
  /** Of a process: program file, folder, container, parents, project; JSON. */
  profile: 17,
  /** Method and templated path, and the operation of RPC. */
  endpoint: 18,
  credential: 19,
  model: 20,
  /** A price row, and the version of the table it is of. */
  price: 21,
  priceVersion: 22,
  /** The version of a vendor's API. */
  apiVersion: 23,
  /** Which of a vendor's limits. */
  resource: 24,
  /** Tags without the run's: sums by tags name them for ever. JSON. */
  labels: 25,
  /** What policies said of a call: a line for each, `id=verdict`. */
  policies: 26,
} as const;
export type WordKind = (typeof WORD)[keyof typeof WORD];
