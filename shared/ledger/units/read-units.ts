import { countryOfPhone } from '../../model/phone-country.ts';
import type { UnitQuantity } from '../../model/unit-rule.ts';

/** One value in a call. */
export interface Found {
  /** Of a text, number or yes-no; null of an object, an array and null. */
  text: string | null;
  /** Code points of a text; 0 of anything else. */
  length: number;
}

type Place = { from: UnitQuantity['from']; path?: string };

/** What stands in a call at the places that rules name. */
export interface CallAccess {
  /** In their order; none when there is nothing. */
  at(place: Place): readonly Found[];
  /** Of the body over the wire; null when not known. */
  bytes(side: 'request' | 'response'): number | null;
}

export interface ReadUnits {
  /** By the unit's name, with what its price depends on: `sms_segment/US`. */
  units: Record<string, number>;
  /** What could not be told, in one sentence; null when all could. */
  problem: string | null;
}

/** How much a whole call used. */
export function readUnits(quantities: readonly UnitQuantity[], access: CallAccess): ReadUnits {
  const units: Record<string, number> = {};
  let problem: string | null = null;
  for (const quantity of quantities) {
    const { unit, by } = quantity;
    if (!holds(quantity, access)) continue;
    const amount = amountOf(quantity, access);
    const key = by ? keyOf(by, access) : null;
    if (amount === null) problem ??= `How many ${unit} it was is not in the call.`;
    else if (by && key === null) problem ??= `What the price of ${unit} depends on is not in the call.`;
    else units[key === null ? unit : `${unit}/${key}`] = amount;
  }
  return { units, problem };
}

function holds({ when }: UnitQuantity, access: CallAccess): boolean {
  if (!when) return true;
  const wanted = when.is.map((text) => text.toLowerCase());
  return access.at(when).some(({ text }) => text !== null && wanted.includes(text.toLowerCase()));
}

function amountOf(quantity: UnitQuantity, access: CallAccess): number | null {
  const raw = rawOf(quantity, access);
  if (raw === null || !Number.isFinite(raw) || raw < 0) return null;
  let amount = raw / (quantity.per ?? 1);
  if (quantity.upTo !== undefined) amount = Math.ceil(round(amount / quantity.upTo)) * quantity.upTo;
  if (quantity.least !== undefined) amount = Math.max(amount, quantity.least);
  return round(amount);
}

function rawOf(quantity: UnitQuantity, access: CallAccess): number | null {
  const otherwise = quantity.default ?? null;
  const { from, read = 'number' } = quantity;
  if (from === 'call') return otherwise ?? 1;
  if (from === 'request-bytes') return access.bytes('request') ?? otherwise;
  if (from === 'response-bytes') return access.bytes('response') ?? otherwise;
  const found = access.at(quantity);
  if (read === 'count') return found.length > 0 ? found.length : otherwise;
  if (read === 'length') return found.length > 0 ? found.reduce((sum, { length }) => sum + length, 0) : otherwise;
  const numbers = found.flatMap(({ text }) => (text === null || text.trim() === '' ? [] : [Number(text)]));
  return numbers.length > 0 ? numbers.reduce((sum, number) => sum + number, 0) : otherwise;
}

function keyOf(by: NonNullable<UnitQuantity['by']>, access: CallAccess): string | null {
  const text = access.at(by)[0]?.text?.trim();
  const key = text ? (by.as === 'phone-country' ? countryOfPhone(text) : text.slice(0, 64)) : null;
  return key ?? by.otherwise ?? null;
}

/** Six decimals, as amounts have them; and no 4.000000000000001 minutes. */
function round(value: number): number {
  return Math.round(value * 1_000_000) / 1_000_000;
}
