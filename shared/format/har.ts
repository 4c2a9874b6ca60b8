import type { Attempt, Call, Header, Message } from '../model/call.ts';
import { urlOf } from '../query/evaluate.ts';
import type { BodyContent } from './body-content.ts';
import { failureSentence } from './failures.ts';
import { isoTimestamp, milliseconds } from './times.ts';

/** One call with what an export may want to include of it. Bodies are decoded (content codings undone). */
export interface HarInput {
  call: Call;
  requestBody: BodyContent | null;
  responseBody: BodyContent | null;
  messages?: readonly Message[];
}

/** A HAR 1.2 log of these entries; `version` is Sallyport's. */
export function harLog(entries: readonly HarEntry[], version: string) {
  return { log: { version: '1.2', creator: { name: 'Sallyport', version }, entries } };
}

export type HarEntry = ReturnType<typeof harEntry>;

/** One HAR 1.2 entry. What HAR has no place for is under `_sallyport`; values unknown to us are -1. */
export function harEntry({ call, requestBody, responseBody, messages }: HarInput) {
  const timings = harTimings(call);
  const attempt = call.attempts.at(-1);
  return {
    startedDateTime: isoTimestamp(call.startedAt),
    time: totalOf(timings),
    request: harRequest(call, requestBody),
    response: harResponse(call, responseBody),
    cache: {},
    timings,
    ...(attempt?.remoteAddress ? { serverIPAddress: attempt.remoteAddress } : {}),
    ...(call.failure ? { comment: failureSentence(call.failure) } : {}),
    ...(messages && messages.length > 0
      ? { _webSocketMessages: messages.map((message) => harMessage(call, message)) }
      : {}),
    _sallyport: {
      id: call.id,
      state: call.state,
      kind: call.kind,
      source: call.source,
      app: call.app,
      clientAddress: call.clientAddress,
      clientProtocol: call.clientProtocol,
      failure: call.failure,
      decisions: call.decisions,
      attempts: call.attempts,
      tunnel: call.tunnel,
      informational: call.informational,
      requestTrailers: call.requestTrailers,
      responseTrailers: call.responseTrailers,
      requestBody: call.requestBody,
      responseBody: call.responseBody,
      sources: call.sources,
      process: call.process,
      processUnknown: call.processUnknown,
      package: call.package,
      callsite: call.callsite,
      frames: call.frames,
      vendor: call.vendor,
      service: call.service,
      endpoint: call.endpoint,
      credential: call.credential,
      apiVersion: call.apiVersion,
      deprecation: call.deprecation,
      usage: call.usage,
      cost: call.cost,
      limits: call.limits,
      traceId: call.traceId,
      spanId: call.spanId,
      tags: call.tags,
    },
  };
}

function harRequest(call: Call, body: BodyContent | null) {
  const mimeType = headerValue(call.requestHeaders, 'content-type') ?? '';
  return {
    method: call.method,
    url: urlOf(call),
    httpVersion: harVersion(call.clientProtocol),
    cookies: call.requestHeaders
      .filter(([name]) => name.toLowerCase() === 'cookie')
      .flatMap(([, value]) => readCookies(value)),
    headers: call.requestHeaders.map(([name, value]) => ({ name, value })),
    queryString: readQuery(call.query),
    ...(body
      ? {
          postData:
            'text' in body ? { mimeType, text: body.text } : { mimeType, text: body.base64, _encoding: 'base64' },
        }
      : {}),
    headersSize: headSize(
      call.clientProtocol,
      `${call.method} ${call.path}${call.query} HTTP/1.1`,
      call.requestHeaders,
    ),
    bodySize: call.requestBody.wireBytes,
  };
}

function harResponse(call: Call, body: BodyContent | null) {
  const { wireBytes, decodedBytes } = call.responseBody;
  const size = decodedBytes ?? wireBytes;
  return {
    // HAR has no "no answer"; 0 is what browsers write.
    status: call.status ?? 0,
    statusText: call.reason ?? '',
    httpVersion: harVersion(call.protocol ?? call.clientProtocol),
    cookies: call.responseHeaders
      .filter(([name]) => name.toLowerCase() === 'set-cookie')
      .map(([, value]) => readSetCookie(value)),
    headers: call.responseHeaders.map(([name, value]) => ({ name, value })),
    content: {
      size,
      ...(decodedBytes === null ? {} : { compression: decodedBytes - wireBytes }),
      mimeType: headerValue(call.responseHeaders, 'content-type') ?? 'x-unknown',
      ...(body ? ('text' in body ? { text: body.text } : { text: body.base64, encoding: 'base64' }) : {}),
      ...(call.responseBody.truncated && call.kind !== 'websocket'
        ? { comment: `not complete: ${call.responseBody.truncated}` }
        : {}),
    },
    redirectURL: headerValue(call.responseHeaders, 'location') ?? '',
    headersSize:
      call.status === null
        ? -1
        : headSize(call.protocol ?? 'unknown', `HTTP/1.1 ${call.status} ${call.reason ?? ''}`, call.responseHeaders),
    bodySize: call.status === null ? -1 : wireBytes,
    ...(call.failure ? { _error: failureSentence(call.failure) } : {}),
  };
}

