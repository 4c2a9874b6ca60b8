import type { Attempt, BodyFacts, Call, CallKind, Marks, Protocol, Source, TunnelFacts } from '../model/call.ts';
import { UNMARKED } from '../model/call.ts';
import type { CallSite, ProcessIdentity, ProcessUnknown, Tags, TraceContext } from '../model/caller.ts';
import type { Failure, FailureKind } from '../model/failure.ts';
import { reachedOrigin } from '../model/failure.ts';
import type { Decision } from '../model/policy.ts';
import type { Metering } from '../model/metering.ts';
import { UNMETERED } from '../model/metering.ts';
import type {
  Answered,
  Attempted,
  CallEvent,
  Closed,
  Decided,
  HeaderLines,
  Identified,
  Opened,
  Tunnelled,
} from './call-event.ts';
import { parseHeaderLines } from './header-lines.ts';

/**
 * A call while its facts come in: the same record as `Call`, with header blocks still as the lines
 * that came (most calls are never opened by a reader, so nobody pays for parsing them). It is
 * changed in place: at 20,000 calls a second a copy per fact would be most of the work.
 */
export interface CallRecord {
  id: number;
  /** False while only later facts were seen; such a record has no time and no target. */
  opened: boolean;
  closed: boolean;
  kind: CallKind;
  source: Source;
  startedAt: number;
  app: string | null;
  clientAddress: string | null;
  method: string;
  scheme: string;
  host: string;
  port: number;
  path: string;
  query: string;
  clientProtocol: Protocol;
  protocol: Protocol | null;
  status: number | null;
  reason: string | null;
  requestLines: HeaderLines;
  responseLines: HeaderLines;
  requestTrailerLines: HeaderLines;
  responseTrailerLines: HeaderLines;
  informational: { status: number; lines: HeaderLines }[];
  timeToFirstByteUs: number | null;
  durationUs: number | null;
  request: BodyTally;
  response: BodyTally;
  attempts: Attempt[];
  failure: Failure | null;
  decisions: Decision[];
  messages: number;
  tunnel: TunnelFacts | null;
  /** A `processKey`. */
  process: string | null;
  processUnknown: ProcessUnknown | null;
  site: CallSite | null;
  trace: TraceContext | null;
  /** Shared and never changed in place; null for none. */
  tags: Tags | null;
  /** An agent saw it too. */
  byAgent: boolean;
  /** What was read out of it; `meter` sets it. */
  metering: Metering;
  /** The latest moment any fact named: the end is never before it. */
  lastAt: number;
}

/** What is known of one body on the way. */
export interface BodyTally {
  wireBytes: number;
  capturedBytes: number;
  decodedBytes: number | null;
  captured: number | null;
  ended: boolean;
  shed: boolean;
  /** Decoded bytes seen, where they come with their codings undone; null where they come as sent. */
  decoded: number | null;
  truncated: BodyFacts['truncated'];
}

/**
 * Takes one fact into the record of its call (a new record when there is none) and gives the record
 * back. Facts may be missing, doubled or out of order: the record stays valid, an answer is never
 * made up, and after `closed` nothing changes any more.
 */
export function fold(record: CallRecord | null, event: CallEvent): CallRecord {
  const call = record ?? startRecord(event.call);
  // Who made it can be learnt when it is long over; what happened cannot change.
  if (event.type === 'identified') {
    identify(call, event);
    return call;
  }
  if (call.closed) return call;
  switch (event.type) {
    case 'opened':
      if (!call.opened) open(call, event);
      break;
    case 'attempted':
      attempt(call, event);
      break;
    case 'request-data':
      if (!call.request.ended) take(call.request, event.data.byteLength, event.beyond);
      reach(call, event.at);
      break;
    case 'request-ended':
      endRequest(call, event.bytes, event.trailers);
      reach(call, event.at);
      break;
    case 'informed':
      call.informational.push({ status: event.status, lines: event.headers });
      reach(call, event.at);
      break;
    case 'answered':
      if (call.status === null) answer(call, event);
      break;
    case 'response-data':
      take(call.response, event.data.byteLength, event.beyond);
      reach(call, event.at);
      break;
    case 'upgraded':
      upgrade(call);
      reach(call, event.at);
      break;
    case 'message':
      call.messages += 1;
      reach(call, event.at);
      break;
    case 'tunnelled':
      tunnel(call, event);
      break;
    case 'decided':
      decide(call, event);
      break;
    case 'body-shed':
      call.request.shed = true;
      call.response.shed = true;
      break;
    case 'body-decoded':
      call[event.side].decoded ??= 0;
      break;
    case 'closed':
      close(call, event);
      break;
  }
  return call;
}

