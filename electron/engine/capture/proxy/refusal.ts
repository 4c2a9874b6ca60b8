import { STATUS_CODES } from 'node:http';
import type { Failure, FailureKind } from '../../../../shared/model/failure.ts';
import { linesOf } from '../../pipeline/stages/record.ts';
import type { OwnAnswer } from '../../pipeline/dispatch.ts';

const STATUS_OF: Partial<Record<FailureKind, number>> = {
  'timeout-connect': 504,
  'timeout-tls': 504,
  'timeout-head': 504,
  'timeout-body': 504,
  'malformed-request': 400,
  'request-too-large': 431,
  'timeout-request': 408,
  'identity-required': 407,
  unsupported: 400,
  loop: 508,
  blocked: 403,
  internal: 502,
};

/** The status a failure is answered with: 504 for the origin's silence, 502 for its other troubles, 4xx for the caller's. */
export function statusOf(failure: Failure): number {
  return STATUS_OF[failure.kind] ?? 502;
}

/**
 * Builds the answer that tells a caller what went wrong: a problem document naming the cause, and
 * `Sallyport-Error` with the failure's kind so that programs can tell our answers from the origin's.
 */
export function refusalFor(failure: Failure, status = statusOf(failure)): OwnAnswer {
  const reason = STATUS_CODES[status] ?? 'Error';
  const body = Buffer.from(
    `${JSON.stringify({ type: `urn:sallyport:failure:${failure.kind}`, title: reason, status, detail: failure.detail, failure: failure.kind })}\n`,
  );
  // RFC 9110 §15.5.8: a 407 says how to prove it; UTF-8 is the only charset there is to name (RFC 7617 §2.1).
  const challenge = status === 407 ? ['Proxy-Authenticate', 'Basic realm="Sallyport", charset="UTF-8"'] : [];
  return {
    status,
    reason,
    fields: [
      'Content-Type',
      'application/problem+json',
      'Content-Length',
      String(body.length),
      'Sallyport-Error',
      failure.kind,
      'Cache-Control',
      'no-store',
      ...challenge,
    ],
    body,
  };
}

/** The head of such an answer for an HTTP/1 client; `further`: lines of it. */
export function refusalHead({ status, reason, fields }: OwnAnswer, close: boolean, further = ''): string {
  return `HTTP/1.1 ${status} ${reason}\r\n${linesOf(fields)}${further}${close ? 'Connection: close\r\n' : ''}\r\n`;
}
