import type { CallEvent } from '../../../shared/events/call-event.ts';
import type { CallKind, Protocol, TunnelFacts } from '../../../shared/model/call.ts';
import { processKey } from '../../../shared/model/caller.ts';
import type { ProcessIdentity } from '../../../shared/model/caller.ts';
import type { Failure } from '../../../shared/model/failure.ts';
import type { HarRead } from './har-shape.ts';
import { readOwn } from './har-shape.ts';

/** Most bytes of body in one fact. */
const PIECE = 64 * 1024;

/**
 * The facts of a call that a HAR entry tells of, as if it had been seen: they are redacted, folded and stored like any
 * other's. Entries of our own exports carry under `_sallyport` what HAR has no place for, and come back as they were.
 * Throws an Error with a sentence when the entry tells of no call.
 */
export function* harFacts(entry: HarRead, call: number): Generator<CallEvent> {
  const { request, response, timings } = entry;
  const own = readOwn(entry._sallyport);
  const startedAt = readTime(entry.startedDateTime);
  const address = readUrl(request.url);
  const messages = entry._webSocketMessages ?? [];
  const isSocket =
    own.kind === 'websocket' ||
    /^wss?$/.test(address.scheme) ||
    entry._resourceType === 'websocket' ||
    response.status === 101;
  const kind: CallKind = own.kind ?? (isSocket ? 'websocket' : 'http');
  const protocol = readProtocol(response.httpVersion ?? request.httpVersion);
  const answered = response.status > 0;

  yield {
    type: 'opened',
    call,
    startedAt,
    kind,
    source: 'import',
    app: own.app ?? null,
    clientAddress: own.clientAddress ?? null,
    method: request.method,
    scheme: address.scheme,
    host: address.host,
    port: address.port,
    target: kind === 'tunnel' ? '' : address.target,
    protocol: own.clientProtocol ?? readProtocol(request.httpVersion),
    headers: headerLines(request.headers),
    process: keyOf(own.process ?? null),
    tags: own.tags ?? null,
  };
  const site =
    own.package || own.callsite || own.frames?.length
      ? { package: own.package ?? null, callsite: own.callsite ?? null, frames: own.frames ?? [] }
      : null;
  const byAgent = own.sources?.includes('agent') === true;
  if (byAgent || site || own.traceId || own.processUnknown)
    yield {
      type: 'identified',
      call,
      by: byAgent ? 'agent' : 'socket',
      app: null,
      process: null,
      unknown: own.processUnknown ?? null,
      site,
      trace: own.traceId ? { traceId: own.traceId, spanId: own.spanId ?? null } : null,
      tags: null,
    };
  if (own.tunnel)
    yield { type: 'tunnelled', call, ...own.tunnel } satisfies { type: 'tunnelled'; call: number } & TunnelFacts;

  const phase = (ms: number | undefined): number | null =>
    typeof ms === 'number' && ms >= 0 ? Math.round(ms * 1000) : null;
  const blocked = phase(timings.blocked) ?? 0;
  const dns = phase(timings.dns);
  const connect = phase(timings.connect);
  const ssl = phase(timings.ssl);
  const sent = blocked + (dns ?? 0) + (connect ?? 0) + (phase(timings.send) ?? 0);
  const firstByte = sent + (phase(timings.wait) ?? 0);
  const end = firstByte + (phase(timings.receive) ?? 0);
  if (own.attempts) {
    for (const attempt of own.attempts) yield { type: 'attempted', call, ...attempt };
  } else if (answered) {
    yield {
      type: 'attempted',
      call,
      startedAt: blocked,
      reused: connect === null,
      remoteAddress: entry.serverIPAddress?.replace(/^\[|\]$/g, '') || null,
      remotePort: address.port,
      protocol,
      dnsUs: dns,
      // HAR counts TLS inside connect.
      connectUs: connect === null ? null : Math.max(0, connect - (ssl ?? 0)),
      tlsUs: ssl,
      tls: null,
      via: null,
      failure: null,
    };
  }

  const requestBytes = yield* bodyFacts(call, 'request', sent, {
    bytes: requestBody(request),
    coded: hasHeader(request.headers, 'content-encoding'),
    wire: own.requestBody?.wireBytes ?? request.bodySize,
  });
  yield {
    type: 'request-ended',
    call,
    at: sent,
    bytes: requestBytes,
    trailers: headerLines(own.requestTrailers ?? []),
  };
  for (const { status, headers } of own.informational ?? [])
    yield { type: 'informed', call, at: sent, status, headers: headerLines(headers) };
  if (answered) {
    yield {
      type: 'answered',
      call,
      at: firstByte,
      status: response.status,
      reason: response.statusText,
      protocol,
      headers: headerLines(response.headers),
    };
  }
  if (kind === 'websocket' && response.status === 101) {
    yield { type: 'upgraded', call, at: firstByte };
    for (const message of messages) yield messageFact(call, startedAt, message);
  }
  const responseBytes = yield* bodyFacts(call, 'response', end, {
    bytes:
      kind === 'websocket'
        ? null
        : textBytes(response.content.text, response.content.encoding, response.content.mimeType),
    coded: hasHeader(response.headers, 'content-encoding'),
    times: kind === 'websocket' ? [] : messages.map(({ time }) => offsetOf(startedAt, time)),
    wire: own.responseBody?.wireBytes ?? (response.bodySize >= 0 ? response.bodySize : response.content.size),
  });
  for (const decision of own.decisions ?? []) yield { type: 'decided', call, ...decision };
  if (own.requestBody?.truncated === 'shed' || own.responseBody?.truncated === 'shed')
    yield { type: 'body-shed', call };
  yield {
    type: 'closed',
    call,
    at: end,
    failure: own.failure ?? (answered || kind === 'tunnel' ? null : readFailure(response._error ?? entry.comment)),
    requestBytes,
    responseBytes,
    trailers: headerLines(own.responseTrailers ?? []),
  };
}

