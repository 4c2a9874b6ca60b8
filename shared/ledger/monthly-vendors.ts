import type { PricesFile } from './prices-file.ts';
import { UNIT_PRICES } from './unit-prices/index.ts';
import type { UnitPrice } from './units/unit-price.ts';

/** Vendors with prices that go by what a month has used already. */
export function monthlyVendors(own: PricesFile): ReadonlySet<string> {
  return new Set([
    ...[...UNIT_PRICES, ...own.units].filter(hasTiers).map(({ vendor }) => vendor),
    ...own.contracts.filter(({ freePerMonth }) => freePerMonth !== undefined).map(({ vendor }) => vendor),
  ]);
}

function hasTiers({ uses }: UnitPrice): boolean {
  return uses?.some(({ price }) => 'tiers' in price) ?? false;
}
