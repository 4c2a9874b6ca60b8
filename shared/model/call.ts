import type { Decision } from './policy.ts';
import type { Frame, ProcessIdentity, ProcessUnknown, Tags } from './caller.ts';
import type { Failure } from './failure.ts';
import type { Metering } from './metering.ts';

/**
 * The record of one outbound call: what `fold` (shared/events) makes of its facts, what the store
 * keeps and what every door shows. Times are integer microseconds; `startedAt` since the Unix
 * epoch, everything else as a duration since `startedAt`. Sizes are bytes.
 */

/** How the call was seen. */
export const SOURCES = ['proxy', 'agent', 'gateway', 'replay', 'import'] as const;
export type Source = (typeof SOURCES)[number];

/** What kind of exchange it was. `tunnel` = bytes passed on unread; `refused` = never forwarded. */
export const CALL_KINDS = ['http', 'websocket', 'tunnel', 'refused'] as const;
export type CallKind = (typeof CALL_KINDS)[number];

/** Protocol names as ALPN and people say them. */
export const PROTOCOLS = ['http/1.0', 'http/1.1', 'h2', 'tls', 'tcp', 'unknown'] as const;
export type Protocol = (typeof PROTOCOLS)[number];

/** One header as received: case, order and duplicates kept; the value's bytes read as Latin-1. */
export type Header = readonly [name: string, value: string];

export interface BodyFacts {
  /** Bytes as sent on the wire, without transfer coding (chunk framing), with content coding. */
  wireBytes: number;
  /** Bytes after undoing content codings; null when it could not be known (cut, not captured, unknown coding). */
  decodedBytes: number | null;
  /** Id in the body store of the captured, redacted bytes; null when nothing was captured. */
  captured: number | null;
  /** How many wire bytes were captured; less than `wireBytes` when over the limit or shed. */
  capturedBytes: number;
  /** Why less than everything was captured. */
  truncated: 'limit' | 'shed' | 'cut' | null;
}

/** The upstream leg's TLS as it was really negotiated with the origin. */
export interface TlsFacts {
  version: string; // 'TLSv1.3'
  cipher: string; // 'TLS_AES_128_GCM_SHA256'
  alpn: string | null;
  serverName: string | null;
  /** SHA-256 fingerprints, leaf first, lower-case hex. */
  chain: string[];
  /** 'trusted', or the verification error's code (as OpenSSL names it, e.g. CERT_HAS_EXPIRED). */
  verdict: string;
}

/** One try of a call upstream. */
export interface Attempt {
  /** Offset since the call's `startedAt`. */
  startedAt: number;
  /** Whether a pooled connection was used; then the connect times are null. */
  reused: boolean;
  remoteAddress: string | null;
  remotePort: number | null;
  protocol: Protocol | null;
  dnsUs: number | null;
  connectUs: number | null;
  tlsUs: number | null;
  tls: TlsFacts | null;
  /** The chained proxy it went through, `http://host:port`, without credentials. */
  via: string | null;
  failure: Failure | null;
}

export interface Message {
  /** Offset since `startedAt`. */
  at: number;
  direction: 'sent' | 'received';
  /** WebSocket: text, binary, ping, pong, close; server-sent events: event; gRPC: binary. */
  type: 'text' | 'binary' | 'ping' | 'pong' | 'close' | 'event';
  /** Decoded size in bytes. */
  size: number;
  /** Captured payload (redacted): text for text/event/close-reason, base64 for binary; null if not captured. */
  data: string | null;
  /** SSE event name or id, WebSocket close code, when present. */
  name: string | null;
}

/** What a tunnel row knows of the bytes passed on unread. */
export interface TunnelFacts {
  /** Why it was not read. */
  reason: 'pass-through' | 'not-http' | 'client-rejected-ca' | 'tls-failed' | 'server-first' | 'idle';
  serverName: string | null;
  alpn: string[];
  /** One sentence: what to do to see inside, if anything. */
  advice: string;
}

export interface Call extends Metering {
  id: number;
  state: 'open' | 'closed';
  kind: CallKind;
  source: Source;
  startedAt: number;
  app: string | null;
  clientAddress: string | null;
  method: string;
  /** 'http', 'https', 'ws', 'wss'; tunnels: 'tls' or 'tcp'. */
  scheme: string;
  host: string;
  port: number;
  /** Path without the query, as sent (still percent-encoded); '' for tunnels, '*' for OPTIONS *. */
  path: string;
  /** Query with its leading '?', or ''. */
  query: string;
  /** Protocol towards the client, and towards the origin (null when never reached). */
  clientProtocol: Protocol;
  protocol: Protocol | null;
  status: number | null;
  reason: string | null;
  requestHeaders: Header[];
  responseHeaders: Header[];
  requestTrailers: Header[];
  responseTrailers: Header[];
  /** 1xx answers seen before the final one: status and headers. */
  informational: { status: number; headers: Header[] }[];
  /** From `startedAt` to the first byte of the final answer's head. */
  timeToFirstByteUs: number | null;
  /** From `startedAt` to the end; null while open. */
  durationUs: number | null;
  requestBody: BodyFacts;
  responseBody: BodyFacts;
  attempts: Attempt[];
  failure: Failure | null;
  decisions: Decision[];
  /** Number of WebSocket messages, server-sent events or gRPC messages seen (stored apart). */
  messages: number;
  tunnel: TunnelFacts | null;
  /** Every way this call was seen; `source` is the one its exchange was recorded by. */
  sources: Source[];
  process: ProcessIdentity | null;
  /** Why `process` is not known; null when it is, or when nobody looked. */
  processUnknown: ProcessUnknown | null;
  /** npm package that made the call, when an agent saw it. */
  package: string | null;
  /** `file:line` of the program's own code that led to the call. */
  callsite: string | null;
  /** The stack that led to it, nearest first; empty without an agent. */
  frames: Frame[];
  traceId: string | null;
  spanId: string | null;
  tags: Tags;
  /** Id of the company behind the host, as the catalogue and people here say now; null for this machine and private networks. */
  vendor: string | null;
  /** Which of its APIs; null when the host says none. */
  service: string | null;
  /** Set aside by somebody: retention takes it last. */
  pinned: boolean;
  /** What somebody wrote on it, or null. */
  note: string | null;
}

/** What people put on a call, apart from what was recorded of it. */
export type Marks = Pick<Call, 'pinned' | 'note'>;

export const UNMARKED: Marks = { pinned: false, note: null };
