import { countOf, formatCount } from '../../../../shared/format/quantities.ts';
import type { Caller } from './callers.ts';
import type { History } from './history.ts';
import type { Recorded } from './kept-history.ts';

/** What a cache would have answered with answers of an age up to so much. */
export interface CachePoint {
  /** Seconds. */
  ttl: number;
  /** GET and HEAD. */
  calls: number;
  hits: number;
  savedNanoUsd: number | null;
  savedMs: number;
  savedBytes: number;
}

export interface CacheTrial {
  points: CachePoint[];
  /** Left out: their bodies were not kept, so nobody can tell whether two of them are the same. */
  bodiesNotKept: number;
  /** Rows whose answers would have been given again by the longest time to live, each once; at most so many as were asked for. */
  givenAgain: number[];
}

const CACHED: ReadonlySet<string> = new Set(['GET', 'HEAD']);
/** Statuses whose answers may be kept for a time that nobody named (RFC 9110 §15.1). */
const KEPT: ReadonlySet<number> = new Set([200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501]);

/**
 * The same calls (method, address, secret’s fingerprint, body) within the time to live: the first is asked of the vendor, the
 * others get its answer. Age is counted from when an answer was whole; a call while it is under way is one more of its own.
 */
export function* tryCache(
  { history, callerOf, from, to }: Recorded,
  ttls: readonly number[],
  mostGiven: number,
): Generator<number, CacheTrial> {
  const cacheable: (boolean | undefined)[] = [];
  const numbers = new Map<number, number>();
  const points = ttls.map((ttl) => createPoint(ttl));
  const givenAgain = new Set<number>();
  let bodiesNotKept = 0;
  for (let place = from; place < to; place += 1) {
    if ((place & 1023) === 0) yield place - from;
    const row = history.order[place]!;
    const combination = history.combination[row]!;
    const caller = callerOf(combination);
    if (!(cacheable[combination] ??= caller.kind === 'http' && CACHED.has(caller.method.toUpperCase()))) continue;
    const body = history.requestBody.at(row);
    if (body <= 0 && history.requestBytes.at(row) > 0) {
      bodiesNotKept += 1;
      continue;
    }
    const hash = hashOf(keyOf(history, caller, row, body));
    let number = numbers.get(hash);
    if (number === undefined) numbers.set(hash, (number = numbers.size));
    for (const point of points) {
      const given = point.take(history, number, row);
      if (given >= 0 && point === points.at(-1) && givenAgain.size < mostGiven) givenAgain.add(given);
    }
  }
  return { points: points.map((point) => point.sum()), bodiesNotKept, givenAgain: [...givenAgain] };
}

function createPoint(ttl: number) {
  /** By the call’s number: the row whose answer is kept, plus one. */
  let kept = new Float64Array(1024);
  const sum = { calls: 0, hits: 0, savedNanoUsd: 0, savedMs: 0, savedBytes: 0 };
  let priced = 0;
  return {
    /** The row whose answer it gets; -1: it is asked of the vendor. */
    take(history: History, number: number, row: number): number {
      sum.calls += 1;
      if (number >= kept.length) {
        const larger = new Float64Array(Math.max(number + 1, kept.length * 2));
        larger.set(kept);
        kept = larger;
      }
      const at = history.at[row]!;
      const source = kept[number]! - 1;
      if (source >= 0) {
        const since = history.at[source]! + Math.max(0, history.duration.at(source));
        if (at >= since && at < since + ttl * 1_000_000) {
          const cost = history.cost.at(row);
          sum.hits += 1;
          sum.savedNanoUsd += Math.max(0, cost);
          if (cost >= 0) priced += 1;
          sum.savedMs += Math.max(0, history.duration.at(row)) / 1000;
          sum.savedBytes += Math.max(0, history.responseBytes.at(row)) + Math.max(0, history.requestBytes.at(row));
          return source;
        }
      }
      if (KEPT.has(history.status[row]!)) kept[number] = row + 1;
      return -1;
    },
    sum: (): CachePoint => ({ ttl, ...sum, savedNanoUsd: sum.hits > 0 && priced === 0 ? null : sum.savedNanoUsd }),
  };
}

function keyOf(
  history: History,
  { method, scheme, host, port, credential }: Caller,
  row: number,
  body: number,
): string {
  const { path, query } = history.targetOf(row);
  return `${method} ${scheme}://${host}:${port}${path}${query}\n${credential ?? ''}\n${body > 0 ? body : ''}`;
}

/** 53 bits of a text (cyrb53 by bryc, public domain): a million addresses are not held as texts. */
function hashOf(text: string): number {
  let first = 0xdeadbeef;
  let second = 0x41c6ce57;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    first = Math.imul(first ^ code, 2_654_435_761);
    second = Math.imul(second ^ code, 1_597_334_677);
  }
  first = Math.imul(first ^ (first >>> 16), 2_246_822_507) ^ Math.imul(second ^ (second >>> 13), 3_266_489_909);
  second = Math.imul(second ^ (second >>> 16), 2_246_822_507) ^ Math.imul(first ^ (first >>> 13), 3_266_489_909);
  return 4_294_967_296 * (2_097_151 & second) + (first >>> 0);
}

/** What answers that a cache would give again said of being kept, by a look at some of them. */
export function saidOfKeeping(
  givenAgain: readonly number[],
  header: (row: number, name: string) => string | null,
): string[] {
  if (givenAgain.length === 0) return [];
  let forbidden = 0;
  let stale = 0;
  const varies = new Map<string, number>();
  for (const row of givenAgain) {
    const control = header(row, 'cache-control')?.toLowerCase() ?? '';
    if (/\bno-store\b|\bprivate\b/.test(control)) forbidden += 1;
    else if (/\bno-cache\b|\bmax-age=0\b/.test(control)) stale += 1;
    for (const name of (header(row, 'vary') ?? '').toLowerCase().split(/[\s,]+/))
      if (name !== '' && !HARMLESS.has(name)) varies.set(name, (varies.get(name) ?? 0) + 1);
  }
  const of = `Of ${countOf(givenAgain.length, 'answer')} that would have been given again and were looked at,`;
  const named = [...varies].sort((a, b) => b[1] - a[1]).slice(0, 3);
  return [
    ...(forbidden > 0 ? [`${of} ${formatCount(forbidden)} forbid others to keep them (no-store, private).`] : []),
    ...(stale > 0 ? [`${of} ${formatCount(stale)} want to be asked about each time (no-cache).`] : []),
    ...(named.length > 0
      ? [
          `${of} some differ by headers of the request that are not compared here: ${named.map(([name, count]) => `${name} (${formatCount(count)})`).join(', ')}.`,
        ]
      : []),
  ];
}

/** They change how an answer is packed or whether a browser may read it, or are compared by the secret’s fingerprint. */
const HARMLESS: ReadonlySet<string> = new Set(['accept-encoding', 'origin', 'authorization']);
