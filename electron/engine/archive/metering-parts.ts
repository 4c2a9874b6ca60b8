import { createPriceBook } from '../../../shared/ledger/create-price-book.ts';
import { createMonthCounts, type CountedMonths } from '../../../shared/ledger/month-counts.ts';
import { createCatalogue } from '../../../shared/vendors/catalogue/create-catalogue.ts';
import { withModel } from '../../../shared/vendors/limits/limit-key.ts';
import { needsBody, readLimits } from '../../../shared/vendors/limits/read-limits.ts';
import { usageReaderFor } from '../../../shared/vendors/usage/readers.ts';
import { createUnitsReaders } from '../../../shared/vendors/usage/units-reader.ts';
import { readApiVersion, readDeprecation } from '../../../shared/vendors/versions.ts';
import type { MeteringSettings } from './messages.ts';
import type { MeteringParts } from './metering.ts';
import type { Naming } from './naming.ts';
import { createTokenCounter } from './token-counter.ts';

/** What calls are metered by, made of what people here say; made again when that changes. */
export interface MeteringPartsHolder {
  readonly now: MeteringParts;
  configure(settings: MeteringSettings): void;
}

export function createMeteringParts(
  settings: MeteringSettings,
  naming: Naming,
  log: (line: string) => void,
): MeteringPartsHolder {
  const tokens = createTokenCounter(log);
  const limits: MeteringParts['limits'] = { needsBody, read: readLimits, withModel };
  const counts = createMonthCounts();
  let begun: CountedMonths | undefined;
  const make = ({ ownVendors, prices, counted }: MeteringSettings): MeteringParts => {
    // The same settings come again with every other change; what was counted since then stays.
    if (counted && counted !== begun && JSON.stringify(counted) !== JSON.stringify(begun)) counts.begin(counted);
    begun = counted;
    const book = createPriceBook({ own: prices, counts });
    const unitsOf = createUnitsReaders(book.rules);
    return {
      recognise: createCatalogue(ownVendors).recognise,
      readerFor: (head) => usageReaderFor(head) ?? unitsOf(head),
      namer: naming.namer,
      limits,
      notices: (head) => ({
        apiVersion: readApiVersion(head),
        deprecation: readDeprecation(head.responseLines),
      }),
      prices: book,
      tokens,
    };
  };
  let now = make(settings);
  return {
    get now() {
      return now;
    },
    configure(next) {
      naming.correct(next.corrections);
      now = make(next);
    },
  };
}
