import type { CallRecord } from '../../../shared/events/fold.ts';
import { sourcesOf, startRecord } from '../../../shared/events/fold.ts';
import { headerValue } from '../../../shared/events/header-lines.ts';
import { heldUs, mediaType, policiesOf, strictestVerdict } from '../../../shared/events/summarise.ts';
import type { CallSummary } from '../../../shared/model/call-summary.ts';
import type { ProcessSummary } from '../../../shared/model/caller.ts';
import { UNMETERED } from '../../../shared/model/metering.ts';
import type { FailureKind } from '../../../shared/model/failure.ts';
import { callerColumns, readSite, readTags, readTrace } from './caller-columns.ts';
import {
  WORD,
  clientProtocolOf,
  isByAgent,
  isOpen,
  kindOf,
  packFlags,
  protocolOf,
  sourceOf,
  provenanceNamed,
  throttleOf,
  unknownOf,
  withChained,
  withThrottle,
} from './codes.ts';
import type { WordKind } from './codes.ts';
import { meteringColumns } from './metering-columns.ts';
import type { Words } from './words.ts';

/** The columns of `calls` in the order rows are written. */
export const CALL_COLUMNS = [
  'id',
  'started_at',
  'flags',
  'status',
  'host',
  'path',
  'duration',
  'ttfb',
  'request_bytes',
  'response_bytes',
  'app',
  'method',
  'scheme',
  'client',
  'remote',
  'type',
  'tls',
  'failure',
  'decision',
  'port',
  'query',
  'messages',
  'request_body',
  'response_body',
  'page',
  'process',
  'site',
  'tags',
  'trace',
  'endpoint',
  'credential',
  'policies',
  'held',
] as const;

/** A call's row with its words looked up: what is written, and what summaries and rollups read. */
export interface CallRow {
  id: number;
  startedAt: number;
  flags: number;
  status: number | null;
  host: number;
  path: number | string;
  /** The path's text, whatever `path` is. */
  pathText: string;
  duration: number | null;
  ttfb: number | null;
  requestBytes: number;
  responseBytes: number;
  app: number | null;
  method: number;
  scheme: number;
  client: number | null;
  remote: number | null;
  type: number | null;
  tls: number | null;
  failure: number | null;
  decision: number | null;
  port: number;
  query: string;
  messages: number;
  requestBody: number | null;
  responseBody: number | null;
  process: number | null;
  site: number | null;
  tags: number | null;
  trace: Buffer | null;
  endpoint: number | null;
  credential: number | null;
  policies: number | null;
  /** Microseconds. */
  held: number | null;
  /** What lies beside the row in `usages`; `provenance` is null when nothing does. */
  provenance: number | null;
  cost: number | null;
  model: number | null;
  price: number | null;
  priceVersion: number | null;
  input: number | null;
  cacheRead: number | null;
  cacheWrite: number | null;
  output: number | null;
  reasoning: number | null;
}

/** Makes the row of a record; new words are added to the dictionary. */
export function rowOf(call: CallRecord, words: Words, day: number): CallRow {
  const word = (kind: WordKind, text: string | null): number | null =>
    text === null ? null : words.idOf(kind, text, day);
  const attempt = call.attempts.length === 0 ? null : call.attempts[call.attempts.length - 1]!;
  const flags = withChained(
    withThrottle(
      packFlags(!call.closed, call.kind, call.source, call.clientProtocol, call.protocol),
      call.metering.limits?.throttle ?? null,
    ),
    attempt !== null && attempt.via !== null,
  );
  const caller = callerColumns(call, flags, words, day);
  const read = meteringColumns(call.metering, words, day);
  // Field by field: spreading costs more than all that is looked up here.
  return {
    id: call.id,
    startedAt: whole(call.startedAt),
    status: call.status,
    host: words.idOf(WORD.host, call.host, day),
    path: words.idOrText(call.path, day),
    pathText: call.path,
    duration: maybeWhole(call.durationUs),
    ttfb: maybeWhole(call.timeToFirstByteUs),
    requestBytes: whole(call.request.wireBytes),
    responseBytes: whole(call.response.wireBytes),
    method: words.idOf(WORD.method, call.method, day),
    scheme: words.idOf(WORD.scheme, call.scheme, day),
    client: word(WORD.client, call.clientAddress),
    remote: attempt === null ? null : word(WORD.remote, attempt.remoteAddress),
    type:
      call.responseLines === '' ? null : word(WORD.type, mediaType(headerValue(call.responseLines, 'content-type'))),
    tls: attempt === null || attempt.tls === null ? null : word(WORD.tls, attempt.tls.version),
    failure: call.failure === null ? null : word(WORD.failure, call.failure.kind),
    decision: call.decisions.length === 0 ? null : word(WORD.decision, strictestVerdict(call.decisions)),
    port: call.port,
    query: call.query,
    messages: call.messages,
    requestBody: call.request.captured,
    responseBody: call.response.captured,
    app: caller.app,
    flags: caller.flags,
    process: caller.process,
    site: caller.site,
    tags: caller.tags,
    trace: caller.trace,
    endpoint: read.endpoint,
    credential: read.credential,
    policies: call.decisions.length === 0 ? null : word(WORD.policies, policiesText(call.decisions)),
    held: call.decisions.length === 0 ? null : maybeWhole(heldUs(call.decisions)),
    provenance: read.provenance,
    cost: read.cost,
    model: read.model,
    price: read.price,
    priceVersion: read.priceVersion,
    input: read.input,
    cacheRead: read.cacheRead,
    cacheWrite: read.cacheWrite,
    output: read.output,
    reasoning: read.reasoning,
  };
}

