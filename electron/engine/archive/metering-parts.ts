import { createPriceBook } from '../../../shared/ledger/create-price-book.ts';
import { usageReaderFor } from '../../../shared/vendors/usage/readers.ts';
import type { MeteringParts } from './metering.ts';
import type { MeteringSettings } from './messages.ts';
import { createTokenCounter } from './token-counter.ts';

/** What calls are metered by, made of what people here say; made again when that changes. */
export interface MeteringPartsHolder {
  readonly now: MeteringParts;
  configure(settings: MeteringSettings): void;
}

export function createMeteringParts(settings: MeteringSettings, log: (line: string) => void): MeteringPartsHolder {
  const tokens = createTokenCounter(log);
  const make = ({ prices }: MeteringSettings): MeteringParts => ({
    recognise: recogniseDomain,
    readerFor: usageReaderFor,
    namer: null,
    limits: null,
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
      now = make(next);
    },
  };
}

/** In the place of the catalogue. */
function recogniseDomain(host: string): ReturnType<MeteringParts['recognise']> {
  const domain = /([a-z0-9-]+)\.[a-z]{2,}$/i.exec(host);
  if (!domain) return null;
  return {
    vendor: {
      id: domain[1]!,
      name: domain[1]!,
      company: null,
      category: 'unknown',
      country: null,
      importer: null,
      urls: { docs: null, status: null, dpa: null, subprocessors: null },
      services: [],
      logo: null,
      listed: false,
    },
    service: null,
    region: null,
  };
}