/** A policy may speak twice of a call, before it leaves and on its way: its last word counts. */
function decide({ decisions }: CallRecord, said: Decided): void {
  const decision: Decision = {
    policy: said.policy,
    verdict: said.verdict,
    sentence: said.sentence,
    kind: said.kind,
    mode: said.mode,
    version: said.version,
    numbers: said.numbers,
    tookUs: said.tookUs,
    owner: said.owner,
  };
  const before =
    said.kind === null ? -1 : decisions.findIndex(({ policy, kind }) => policy === said.policy && kind === said.kind);
  if (before < 0) decisions.push(decision);
  else decisions[before] = decision;
}

/** An empty record: valid, but of an unknown call until its `opened` comes. */
export function startRecord(id: number): CallRecord {
  return {
    id,
    opened: false,
    closed: false,
    kind: 'http',
    source: 'proxy',
    startedAt: 0,
    app: null,
    clientAddress: null,
    method: '',
    scheme: 'http',
    host: '',
    port: 0,
    path: '',
    query: '',
    clientProtocol: 'unknown',
    protocol: null,
    status: null,
    reason: null,
    requestLines: '',
    responseLines: '',
    requestTrailerLines: '',
    responseTrailerLines: '',
    informational: [],
    timeToFirstByteUs: null,
    durationUs: null,
    request: startTally(),
    response: startTally(),
    attempts: [],
    failure: null,
    decisions: [],
    messages: 0,
    tunnel: null,
    process: null,
    processUnknown: null,
    site: null,
    trace: null,
    tags: null,
    byAgent: false,
    metering: UNMETERED,
    lastAt: 0,
  };
}

function startTally(): BodyTally {
  return {
    wireBytes: 0,
    capturedBytes: 0,
    decodedBytes: null,
    captured: null,
    ended: false,
    shed: false,
    decoded: null,
    truncated: null,
  };
}

function open(call: CallRecord, event: Opened): void {
  call.opened = true;
  call.kind = call.tunnel ? 'tunnel' : call.kind === 'websocket' ? 'websocket' : event.kind;
  call.source = event.source;
  call.startedAt = Math.max(0, event.startedAt);
  // An agent may have named it before.
  call.app ??= event.app;
  call.clientAddress = event.clientAddress;
  call.method = event.method;
  call.scheme = event.scheme;
  call.host = event.host;
  call.port = event.port;
  const mark = event.target.indexOf('?');
  call.path = mark < 0 ? event.target : event.target.slice(0, mark);
  call.query = mark < 0 ? '' : event.target.slice(mark);
  call.clientProtocol = event.protocol;
  call.requestLines = event.headers;
  call.process ??= event.process;
  if (event.tags !== null) call.tags = call.tags === null ? event.tags : { ...event.tags, ...call.tags };
  if (call.kind === 'websocket') upgrade(call);
  if (call.tunnel) tunnel(call, call.tunnel);
}

/** Takes in who made the call; the same for a record that is being built and one that was stored. */
export function identify(call: CallRecord, event: Identified): void {
  if (event.by === 'agent') {
    call.byAgent = true;
    if (event.app !== null) call.app = event.app;
  } else call.app ??= event.app;
  if (event.process !== null) {
    call.process = event.process;
    call.processUnknown = null;
  } else if (call.process === null) call.processUnknown = event.unknown ?? call.processUnknown;
  call.site = event.site ?? call.site;
  call.trace = event.trace ?? call.trace;
  if (event.tags !== null) call.tags = call.tags === null ? event.tags : { ...call.tags, ...event.tags };
}