function policiesText(decisions: CallRecord['decisions']): string {
  return policiesOf(decisions).join('\n');
}

/** SQLite keeps a fraction as an 8-byte float; every quantity here is a whole number anyway. */
function whole(value: number): number {
  return Math.round(value);
}

function maybeWhole(value: number | null): number | null {
  return value === null ? null : Math.round(value);
}

/** A row as `SELECTED` reads it. */
export interface StoredRow {
  id: number;
  started_at: number;
  flags: number;
  status: number | null;
  host: string;
  path: string;
  duration: number | null;
  ttfb: number | null;
  request_bytes: number;
  response_bytes: number;
  app: string | null;
  method: string;
  scheme: string;
  client: string | null;
  remote: string | null;
  type: string | null;
  tls: string | null;
  failure: string | null;
  decision: string | null;
  port: number;
  query: string;
  messages: number;
  request_body: number | null;
  response_body: number | null;
  page: number | null;
  /** A key, a place, tags as their words write them. */
  process: string | null;
  site: string | null;
  tags: string | null;
  trace: Buffer | null;
  /** 1: pinned; null, as the note, when there is no mark. */
  pinned: number | null;
  note: string | null;
  endpoint: string | null;
  credential: string | null;
  policies: string | null;
}

/** A row with who is behind its process, whose its host is, and what it used. */
export interface ShownRow extends StoredRow {
  caller: ProcessSummary | null;
  vendor: string | null;
  service: string | null;
  usage: ShownUsage | null;
}

/** As much of what a call used as lists show. */
export interface ShownUsage {
  provenance: number;
  cost: number | null;
  model: string | null;
  input: number | null;
  output: number | null;
}

export function summaryOf(row: ShownRow): CallSummary {
  const source = sourceOf(row.flags);
  return {
    id: row.id,
    state: isOpen(row.flags) ? 'open' : 'closed',
    kind: kindOf(row.flags),
    source,
    startedAt: row.started_at,
    app: row.app,
    clientAddress: row.client,
    method: row.method,
    scheme: row.scheme,
    host: row.host,
    port: row.port,
    path: row.path,
    query: row.query,
    status: row.status,
    failure: row.failure as FailureKind | null,
    durationUs: row.duration,
    timeToFirstByteUs: row.ttfb,
    requestBytes: row.request_bytes,
    responseBytes: row.response_bytes,
    clientProtocol: clientProtocolOf(row.flags),
    protocol: protocolOf(row.flags),
    tlsVersion: row.tls,
    remoteAddress: row.remote,
    contentType: row.type,
    decision: row.decision,
    ...(row.policies !== null && { policies: row.policies.split('\n') }),
    messages: row.messages,
    sources: sourcesOf({ source, byAgent: isByAgent(row.flags) }),
    process: row.caller,
    ...(row.site === null ? NOWHERE : readSite(row.site)),
    traceId: row.trace === null ? null : row.trace.toString('hex', 0, 16),
    tags: readTags(row.tags),
    vendor: row.vendor,
    service: row.service,
    endpoint: row.endpoint,
    credential: row.credential,
    throttle: throttleOf(row.flags),
    model: row.usage?.model ?? null,
    inputTokens: row.usage?.input ?? null,
    outputTokens: row.usage?.output ?? null,
    costNanoUsd: row.usage?.cost ?? null,
    costProvenance: row.usage === null ? null : provenanceNamed(row.usage.provenance),
    pinned: row.pinned === 1,
    note: row.note,
  };
}

const NOWHERE = { package: null, callsite: null };

/** The record of a row, without what only the details know, and without the stack of its site. */
export function recordOf(row: StoredRow): CallRecord {
  const call = startRecord(row.id);
  call.opened = true;
  call.closed = !isOpen(row.flags);
  call.kind = kindOf(row.flags);
  call.source = sourceOf(row.flags);
  call.startedAt = row.started_at;
  call.app = row.app;
  call.clientAddress = row.client;
  call.method = row.method;
  call.scheme = row.scheme;
  call.host = row.host;
  call.port = row.port;
  call.path = row.path;
  call.query = row.query;
  call.clientProtocol = clientProtocolOf(row.flags);
  call.protocol = protocolOf(row.flags);
  call.status = row.status;
  call.timeToFirstByteUs = row.ttfb;
  call.durationUs = row.duration;
  call.request.wireBytes = row.request_bytes;
  call.response.wireBytes = row.response_bytes;
  call.request.captured = row.request_body;
  call.response.captured = row.response_body;
  call.messages = row.messages;
  call.process = row.process;
  call.processUnknown = unknownOf(row.flags);
  call.byAgent = isByAgent(row.flags);
  call.site = row.site === null ? null : { ...readSite(row.site), frames: [] };
  call.trace = readTrace(row.trace);
  call.tags = row.tags === null ? null : readTags(row.tags);
  if (row.endpoint !== null || row.credential !== null)
    call.metering = { ...UNMETERED, endpoint: row.endpoint, credential: row.credential };
  return call;
}
