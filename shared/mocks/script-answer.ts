import { decodeBase64 } from '../bytes/base64.ts';
import { readUtf8, writeUtf8 } from '../bytes/utf8.ts';
import type { Chosen } from './mock-session.ts';
import type { MockBody } from './mock-set.ts';
import { dialectOf, rateLimitAnswer } from './rate-limit-answer.ts';

/** One thing that happens of an answer; `atMs` after the whole request was there, never before the one before it. */
export type Moment = { atMs: number } & (
  | { do: 'head'; status: number; headers: (readonly [name: string, value: string])[]; body: number | 'stream' | null }
  | { do: 'data'; bytes: Uint8Array }
  | { do: 'end' }
  /** The connection breaks here, before the head or after it. */
  | { do: 'break'; kind: 'reset' | 'closed-early' }
);

/** What is asked, and what a script cannot find out by itself. */
export interface ScriptSurroundings {
  method: string;
  host: string;
  target: string;
  /** Microseconds since the epoch. */
  now: number;
  /** The bytes of a file that an answer names. */
  fileOf(path: string): Uint8Array;
}

/** A piece of a body is at most so long, so that back-pressure has somewhere to bite. */
const PIECE = 64 * 1024;
/** A slow body comes in so many pieces a second. */
const SLOW_STEPS = 10;
/** Bytes get so long to leave before the connection under them breaks. */
const BREAK_AFTER_MS = 50;
/** Framing is ours: these lines of a recorded answer were of its connection. */
const OF_THE_HOP: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

interface Said {
  status: number;
  headers: (readonly [name: string, value: string])[];
  pieces: { afterMs: number; bytes: Uint8Array }[];
  streams: boolean;
}

/** The moments of one answer, made as they are asked for. */
export function* scriptAnswer(chosen: Chosen, around: ScriptSurroundings): Generator<Moment> {
  const { fault, latencyMs } = chosen;
  if (fault?.kind === 'reset' && fault.afterBytes === null) {
    yield { atMs: latencyMs, do: 'break', kind: 'reset' };
    return;
  }
  const said = whatIsSaid(chosen, around);
  const { status, headers, streams } = said;
  const length = said.pieces.reduce((sum, { bytes }) => sum + bytes.length, 0);
  const breaks = fault?.kind === 'reset' || fault?.kind === 'truncate' ? fault : null;
  const bodiless = around.method === 'HEAD' || status === 204 || status === 304;
  // An answer that is cut was longer than what comes of it.
  const promised = breaks === null || bodiless ? length : Math.max(length, 1);
  const fields =
    streams || status === 204 || status === 304 ? headers : [...headers, ['Content-Length', String(promised)] as const];
  yield { atMs: latencyMs, do: 'head', status, headers: fields, body: bodiless ? null : streams ? 'stream' : promised };

  let atMs = latencyMs;
  let left =
    breaks === null ? Infinity : Math.max(0, Math.min(breaks.afterBytes ?? 0, streams ? length : promised - 1));
  const rate = fault?.kind === 'slow-body' ? fault.bytesPerSecond : null;
  if (!bodiless)
    for (const { afterMs, bytes } of said.pieces) {
      if (left <= 0) break;
      atMs += afterMs;
      for (const part of cutInto(bytes, rate === null ? PIECE : Math.min(PIECE, Math.ceil(rate / SLOW_STEPS)))) {
        if (left <= 0) break;
        const out = part.length > left ? part.subarray(0, left) : part;
        if (rate !== null) atMs += (out.length * 1000) / rate;
        left -= out.length;
        yield { atMs, do: 'data', bytes: out };
      }
    }
  if (breaks === null) yield { atMs, do: 'end' };
  else yield { atMs: atMs + BREAK_AFTER_MS, do: 'break', kind: breaks.kind === 'reset' ? 'reset' : 'closed-early' };
}

function whatIsSaid({ answer, fault }: Chosen, around: ScriptSurroundings): Said {
  if (fault?.kind === 'rate-limit') {
    const { host, target, now } = around;
    const asked = { host, target, now, retryAfterSeconds: fault.retryAfterSeconds };
    const { status, headers, body } = rateLimitAnswer(fault.dialect ?? dialectOf(host), asked);
    return { status, headers, pieces: [{ afterMs: 0, bytes: writeUtf8(body) }], streams: false };
  }
  if (fault?.kind === 'status') {
    const { status } = fault;
    const body: MockBody =
      fault.body.kind === 'none'
        ? { kind: 'json', json: { error: { type: 'mock', message: `This mock answers ${status} here.` } } }
        : fault.body;
    return { status, headers: typed([], body), pieces: piecesOf(body, around), streams: false };
  }
  const said: Said = {
    status: answer.status,
    headers: typed(
      answer.headers.filter(([name]) => !OF_THE_HOP.has(name.toLowerCase())),
      answer.body,
    ),
    pieces: piecesOf(answer.body, around),
    streams: answer.body.kind === 'stream',
  };
  if (fault?.kind !== 'malformed-json') return said;
  return {
    ...said,
    pieces: [{ afterMs: 0, bytes: writeUtf8(broken(said.pieces.map(({ bytes }) => readUtf8(bytes)).join(''))) }],
  };
}

function piecesOf(body: MockBody, { fileOf }: ScriptSurroundings): Said['pieces'] {
  const whole = (bytes: Uint8Array): Said['pieces'] => (bytes.length === 0 ? [] : [{ afterMs: 0, bytes }]);
  switch (body.kind) {
    case 'none':
      return [];
    case 'text':
      return whole(writeUtf8(body.text));
    case 'json':
      return whole(writeUtf8(JSON.stringify(body.json)));
    case 'base64':
      return whole(Uint8Array.from(decodeBase64(body.base64), (letter) => letter.charCodeAt(0)));
    case 'file':
      return whole(fileOf(body.path));
    case 'stream':
      return body.pieces.map(({ afterMs, text }) => ({ afterMs, bytes: writeUtf8(text) }));
  }
}

const TYPES: Readonly<Record<MockBody['kind'], string | null>> = {
  none: null,
  json: 'application/json',
  text: 'text/plain; charset=utf-8',
  base64: 'application/octet-stream',
  file: 'application/octet-stream',
  stream: 'text/event-stream; charset=utf-8',
};

/** Says what the body is, unless the file did. */
function typed(headers: Said['headers'], { kind }: MockBody): Said['headers'] {
  const type = TYPES[kind];
  if (type === null || headers.some(([name]) => name.toLowerCase() === 'content-type')) return headers;
  return [...headers, ['Content-Type', type]];
}

/** JSON that ends too early, as of a server that broke off. A line break may stand in no text of JSON: it is none, whatever it was. */
function broken(text: string): string {
  return `${text.slice(0, Math.ceil(text.length * 0.6))}\n{"`;
}

function* cutInto(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
