import type { Call } from '../model/call.ts';
import { UNMARKED } from '../model/call.ts';
import type { CallSummary } from '../model/call-summary.ts';
import type { ProcessIdentity, ProcessSummary } from '../model/caller.ts';
import type { Metering } from '../model/metering.ts';
import type { Decision } from '../model/policy.ts';
import type { CallRecord } from './fold.ts';
import { failureKind, sourcesOf } from './fold.ts';
import { headerValue } from './header-lines.ts';

/** The narrow row of a finished or open call: what lists and filters show of it. */
export function summarise(call: Call): CallSummary {
  const attempt = call.attempts.at(-1) ?? null;
  return {
    id: call.id,
    state: call.state,
    kind: call.kind,
    source: call.source,
    startedAt: call.startedAt,
    app: call.app,
    clientAddress: call.clientAddress,
    method: call.method,
    scheme: call.scheme,
    host: call.host,
    port: call.port,
    path: call.path,
    query: call.query,
    status: call.status,
    failure: failureKind(call.failure),
    durationUs: call.durationUs,
    timeToFirstByteUs: call.timeToFirstByteUs,
    requestBytes: call.requestBody.wireBytes,
    responseBytes: call.responseBody.wireBytes,
    clientProtocol: call.clientProtocol,
    protocol: call.protocol,
    tlsVersion: attempt?.tls?.version ?? null,
    remoteAddress: attempt?.remoteAddress ?? null,
    contentType: mediaType(call.responseHeaders.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? null),
    decision: strictestVerdict(call.decisions),
    ...(call.decisions.length > 0 && { policies: policiesOf(call.decisions) }),
    messages: call.messages,
    sources: call.sources,
    process: call.process === null ? null : summariseProcess(call.process),
    package: call.package,
    callsite: call.callsite,
    traceId: call.traceId,
    tags: call.tags,
    vendor: call.vendor,
    service: call.service,
    ...summariseMetering(call),
    pinned: call.pinned,
    note: call.note,
  };
}

/** The same from a record still in its raw form, without parsing a header it does not need. */
export function summariseRecord(record: CallRecord, process: ProcessIdentity | null = null): CallSummary {
  const attempt = record.attempts.length === 0 ? null : record.attempts[record.attempts.length - 1]!;
  return {
    id: record.id,
    state: record.closed ? 'closed' : 'open',
    kind: record.kind,
    source: record.source,
    startedAt: record.startedAt,
    app: record.app,
    clientAddress: record.clientAddress,
    method: record.method,
    scheme: record.scheme,
    host: record.host,
    port: record.port,
    path: record.path,
    query: record.query,
    status: record.status,
    failure: failureKind(record.failure),
    durationUs: record.durationUs,
    timeToFirstByteUs: record.timeToFirstByteUs,
    requestBytes: record.request.wireBytes,
    responseBytes: record.response.wireBytes,
    clientProtocol: record.clientProtocol,
    protocol: record.protocol,
    tlsVersion: attempt?.tls?.version ?? null,
    remoteAddress: attempt?.remoteAddress ?? null,
    contentType: record.responseLines === '' ? null : mediaType(headerValue(record.responseLines, 'content-type')),
    decision: strictestVerdict(record.decisions),
    ...(record.decisions.length > 0 && { policies: policiesOf(record.decisions) }),
    messages: record.messages,
    sources: sourcesOf(record),
    process: process === null ? null : summariseProcess(process),
    package: record.site?.package ?? null,
    callsite: record.site?.callsite ?? null,
    traceId: record.trace?.traceId ?? null,
    tags: record.tags ?? {},
    vendor: null,
    service: null,
    ...summariseMetering(record.metering),
    ...UNMARKED,
  };
}

/** What each policy said, `id=verdict`. */
export function policiesOf(decisions: readonly Decision[]): string[] {
  return decisions.map(({ policy, verdict }) => `${policy.replaceAll('\n', ' ')}=${verdict}`);
}

/** How long a call was held, or would have been, in microseconds; null: not at all. */
export function heldUs(decisions: readonly Decision[]): number | null {
  let held = 0;
  for (const { numbers } of decisions) if ((numbers?.waitUs ?? 0) > held) held = numbers!.waitUs!;
  return held === 0 ? null : held;
}

/** As much of what was read out of a call as lists show. */
export function summariseMetering({ endpoint, credential, limits, usage, cost }: Metering) {
  return {
    endpoint,
    credential,
    throttle: limits?.throttle ?? null,
    model: usage?.model ?? usage?.requestModel ?? null,
    inputTokens: usage?.tokens?.input ?? null,
    outputTokens: usage?.tokens?.output ?? null,
    costNanoUsd: cost?.nanoUsd ?? null,
    costProvenance: cost?.provenance ?? null,
  } satisfies Partial<CallSummary>;
}

/** As much of a process as lists show. */
export function summariseProcess({ pid, name, user, command }: ProcessIdentity): ProcessSummary {
  return { pid, name, user, command };
}

/** The media type of a Content-Type value: no parameters, lower case; null when there is none. */
export function mediaType(contentType: string | null): string | null {
  if (contentType === null) return null;
  const end = contentType.indexOf(';');
  const type = (end < 0 ? contentType : contentType.slice(0, end)).trim().toLowerCase();
  return type === '' ? null : type;
}

/** Verdicts from mild to strict; one that is not listed ranks as the mildest. */
const STRICTNESS = ['allow', 'would-wait', 'would-ask', 'would-deny', 'would-cut', 'wait', 'ask', 'deny', 'cut'];

/** The strictest of the verdicts on a call; null when no policy spoke. */
export function strictestVerdict(decisions: readonly Decision[]): string | null {
  let found: string | null = null;
  for (const { verdict } of decisions) {
    if (found === null || STRICTNESS.indexOf(verdict) > STRICTNESS.indexOf(found)) found = verdict;
  }
  return found;
}
