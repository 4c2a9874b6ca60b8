import { formatMoney } from '../../../../../shared/format/money.ts';
import { countOf, formatSize } from '../../../../../shared/format/quantities.ts';
import type { PriceBook } from '../../../../../shared/ledger/price-book.ts';
import type { Recognise, Span } from '../../../store/picture-rows.ts';
import type { CostRows } from '../cost-rows.ts';
import { DAY, HOUR } from '../cost-cells.ts';
import { findCacheable } from './find-cacheable.ts';
import { findCut } from './find-cut.ts';
import { findDuplicates } from './find-duplicates.ts';
import { findOversize, priceSmaller } from './find-oversize.ts';
import { findRetries } from './find-retries.ts';
import { findUnusedLimits } from './find-unused-limits.ts';
import { spentCall, type SpentCall } from './spent-call.ts';
import { callsCost, reportWaste, type Waste, type WastedCall } from './waste-report.ts';

export interface WasteSource {
  rows: CostRows;
  recognise: Recognise;
  /** Null: no prices are known, and nothing is said of models. */
  prices: PriceBook | null;
}

export interface WasteFound {
  complete: boolean;
  looked: number;
  wastes: Waste[];
}

/** Metered calls that are looked at, the newest. */
const MOST_CALLS = 50_000;
/** One page is one turn: others wait for it, some hundredths of a second. */
const PAGE = 1000;

/**
 * What could be saved, with the calls behind it, the most money first. A call is counted as waste once: what was retried is
 * not counted as cut as well, nor a prompt that was asked twice as one for a smaller model; so the sums can be added up.
 * Allowances that are not used cost nothing, and are counted beside.
 */
export function* findWaste(source: WasteSource, span: Span, most = MOST_CALLS): Generator<void, WasteFound> {
  const { since, complete: reachesBack } = yield* newestOf(source, span, most);
  const { calls, complete: allRead } = yield* readSpent(source, { since, until: span.until }, most);
  calls.sort((a, b) => a.startedAt - b.startedAt || a.id - b.id);
  yield;

  const counted = new Set<number>();
  const once = (wasted: WastedCall[]): WastedCall[] => {
    const fresh = wasted.filter(({ id }) => !counted.has(id));
    for (const { id } of fresh) counted.add(id);
    return fresh;
  };
  const retries = once(findRetries(calls));
  yield;
  const cut = once(findCut(calls));
  const duplicates = once(findDuplicates(calls));
  yield;
  const oversize = once(findOversize(calls));
  const unused = findUnusedLimits(calls);
  yield;
  const costs = new Map(calls.filter(({ method }) => method === 'GET').map(({ id, nanoUsd }) => [id, nanoUsd]));
  const { gets, complete: allGets } = yield* source.rows.repeatable(span);
  // This machine is near enough, and costs nothing.
  const cacheable = yield* findCacheable(
    gets.filter(({ host }) => source.recognise(host) !== null),
    costs,
  );

  const wastes = [
    reportWaste(
      'retries',
      retries,
      (count, nanoUsd) =>
        `Paid and asked again: ${callsCost(count, nanoUsd)}. The first try failed or was cut and had cost something already; the next one was paid as well.`,
    ),
    reportWaste(
      'cut',
      cut,
      (count, nanoUsd) =>
        `Paid and thrown away: ${callsCost(count, nanoUsd)}. The answer ended before it was whole; what had been written until then is paid for.`,
    ),
    reportWaste(
      'duplicates',
      duplicates,
      (count, nanoUsd) =>
        `Asked before, word for word: ${callsCost(count, nanoUsd)}. The same prompt had been answered within the hour before; a cache answers it for nothing, where the same answer will do.`,
    ),
    reportWaste(
      'oversize',
      oversize,
      (count, nanoUsd) =>
        `A large model for a short question and answer: ${countOf(count, 'call')}. The vendor’s next smaller one costs ${formatMoney(nanoUsd)} less for these; whether it answers as well has to be tried.`,
    ),
    reportWaste(
      'cacheable',
      once(cacheable.wasted),
      (count) =>
        `Fetched again although it could have been kept: ${countOf(count, 'call')}, ${formatSize(cacheable.bytes)}. The app had the same answer, and its headers allow a cache.`,
    ),
    reportWaste(
      'max-tokens',
      unused,
      (count) =>
        `Room for answers that never come: ${countOf(count, 'call')} allowed several times what any answer of their kind took. It costs no money, but vendors reserve what is allowed, so that the limit of tokens per minute is reached sooner.`,
    ),
  ];
  return {
    complete: reachesBack && allRead && allGets,
    looked: calls.length + gets.length,
    wastes: wastes
      .filter(({ calls: count }) => count > 0)
      .sort((a, b) => (b.nanoUsd ?? -1) - (a.nanoUsd ?? -1) || b.calls - a.calls),
  };
}

/** Where the newest `most` metered calls of the span begin, to the hour; looked for backwards, a longer stretch each time. */
function* newestOf(
  { rows }: WasteSource,
  span: Span,
  most: number,
): Generator<void, { since: number; complete: boolean }> {
  let left = most;
  for (let until = span.until, length = DAY; until > span.since; length *= 2) {
    const since = Math.max(span.since, until - length);
    const hours = new Map<number, number>();
    for (const { start, calls } of rows.spending({ since, until, by: 'hour', without: ['credential', 'tags'] }))
      hours.set(start, (hours.get(start) ?? 0) + calls);
    for (const [start, calls] of [...hours].sort(([a], [b]) => b - a)) {
      // One hour alone may be more than can be looked at; then it is as much of it as can.
      if (calls > left) return { since: Math.max(span.since, left === most ? start : start + HOUR), complete: false };
      left -= calls;
    }
    until = since;
    yield;
  }
  return { since: span.since, complete: true };
}

function* readSpent(
  { rows, recognise, prices }: WasteSource,
  span: Span,
  most: number,
): Generator<void, { calls: SpentCall[]; complete: boolean }> {
  const calls: SpentCall[] = [];
  let after: number | undefined;
  for (let read = 0; read < most;) {
    const page = yield* rows.metered({
      ...span,
      limit: Math.min(PAGE, most - read),
      ...(after !== undefined && { after }),
    });
    for (const call of page.calls) {
      const place = recognise(call.host);
      if (place === null) continue;
      calls.push(spentCall(call, place.vendor, prices === null ? null : priceSmaller(call, place, prices)));
    }
    read += page.calls.length;
    after = page.calls.at(-1)?.id;
    if (!page.more || after === undefined) return { calls, complete: true };
    yield;
  }
  return { calls, complete: false };
}
