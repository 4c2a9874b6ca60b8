import type { TraceContext } from '../../shared/model/caller.ts';

const TRACEPARENT = /(?:^|\n)traceparent:[ \t]*[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})/i;

/** From a raw header block (`Name: value\r\n` …): what the request itself carries. */
export function traceInHeaders(headers: string): TraceContext | null {
  const match = TRACEPARENT.exec(headers);
  return match === null ? null : { traceId: match[1]!.toLowerCase(), spanId: match[2]!.toLowerCase() };
}

interface OpenTelemetry {
  context?: {
    active(): { getValue(key: symbol): { spanContext?(): { traceId: string; spanId: string } } | undefined };
  };
}

// The API package keeps what its parts share, of any version 1.x, under this name, and spans in a context under the other.
const API = Symbol.for('opentelemetry.js.api.1');
const SPAN = Symbol.for('OpenTelemetry Context Key SPAN');

/** The active span of OpenTelemetry, when the program uses it; it is not imported for this. */
export function activeSpan(): TraceContext | null {
  try {
    const span = (globalThis as { [API]?: OpenTelemetry })[API]?.context?.active().getValue(SPAN)?.spanContext?.();
    if (span === undefined || !/^(?!0{32})[0-9a-f]{32}$/.test(span.traceId)) return null;
    return { traceId: span.traceId, spanId: span.spanId };
  } catch {
    return null;
  }
}
