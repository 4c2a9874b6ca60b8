import type { CountedMonths } from '../../../shared/ledger/month-counts.ts';
import type { PricesFile } from '../../../shared/ledger/prices-file.ts';
import type { CostChange, MeteredPage, MeteredQuestion, RepricingRecord } from '../store/picture-rows.ts';
import { countMonth } from './count-month.ts';
import { reconcileBill, type Reconciled, type ReconcileAsked } from './reconcile.ts';
import { repriceCalls, type RepriceQuestion } from './reprice.ts';

/** What takes long: it looks at many calls. */
export interface LedgerWork {
  /** `write` is given changed costs, some hundreds at a time; without it nothing changes. */
  reprice(
    question: RepriceQuestion,
    write: ((changes: readonly CostChange[]) => Promise<unknown>) | null,
    signal?: AbortSignal,
  ): Promise<Omit<RepricingRecord, 'at'>>;
  reconcile(
    asked: ReconcileAsked,
    signal?: AbortSignal,
  ): Promise<Reconciled | { problem: 'bad'; why: string; remedy: string }>;
  countMonth(now: number): Promise<CountedMonths>;
}

/** Does it on this thread. */
export function workHere(given: {
  prices: PricesFile;
  metered(question: MeteredQuestion): Promise<MeteredPage>;
  hosts(): Promise<readonly string[]>;
  recognise(host: string): { vendor: { id: string }; service: { id: string } | null } | null;
}): LedgerWork {
  const parts = {
    ...given,
    recognise(host: string) {
      const known = given.recognise(host);
      return known && { vendor: known.vendor.id, service: known.service?.id ?? null };
    },
  };
  return {
    reprice: (question, write, signal) => repriceCalls(question, { ...parts, write }, signal),
    reconcile: (asked, signal) => reconcileBill(asked, parts, signal),
    countMonth: (now) => countMonth(now, parts),
  };
}
