import type { CostLine } from '../../model/money.ts';
import type { UnitQuantity, UnitRule } from '../../model/unit-rule.ts';
import { priceOf, type Price } from '../amounts.ts';
import { lineOf } from '../price-model.ts';
import type { WholeCall } from './call-access.ts';
import { minorUnits, toUsd, type Currencies } from './currencies.ts';

/** Which calls, what they use, and what that costs: as price files say it. */
export interface UnitPrice {
  /** Unique: `twilio/sms`. A row of the user's with an id of ours takes its place. */
  id: string;
  vendor: string;
  service?: string;
  hosts?: readonly string[];
  methods?: readonly string[];
  paths?: readonly string[];
  statuses?: readonly number[];
  /** Such calls cost nothing: that is known, and something else than unknown. */
  free?: boolean;
  uses?: readonly PricedUnit[];
  /** Only of calls of this app, or made with this secret (its fingerprint). */
  app?: string;
  credential?: string;
  /** First and last day, UTC. */
  from?: string;
  until?: string;
  /** When somebody compared it with the vendor's page; null: nobody did. */
  checked?: string | null;
  note?: string;
  /** Worked examples. A file whose examples do not come out is not taken. */
  examples?: readonly UnitExample[];
}

export type PricedUnit = UnitQuantity & {
  price: UnitPriceForm;
  /** Of the price; dollars when it is left out. */
  currency?: string;
};

export type UnitPriceForm =
  /** The same for each; `per: 1000` is the price of a thousand. */
  | { each: number; per?: number }
  /** Changes with the calendar month's quantity: the part up to `upTo` at that price, the rest at the next. */
  | { tiers: readonly { upTo?: number; each: number }[]; per?: number }
  /** By what `by` found; `*`: all others, and without it they are unknown. */
  | { table: Readonly<Record<string, number>>; per?: number }
  /** Of an amount of money, which is the quantity, in the currency that `by` found; `minor`: in cents. `fixed` for each call. */
  | { percent: number; fixed?: number; minor?: boolean };

export interface UnitExample extends WholeCall {
  /** Left out: the first path, with something in the place of its stars. */
  path?: string;
  /** Null: unknown. */
  usd: number | null;
}

/** So much was counted in a calendar month before a call; tiers and free tiers go by it. */
export interface MonthCount {
  readonly before: number;
  add(quantity: number): void;
}

/** As readers of bodies take it. */
export function ruleOf(price: UnitPrice): UnitRule {
  return {
    name: price.id,
    vendor: price.vendor,
    service: price.service ?? null,
    methods: price.methods ?? null,
    paths: price.paths ?? null,
    ...(price.hosts ? { hosts: price.hosts } : {}),
    statuses: price.statuses ?? null,
    quantities: price.uses ?? [],
  };
}

export type UnitLines = { lines: CostLine[] } | { why: string };

/**
 * Lines for so much of a unit. `key` is what followed the unit's name (a country, a currency); `adjust` a contract's
 * discount. `month` is asked only of prices that go by it.
 */
export function linesOf(
  { unit, price, currency = 'USD' }: PricedUnit,
  { key, quantity }: { key: string | null; quantity: number },
  about: { currencies: Currencies; adjust: (price: Price) => Price; month: () => MonthCount },
): UnitLines {
  const name = key === null ? unit : `${unit}/${key}`;
  const rate = toUsd(currency, about.currencies);
  if (rate === null) return { why: noRate(currency) };
  const each = (amount: number, per = 1): Price => about.adjust(priceOf(amount * rate, per));

  if ('each' in price) return { lines: [lineOf(name, quantity, each(price.each, price.per))] };
  if ('table' in price) {
    const amount = (key === null ? undefined : ownValue(price.table, key)) ?? price.table['*'];
    if (amount === undefined) return { why: `No price is known of ${unit} for ${key ?? 'what is not named'}.` };
    return { lines: [lineOf(name, quantity, each(amount, price.per))] };
  }
  if ('tiers' in price) {
    const count = about.month();
    const lines: CostLine[] = [];
    let at = count.before;
    let left = quantity;
    for (const { upTo = Number.POSITIVE_INFINITY, each: amount } of price.tiers) {
      const part = Math.min(left, Math.max(upTo - at, 0));
      if (part <= 0) continue;
      lines.push(lineOf(name, part, each(amount, price.per)));
      at += part;
      left -= part;
    }
    count.add(quantity);
    return { lines };
  }

  const paid = (key ?? currency).toUpperCase();
  const paidRate = toUsd(paid, about.currencies);
  if (paidRate === null) return { why: noRate(paid) };
  const amount = price.minor ? quantity / 10 ** minorUnits(paid) : quantity;
  const lines = [lineOf(name, amount, about.adjust(priceOf((price.percent / 100) * paidRate)))];
  if (price.fixed) lines.push(lineOf('transaction', 1, each(price.fixed)));
  return { lines };
}

/** A row's prices one by one; those in a currency without a rate are left out. */
export function listUnitPrices(
  row: UnitPrice,
  currencies: Currencies,
  adjust: (price: Price) => Price,
): { what: string; price: Price }[] {
  if (row.free) return [{ what: 'call', price: { nanoUsd: 0, per: 'one' } }];
  return (row.uses ?? []).flatMap(({ unit, price, currency = 'USD' }) => {
    const rate = toUsd(currency, currencies);
    if (rate === null) return [];
    const of = (what: string, amount: number, per = 1): { what: string; price: Price } => ({
      what,
      price: adjust(priceOf(amount * rate, per)),
    });
    if ('each' in price) return [of(unit, price.each, price.per)];
    if ('table' in price)
      return Object.entries(price.table).map(([key, amount]) => of(`${unit}/${key}`, amount, price.per));
    if ('tiers' in price)
      return price.tiers.map(({ upTo, each }) =>
        of(upTo === undefined ? unit : `${unit} (to ${upTo} a month)`, each, price.per),
      );
    return [of(unit, price.percent / 100), ...(price.fixed ? [of('transaction', price.fixed)] : [])];
  });
}

function ownValue(table: Readonly<Record<string, number>>, key: string): number | undefined {
  if (Object.hasOwn(table, key)) return table[key];
  const upper = key.toUpperCase();
  return Object.hasOwn(table, upper) ? table[upper] : undefined;
}

function noRate(currency: string): string {
  return `There is no rate for ${currency}: say one under currencies in prices.yaml.`;
}
