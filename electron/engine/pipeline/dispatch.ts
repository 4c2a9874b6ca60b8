import type { Duplex } from 'node:stream';
import type { Attempt, Protocol, Source } from '../../../shared/model/call.ts';
import type { Tags } from '../../../shared/model/caller.ts';
import type { Failure } from '../../../shared/model/failure.ts';
import type { Fields } from '../../../shared/bytes/http1-head.ts';

/**
 * How one call passes through the stages and out to the network. The shape is undici's: a
 * dispatch takes a request and a handler of moments and gives back one controller that stays the
 * same across retries; a stage is a function from dispatch to dispatch. It is push-based both ways
 * so that nothing on the path ever waits for, or holds, a whole body.
 */
export interface OutboundRequest {
  /** The call's id. */
  readonly call: number;
  readonly source: Source;
  readonly app: string | null;
  readonly clientAddress: string | null;
  /** `processKey` of the caller when it is known already, and what its credentials say of the call. */
  readonly process: string | null;
  readonly tags: Tags | null;
  /** Microseconds since the epoch, and the monotonic instant (µs) that offsets are counted from. */
  readonly startedAt: number;
  readonly origin: number;
  readonly method: string;
  readonly scheme: 'http' | 'https';
  readonly host: string;
  readonly port: number;
  /** Origin form: path and query as sent. */
  readonly target: string;
  /** What the caller speaks; the same is preferred towards the origin. */
  readonly protocol: 'http/1.0' | 'http/1.1' | 'h2';
  /** All headers as received, for the record (without Proxy-* ones), as lines. */
  readonly headerLines: string;
  /** End-to-end headers, in order and case received. For h1 callers Host is among them; h2 callers' `:authority` is `authority`. */
  readonly fields: Fields;
  readonly authority: string;
  /** null: no body; a number: that many bytes; 'stream': unknown length. */
  readonly body: number | 'stream' | null;
  /** Protocols of an Upgrade request that are passed on (never h2c), else null. */
  readonly upgrade: string | null;
  readonly expectsContinue: boolean;
  /** The caller's connection: what is authenticated on it (NTLM, Negotiate) is never lent to another. */
  readonly caller: object;
  /** The order of an HTTP/2 caller's pseudo-headers, which some origins tell clients apart by; else null. */
  readonly pseudoOrder: readonly string[] | null;
  /** Who is at the other end of the caller's connection, as it becomes known; left out or null where nobody looks. */
  readonly who?: Who | null;
  /** Asked of the connection before anything of the request is written on it; left out: any will do. */
  readonly check?: ConnectionCheck;
  /** How the origin is reached where its address does not say so; left out: as everybody. */
  readonly way?: Way;
}

/** Another way to an origin, for one who asked for it: its connections are shared with nobody who did not. */
export interface Way {
  /** Equal ways have equal keys. */
  readonly key: string;
  /** Connected to in place of the address; never through a chained proxy. */
  readonly to: { readonly host: string; readonly port: number } | null;
  /** Shown in TLS, and what the certificate has to be for. */
  readonly serverName: string | null;
  /** PEM texts trusted beside the usual roots. */
  readonly trust: string | null;
}

/** A caller that is being looked up. */
export interface Who {
  readonly app: string | null;
  /** A `processKey`. */
  readonly process: string | null;
  /** The look has come to an end, whatever it found. */
  readonly looked: boolean;
  /** Calls once, when it has; at once when it has already. */
  whenLooked(listener: () => void): void;
}

/**
 * Says of a connection whether the call may go over it; not null: it may not. It is asked of an address before it is
 * connected to (`tlsVersion` undefined: not known yet), and of what came of it. `address` null: behind another proxy.
 */
export type ConnectionCheck = (address: string | null, tlsVersion: string | null | undefined) => Refused | null;

/** A call that is not let through: what is recorded of it, and what its caller is answered. */
export interface Refused {
  failure: Failure;
  answer: OwnAnswer;
}

/** An answer that is made here, in place of the origin's. */
export interface OwnAnswer {
  status: number;
  reason: string;
  fields: Fields;
  body: Buffer;
}

/** A last word to a caller that got no head yet: an answer of ours, or none at all: its connection (of HTTP/2: its stream) is reset. */
export type LastWord = OwnAnswer | 'reset';

export interface AnswerHead {
  status: number;
  reason: string;
  protocol: Protocol;
  /** End-to-end headers in the order and case received. */
  fields: Fields;
  /** All headers as received, for the record. */
  headerLines: string;
  /** What of a body will follow: none, a known number of bytes, or a stream; 'until-close' as 'stream' but the origin ends it by closing. */
  body: number | 'stream' | 'until-close' | null;
  /** How long the origin keeps its connection for another request, when it says so (Keep-Alive: timeout=N). */
  keepAliveSeconds?: number | null;
  /** Nobody outside said it: what it says of limits is no vendor's word. */
  mocked?: boolean;
}

/**
 * What a caller is told. Moments come in this order:
 * `attempted*`, `informed*`, (`head`, `data*`, `end`) or `upgraded`; `fail` can come at any point and is last.
 */
export interface Answer {
  attempted(attempt: Attempt): void;
  informed(status: number, fields: Fields, headerLines: string): void;
  head(head: AnswerHead): void;
  /** Returns false when the caller is full: the origin is then paused until `Control.resume`. */
  data(chunk: Buffer): boolean;
  /** A batch of moments is over: what is held back to be sent in one write should leave now. */
  settle(): void;
  end(trailers: Fields): void;
  /** The origin switched protocols (101): `socket` is the raw connection, `first` what it already said. */
  upgraded(head: AnswerHead, socket: Duplex, first: Buffer): void;
  /** `own`: what the caller is answered, when it got no head yet; else an answer is made of the failure. */
  fail(failure: Failure, own?: LastWord): void;
  /** `Control.write` had returned false; more body may come now. */
  drained(): void;
  /** After `end`, the request still being sent: the origin takes no more of it (RFC 9112 §9.5, RFC 9113 §8.1). */
  stopSending(): void;
}

/** The caller's hold on a running call. Calls after the end are harmless. */
export interface Control {
  /** One piece of the request body. Returns false when the origin is full: wait for `Answer.drained`. */
  write(chunk: Buffer): boolean;
  /** A batch of the caller's is over: what is held back (the head, to travel with the first piece of body) should leave now. */
  flush(): void;
  /** The request body is complete. */
  finish(trailers: Fields): void;
  pause(): void;
  resume(): void;
  /** The caller has ended its side after a complete request, and may or may not still read: the origin is shown the same. */
  halfClose(): void;
  /** The caller left, or a stage gave up: drop the origin's side without ceremony. */
  abort(failure: Failure): void;
}

export type Dispatch = (request: OutboundRequest, answer: Answer) => Control;
export type Stage = (next: Dispatch) => Dispatch;

/** The first stage of the list is the outermost. */
export function compose(stages: readonly Stage[], forward: Dispatch): Dispatch {
  return stages.reduceRight((next, stage) => stage(next), forward);
}
