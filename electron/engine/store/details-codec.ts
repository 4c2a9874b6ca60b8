import { decisionOf, decisionTexts } from '../../../shared/events/decision-texts.ts';
import type { CallRecord } from '../../../shared/events/fold.ts';
import type { BodyFacts, TunnelFacts } from '../../../shared/model/call.ts';
import {
  packTls,
  readAttempt,
  readFailure,
  readTexts,
  writeAttempt,
  writeFailure,
  writeTexts,
} from './attempt-codec.ts';
import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import { packMetering, readMetering } from './metering-codec.ts';

/**
 * The part of a call that lists never show, in binary: header blocks as they came, attempts, TLS,
 * trailers, what is known of the bodies. Many of these are compressed together in a page.
 */
const FORM = 1;
/** The same with what was read out of the call (`metering-codec.ts`) behind the two header blocks. */
const METERED_FORM = 2;
const TRUNCATIONS: readonly BodyFacts['truncated'][] = [null, 'limit', 'shed', 'cut'];

/** Appends the details of a record; makes the room itself. */
export function writeDetails(out: ByteWriter, call: CallRecord): void {
  const metering = packMetering(call.metering, call.startedAt);
  out.reserve(roomFor(call) + 3 * length(metering));
  out.byte(metering === null ? FORM : METERED_FORM);
  out.latin1(call.requestLines);
  out.latin1(call.responseLines);
  if (metering !== null) out.text(metering);
  out.latin1(call.requestTrailerLines);
  out.latin1(call.responseTrailerLines);
  out.text(call.reason);
  out.number(call.closed ? 0 : call.lastAt);
  for (const tally of [call.request, call.response]) {
    out.maybe(tally.decodedBytes);
    out.number(tally.capturedBytes);
    out.byte(TRUNCATIONS.indexOf(tally.truncated));
  }
  out.number(call.informational.length);
  for (const { status, lines } of call.informational) {
    out.number(status);
    out.latin1(lines);
  }
  out.number(call.attempts.length);
  for (const attempt of call.attempts) writeAttempt(out, attempt);
  writeFailure(out, call.failure);
  out.number(call.decisions.length);
  for (const decision of call.decisions) writeTexts(out, decisionTexts(decision));
  if (call.tunnel === null) out.text(null);
  else {
    out.text(call.tunnel.reason);
    out.text(call.tunnel.serverName);
    writeTexts(out, call.tunnel.alpn);
    out.text(call.tunnel.advice);
  }
}

function roomFor(call: CallRecord): number {
  let room =
    300 +
    call.requestLines.length +
    call.responseLines.length +
    call.requestTrailerLines.length +
    call.responseTrailerLines.length;
  room += 3 * ((call.reason?.length ?? 0) + (call.failure?.detail.length ?? 0));
  for (const { lines } of call.informational) room += 20 + lines.length;
  for (const attempt of call.attempts) {
    room += 200 + 3 * (length(attempt.remoteAddress) + length(attempt.via) + length(attempt.failure?.detail));
    if (attempt.tls) room += 9 + packTls(attempt.tls).length;
  }
  for (const decision of call.decisions) for (const text of decisionTexts(decision)) room += 10 + 3 * text.length;
  if (call.tunnel)
    room +=
      60 +
      3 *
        (length(call.tunnel.serverName) +
          call.tunnel.advice.length +
          call.tunnel.alpn.reduce((sum, name) => sum + 9 + name.length, 0));
  return room;
}

function length(text: string | null | undefined): number {
  return text?.length ?? 0;
}

/** Reads details into a record whose narrow row is already there. Throws on a damaged or unknown form. */
export function readDetails(from: ByteReader, call: CallRecord): void {
  const form = readForm(from);
  call.requestLines = from.latin1();
  call.responseLines = from.latin1();
  if (form === METERED_FORM) call.metering = { ...call.metering, ...readMetering(from.text() ?? '[]', call.startedAt) };
  call.requestTrailerLines = from.latin1();
  call.responseTrailerLines = from.latin1();
  call.reason = from.text();
  call.lastAt = from.number();
  for (const tally of [call.request, call.response]) {
    tally.decodedBytes = from.maybe();
    tally.capturedBytes = from.number();
    tally.truncated = TRUNCATIONS[from.byte()] ?? null;
  }
  call.informational = Array.from({ length: from.number() }, () => ({ status: from.number(), lines: from.latin1() }));
  call.attempts = Array.from({ length: from.number() }, () => readAttempt(from));
  call.failure = readFailure(from);
  call.decisions = Array.from({ length: from.number() }, () => decisionOf(readTexts(from)));
  const reason = from.text();
  call.tunnel =
    reason === null
      ? null
      : {
          reason: reason as TunnelFacts['reason'],
          serverName: from.text(),
          alpn: readTexts(from),
          advice: from.text() ?? '',
        };
}

function readForm(from: ByteReader): number {
  const form = from.byte();
  if (form !== FORM && form !== METERED_FORM)
    throw new RangeError('The details have a form this version does not know.');
  return form;
}

/** Only what was read out of the call; null when nothing was. `startedAt`: the call's, microseconds. */
export function readMeteringOf(from: ByteReader, startedAt: number): ReturnType<typeof readMetering> | null {
  if (readForm(from) !== METERED_FORM) return null;
  from.skip();
  from.skip();
  return readMetering(from.text() ?? '[]', startedAt);
}

/** Only the two header blocks that filters look at: request and final answer, with a line break between. */
export function readHeaderLines(from: ByteReader): { request: string; response: string } {
  readForm(from);
  return { request: from.latin1(), response: from.latin1() };
}
