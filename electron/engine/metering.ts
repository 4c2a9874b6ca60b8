import type { CountedMonths } from '../../shared/ledger/month-counts.ts';
import { monthlyVendors } from '../../shared/ledger/monthly-vendors.ts';
import { NO_OWN_PRICES } from '../../shared/ledger/prices-file.ts';
import type { Archive } from './archive/archive.ts';
import type { PricesRegister } from './ledger/prices-register.ts';

/** Lists with prices by the month are few: a start need not wait for what has been used of theirs. */
const COUNT_AFTER_MS = 20_000;

/** Keeps the recorder told of what people here say of prices, and of what the month has used already. */
export function keepMetering(given: {
  archive: Pick<Archive, 'configureMetering'>;
  ledger: { countMonth(): Promise<CountedMonths> };
  prices: PricesRegister;
  log(line: string): void;
}): { close(): void } {
  const { archive, ledger, prices, log } = given;
  let closed = false;

  const count = async (): Promise<void> => {
    try {
      const counted = await ledger.countMonth();
      if (!closed) archive.configureMetering({ counted });
    } catch (error) {
      if (!closed)
        log(`What this month has used could not be counted: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  const take = (): void => archive.configureMetering({ prices: prices.now.prices });

  take();
  const ofLists = monthlyVendors(NO_OWN_PRICES).size;
  const soon = monthlyVendors(prices.now.prices).size > ofLists ? 0 : COUNT_AFTER_MS;
  const first = setTimeout(() => void count(), soon).unref();
  const ignore = prices.onChanged(() => {
    take();
    void count();
  });
  return {
    close() {
      closed = true;
      clearTimeout(first);
      ignore();
    },
  };
}
