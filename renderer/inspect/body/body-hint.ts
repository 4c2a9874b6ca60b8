import type { Call } from '../../../shared/model/call.ts';
import type { BodyHint } from './protocol.ts';

/** What is known of a body before it is read. */
export function bodyHint(call: Call, side: 'request' | 'response'): BodyHint {
  const headers = side === 'request' ? call.requestHeaders : call.responseHeaders;
  const value = (wanted: string): string | null => headers.find(([name]) => name.toLowerCase() === wanted)?.[1] ?? null;
  return { contentType: value('content-type'), path: call.path, grpcEncoding: value('grpc-encoding') };
}
