import type { CallRow } from './call-row.ts';
import { SOURCE_CODES, WORD, isByAgent, throttleCodeOf } from './codes.ts';
import { addBit, createBits, hasBit, hashNumber, hashThree } from './bits.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';

/**
 * What is known of a block of 512 calls (ids n·512 … n·512+511) without reading them: the ranges of
 * their numbers, and a filter of the words and the three-char pieces of path and query in them. A
 * search skips every block in which no call can match; this stands in for all secondary indexes.
 *
 * A summary may say "maybe" too often, never "no" wrongly: it only ever grows.
 */
export const BLOCK = 512;
export const blockOf = (id: number): number => Math.floor(id / BLOCK);

/** Numbers whose ranges are kept, in the order they are written. */
export const RANGED = [
  'startedAt',
  'duration',
  'ttfb',
  'requestBytes',
  'responseBytes',
  'size',
  'port',
  'messages',
  'cost',
  'tokens',
] as const;
export type Ranged = (typeof RANGED)[number];

export interface BlockSummary {
  block: number;
  calls: number;
  /** Lowest and highest per ranged number; lowest above highest while no call had one. */
  low: number[];
  high: number[];
  /** Statuses seen, ascending. */
  statuses: number[];
  /** Bit sets over the codes of kind, source and origin protocol. */
  kinds: number;
  sources: number;
  protocols: number;
  terms: Uint8Array;
}

/** The kinds under which ids of bodies, and the beginnings of trace ids, are terms; above every kind of word. */
export const BODY_TERM = 40;
export const TRACE_TERM = 41;
/** Codes of who refused a call for its number. */
export const THROTTLE_TERM = 42;

/** Bytes of a block's filter: 16 a call. */
const TERM_BYTES = 8192;

export function createSummary(block: number): BlockSummary {
  return {
    block,
    calls: 0,
    low: RANGED.map(() => Number.MAX_SAFE_INTEGER),
    high: RANGED.map(() => -1),
    statuses: [],
    kinds: 0,
    sources: 0,
    protocols: 0,
    terms: createBits(TERM_BYTES),
  };
}

/** Takes a call's row into its block's summary. */
export function summariseRow(summary: BlockSummary, row: CallRow): void {
  summary.calls += 1;
  summariseCaller(summary, row);
  widen(summary, 0, row.startedAt);
  widen(summary, 1, row.duration);
  widen(summary, 2, row.ttfb);
  widen(summary, 3, row.requestBytes);
  widen(summary, 4, row.responseBytes);
  widen(summary, 5, row.requestBytes + row.responseBytes);
  widen(summary, 6, row.port);
  widen(summary, 7, row.messages);
  if (row.status !== null && !summary.statuses.includes(row.status)) summary.statuses.push(row.status);
  summary.kinds |= 1 << ((row.flags >> 1) & 7);
  summary.sources |= 1 << ((row.flags >> 4) & 7);
  summary.protocols |= 1 << ((row.flags >> 10) & 7);
  const { terms } = summary;
  addWord(terms, WORD.host, row.host);
  addWord(terms, WORD.method, row.method);
  addWord(terms, WORD.scheme, row.scheme);
  addWord(terms, WORD.client, row.client);
  addWord(terms, WORD.remote, row.remote);
  addWord(terms, WORD.type, row.type);
  addWord(terms, WORD.tls, row.tls);
  addWord(terms, WORD.failure, row.failure);
  addWord(terms, WORD.decision, row.decision);
  addWord(terms, WORD.policies, row.policies);
  addWord(terms, BODY_TERM, row.requestBody);
  addWord(terms, BODY_TERM, row.responseBody);
  addPieces(terms, row.pathText);
  if (row.query !== '') addPieces(terms, row.query);
  if (throttleCodeOf(row.flags) !== 0) addWord(terms, THROTTLE_TERM, throttleCodeOf(row.flags));
  addWord(terms, WORD.endpoint, row.endpoint);
  addWord(terms, WORD.credential, row.credential);
  summariseUsage(summary, row);
}