/**
 * Milliseconds per phase; -1 where the phase did not happen or is not known. `blocked` is the time
 * before the last attempt began; `send` is not measured apart from `wait`.
 */
function harTimings(call: Call) {
  const attempt: Attempt | undefined = call.attempts.at(-1);
  const phase = (value: number | null | undefined): number =>
    value === null || value === undefined ? -1 : milliseconds(value);
  // HAR counts TLS inside connect.
  const connectUs = attempt?.connectUs ?? null;
  const connecting = connectUs === null ? null : connectUs + (attempt?.tlsUs ?? 0);
  const before = (attempt?.startedAt ?? 0) + (attempt?.dnsUs ?? 0) + (connecting ?? 0);
  const end = call.durationUs ?? call.timeToFirstByteUs ?? before;
  const firstByte = call.timeToFirstByteUs ?? end;
  return {
    blocked: attempt ? milliseconds(attempt.startedAt) : -1,
    dns: phase(attempt?.dnsUs),
    connect: phase(connecting),
    ssl: phase(attempt?.tlsUs),
    send: 0,
    wait: milliseconds(Math.max(0, firstByte - before)),
    receive: milliseconds(Math.max(0, end - firstByte)),
  };
}

/** What HAR asks of `time`: the phases together, without those unknown; `ssl` is inside `connect`. */
function totalOf(timings: ReturnType<typeof harTimings>): number {
  const { blocked, dns, connect, send, wait, receive } = timings;
  const total = [blocked, dns, connect, send, wait, receive].reduce((sum, value) => sum + Math.max(0, value), 0);
  return Math.round(total * 1000) / 1000;
}

function harMessage(call: Call, message: Message) {
  const opcodes: Record<Message['type'], number> = { text: 1, event: 1, binary: 2, close: 8, ping: 9, pong: 10 };
  return {
    type: message.direction === 'sent' ? 'send' : 'receive',
    time: (call.startedAt + message.at) / 1e6,
    opcode: opcodes[message.type],
    data: message.data ?? '',
    ...(message.name === null ? {} : { _name: message.name }),
  };
}

function harVersion(protocol: string): string {
  return protocol === 'h2' ? 'HTTP/2' : protocol.startsWith('http/') ? protocol.toUpperCase() : 'unknown';
}

/** Bytes of an HTTP/1 head from its first line to the blank line; -1 for h2, whose heads are compressed. */
function headSize(protocol: string, firstLine: string, headers: readonly Header[]): number {
  if (!protocol.startsWith('http/')) return -1;
  return headers.reduce((sum, [name, value]) => sum + name.length + value.length + 4, firstLine.length + 4);
}

/** The first value of a header, names without case; null when there is none. */
export function headerValue(headers: readonly Header[], name: string): string | null {
  return headers.find(([header]) => header.toLowerCase() === name)?.[1] ?? null;
}

function readQuery(query: string): { name: string; value: string }[] {
  const text = query.replace(/^\?/, '');
  if (text === '') return [];
  return text.split('&').map((pair) => {
    const [name = '', ...rest] = pair.split('=');
    return { name: readable(name), value: readable(rest.join('=')) };
  });
}

function readable(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text; // not valid percent-encoded UTF-8: as sent
  }
}

function readCookies(header: string): { name: string; value: string }[] {
  return header
    .split(';')
    .map((pair) => splitPair(pair))
    .filter(({ name, value }) => name !== '' || value !== '');
}

function readSetCookie(header: string) {
  const [first = '', ...attributes] = header.split(';');
  const has = (name: string) => attributes.some((attribute) => attribute.trim().toLowerCase() === name);
  const valueOf = (name: string) => attributes.map(splitPair).find((pair) => pair.name.toLowerCase() === name)?.value;
  const path = valueOf('path');
  const domain = valueOf('domain');
  return {
    ...splitPair(first),
    ...(path ? { path } : {}),
    ...(domain ? { domain } : {}),
    httpOnly: has('httponly'),
    secure: has('secure'),
  };
}

function splitPair(pair: string): { name: string; value: string } {
  const equals = pair.indexOf('=');
  if (equals < 0) return { name: pair.trim(), value: '' };
  return { name: pair.slice(0, equals).trim(), value: pair.slice(equals + 1).trim() };
}
