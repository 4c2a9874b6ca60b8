import type { Attempt, BodyFacts, Call, Header, Message } from '../../shared/model/call.ts';
import { failureAdvice, failureSentence } from '../../shared/format/failures.ts';
import { countOf, formatDuration, formatSize } from '../../shared/format/quantities.ts';
import { isoTimestamp } from '../../shared/format/times.ts';
import { urlOf } from '../../shared/query/evaluate.ts';
import { callerText } from './caller-text.ts';
import { meteringText } from './metering-text.ts';
import { decodeText } from '../content/body-content.ts';
import type { FetchedBody } from './read-bodies.ts';
import { harmless, paint } from './terminal.ts';

/** More of a body is not helpful on a screen; `--body` prints all of it. */
const EXCERPT_LINES = 40;
const EXCERPT_CHARS = 4_000;

/** One call for reading: what was asked, what came, how long each part took, what went wrong. */
export function callText(shown: {
  call: Call;
  request: FetchedBody | null;
  response: FetchedBody | null;
  messages: readonly Message[];
}): string {
  const { call, request, response, messages } = shown;
  const parts = [
    heading(call),
    call.failure ? [paint('red', harmless(failureSentence(call.failure))), failureAdvice(call.failure.kind)] : [],
    call.tunnel ? [`Passed on unread (${call.tunnel.reason}). ${harmless(call.tunnel.advice)}`] : [],
    call.decisions.map(
      ({ policy, verdict, sentence }) => `Policy ${harmless(policy)}: ${verdict}. ${harmless(sentence)}`,
    ),
    callerText(call),
    ...meteringText(call),
    timings(call),
    call.attempts.flatMap(attemptLines),
    message(`${call.method} ${call.path}${call.query}`, call.requestHeaders, call.requestTrailers),
    body('request', call, call.requestBody, request),
    ...call.informational.map(({ status, headers }) => message(`${status} (before the answer)`, headers, [])),
    call.status === null
      ? []
      : message(`${call.status} ${call.reason ?? ''}`.trim(), call.responseHeaders, call.responseTrailers),
    body('response', call, call.responseBody, response),
    messageLines(messages),
  ];
  return `${parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function heading(call: Call): string[] {
  const from = [
    call.app ? `app ${call.app}` : null,
    call.clientAddress ? `from ${call.clientAddress}` : null,
    `seen by ${call.sources.join(' and ')}`,
    call.kind === 'http' ? null : call.kind,
  ];
  const outcome =
    call.status === null
      ? call.state === 'open'
        ? 'still open'
        : 'no answer'
      : `${call.status} ${call.reason ?? ''}`.trim();
  return [
    paint('bold', harmless(`#${call.id}  ${call.method} ${urlOf(call)}`)),
    harmless(`${isoTimestamp(call.startedAt)}  ${outcome}  ${from.filter(Boolean).join(', ')}`),
  ];
}

/** A waterfall of the last attempt: where the time went. */
function timings(call: Call): string[] {
  const total = call.durationUs ?? call.timeToFirstByteUs;
  if (total === null || total === 0) return [];
  const attempt = call.attempts.at(-1);
  const connected = attempt
    ? attempt.startedAt + (attempt.dnsUs ?? 0) + (attempt.connectUs ?? 0) + (attempt.tlsUs ?? 0)
    : 0;
  const firstByte = call.timeToFirstByteUs;
  const phases: [string, number, number][] = [];
  let at = attempt?.startedAt ?? 0;
  for (const [name, length] of [
    ['DNS', attempt?.dnsUs],
    ['connect', attempt?.connectUs],
    ['TLS', attempt?.tlsUs],
  ] as const) {
    if (length === null || length === undefined) continue;
    phases.push([name, at, length]);
    at += length;
  }
  if (firstByte !== null) {
    phases.push(['waiting', connected, Math.max(0, firstByte - connected)]);
    phases.push(['receiving', firstByte, Math.max(0, total - firstByte)]);
  }
  const width = 32;
  const lines = phases.map(([name, start, length]) => {
    const left = Math.min(width - 1, Math.round((start / total) * width));
    const bar = Math.max(1, Math.min(width - left, Math.round((length / total) * width)));
    return `  ${name.padEnd(10)} ${formatDuration(length).padStart(9)}  ${' '.repeat(left)}${paint('cyan', '█'.repeat(bar))}`.trimEnd();
  });
  return [
    `${paint('bold', 'Timings')}  ${formatDuration(call.durationUs)} in all${firstByte === null ? '' : `, first byte after ${formatDuration(firstByte)}`}`,
    ...lines,
  ];
}

