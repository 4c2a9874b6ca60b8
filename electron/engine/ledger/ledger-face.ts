import { setImmediate } from 'node:timers/promises';
import type { CountedMonths } from '../../../shared/ledger/month-counts.ts';
import type { OwnVendor } from '../../../shared/vendors/catalogue.ts';
import type { Ledger, LedgerParts } from './ledger.ts';

/** The ledger as doors and the engine see it: what it takes to answer is loaded with the first question. */
export interface LedgerFace extends Ledger {
  /** What this month has used so far, for the recorder to go on from. */
  countMonth(): Promise<CountedMonths>;
}

export function createLedgerFace({
  ownVendors,
  ...parts
}: Omit<LedgerParts, 'recognise'> & {
  /** What people here say of vendors; the same list until it changes. */
  ownVendors(): readonly OwnVendor[];
}): LedgerFace {
  let known: { own: readonly OwnVendor[]; ledger: Ledger; recognise: LedgerParts['recognise'] } | null = null;

  async function open(): Promise<NonNullable<typeof known>> {
    const own = ownVendors();
    if (known?.own === own) return known;
    const [{ createLedger }, { createCatalogue }] = await Promise.all([
      import('./ledger.ts'),
      import('../../../shared/vendors/catalogue/create-catalogue.ts'),
    ]);
    const { recognise } = createCatalogue(own);
    // One ledger while nothing changes: only one may write at a time.
    known = { own, recognise, ledger: createLedger({ ...parts, recognise }) };
    return known;
  }

  return {
    reprice: async (asked, signal) => (await open()).ledger.reprice(asked, signal),
    repricings: async () => ({ repricings: [...(await parts.reader.repricings())] }),
    reconcile: async (asked, signal) => (await open()).ledger.reconcile(asked, signal),
    prices: async (span) => (await open()).ledger.prices(span),
    async countMonth() {
      const [{ countMonth }, { recognise }] = await Promise.all([import('./count-month.ts'), open()]);
      return countMonth(parts.now(), {
        prices: parts.prices().prices,
        metered: (question) => parts.reader.metered(question),
        hosts: () => parts.reader.hosts(),
        recognise(host) {
          const found = recognise(host);
          return found && { vendor: found.vendor.id, service: found.service?.id ?? null };
        },
        pause: () => setImmediate(),
      });
    },
  };
}
