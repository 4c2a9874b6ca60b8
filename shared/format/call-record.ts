import type { CallSummary } from '../model/call-summary.ts';
import { urlOf } from '../query/evaluate.ts';
import { isoTimestamp, milliseconds } from './times.ts';

/**
 * A call as one line of NDJSON: the names and units that scripts rely on, which do not change when
 * the model does. Times are ISO 8601 in UTC, durations milliseconds (fractions for microseconds).
 */
export function callRecord(call: CallSummary) {
  return {
    id: String(call.id),
    startedAt: isoTimestamp(call.startedAt),
    source: call.source,
    app: call.app,
    process: call.process,
    package: call.package,
    callsite: call.callsite,
    traceId: call.traceId,
    tags: call.tags,
    sources: call.sources,
    method: call.method,
    url: urlOf(call),
    host: call.host,
    path: call.path,
    status: call.status,
    failure: call.failure,
    durationMs: call.durationUs === null ? null : milliseconds(call.durationUs),
    timeToFirstByteMs: call.timeToFirstByteUs === null ? null : milliseconds(call.timeToFirstByteUs),
    requestBodyBytes: call.requestBytes,
    responseBodyBytes: call.responseBytes,
    protocol: call.protocol,
    tlsVersion: call.tlsVersion,
    remoteAddress: call.remoteAddress,
    decision: call.decision,
    state: call.state,
    kind: call.kind,
    scheme: call.scheme,
    port: call.port,
    query: call.query,
    clientProtocol: call.clientProtocol,
    clientAddress: call.clientAddress,
    contentType: call.contentType,
    messages: call.messages,
    pinned: call.pinned,
    note: call.note,
    vendor: call.vendor,
    service: call.service,
    endpoint: call.endpoint,
    credential: call.credential,
    model: call.model,
    inputTokens: call.inputTokens,
    outputTokens: call.outputTokens,
    costNanoUsd: call.costNanoUsd,
    costProvenance: call.costProvenance,
    throttle: call.throttle,
  };
}
