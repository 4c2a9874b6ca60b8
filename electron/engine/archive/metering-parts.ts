import { createPriceBook } from '../../../shared/ledger/create-price-book.ts';
import { createCatalogue } from '../../../shared/vendors/catalogue/create-catalogue.ts';
import { withModel } from '../../../shared/vendors/limits/limit-key.ts';
import { needsBody, readLimits } from '../../../shared/vendors/limits/read-limits.ts';
import { usageReaderFor } from '../../../shared/vendors/usage/readers.ts';
import type { EndpointNames } from './endpoint-names.ts';
import type { MeteringSettings } from './messages.ts';
import type { MeteringParts } from './metering.ts';
import { createTokenCounter } from './token-counter.ts';

/** What calls are metered by, made of what people here say; made again when that changes. */
export interface MeteringPartsHolder {
  readonly now: MeteringParts;
  configure(settings: MeteringSettings): void;
}

export function createMeteringParts(
  settings: MeteringSettings,
  names: EndpointNames,
  log: (line: string) => void,
): MeteringPartsHolder {
  const tokens = createTokenCounter(log);
  const limits: MeteringParts['limits'] = { needsBody, read: readLimits, withModel };
  const make = ({ ownVendors, prices }: MeteringSettings): MeteringParts => ({
    recognise: createCatalogue(ownVendors).recognise,
    readerFor: usageReaderFor,
    namer: names.namer,
    limits,
    notices: null,
    prices: createPriceBook({ own: prices }),
    tokens,
  });
  let now = make(settings);
  return {
    get now() {
      return now;
    },
    configure(next) {
      names.configure(next.corrections);
      now = make(next);
    },
  };
}