function attempt(call: CallRecord, event: Attempted): void {
  const startedAt = Math.max(0, event.startedAt);
  call.attempts.push({
    startedAt,
    reused: event.reused,
    remoteAddress: event.remoteAddress,
    remotePort: event.remotePort,
    protocol: event.protocol,
    dnsUs: span(event.dnsUs),
    connectUs: span(event.connectUs),
    tlsUs: span(event.tlsUs),
    tls: event.tls,
    via: event.via,
    failure: event.failure,
  });
  if (event.failure === null && event.protocol !== null && call.status === null) call.protocol = event.protocol;
  reach(call, startedAt);
}

function span(value: number | null): number | null {
  return value === null ? null : Math.max(0, value);
}

function take(tally: BodyTally, bytes: number, beyond?: true): void {
  if (beyond) {
    // Of codings undone nobody can say how much that was on the wire.
    if (tally.decoded === null) tally.wireBytes += bytes;
    return;
  }
  if (tally.decoded !== null) {
    tally.decoded += bytes;
    return;
  }
  tally.capturedBytes += bytes;
  if (tally.capturedBytes > tally.wireBytes) tally.wireBytes = tally.capturedBytes;
}

function endRequest(call: CallRecord, bytes: number, trailers: HeaderLines): void {
  if (call.request.ended) return;
  call.request.ended = true;
  call.request.wireBytes = Math.max(call.request.wireBytes, bytes);
  call.requestTrailerLines = trailers;
}

function answer(call: CallRecord, event: Answered): void {
  call.status = event.status;
  call.reason = event.reason;
  call.protocol = event.protocol;
  call.responseLines = event.headers;
  call.timeToFirstByteUs = Math.max(0, event.at);
  reach(call, event.at);
}

function upgrade(call: CallRecord): void {
  if (call.kind === 'tunnel') return;
  call.kind = 'websocket';
  if (call.scheme === 'http') call.scheme = 'ws';
  else if (call.scheme === 'https') call.scheme = 'wss';
}

function tunnel(call: CallRecord, facts: TunnelFacts | Tunnelled): void {
  call.kind = 'tunnel';
  call.tunnel = { reason: facts.reason, serverName: facts.serverName, alpn: facts.alpn, advice: facts.advice };
  call.path = '';
  call.query = '';
  if (call.scheme !== 'tls' && call.scheme !== 'tcp') {
    call.scheme =
      facts.serverName !== null ||
      facts.alpn.length > 0 ||
      facts.reason.includes('tls') ||
      facts.reason === 'client-rejected-ca'
        ? 'tls'
        : 'tcp';
  }
}

function reach(call: CallRecord, at: number): void {
  if (at > call.lastAt) call.lastAt = at;
}

function close(call: CallRecord, event: Closed): void {
  call.closed = true;
  call.failure = event.failure;
  call.responseTrailerLines = event.trailers;
  call.durationUs = Math.max(call.lastAt, event.at, 0);
  call.request.wireBytes = Math.max(call.request.wireBytes, event.requestBytes);
  call.response.wireBytes = Math.max(call.response.wireBytes, event.responseBytes);

  for (const tally of [call.request, call.response])
    if (tally.decoded !== null) tally.capturedBytes = tally.decoded > 0 ? tally.wireBytes : 0;
  call.request.truncated = truncation(call.request, event.failure !== null && !call.request.ended);
  call.response.truncated = truncation(
    call.response,
    event.failure !== null && call.status !== null && reachedOrigin(event.failure.kind),
  );
}

function truncation(tally: BodyTally, cut: boolean): BodyFacts['truncated'] {
  if (tally.wireBytes === 0) return null;
  if (tally.capturedBytes < tally.wireBytes) return tally.shed ? 'shed' : 'limit';
  return cut ? 'cut' : null;
}

