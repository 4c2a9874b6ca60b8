import { decisionOf, decisionTexts } from '../../../shared/events/decision-texts.ts';
import type { CallEvent, MessageSeen, Opened } from '../../../shared/events/call-event.ts';
import type { TunnelFacts } from '../../../shared/model/call.ts';
import { CALL_KINDS, PROTOCOLS, SOURCES } from '../../../shared/model/call.ts';
import {
  packTls,
  readAttempt,
  readFailure,
  readTexts,
  writeAttempt,
  writeFailure,
  writeTexts,
} from '../store/attempt-codec.ts';
import { readIdentified, readTags, roomForSite, roomForTags, writeIdentified, writeTags } from './identified-codec.ts';
import { ByteReader } from '../store/byte-reader.ts';
import type { ByteWriter } from '../store/byte-writer.ts';

/**
 * Facts as bytes, many in one buffer (a slab) that is handed from the capturing thread to the
 * archive: `[size u32][type][fields]` each. Both threads run the same build, so enumerations travel
 * as their index. Writing allocates nothing but what a too big fact needs.
 */

/** Why calls were not recorded: the archive could not keep up, or the user had paused it. */
export const GAP_REASONS = ['overload', 'paused'] as const;

/** What travels besides facts: calls that were not recorded, counted. */
export interface Gap {
  type: 'gap';
  reason: (typeof GAP_REASONS)[number];
  /** Microseconds since the epoch: the first and the last such call's start. */
  from: number;
  to: number;
  calls: number;
}

const TYPES = [
  'opened',
  'attempted',
  'request-data',
  'request-ended',
  'informed',
  'answered',
  'response-data',
  'upgraded',
  'message',
  'tunnelled',
  'decided',
  'body-shed',
  'closed',
  'gap',
  'body-decoded',
  'identified',
  'request-data beyond',
  'response-data beyond',
] as const;
const TUNNEL_REASONS: readonly TunnelFacts['reason'][] = [
  'pass-through',
  'not-http',
  'client-rejected-ca',
  'tls-failed',
  'server-first',
  'idle',
];
const DIRECTIONS: readonly MessageSeen['direction'][] = ['sent', 'received'];

/** Room for every fixed field of any fact. */
const FIXED = 160;

/** How many bytes a fact may take at most: what must be free before `writeFact`. */
export function roomFor(event: CallEvent | Gap): number {
  switch (event.type) {
    case 'opened':
      return (
        FIXED +
        3 *
          (lengthOf(event.app) +
            event.host.length +
            lengthOf(event.clientAddress) +
            event.method.length +
            event.scheme.length +
            lengthOf(event.process) +
            roomForTags(event.tags)) +
        event.target.length +
        event.headers.length
      );
    case 'attempted':
      return (
        FIXED +
        3 * (lengthOf(event.remoteAddress) + lengthOf(event.via) + lengthOf(event.failure?.detail)) +
        (event.tls === null ? 0 : packTls(event.tls).length)
      );
    case 'request-data':
    case 'response-data':
    case 'message':
      return FIXED + event.data.byteLength;
    case 'request-ended':
      return FIXED + event.trailers.length;
    case 'closed':
      return FIXED + event.trailers.length + 3 * lengthOf(event.failure?.detail);
    case 'informed':
      return FIXED + event.headers.length;
    case 'answered':
      return FIXED + event.headers.length + event.reason.length;
    case 'tunnelled':
      return (
        FIXED +
        3 *
          (lengthOf(event.serverName) +
            event.advice.length +
            event.alpn.reduce((sum, name) => sum + name.length + 9, 0))
      );
    case 'identified':
      return (
        FIXED +
        3 *
          (lengthOf(event.app) +
            lengthOf(event.process) +
            roomForSite(event.site) +
            lengthOf(event.trace?.traceId) +
            lengthOf(event.trace?.spanId) +
            roomForTags(event.tags))
      );
    case 'decided':
      // The rest is numbers, and a few words as JSON, which may write one as \u0000.
      return (
        FIXED +
        400 +
        3 * (event.policy.length + event.verdict.length + event.sentence.length) +
        6 * (lengthOf(event.owner) + lengthOf(event.numbers?.key))
      );
    default:
      return FIXED;
  }
}