/** Who made the call, as our own exports tell it. */
export function harProcess(entry: HarRead): ProcessIdentity | null {
  const { process } = readOwn(entry._sallyport);
  return process && keyOf(process) !== null ? process : null;
}

/** Without its start a process of elsewhere could be taken for one of this machine. */
function keyOf(process: ProcessIdentity | null): string | null {
  return process === null || process.startedAt === null ? null : processKey(process);
}

/** The facts of a body; gives its size on the wire. */
function* bodyFacts(
  call: number,
  side: 'request' | 'response',
  at: number,
  {
    bytes,
    coded,
    wire,
    times = [],
  }: { bytes: Buffer | null; coded: boolean; wire: number | undefined; times?: number[] },
): Generator<CallEvent, number> {
  const told = wire !== undefined && wire >= 0 ? wire : null;
  if (bytes === null || bytes.length === 0) return told ?? 0;
  // HAR has bodies with their content codings undone, whatever the header says.
  if (coded) yield { type: 'body-decoded', call, side };
  // An event stream whose events have their times comes event by event.
  const events = times.length > 1 ? bytes.toString('latin1').split(/(?<=\n\r?\n)/) : [];
  if (events.length > 0 && events.length === times.length && events.every((event) => event.length <= PIECE)) {
    for (const [index, event] of events.entries())
      yield { type: `${side}-data`, call, at: times[index] ?? at, data: Buffer.from(event, 'latin1') };
  } else {
    for (let from = 0; from < bytes.length; from += PIECE)
      yield { type: `${side}-data`, call, at: times[0] ?? at, data: bytes.subarray(from, from + PIECE) };
  }
  return coded ? (told ?? bytes.length) : Math.max(told ?? 0, bytes.length);
}

function requestBody({ postData }: HarRead['request']): Buffer | null {
  if (!postData) return null;
  if (postData.text !== undefined && (postData.text !== '' || !postData.params?.length))
    return textBytes(postData.text, postData._encoding ?? postData.encoding, postData.mimeType);
  if (!postData.params?.length || !/^application\/x-www-form-urlencoded/i.test(postData.mimeType)) return null;
  return Buffer.from(
    new URLSearchParams(postData.params.map(({ name, value }) => [name, value ?? ''] as [string, string])).toString(),
  );
}

function textBytes(text: string | undefined, encoding: string | undefined, type: string | undefined): Buffer | null {
  if (text === undefined) return null;
  if (encoding?.toLowerCase() === 'base64') return Buffer.from(text, 'base64');
  // Text goes back into the bytes it came from, where Node can write that charset.
  const charset = /;\s*charset="?([^\s;"]+)/i.exec(type ?? '')?.[1]?.toLowerCase() ?? 'utf-8';
  if (/^(?:iso-8859-1|latin1|us-ascii)$/.test(charset) && !/[^\0-\xff]/.test(text)) return Buffer.from(text, 'latin1');
  if (charset === 'utf-16le') return Buffer.from(text, 'utf16le');
  return Buffer.from(text);
}

/** Microseconds since the start, of seconds since the epoch. */
function offsetOf(startedAt: number, time: number): number {
  return Math.max(0, Math.round(time * 1e6) - startedAt);
}

const OPCODES = [1, 2, 8, 9, 10] as const;