/** Closes a call whose engine ended before it did: the record says so, and nothing is guessed. */
export function interrupt(call: CallRecord, detail: string): CallRecord {
  return fold(call, {
    type: 'closed',
    call: call.id,
    at: call.lastAt,
    failure: { kind: 'interrupted', detail },
    requestBytes: call.request.wireBytes,
    responseBytes: call.response.wireBytes,
    trailers: '',
  });
}

/** What the archive learnt of a captured body when it was stored. */
export interface StoredBody {
  /** Id in the body store; null when nothing was kept. */
  captured: number | null;
  capturedBytes: number;
  decodedBytes: number | null;
  /** Set when keeping it lost more than the capture itself did. */
  truncated?: BodyFacts['truncated'];
}

/** Puts what became of the captured bytes into the record; the other half of building it. */
export function attachBody(call: CallRecord, side: 'request' | 'response', stored: StoredBody): void {
  const tally = call[side];
  tally.captured = stored.captured;
  tally.capturedBytes = Math.min(stored.capturedBytes, tally.wireBytes);
  tally.decodedBytes = stored.decodedBytes;
  if (stored.truncated !== undefined) tally.truncated = stored.truncated;
  else if (tally.truncated === null && tally.capturedBytes < tally.wireBytes)
    tally.truncated = tally.shed ? 'shed' : 'limit';
}

/** Puts what was read out of the exchange into the record: what is given takes the place of what was there. */
export function meter(call: CallRecord, read: Partial<Metering>): void {
  call.metering = { ...call.metering, ...read };
}

/** Counts messages that were derived from a body (server-sent events) rather than seen as facts. */
export function countMessages(call: CallRecord, count: number): void {
  call.messages += count;
}

/** The finished form that every door shows: header blocks parsed, bookkeeping gone. */
export function toCall(record: CallRecord, marks: Marks = UNMARKED, process: ProcessIdentity | null = null): Call {
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
    clientProtocol: record.clientProtocol,
    protocol: record.protocol,
    status: record.status,
    reason: record.reason,
    requestHeaders: parseHeaderLines(record.requestLines),
    responseHeaders: parseHeaderLines(record.responseLines),
    requestTrailers: parseHeaderLines(record.requestTrailerLines),
    responseTrailers: parseHeaderLines(record.responseTrailerLines),
    informational: record.informational.map(({ status, lines }) => ({ status, headers: parseHeaderLines(lines) })),
    timeToFirstByteUs: record.timeToFirstByteUs,
    durationUs: record.durationUs,
    requestBody: bodyFacts(record.request),
    responseBody: bodyFacts(record.response),
    attempts: record.attempts,
    failure: record.failure,
    decisions: record.decisions,
    messages: record.messages,
    tunnel: record.tunnel,
    sources: sourcesOf(record),
    process,
    processUnknown: record.processUnknown,
    package: record.site?.package ?? null,
    callsite: record.site?.callsite ?? null,
    frames: record.site?.frames ?? [],
    traceId: record.trace?.traceId ?? null,
    spanId: record.trace?.spanId ?? null,
    tags: record.tags ?? {},
    ...record.metering,
    vendor: null,
    service: null,
    pinned: marks.pinned,
    note: marks.note,
  };
}

/** Every way a call was seen, the one that recorded its exchange first. */
export function sourcesOf(record: Pick<CallRecord, 'source' | 'byAgent'>): Source[] {
  return record.byAgent && record.source !== 'agent' ? [record.source, 'agent'] : [record.source];
}

function bodyFacts(tally: BodyTally): BodyFacts {
  return {
    wireBytes: tally.wireBytes,
    decodedBytes: tally.decodedBytes,
    captured: tally.captured,
    capturedBytes: tally.capturedBytes,
    truncated: tally.truncated,
  };
}

/** The kind of a failure, or null; what rows and rollups keep. */
export function failureKind(failure: Failure | null): FailureKind | null {
  return failure === null ? null : failure.kind;
}
