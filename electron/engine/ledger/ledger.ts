import { setImmediate } from 'node:timers/promises';
import type { Repricing } from '../../../shared/contract/costs.ts';
import type { CostChange, MeteredPage, MeteredQuestion, RepricingRecord, SpendingSum } from '../store/picture-rows.ts';
import { listPrices, type PricesInForce } from './list-prices.ts';
import type { PricesNow } from './prices-register.ts';
import { reconcileBill, type Reconciled } from './reconcile.ts';
import { repriceCalls } from './reprice.ts';

/** What the ledger's answers need of others. */
export interface LedgerParts {
  prices(): PricesNow;
  reader: {
    metered(question: MeteredQuestion, signal?: AbortSignal): Promise<MeteredPage>;
    hosts(): Promise<readonly string[]>;
    spending(question: { since: number; until: number; by: 'hour' | 'day' }): Promise<readonly SpendingSum[]>;
    repricings(): Promise<readonly ({ id: number } & RepricingRecord)[]>;
  };
  recognise(host: string): { vendor: { id: string }; service: { id: string } | null } | null;
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
  reconcile(asked: Parameters<typeof reconcileBill>[0], signal?: AbortSignal): Promise<Reconciled | Bad>;
  prices(span: { since: number; until: number }): Promise<PricesInForce>;
}

export function createLedger({ prices, reader, recognise, writer, now }: LedgerParts): Ledger {
  let writing = false;
  const whose = (host: string): { vendor: string; service: string | null } | null => {
    const known = recognise(host);
    return known && { vendor: known.vendor.id, service: known.service?.id ?? null };
  };
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
        const difference = await repriceCalls(
          { since, until, vendor },
          {
            prices: prices().prices,
            metered: (question) => reader.metered(question, signal),
            hosts: () => reader.hosts(),
            recognise: whose,
            write: apply && writer ? (changes) => writer.reprice(changes) : undefined,
            pause: () => setImmediate(),
          },
          signal,
        );
        const record = { ...difference, at: now() };
        const { id } = apply && writer ? await writer.addRepricing(record) : { id: 0 };
        return { id, ...record };
      } finally {
        if (apply) writing = false;
      }
    },
    async repricings() {
      return { repricings: [...(await reader.repricings())] };
    },
    reconcile: (asked, signal) =>
      reconcileBill(
        asked,
        { metered: (question) => reader.metered(question, signal), hosts: () => reader.hosts(), recognise: whose },
        signal,
      ),
    async prices({ since, until }) {
      const spending = await reader.spending({ since, until, by: 'day' });
      return listPrices(until, { now: prices(), spending, recognise: whose });
    },
  };
}