function lengthOf(text: string | null | undefined): number {
  return text === null || text === undefined ? 0 : text.length;
}

/** Appends a fact; the caller made sure of `roomFor(event)` bytes. */
export function writeFact(out: ByteWriter, event: CallEvent | Gap): void {
  const start = out.at;
  out.at += 4;
  switch (event.type) {
    case 'opened':
      out.byte(0);
      writeOpened(out, event);
      break;
    case 'attempted':
      out.byte(1);
      out.number(event.call);
      writeAttempt(out, event);
      break;
    case 'request-data':
    case 'response-data':
      out.byte(event.type === 'request-data' ? (event.beyond ? 16 : 2) : event.beyond ? 17 : 6);
      out.number(event.call);
      time(out, event.at);
      out.data(event.data);
      break;
    case 'request-ended':
      out.byte(3);
      out.number(event.call);
      time(out, event.at);
      out.number(event.bytes);
      out.latin1(event.trailers);
      break;
    case 'informed':
      out.byte(4);
      out.number(event.call);
      time(out, event.at);
      out.number(event.status);
      out.latin1(event.headers);
      break;
    case 'answered':
      out.byte(5);
      out.number(event.call);
      time(out, event.at);
      out.number(event.status);
      out.latin1(event.reason);
      out.byte(PROTOCOLS.indexOf(event.protocol));
      out.latin1(event.headers);
      break;
    case 'upgraded':
      out.byte(7);
      out.number(event.call);
      time(out, event.at);
      break;
    case 'message':
      out.byte(8);
      out.number(event.call);
      time(out, event.at);
      out.byte(DIRECTIONS.indexOf(event.direction));
      out.byte(event.opcode);
      out.number(event.size);
      out.byte(event.deflated ? 1 : 0);
      out.data(event.data);
      break;
    case 'tunnelled':
      out.byte(9);
      out.number(event.call);
      out.byte(TUNNEL_REASONS.indexOf(event.reason));
      out.text(event.serverName);
      writeTexts(out, event.alpn);
      out.text(event.advice);
      break;
    case 'body-decoded':
      out.byte(14);
      out.number(event.call);
      out.byte(event.side === 'request' ? 0 : 1);
      break;
    case 'decided':
      out.byte(10);
      out.number(event.call);
      for (const text of decisionTexts(event)) out.text(text);
      break;
    case 'identified':
      out.byte(15);
      writeIdentified(out, event);
      break;
    case 'body-shed':
      out.byte(11);
      out.number(event.call);
      break;
    case 'closed':
      out.byte(12);
      out.number(event.call);
      time(out, event.at);
      writeFailure(out, event.failure);
      out.number(event.requestBytes);
      out.number(event.responseBytes);
      out.latin1(event.trailers);
      break;
    case 'gap':
      out.byte(13);
      out.byte(GAP_REASONS.indexOf(event.reason));
      out.number(event.from);
      out.number(event.to);
      out.number(event.calls);
      break;
    default:
      throw new TypeError('A fact of an unknown type.');
  }
  const size = out.at - start;
  const { bytes } = out;
  bytes[start] = size & 255;
  bytes[start + 1] = (size >>> 8) & 255;
  bytes[start + 2] = (size >>> 16) & 255;
  bytes[start + 3] = size >>> 24;
}

/** Offsets are whole microseconds; a clock that yields fractions is rounded here, once. */
function time(out: ByteWriter, at: number): void {
  out.number(Math.round(at));
}

function writeOpened(out: ByteWriter, event: Opened): void {
  out.number(event.call);
  out.number(Math.round(event.startedAt));
  out.byte(CALL_KINDS.indexOf(event.kind));
  out.byte(SOURCES.indexOf(event.source));
  out.byte(PROTOCOLS.indexOf(event.protocol));
  out.text(event.app);
  out.text(event.clientAddress);
  out.text(event.method);
  out.text(event.scheme);
  out.text(event.host);
  out.number(event.port);
  out.latin1(event.target);
  out.latin1(event.headers);
  out.text(event.process);
  writeTags(out, event.tags);
}

