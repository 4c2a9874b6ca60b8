import type { CallSite, ProcessUnknown, Tags, TraceContext } from '../model/caller.ts';
import type { Decision } from '../model/policy.ts';
import type { Failure } from '../model/failure.ts';
import type { Attempt, CallKind, Protocol, Source, TunnelFacts } from '../model/call.ts';

/**
 * The facts that happen to a call, in the order they can happen. Every source (proxy, agent,
 * replay, import) emits these and nothing else; `fold` is the only place that builds a record of
 * them. `call` is the call's id; `at` is microseconds since the call's `startedAt` (monotonic, so a
 * jump of the wall clock cannot make a duration negative).
 *
 * Header blocks are the raw lines as received, `Name: value\r\n` repeated, each char one Latin-1
 * byte, so that case, order, duplicates and odd bytes survive at no cost; h2 blocks are written
 * the same way without pseudo-headers. Facts carry *raw* values: redaction happens in the archive,
 * before anything is folded into a record that leaves memory.
 */
export type HeaderLines = string;

/** The id of a call that is not to be recorded: its facts are dropped wherever they come from. */
export const UNRECORDED = 0;

export interface Opened {
  type: 'opened';
  call: number;
  /** Microseconds since the Unix epoch. */
  startedAt: number;
  kind: CallKind;
  source: Source;
  app: string | null;
  clientAddress: string | null;
  method: string;
  scheme: string;
  host: string;
  port: number;
  /** Request target in origin form: path and query as sent. */
  target: string;
  protocol: Protocol;
  headers: HeaderLines;
  /** `processKey` of the caller, when it is known already; a later `identified` may say it. */
  process: string | null;
  tags: Tags | null;
}

/**
 * Who made the call, as far as somebody knows; may come at any moment, after `closed` too. What is null
 * is not known to whoever says this and takes nothing away.
 */
export interface Identified {
  type: 'identified';
  call: number;
  /** The proxy's look at the socket, or the agent inside the program. */
  by: 'socket' | 'agent';
  /** By the socket: taken when nobody named an app. By the agent: the program's own word, which wins. */
  app: string | null;
  /** A `processKey`; what is behind it is told to the archive apart. */
  process: string | null;
  unknown: ProcessUnknown | null;
  site: CallSite | null;
  trace: TraceContext | null;
  /** Added to those there are. */
  tags: Tags | null;
}

/** One try upstream has its connection (or failed to get one). */
export interface Attempted extends Attempt {
  type: 'attempted';
  call: number;
}

/** A captured piece of the request body, content coding still on. At most 64 KiB a fact. */
export interface RequestData {
  type: 'request-data';
  call: number;
  at: number;
  data: Uint8Array;
  /** It lies beyond what is kept of bodies, and is told only to be read: it is neither stored nor counted as captured. */
  beyond?: true;
}

/** The request is complete (or will never be: `bytes` is what came). */
export interface RequestEnded {
  type: 'request-ended';
  call: number;
  at: number;
  bytes: number;
  trailers: HeaderLines;
}

export interface Informed {
  type: 'informed';
  call: number;
  at: number;
  status: number;
  headers: HeaderLines;
}

export interface Answered {
  type: 'answered';
  call: number;
  at: number;
  status: number;
  reason: string;
  protocol: Protocol;
  headers: HeaderLines;
}

export interface ResponseData {
  type: 'response-data';
  call: number;
  at: number;
  data: Uint8Array;
  /** As of a request. */
  beyond?: true;
}

/** The exchange became a WebSocket: `scheme` turns ws/wss and messages follow. */
export interface Upgraded {
  type: 'upgraded';
  call: number;
  at: number;
}

/** One WebSocket message, fragments joined, payload as sent (still deflated when `deflated`). */
export interface MessageSeen {
  type: 'message';
  call: number;
  at: number;
  direction: 'sent' | 'received';
  opcode: 1 | 2 | 8 | 9 | 10;
  /** Payload bytes on the wire, captured or not. */
  size: number;
  deflated: boolean;
  /** Captured payload; shorter than `size` when over the limit. */
  data: Uint8Array;
}

/** The call turned out to be bytes passed on unread. */
export interface Tunnelled extends TunnelFacts {
  type: 'tunnelled';
  call: number;
}

export interface Decided extends Decision {
  type: 'decided';
  call: number;
}

/** The recorder let pieces of this call's bodies go because it could not keep up. */
export interface BodyShed {
  type: 'body-shed';
  call: number;
}

/** The captured pieces of a body that follow have their content codings undone already: an import knows no others. */
export interface BodyDecoded {
  type: 'body-decoded';
  call: number;
  side: 'request' | 'response';
}

/** So many bytes of a message are told whatever is kept of it: some are read. */
export const READ_MESSAGE = 256 * 1024;

/** The last fact of a call. Body sizes are totals on the wire, captured or not. */
export interface Closed {
  type: 'closed';
  call: number;
  at: number;
  failure: Failure | null;
  requestBytes: number;
  responseBytes: number;
  trailers: HeaderLines;
}

export type CallEvent =
  | Opened
  | Identified
  | Attempted
  | RequestData
  | RequestEnded
  | Informed
  | Answered
  | ResponseData
  | Upgraded
  | MessageSeen
  | Tunnelled
  | Decided
  | BodyShed
  | BodyDecoded
  | Closed;

/**
 * Where a source puts its facts. Must not throw, block or wait: recording never breaks a call.
 * The bytes of `data` are copied before it returns, so the caller may reuse its buffer.
 */
export type Emit = (event: CallEvent) => void;
