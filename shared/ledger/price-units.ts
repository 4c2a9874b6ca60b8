import type { Cost, CostLine } from '../model/money.ts';
import type { Price } from './amounts.ts';
import type { PricedCall } from './price-book.ts';
import { costOf, worst } from './price-model.ts';
import type { Currencies } from './units/currencies.ts';
import { linesOf, type MonthCount, type PricedUnit, type UnitPrice } from './units/unit-price.ts';

/** What a call costs by a row of unit prices. */
export function priceUnits(
  row: UnitPrice,
  call: PricedCall,
  about: {
    version: string;
    currencies: Currencies;
    adjust: (price: Price) => Price;
    month: (what: string) => MonthCount;
  },
): Cost {
  const { usage } = call;
  const lines: CostLine[] = [];
  const remarks: string[] = [];
  let key: string | null = null;
  const used = new Set<string>();
  for (const use of row.uses ?? []) {
    const said = usage
      ? unitIn(usage.units, use.unit)
      : needsNoReading(use)
        ? { key: null, quantity: use.default ?? 1 }
        : null;
    if (!said) {
      // Read by this row, and not there: it did not come to it (a payment that was not taken). Else nobody looked.
      if (usage?.reader !== row.id) remarks.push(`How much ${use.unit} it used was not read.`);
      continue;
    }
    // Of several ways to read one unit one has read it.
    if (used.has(use.unit)) continue;
    used.add(use.unit);
    key ??= said.key;
    const answer = linesOf(use, said, { ...about, month: () => about.month(`${row.id} ${use.unit}`) });
    if ('lines' in answer) lines.push(...answer.lines);
    else remarks.push(answer.why);
  }
  if (usage?.problem) remarks.push(usage.problem);
  return costOf(lines, {
    known: lines.length > 0 || remarks.length === 0,
    provenance: worst(usage?.provenance ?? 'reported', remarks.length > 0 ? 'partial' : 'reported'),
    price: key === null ? row.id : `${row.id}-${key.toLowerCase()}`,
    priceVersion: about.version,
    vendorNanoUsd: usage?.vendorNanoUsd ?? null,
    remarks,
  });
}

/** `sms_segment/US` is some of `sms_segment`. */
function unitIn(
  units: Readonly<Record<string, number>>,
  unit: string,
): { key: string | null; quantity: number } | null {
  for (const [name, quantity] of Object.entries(units)) {
    if (name === unit) return { key: null, quantity };
    if (name.startsWith(`${unit}/`)) return { key: name.slice(unit.length + 1), quantity };
  }
  return null;
}

/** One for each call, whatever is in it: known also of calls that nobody read. */
function needsNoReading({ from, when, by }: PricedUnit): boolean {
  return from === 'call' && !when && !by;
}
