import { createPriceBook } from '../../../shared/ledger/create-price-book.ts';
import type { PricesFile } from '../../../shared/ledger/prices-file.ts';
import type { Cost } from '../../../shared/model/money.ts';
import type { CostChange, MeteredCall, MeteredPage, MeteredQuestion, RepricingRecord } from '../store/picture-rows.ts';

/** What pricing anew needs of others. */
export interface RepriceParts {
  prices: PricesFile;
  metered(question: MeteredQuestion): Promise<MeteredPage>;
  /** Every host that was ever called. */
  hosts(): Promise<readonly string[]>;
  recognise(host: string): { vendor: string; service: string | null } | null;
  /** Writes changed costs; null: only looks. */
  write: ((changes: readonly CostChange[]) => Promise<unknown>) | null;
}

export interface RepriceQuestion {
  /** Microseconds; `until` exclusive. */
  since: number;
  until: number;
  vendor?: string | undefined;
}

/** Calls whose changes are written in one transaction. */
const BATCH = 300;
/** The store looks at whole blocks of calls for each page: few, large ones are cheapest. */
const PAGE = 5000;
const MOST_ROWS = 200;

interface Row {
  vendor: string | null;
  model: string | null;
  calls: number;
  beforeNanoUsd: number | null;
  afterNanoUsd: number | null;
  price: string | null;
  priceVersion: string | null;
}

/**
 * Prices calls of a span by the prices of now, each by those of its own day, and says what that changes. Tiers and free tiers of a
 * month are counted from its first call on, so calls before the span are looked at, too, and stay as they are. Given
 * up between two pages by `signal`: what was written until then stays, and is not wrong, for each call by itself.
 */
export async function repriceCalls(
  { since, until, vendor }: RepriceQuestion,
  parts: RepriceParts,
  signal?: AbortSignal,
): Promise<Omit<RepricingRecord, 'at'>> {
  const book = createPriceBook({ own: parts.prices });
  await book.prepare();
  const hosts = (await parts.hosts()).filter((host) => {
    const known = parts.recognise(host);
    return known !== null && (vendor === undefined || known.vendor === vendor);
  });
  const rows = new Map<string, Row>();
  const total = { calls: 0, looked: 0, beforeNanoUsd: 0, afterNanoUsd: 0, nowKnown: 0, nowUnknown: 0 };

  const look = (call: MeteredCall): CostChange | null => {
    const cost = book.price({ ...call, ...parts.recognise(call.host)! });
    if (call.startedAt < since) return null;
    total.looked += 1;
    total.beforeNanoUsd += call.costNanoUsd ?? 0;
    total.afterNanoUsd += cost?.nanoUsd ?? 0;
    if (!differs(call, cost)) return null;
    total.calls += 1;
    if (call.costNanoUsd === null && cost?.nanoUsd != null) total.nowKnown += 1;
    if (call.costNanoUsd !== null && (cost?.nanoUsd ?? null) === null) total.nowUnknown += 1;
    addTo(rows, call, cost, parts.recognise(call.host)!.vendor);
    return { call: call.id, cost };
  };

  if (hosts.length > 0)
    for (let after = 0, more = true; more;) {
      signal?.throwIfAborted();
      const page = await parts.metered({ since: monthOf(since), until, after, limit: PAGE, hosts, all: true });
      const changes = page.calls.map(look).filter((change) => change !== null);
      for (let at = 0; parts.write && at < changes.length; at += BATCH) {
        signal?.throwIfAborted();
        await parts.write(changes.slice(at, at + BATCH));
      }
      after = page.calls.at(-1)?.id ?? after;
      more = page.more;
    }

  return {
    since,
    until,
    ...total,
    rows: [...rows.values()].toSorted((a, b) => sizeOf(b) - sizeOf(a) || b.calls - a.calls).slice(0, MOST_ROWS),
  };
}

/** A newer table that says the same changes nothing: a call keeps the version that it was priced by. */
function differs(before: MeteredCall, after: Cost | null): boolean {
  const nothing = before.costNanoUsd === null && before.provenance === 'none';
  if (after === null) return !nothing;
  if (nothing && after.nanoUsd === null) return false;
  return before.costNanoUsd !== after.nanoUsd || before.provenance !== after.provenance || before.price !== after.price;
}

function addTo(rows: Map<string, Row>, call: MeteredCall, cost: Cost | null, vendor: string): void {
  const model = call.usage?.model ?? call.usage?.requestModel ?? null;
  const price = cost?.price ?? null;
  const priceVersion = cost?.priceVersion ?? null;
  const key = JSON.stringify([vendor, model, price, priceVersion]);
  let row = rows.get(key);
  if (!row) {
    row = { vendor, model, calls: 0, beforeNanoUsd: null, afterNanoUsd: null, price, priceVersion };
    rows.set(key, row);
  }
  row.calls += 1;
  if (call.costNanoUsd !== null) row.beforeNanoUsd = (row.beforeNanoUsd ?? 0) + call.costNanoUsd;
  if (cost?.nanoUsd != null) row.afterNanoUsd = (row.afterNanoUsd ?? 0) + cost.nanoUsd;
}

function sizeOf({ beforeNanoUsd, afterNanoUsd }: Row): number {
  return Math.abs((afterNanoUsd ?? 0) - (beforeNanoUsd ?? 0));
}

/** When the month began in which a moment lies, UTC. */
export function monthOf(at: number): number {
  const date = new Date(at / 1000);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth()) * 1000;
}
