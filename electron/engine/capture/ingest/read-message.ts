import type {
  Ask,
  Drops,
  FromAgent,
  JoinedCall,
  OtherConnection,
  OwnCall,
  OwnFact,
  SiteSeen,
} from '../../../../shared/agent/link.ts';
import { CALL_KINDS, PROTOCOLS } from '../../../../shared/model/call.ts';
import type { Attempt, CallKind, Protocol, TlsFacts } from '../../../../shared/model/call.ts';
import { TAG_LIMITS } from '../../../../shared/model/caller.ts';
import type { Tags, TraceContext } from '../../../../shared/model/caller.ts';
import { FAILURE_KINDS } from '../../../../shared/model/failure.ts';
import type { Failure } from '../../../../shared/model/failure.ts';

type Loose = Record<string, unknown>;
type Said = Exclude<FromAgent, { type: 'hello' }>;

/** Chars. What a program sends is its own; what is longer than any honest one is cut. */
const MOST = { word: 64, name: 300, target: 64 * 1024, headers: 256 * 1024, detail: 500, path: 4096 };
const MOST_FRAMES = 64;

/**
 * One message of a link, checked field by field; null for a type that this version does not know. Throws a TypeError
 * where a field is not what it has to be: whoever sends that is no agent of ours.
 */
export function readMessage(value: unknown): Said | null {
  const said = object(value);
  switch (said['type']) {
    case 'site':
      return readSite(said);
    case 'joined':
      return readJoined(said);
    case 'opened':
      return readOpened(said);
    case 'connection':
      return {
        type: 'connection',
        host: text(said, 'host', MOST.name),
        address: text(said, 'address', MOST.name),
        port: port(said),
        at: count(said, 'at'),
      } satisfies OtherConnection;
    case 'drops':
      return { type: 'drops', calls: count(said, 'calls'), bodies: count(said, 'bodies') } satisfies Drops;
    case 'ask':
      return {
        type: 'ask',
        id: count(said, 'id'),
        method: text(said, 'method', MOST.word),
        url: text(said, 'url', MOST.target),
        headers: bytes(said, 'headers', MOST.headers),
        carried: said['carried'] === true,
        ...readOrigin(said),
      } satisfies Ask;
    default:
      return readFact(said);
  }
}

function readFact(said: Loose): OwnFact | null {
  switch (said['type']) {
    case 'attempted':
      return { type: 'attempted', call: count(said, 'call'), ...readAttempt(said) };
    case 'request-ended':
      return {
        type: 'request-ended',
        ...moment(said),
        bytes: count(said, 'bytes'),
        trailers: bytes(said, 'trailers', MOST.headers),
      };
    case 'informed':
      return {
        type: 'informed',
        ...moment(said),
        status: count(said, 'status'),
        headers: bytes(said, 'headers', MOST.headers),
      };
    case 'answered':
      return {
        type: 'answered',
        ...moment(said),
        status: count(said, 'status'),
        reason: bytes(said, 'reason', MOST.name),
        protocol: oneOf(PROTOCOLS, said['protocol'], 'unknown'),
        headers: bytes(said, 'headers', MOST.headers),
      };
    case 'body-decoded':
      return {
        type: 'body-decoded',
        call: count(said, 'call'),
        side: said['side'] === 'request' ? 'request' : 'response',
      };
    case 'body-shed':
      return { type: 'body-shed', call: count(said, 'call') };
    case 'upgraded':
      return { type: 'upgraded', ...moment(said) };
    case 'message': {
      const { opcode } = said;
      if (opcode !== 1 && opcode !== 2 && opcode !== 8 && opcode !== 9 && opcode !== 10) throw wrong('opcode');
      return {
        type: 'message',
        ...moment(said),
        direction: said['direction'] === 'sent' ? 'sent' : 'received',
        opcode,
        size: count(said, 'size'),
        deflated: said['deflated'] === true,
        data: text(said, 'data', Infinity),
      };
    }
    case 'closed':
      return {
        type: 'closed',
        ...moment(said),
        failure: readFailure(said['failure']),
        requestBytes: count(said, 'requestBytes'),
        responseBytes: count(said, 'responseBytes'),
        trailers: bytes(said, 'trailers', MOST.headers),
      };
    default:
      return null;
  }
}

function readSite(said: Loose): SiteSeen {
  const { frames } = said;
  if (!Array.isArray(frames)) throw wrong('frames');
  return {
    type: 'site',
    id: count(said, 'id'),
    frames: frames.slice(0, MOST_FRAMES).map((value: unknown) => {
      const frame = object(value);
      return {
        function: maybe(frame, 'function', MOST.name),
        file: text(frame, 'file', MOST.path),
        line: count(frame, 'line'),
        column: count(frame, 'column'),
      };
    }),
  };
}

function readJoined(said: Loose): JoinedCall {
  return {
    type: 'joined',
    port: port(said),
    ordinal: said['ordinal'] === null ? null : count(said, 'ordinal'),
    method: text(said, 'method', MOST.word),
    target: text(said, 'target', MOST.target),
    startedAt: count(said, 'startedAt'),
    ...readOrigin(said),
  };
}

