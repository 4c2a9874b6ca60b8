import type { CostLine } from '../model/money.ts';
import type { Price, Ratio } from './amounts.ts';
import { scalePrice } from './amounts.ts';
import { matchesGlob } from './glob.ts';
import type { MonthCounts } from './month-counts.ts';
import type { PricedCall } from './price-book.ts';
import { lineOf } from './price-model.ts';
import { isAbout, type Contract } from './prices-file.ts';

/** The first contract that a call is under. */
export function contractOf(call: PricedCall, contracts: readonly Contract[]): Contract | null {
  if (contracts.length === 0) return null;
  const model = call.usage?.model ?? call.usage?.requestModel ?? null;
  return (
    contracts.find(
      (contract) =>
        isAbout(contract, call, call.startedAt) &&
        (contract.model === undefined || (model !== null && matchesGlob(contract.model, model))),
    ) ?? null
  );
}

/** What a contract makes of a list price. */
export function discounted(contract: Contract | null): (price: Price) => Price {
  if (!contract?.discount) return (price) => price;
  const rest: Ratio = [Math.round((100 - contract.discount) * 10_000), 1_000_000];
  return (price) => scalePrice(price, rest);
}

/** Takes out of a call's lines what the month has free. */
export function afterFree(lines: CostLine[], contract: Contract | null, at: number, counts: MonthCounts): CostLine[] {
  const free = contract?.freePerMonth;
  if (!free) return lines;
  return lines.flatMap((line) => {
    const unit = Object.hasOwn(free, line.what) ? line.what : line.what.split('/', 1)[0]!;
    const limit = Object.hasOwn(free, unit) ? free[unit]! : null;
    if (limit === null) return [line];
    const count = counts.of(`${contract.name} ${unit}`, at);
    count.add(line.quantity);
    const given = Math.min(line.quantity, Math.max(limit - count.before, 0));
    if (given === 0) return [line];
    const rest = line.quantity - given;
    const price: Price = { nanoUsd: line.priceNanoUsd, per: line.per };
    return [
      { ...lineOf(line.what, given, { nanoUsd: 0, per: 'one' }), pricedAs: 'free of the month' },
      ...(rest > 0 ? [lineOf(line.what, rest, price, line.pricedAs ?? line.what)] : []),
    ];
  });
}