/**
 * Reads the facts of a slab in order. `data` fields are views into the slab: copy what must outlive
 * it. A fact that cannot be read is given to `bad` and skipped by its size; if even its size is
 * wrong, the rest of the slab is.
 */
export function readFacts(
  slab: Buffer,
  length: number,
  take: (event: CallEvent | Gap) => void,
  bad: (problem: string) => void,
): void {
  const reader = new ByteReader(slab, 0, 0);
  let at = 0;
  while (at < length) {
    const size = at + 5 <= length ? slab.readUInt32LE(at) : 0;
    if (size < 5 || at + size > length) {
      bad(`A slab is damaged at byte ${at} of ${length}.`);
      return;
    }
    let event: CallEvent | Gap | null = null;
    try {
      reader.at = at + 4;
      reader.end = at + size;
      event = readFact(reader);
    } catch (error) {
      bad(`A fact could not be read: ${String(error)}`);
    }
    at += size;
    if (event !== null) take(event);
  }
}

function readFact(from: ByteReader): CallEvent | Gap {
  const type = TYPES[from.byte()];
  if (type === undefined) throw new RangeError('unknown type');
  if (type === 'gap')
    return {
      type,
      reason: pick(GAP_REASONS, from.byte()),
      from: from.number(),
      to: from.number(),
      calls: from.number(),
    };
  const call = from.number();
  switch (type) {
    case 'opened':
      return readOpened(from, call);
    case 'attempted':
      return { type, call, ...readAttempt(from) };
    case 'request-data':
    case 'response-data':
      return { type, call, at: from.number(), data: from.data() };
    case 'request-data beyond':
    case 'response-data beyond':
      return {
        type: type === 'request-data beyond' ? 'request-data' : 'response-data',
        call,
        at: from.number(),
        data: from.data(),
        beyond: true,
      };
    case 'request-ended':
      return { type, call, at: from.number(), bytes: from.number(), trailers: from.latin1() };
    case 'informed':
      return { type, call, at: from.number(), status: from.number(), headers: from.latin1() };
    case 'answered':
      return {
        type,
        call,
        at: from.number(),
        status: from.number(),
        reason: from.latin1(),
        protocol: pick(PROTOCOLS, from.byte()),
        headers: from.latin1(),
      };
    case 'body-decoded':
      return { type, call, side: from.byte() === 0 ? 'request' : 'response' };
    case 'upgraded':
      return { type, call, at: from.number() };
    case 'message':
      return {
        type,
        call,
        at: from.number(),
        direction: pick(DIRECTIONS, from.byte()),
        opcode: from.byte() as MessageSeen['opcode'],
        size: from.number(),
        deflated: from.byte() === 1,
        data: from.data(),
      };
    case 'tunnelled':
      return {
        type,
        call,
        reason: pick(TUNNEL_REASONS, from.byte()),
        serverName: from.text(),
        alpn: readTexts(from),
        advice: from.text() ?? '',
      };
    case 'decided':
      return {
        type,
        call,
        ...decisionOf([from.text() ?? '', from.text() ?? '', from.text() ?? '', from.text() ?? '[]']),
      };
    case 'identified':
      return readIdentified(from, call);
    case 'body-shed':
      return { type, call };
    case 'closed':
      return {
        type,
        call,
        at: from.number(),
        failure: readFailure(from),
        requestBytes: from.number(),
        responseBytes: from.number(),
        trailers: from.latin1(),
      };
  }
}

function readOpened(from: ByteReader, call: number): Opened {
  const startedAt = from.number();
  const kind = pick(CALL_KINDS, from.byte());
  const source = pick(SOURCES, from.byte());
  const protocol = pick(PROTOCOLS, from.byte());
  return {
    type: 'opened',
    call,
    startedAt,
    kind,
    source,
    app: from.text(),
    clientAddress: from.text(),
    method: from.text() ?? '',
    scheme: from.text() ?? '',
    host: from.text() ?? '',
    port: from.number(),
    target: from.latin1(),
    protocol,
    headers: from.latin1(),
    process: from.text(),
    tags: readTags(from),
  };
}

function pick<T>(list: readonly T[], index: number): T {
  const value = list[index];
  if (value === undefined) throw new RangeError('unknown enumeration value');
  return value;
}