function attemptLines(attempt: Attempt, index: number, all: readonly Attempt[]): string[] {
  const where =
    attempt.remoteAddress === null ? 'not connected' : `${attempt.remoteAddress}:${attempt.remotePort ?? ''}`;
  const how = [
    attempt.protocol,
    attempt.reused ? 'connection reused' : null,
    attempt.via ? `through ${attempt.via}` : null,
  ]
    .filter(Boolean)
    .join(', ');
  const lines = [
    `${paint('bold', all.length > 1 ? `Attempt ${index + 1}` : 'Connection')}  ${where}${how ? `  ${how}` : ''}`,
  ];
  if (attempt.tls) {
    const { version, cipher, serverName, verdict, chain } = attempt.tls;
    lines.push(harmless(`  ${version} ${cipher}${serverName ? ` for ${serverName}` : ''}: ${verdict}`));
    if (chain[0]) lines.push(`  certificate sha256 ${chain[0]}`);
  }
  if (attempt.failure) lines.push(`  ${harmless(failureSentence(attempt.failure))}`);
  return lines;
}

function message(first: string, headers: readonly Header[], trailers: readonly Header[]): string[] {
  return [
    paint('bold', harmless(first)),
    ...headers.map(headerLine),
    ...(trailers.length > 0 ? ['  (trailers)', ...trailers.map(headerLine)] : []),
  ];
}

function headerLine([name, value]: Header): string {
  return `  ${paint('cyan', harmless(name))}: ${harmless(value)}`;
}

function body(side: 'request' | 'response', call: Call, facts: BodyFacts, fetched: FetchedBody | null): string[] {
  if (facts.wireBytes === 0) return [];
  const decoded =
    facts.decodedBytes === null || facts.decodedBytes === facts.wireBytes
      ? ''
      : `, ${formatSize(facts.decodedBytes)} decoded`;
  const title = `${side === 'request' ? 'Request' : 'Answer'} body, ${formatSize(facts.wireBytes)}${decoded}`;
  if (!fetched) {
    // A socket's bytes are its messages, below; a body is stored when its call has ended.
    const why = call.kind === 'websocket' ? 'in messages' : call.state === 'open' ? 'so far' : 'not kept';
    return [`${title}: ${why}`];
  }
  const cut = facts.truncated ? `; only ${formatSize(facts.capturedBytes)} of it kept (${facts.truncated})` : '';
  const text = fetched.bytes.includes(0) ? null : decodeText(fetched.bytes, fetched.contentType);
  const all = `sallyport call ${call.id} --body ${side}`;
  if (fetched.problem) return [`${title}${cut}: ${fetched.problem}; as on the wire: ${all}`];
  if (text === null) return [`${title}${cut}: not text; ${all} > FILE`];
  const pretty = prettyJson(text) ?? text;
  const lines = pretty.slice(0, EXCERPT_CHARS).split('\n').slice(0, EXCERPT_LINES);
  const rest = lines.join('\n').length < pretty.trimEnd().length ? [paint('dim', `… all of it: ${all}`)] : [];
  return [`${paint('bold', title)}${cut}`, ...lines.map((line) => harmless(line, 'lines')), ...rest];
}

function prettyJson(text: string): string | null {
  if (!/^\s*[[{]/.test(text) || text.length > 1_000_000) return null;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return null;
  }
}

function messageLines(messages: readonly Message[]): string[] {
  if (messages.length === 0) return [];
  const shown = messages.slice(0, EXCERPT_LINES).map(({ at, direction, type, size, data, name }) => {
    const what = `${type}${name ? ` ${name}` : ''}`;
    return harmless(
      `  ${formatDuration(at).padStart(9)} ${direction === 'sent' ? '→' : '←'} ${what}  ${formatSize(size)}  ${(data ?? '').slice(0, 120)}`,
    ).trimEnd();
  });
  return [
    paint('bold', countOf(messages.length, 'message')),
    ...shown,
    ...(messages.length > shown.length ? [`  … ${countOf(messages.length - shown.length, 'message')} more`] : []),
  ];
}
