import type { RequestHead } from '../../../../shared/bytes/http1-head.ts';
import { monotonicMicroseconds, wallMicroseconds } from '../../pipeline/clock.ts';
import type { OutboundRequest } from '../../pipeline/dispatch.ts';
import { endToEndFields } from '../../pipeline/forward/hop-by-hop.ts';
import type { Verdict } from './admission.ts';
import type { Leg } from './surroundings.ts';
import { upgradeOf, type RequestTarget } from './target.ts';

const PROXY_FIELD = /^proxy-/im;
const PROXY_LINES = /^proxy-[^\r\n]*\r\n/gim;

/** A head's lines as they are recorded; what is said to the proxy alone is no part of the call. */
export function recordedLines(text: string): string {
  const lines = `${text.slice(text.indexOf('\r\n') + 2)}\r\n`;
  return PROXY_FIELD.test(lines) ? lines.replace(PROXY_LINES, '') : lines;
}

/** A valid HTTP/1 request as the pipeline takes it. */
export function outboundOf(given: {
  call: number;
  head: RequestHead;
  headerLines: string;
  target: RequestTarget;
  leg: Leg;
  verdict: Verdict;
  hasBody: boolean;
  caller: object;
}): OutboundRequest {
  const { head, target, leg, verdict } = given;
  const { framing } = head;
  const fields = endToEndFields(head.fields, head.connection);
  // Only HTTP/1.0 can lack it, and an origin behind a shared address needs it (RFC 9112 §3.2.2).
  if (head.host === null && leg.fixed === null) fields.unshift('Host', target.authority);
  return {
    call: given.call,
    source: 'proxy',
    app: leg.app ?? verdict.app ?? leg.connection?.app ?? null,
    process: leg.connection?.process ?? null,
    tags: leg.tags ?? verdict.tags,
    clientAddress: leg.clientAddress,
    startedAt: wallMicroseconds(),
    origin: monotonicMicroseconds(),
    method: head.method,
    scheme: target.scheme,
    host: target.host,
    port: target.port,
    target: target.target,
    protocol: head.minor === 0 ? 'http/1.0' : 'http/1.1',
    headerLines: given.headerLines,
    fields,
    authority: target.authority,
    body: !given.hasBody ? null : framing.kind === 'length' ? framing.length : 'stream',
    upgrade: upgradeOf(head),
    expectsContinue: head.expectsContinue,
    caller: given.caller,
    pseudoOrder: null,
    who: leg.connection,
  };
}
