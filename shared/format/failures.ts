import type { Failure, FailureKind } from '../model/failure.ts';

/** What each kind of failure means, and what to do about it, in a sentence each. */
const WORDS: Readonly<Record<FailureKind, { what: string; next: string }>> = {
  dns: {
    what: 'the host name did not resolve',
    next: 'Check the name, and whether this machine can resolve it without the proxy.',
  },
  refused: { what: 'nothing listens on that port', next: 'Check that the service runs and that the port is right.' },
  unreachable: { what: 'there is no route to the host', next: 'Check the network, VPN and firewall.' },
  'timeout-connect': {
    what: 'no connection was made in time',
    next: 'A firewall may drop the packets silently; try the same address directly.',
  },
  'timeout-tls': {
    what: 'TLS did not finish in time',
    next: 'The port may not speak TLS, or a middlebox holds the handshake.',
  },
  'tls-upstream-untrusted': {
    what: "the origin's certificate does not verify",
    next: 'The call was not sent. Trust a certificate only if you know whose it is.',
  },
  'tls-upstream-failed': {
    what: 'the TLS handshake with the origin broke',
    next: 'Compare with: openssl s_client -connect HOST:PORT -servername HOST.',
  },
  'upstream-proxy': {
    what: 'the chained proxy refused or broke the connection',
    next: 'Check HTTPS_PROXY, its credentials and NO_PROXY.',
  },
  loop: {
    what: 'the call was addressed to this proxy itself',
    next: 'Point the program at the real host; the proxy is set apart, as HTTPS_PROXY.',
  },
  reset: { what: 'the origin reset the connection', next: 'The origin or a middlebox cut it; a retry may pass.' },
  'closed-early': {
    what: 'the origin closed before the answer was complete',
    next: 'The body is cut; look at how many bytes came.',
  },
  'timeout-head': { what: 'no answer came in time', next: 'The request was sent and may have taken effect.' },
  'timeout-body': { what: 'the answer stopped half-way', next: 'The request took effect; the body is cut.' },
  'malformed-answer': {
    what: 'the answer is not valid HTTP',
    next: 'See the detail; the origin or a middlebox sent it like this.',
  },
  'client-left': {
    what: 'the program closed the connection before the answer was complete',
    next: 'Look for a timeout or cancellation in the program.',
  },
  'malformed-request': {
    what: 'the request is not valid HTTP and was refused with 400',
    next: 'See the detail; nothing was forwarded.',
  },
  'request-too-large': {
    what: 'the request head exceeds the limits',
    next: 'Shorten the URL or the headers; nothing was forwarded.',
  },
  'timeout-request': {
    what: 'the program did not finish its request in time',
    next: 'Nothing complete was sent; look at the program.',
  },
  'tls-client-rejected-us': {
    what: 'the program does not trust the local certificate authority',
    next: 'Run it with `sallyport run`, or trust the CA with `sallyport ca install`; if it pins certificates, pass the host through.',
  },
  'tls-client-failed': { what: "the program's TLS handshake broke", next: 'See the detail for the alert it sent.' },
  'identity-required': {
    what: 'the program did not prove to the proxy who it is',
    next: 'Nothing was forwarded. Give it a secret with `sallyport apps add NAME`, or start it with `sallyport run`.',
  },
  unsupported: { what: 'a proxy cannot forward this', next: 'See the detail.' },
  blocked: { what: 'a policy said no', next: 'See the decisions of the call.' },
  interrupted: {
    what: 'the engine ended while the call was open',
    next: 'What was recorded until then is kept; the outcome is not known.',
  },
  internal: { what: 'Sallyport itself failed', next: 'Please report it with the detail.' },
};

/** One readable sentence: `Failed: the host name did not resolve (getaddrinfo ENOTFOUND api.x).` */
export function failureSentence(failure: Failure): string {
  const detail = failure.detail.trim().replace(/\.$/, '');
  return detail === '' ? `Failed: ${WORDS[failure.kind].what}.` : `Failed: ${WORDS[failure.kind].what} (${detail}).`;
}

/** What to do next about a failure of this kind. */
export function failureAdvice(kind: FailureKind): string {
  return WORDS[kind].next;
}