/** Only what a call used: it may be priced anew. */
export function summariseUsage(summary: BlockSummary, row: CallRow): void {
  widen(summary, 8, row.cost);
  if (row.input !== null || row.output !== null) widen(summary, 9, (row.input ?? 0) + (row.output ?? 0));
  addWord(summary.terms, WORD.model, row.model);
}

/** Only who made the call: it may be learnt when the rest is long in. */
export function summariseCaller(summary: BlockSummary, row: CallRow): void {
  if (isByAgent(row.flags)) summary.sources |= 1 << SOURCE_CODES.agent;
  const { terms } = summary;
  addWord(terms, WORD.app, row.app);
  addWord(terms, WORD.process, row.process);
  addWord(terms, WORD.site, row.site);
  addWord(terms, WORD.tags, row.tags);
  if (row.trace !== null) addBit(terms, hashNumber(TRACE_TERM, row.trace.readInt32BE(0)));
}

function widen(summary: BlockSummary, index: number, value: number | null): void {
  if (value === null) return;
  if (value < summary.low[index]!) summary.low[index] = value;
  if (value > summary.high[index]!) summary.high[index] = value;
}

function addWord(terms: Uint8Array, kind: number, id: number | null): void {
  if (id !== null) addBit(terms, hashNumber(kind, id));
}

function addPieces(terms: Uint8Array, text: string): void {
  const { length } = text;
  if (length < 3) return;
  let first = lower(text.charCodeAt(0));
  let second = lower(text.charCodeAt(1));
  for (let i = 2; i < length; i += 1) {
    const third = lower(text.charCodeAt(i));
    addBit(terms, hashThree(first, second, third));
    first = second;
    second = third;
  }
}

/** Whether a text can be part of a path or query in the block; true for texts too short to tell. */
export function mayContain(terms: Uint8Array, text: string): boolean {
  for (let i = 2; i < text.length; i += 1) {
    if (
      !hasBit(terms, hashThree(lower(text.charCodeAt(i - 2)), lower(text.charCodeAt(i - 1)), lower(text.charCodeAt(i))))
    )
      return false;
  }
  return true;
}

/** ASCII only, and one byte: what lies above is folded, which can only say "maybe" too often. */
function lower(code: number): number {
  return code >= 65 && code <= 90 ? code + 32 : code & 255;
}

/** 1 was without cost and tokens. */
const FORM = 2;
const RANGED_BEFORE = 8;

/** The ranges part of a summary, as stored. */
export function packRanges(summary: BlockSummary): Buffer {
  const out = new ByteWriter(Buffer.allocUnsafe(64 + RANGED.length * 18 + summary.statuses.length * 3));
  out.byte(FORM);
  out.number(summary.calls);
  for (let i = 0; i < RANGED.length; i += 1) {
    const empty = summary.high[i]! < 0;
    out.byte(empty ? 0 : 1);
    if (empty) continue;
    out.number(summary.low[i]!);
    out.number(summary.high[i]! - summary.low[i]!);
  }
  out.byte(summary.kinds);
  out.byte(summary.sources);
  out.byte(summary.protocols);
  out.number(summary.statuses.length);
  for (const status of summary.statuses) out.number(status);
  return Buffer.from(out.bytes.subarray(0, out.at));
}

/** Reads a summary back; `terms` may be left out (empty) by questions that do not need them. */
export function readSummary(block: number, ranges: Buffer, terms: Uint8Array): BlockSummary {
  const from = new ByteReader(ranges);
  const ranged = from.byte() === 1 ? RANGED_BEFORE : RANGED.length;
  const summary: BlockSummary = {
    block,
    calls: from.number(),
    low: [],
    high: [],
    statuses: [],
    kinds: 0,
    sources: 0,
    protocols: 0,
    terms,
  };
  for (let i = 0; i < RANGED.length; i += 1) {
    if (i >= ranged || from.byte() === 0) {
      summary.low.push(Number.MAX_SAFE_INTEGER);
      summary.high.push(-1);
    } else {
      const low = from.number();
      summary.low.push(low);
      summary.high.push(low + from.number());
    }
  }
  summary.kinds = from.byte();
  summary.sources = from.byte();
  summary.protocols = from.byte();
  summary.statuses = Array.from({ length: from.number() }, () => from.number());
  return summary;
}