function readOpened(said: Loose): OwnCall {
  return {
    type: 'opened',
    call: count(said, 'call'),
    startedAt: count(said, 'startedAt'),
    kind: oneOf<CallKind>(CALL_KINDS, said['kind'], 'http'),
    method: text(said, 'method', MOST.word),
    scheme: text(said, 'scheme', MOST.word),
    host: text(said, 'host', MOST.name),
    port: port(said),
    target: bytes(said, 'target', MOST.target),
    protocol: oneOf<Protocol>(PROTOCOLS, said['protocol'], 'unknown'),
    headers: bytes(said, 'headers', MOST.headers),
    ...readOrigin(said),
  };
}

function readOrigin(said: Loose): Pick<OwnCall, 'site' | 'trace' | 'tags' | 'app'> {
  return {
    site: said['site'] === null || said['site'] === undefined ? null : count(said, 'site'),
    trace: readTrace(said['trace']),
    tags: readTags(said['tags']),
    app: maybe(said, 'app', 200),
  };
}

function readTrace(value: unknown): TraceContext | null {
  if (value === null || value === undefined) return null;
  const { traceId, spanId } = object(value);
  // What a program calls its trace need not be one; then there is none.
  if (typeof traceId !== 'string' || !/^[0-9a-f]{32}$/.test(traceId)) return null;
  return { traceId, spanId: typeof spanId === 'string' && /^[0-9a-f]{16}$/.test(spanId) ? spanId : null };
}

function readTags(value: unknown): Tags | null {
  if (value === null || value === undefined) return null;
  const tags: Record<string, string> = {};
  let left = TAG_LIMITS.count;
  for (const [name, said] of Object.entries(object(value))) {
    if (typeof said !== 'string') throw wrong('tags');
    // `run` is not the program's to say.
    if (name === '' || name === 'run' || name === '__proto__') continue;
    tags[name.slice(0, TAG_LIMITS.name)] = said.slice(0, TAG_LIMITS.value);
    if ((left -= 1) === 0) break;
  }
  return left === TAG_LIMITS.count ? null : tags;
}

function readAttempt(said: Loose): Attempt {
  return {
    startedAt: count(said, 'startedAt'),
    reused: said['reused'] === true,
    remoteAddress: maybe(said, 'remoteAddress', MOST.name),
    remotePort: maybeCount(said, 'remotePort'),
    protocol: said['protocol'] === null ? null : oneOf(PROTOCOLS, said['protocol'], 'unknown'),
    dnsUs: maybeCount(said, 'dnsUs'),
    connectUs: maybeCount(said, 'connectUs'),
    tlsUs: maybeCount(said, 'tlsUs'),
    tls: readTls(said['tls']),
    via: maybe(said, 'via', MOST.name),
    failure: readFailure(said['failure']),
  };
}

function readTls(value: unknown): TlsFacts | null {
  if (value === null || value === undefined) return null;
  const tls = object(value);
  const { chain } = tls;
  return {
    version: text(tls, 'version', MOST.word),
    cipher: text(tls, 'cipher', MOST.word),
    alpn: maybe(tls, 'alpn', MOST.word),
    serverName: maybe(tls, 'serverName', MOST.name),
    chain: Array.isArray(chain) ? chain.filter(isFingerprint).slice(0, 10) : [],
    verdict: text(tls, 'verdict', MOST.word),
  };
}

function isFingerprint(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
}

function readFailure(value: unknown): Failure | null {
  if (value === null || value === undefined) return null;
  const said = object(value);
  return { kind: oneOf(FAILURE_KINDS, said['kind'], 'internal'), detail: text(said, 'detail', MOST.detail) };
}

function moment(said: Loose): { call: number; at: number } {
  return { call: count(said, 'call'), at: count(said, 'at') };
}

function object(value: unknown): Loose {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new TypeError('not a message');
  return value as Loose;
}

function text(said: Loose, field: string, most: number): string {
  const value = said[field];
  if (typeof value !== 'string') throw wrong(field);
  return value.length > most ? value.slice(0, most) : value;
}

function maybe(said: Loose, field: string, most: number): string | null {
  return said[field] === null || said[field] === undefined ? null : text(said, field, most);
}

/** Text whose chars are bytes, as everything from the wire is; others have no place in it. */
function bytes(said: Loose, field: string, most: number): string {
  const value = text(said, field, most);
  // oxlint-disable-next-line no-control-regex -- every Latin-1 char, control characters too
  return /[^\u0000-\u00ff]/.test(value) ? value.replaceAll(/[^\u0000-\u00ff]/g, '?') : value;
}

/** A number that is not negative; whole. */
function count(said: Loose, field: string): number {
  const value = said[field];
  if (typeof value !== 'number' || !(value >= 0 && value <= Number.MAX_SAFE_INTEGER)) throw wrong(field);
  return Math.round(value);
}

function maybeCount(said: Loose, field: string): number | null {
  return said[field] === null || said[field] === undefined ? null : count(said, field);
}

function port(said: Loose): number {
  const value = count(said, 'port');
  if (value > 65_535) throw wrong('port');
  return value;
}

function oneOf<T extends string>(known: readonly T[], value: unknown, otherwise: T): T {
  return known.find((one) => one === value) ?? otherwise;
}

function wrong(field: string): TypeError {
  return new TypeError(`a message with a wrong “${field}”`);
}
