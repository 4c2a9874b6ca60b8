import type { Repricing } from '../../../shared/contract/costs.ts';
import type { CountedMonths } from '../../../shared/ledger/month-counts.ts';
import type { OwnVendor } from '../../../shared/vendors/catalogue.ts';
import type { CostChange, RepricingRecord, SpendingSum } from '../store/picture-rows.ts';
import type { PricesInForce } from './list-prices.ts';
import type { PricesNow } from './prices-register.ts';
import type { Reconciled, ReconcileAsked } from './reconcile.ts';
import type { LedgerWork } from './work.ts';

/** What the ledger's answers need of others. */
export interface LedgerParts {
  prices(): PricesNow;
  /** What people here say of vendors. */
  ownVendors(): readonly OwnVendor[];
  work: LedgerWork;
  reader: {
    spending(question: { since: number; until: number; by: 'hour' | 'day' }): Promise<readonly SpendingSum[]>;
    repricings(): Promise<readonly ({ id: number } & RepricingRecord)[]>;
  };
  /** Null: nobody may write, because no engine runs. */
  writer: {
    /** Everything recorded so far can be read. */
    flush(): Promise<void>;
    reprice(changes: readonly CostChange[]): Promise<unknown>;
    addRepricing(record: RepricingRecord): Promise<{ id: number }>;
  } | null;
  /** Microseconds since the epoch. */
  now(): number;
}

type Bad = { problem: 'bad'; why: string; remedy: string };

/** Answers about prices: pricing anew, comparing with bills, what is in force. */
export interface Ledger {
  reprice(
    asked: { since: number; until: number; vendor?: string | undefined; apply?: boolean | undefined },
    signal?: AbortSignal,
  ): Promise<Repricing | Bad | { problem: 'not-running' }>;
  repricings(): Promise<{ repricings: Repricing[] }>;
  reconcile(asked: ReconcileAsked, signal?: AbortSignal): Promise<Reconciled | Bad>;
  prices(span: { since: number; until: number }): Promise<PricesInForce>;
  /** What this month has used so far, for the recorder to go on from. */
  countMonth(): Promise<CountedMonths>;
}

export function createLedger({ prices, ownVendors, work, reader, writer, now }: LedgerParts): Ledger {
  let writing = false;
  return {
    async reprice({ since, until, vendor, apply = false }, signal) {
      if (since >= until)
        return { problem: 'bad', why: 'The span ends before it begins.', remedy: 'Give a since that is before until.' };
      if (apply && !writer) return { problem: 'not-running' };
      if (apply && writing)
        return { problem: 'bad', why: 'Calls are being priced anew just now.', remedy: 'Wait until that has ended.' };
      writing ||= apply;
      try {
        await writer?.flush();
        const write = apply && writer ? (changes: readonly CostChange[]) => writer.reprice(changes) : null;
        const record = { ...(await work.reprice({ since, until, vendor }, write, signal)), at: now() };
        const { id } = apply && writer ? await writer.addRepricing(record) : { id: 0 };
        return { id, ...record };
      } finally {
        if (apply) writing = false;
      }
    },
    repricings: async () => ({ repricings: [...(await reader.repricings())] }),
    reconcile: (asked, signal) => work.reconcile(asked, signal),
    async prices({ since, until }) {
      // What it takes is loaded when somebody asks.
      const [{ listPrices }, { createCatalogue }] = await Promise.all([
        import('./list-prices.ts'),
        import('../../../shared/vendors/catalogue/create-catalogue.ts'),
      ]);
      const { recognise } = createCatalogue(ownVendors());
      return listPrices(until, {
        now: prices(),
        spending: await reader.spending({ since, until, by: 'day' }),
        recognise(host) {
          const known = recognise(host);
          return known && { vendor: known.vendor.id, service: known.service?.id ?? null };
        },
      });
    },
    countMonth: () => work.countMonth(now()),
  };
}
