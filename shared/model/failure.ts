/**
 * Why a call did not end well: a closed list, because views, filters, reports and exit codes all
 * switch on it. A failure is data on a call; it is never thrown.
 *
 * The kinds name what was seen on the wire, not our guess of who is to blame; `reachedOrigin`
 * answers the question people ask of them.
 */
export const FAILURE_KINDS = [
  // Before the origin was reached
  'dns', // the name did not resolve
  'refused', // nothing listens there (RST to our SYN)
  'unreachable', // no route, network down, address not available
  'timeout-connect', // no TCP connection in time
  'timeout-tls', // TCP connected, TLS did not finish in time
  'tls-upstream-untrusted', // the origin's certificate does not verify
  'tls-upstream-failed', // the handshake broke for another reason
  'upstream-proxy', // the chained corporate proxy refused or broke
  'loop', // the target is this proxy itself
  // On the connection to the origin
  'reset', // the origin (or a middlebox) reset the connection
  'closed-early', // the origin closed before the answer was complete
  'timeout-head', // request sent, no answer head in time
  'timeout-body', // the answer stopped half-way
  'malformed-answer', // the answer is not valid HTTP
  // On the connection to the client
  'client-left', // the client closed or reset before the answer was complete
  'malformed-request', // refused with 400: not valid HTTP, or a smuggling shape
  'request-too-large', // refused with 431/414: the head exceeds the limits
  'timeout-request', // the client did not finish its request in time (slow loris)
  'tls-client-rejected-us', // the client does not trust the local CA (or pins the origin's)
  'tls-client-failed', // the client's handshake broke for another reason
  'identity-required', // refused with 407: it did not prove who it is, or its secret counts no more
  // Ours
  'unsupported', // valid, but not something a proxy can forward (odd scheme, TRACE to ourselves …)
  'blocked', // a policy said no
  'interrupted', // the engine ended (crash or kill) while the call was open
  'internal', // a bug of ours
] as const;

export type FailureKind = (typeof FAILURE_KINDS)[number];

export interface Failure {
  kind: FailureKind;
  /** One sentence in plain words: what happened, with the system's own code where there is one. */
  detail: string;
}

const BEFORE_ORIGIN = new Set<FailureKind>([
  'dns',
  'refused',
  'unreachable',
  'timeout-connect',
  'timeout-tls',
  'tls-upstream-untrusted',
  'tls-upstream-failed',
  'upstream-proxy',
  'loop',
  'malformed-request',
  'request-too-large',
  'timeout-request',
  'tls-client-rejected-us',
  'tls-client-failed',
  'identity-required',
  'unsupported',
  'blocked',
]);

/** Whether any byte of the request can have reached the origin. */
export function reachedOrigin(kind: FailureKind): boolean {
  return !BEFORE_ORIGIN.has(kind);
}