function messageFact(
  call: number,
  startedAt: number,
  { type, time, opcode, data, _name }: NonNullable<HarRead['_webSocketMessages']>[number],
): CallEvent {
  const known = OPCODES.find((one) => one === opcode) ?? 1;
  let bytes = known === 1 ? Buffer.from(data) : Buffer.from(data, 'base64');
  if (known === 8) {
    const code = /^\d{4}$/.test(_name ?? '') ? Number(_name) : null;
    bytes = code === null ? Buffer.alloc(0) : Buffer.concat([Buffer.from([code >> 8, code & 255]), Buffer.from(data)]);
  }
  return {
    type: 'message',
    call,
    at: offsetOf(startedAt, time),
    direction: type === 'send' ? 'sent' : 'received',
    opcode: known,
    size: bytes.length,
    deflated: false,
    data: bytes,
  };
}

/** Microseconds since the epoch, as fine as the text says. */
function readTime(text: string): number {
  const ms = Date.parse(text);
  if (!Number.isFinite(ms)) throw new Error(`its startedDateTime “${text.slice(0, 40)}” is no time`);
  const fraction = /\.\d{3}(\d{1,3})/.exec(text)?.[1];
  return Math.max(0, ms * 1000 + (fraction === undefined ? 0 : Number(fraction.padEnd(3, '0'))));
}

const OWN_PORTS: Readonly<Record<string, number>> = { http: 80, ws: 80, https: 443, wss: 443 };

/** Read by hand: URL would rewrite what was sent. */
function readUrl(url: string): { scheme: string; host: string; port: number; target: string } {
  const parts = /^([a-z][a-z0-9+.-]*):\/\/(?:[^/?#@]*@)?(\[[^\]]*\]|[^/:?#]*)(?::(\d{1,5}))?([^#]*)/i.exec(url);
  if (!parts) throw new Error(`its address “${url.slice(0, 80)}” cannot be read`);
  const [, scheme = '', host = '', port, target = ''] = parts;
  const name = scheme.toLowerCase();
  return {
    scheme: name,
    host: host.replace(/^\[|\]$/g, ''),
    port: port === undefined ? (OWN_PORTS[name] ?? 0) : Number(port),
    target: bytesOf(target === '' ? '/' : target.startsWith('?') ? `/${target}` : target),
  };
}

function readProtocol(text: string | undefined): Protocol {
  if (/^(?:h2c?|http\/2(?:\.0)?)$/i.test(text ?? '')) return 'h2';
  if (/^http\/1\.1$/i.test(text ?? '')) return 'http/1.1';
  return /^http\/1\.0$/i.test(text ?? '') ? 'http/1.0' : 'unknown';
}

function hasHeader(headers: HarRead['request']['headers'], name: string): boolean {
  return headers.some((header) => header.name.toLowerCase() === name && header.value !== '');
}

/** A header block as it went over the wire. Some tools join lines of one name with line breaks: these are lines again. */
function headerLines(headers: readonly ({ name: string; value: string } | readonly [string, string])[]): string {
  let lines = '';
  for (const header of headers) {
    const [name, value] = 'name' in header ? [header.name, header.value] : header;
    if (name.startsWith(':')) continue; // HTTP/2's own, told elsewhere
    for (const one of value.split(/\r\n|[\r\n]/))
      lines += `${bytesOf(name.replace(/[\r\n:]/g, ' '))}: ${bytesOf(one)}\r\n`;
  }
  return lines;
}

/** Text with one char a byte: as it is when it has no others, else its UTF-8. */
function bytesOf(text: string): string {
  return /[^\0-\xff]/.test(text) ? Buffer.from(text).toString('latin1') : text;
}

const FAILURES: readonly [pattern: RegExp, kind: Failure['kind']][] = [
  [/NAME_NOT_RESOLVED|ENOTFOUND|getaddrinfo/i, 'dns'],
  [/CONNECTION_REFUSED|ECONNREFUSED/i, 'refused'],
  [/ADDRESS_UNREACHABLE|INTERNET_DISCONNECTED|EHOSTUNREACH|ENETUNREACH/i, 'unreachable'],
  [/CONNECTION_RESET|ECONNRESET/i, 'reset'],
  [/TIMED_OUT|ETIMEDOUT|timeout/i, 'timeout-connect'],
  [/CERT_/i, 'tls-upstream-untrusted'],
  [/SSL|TLS/i, 'tls-upstream-failed'],
  [/ABORTED|BLOCKED_BY_CLIENT|cancell?ed/i, 'client-left'],
];

function readFailure(says: string | undefined): Failure {
  const detail = says?.slice(0, 500) || 'The file tells of no answer.';
  return { kind: FAILURES.find(([pattern]) => pattern.test(detail))?.[1] ?? 'closed-early', detail };
}
