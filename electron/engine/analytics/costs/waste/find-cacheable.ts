import { formatDuration, formatSize } from '../../../../../shared/format/quantities.ts';
import type { RepeatableGet } from '../../../store/picture-rows.ts';
import { wasted, type WastedCall } from './waste-report.ts';

/** Headers are read for so many addresses, those with most bytes first. */
const MOST_ADDRESSES = 500;

/** What the answer's headers allow (RFC 9111 §5.2.2, RFC 9110 §8.8). */
interface Keeping {
  /** Microseconds that it may be used without asking. */
  freshFor: number;
  /** Whether asking again can be answered with 304 and no body. */
  checkable: boolean;
}

/**
 * GETs whose answer the same app already had: same address, same secret, same bytes, and headers that let a cache keep it.
 * As long as it is fresh the call need not be; later it need be, but not its bytes. `bytes` in all that need not have come.
 */
export function* findCacheable(
  gets: readonly RepeatableGet[],
  costs: ReadonlyMap<number, number | null>,
): Generator<void, { wasted: WastedCall[]; bytes: number }> {
  const groups = new Map<string, RepeatableGet[]>();
  for (const get of gets) {
    const { app, host, target, credential, responseBody, responseBytes } = get;
    // Of long answers only the beginning is kept: these have to be as long, too.
    const name = JSON.stringify([app, host, target, credential, responseBody, responseBytes]);
    const group = groups.get(name);
    if (group) group.push(get);
    else groups.set(name, [get]);
  }
  const repeated = [...groups.values()].filter((group) => group.length > 1);
  const weight = (group: readonly RepeatableGet[]): number => group.length * (group[0]?.responseBytes ?? 0);
  const found: WastedCall[] = [];
  let bytes = 0;
  for (const group of repeated.sort((a, b) => weight(b) - weight(a)).slice(0, MOST_ADDRESSES)) {
    yield;
    const [first, ...later] = group.sort((a, b) => a.startedAt - b.startedAt);
    const keeping = first && keepingOf(first);
    if (!first || !keeping) continue;
    let { startedAt: fetchedAt, id: fetched } = first;
    for (const get of later) {
      const { id, startedAt, responseBytes } = get;
      const age = startedAt - fetchedAt;
      const fresh = age <= keeping.freshFor;
      if (fresh || keeping.checkable) {
        bytes += responseBytes;
        const says = fresh
          ? `${formatSize(responseBytes)} that call ${fetched} had brought ${formatDuration(age)} before, and that were good for ${formatDuration(keeping.freshFor)}.`
          : `${formatSize(responseBytes)} that call ${fetched} had brought; asked with the answer’s ETag or date, 304 without a body would have done.`;
        found.push(wasted({ ...get, method: 'GET', model: null }, fresh ? (costs.get(id) ?? null) : null, says));
      }
      if (!fresh) {
        fetchedAt = startedAt;
        fetched = id;
      }
    }
  }
  return { wasted: found, bytes };
}

function keepingOf({ header }: RepeatableGet): Keeping | null {
  const control = (header('cache-control') ?? '').toLowerCase();
  if (/\bno-store\b/.test(control) || (header('vary') ?? '').trim() === '*') return null;
  const maxAge = /\bno-cache\b/.test(control) ? 0 : Number(/\bmax-age="?(\d{1,9})/.exec(control)?.[1] ?? 0);
  const age = Number(/^\d{1,9}$/.exec(header('age')?.trim() ?? '')?.[0] ?? 0);
  const checkable = header('etag') !== null || header('last-modified') !== null;
  const freshFor = Math.max(0, maxAge - age) * 1_000_000;
  return freshFor > 0 || checkable ? { freshFor, checkable } : null;
}
