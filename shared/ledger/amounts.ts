import { NANO_PER_USD, type NanoUsd } from '../model/money.ts';

/** What a price is of: a million (tokens), or one (pieces). */
export type Per = 'million' | 'one';

/** A price in whole nano-dollars. Finer ones are kept as that of a million, so that nothing is lost. */
export interface Price {
  nanoUsd: NanoUsd;
  per: Per;
}

const MILLION = 1_000_000;

/**
 * Quantity times price in nano-dollars, rounded once, half to even. Quantities may have six decimals (gigabytes,
 * minutes, amounts of money); anything but a finite number from 0 on counts as 0.
 */
export function amountOf(quantity: number, { nanoUsd, per }: Price): NanoUsd {
  if (!(quantity > 0) || !Number.isFinite(quantity)) return 0;
  const product = quantity * nanoUsd;
  if (Number.isInteger(quantity) && Number.isSafeInteger(product))
    return per === 'one' ? product : halfToEven(Math.floor(product / MILLION), product % MILLION, MILLION);
  // Six decimals of the quantity, in whole numbers.
  const exact = BigInt(Math.round(quantity * MILLION)) * BigInt(nanoUsd);
  const divisor = per === 'one' ? BigInt(MILLION) : BigInt(MILLION) * BigInt(MILLION);
  return divide(exact, divisor);
}

/** A price times a fraction of whole numbers (a tier, a discount, a currency's rate). */
export function scalePrice({ nanoUsd, per }: Price, [times, over]: Ratio): Price {
  if (times === over) return { nanoUsd, per };
  // One of a thing costs too little to be cut in nano-dollars: a million of it does not.
  const exact = BigInt(nanoUsd) * BigInt(times);
  if (per === 'one' && exact % BigInt(over) !== 0n)
    return { nanoUsd: divide(exact * BigInt(MILLION), BigInt(over)), per: 'million' };
  return { nanoUsd: divide(exact, BigInt(over)), per };
}

/** Numerator and denominator, whole and above 0. */
export type Ratio = readonly [number, number];

/** Ten million parts are finer than anybody's percentages and rates. */
export function ratioOf(factor: number): Ratio {
  return [Math.round(factor * 10_000_000), 10_000_000];
}

/** A price in dollars for `of` pieces: `priceOf(1.25, 1_000_000)` for tokens, `priceOf(0.36, 3600)` for the second of an hour's price. */
export function priceOf(dollars: number, of = 1): Price {
  const each = (dollars * NANO_PER_USD) / of;
  // What a double holds of a decimal is off by less than this.
  if (of !== MILLION && Math.abs(each - Math.round(each)) <= 1e-9 * Math.max(1, each))
    return { nanoUsd: Math.round(each), per: 'one' };
  return { nanoUsd: Math.round((dollars / of) * MILLION * NANO_PER_USD), per: 'million' };
}

/** Dollars as a vendor writes them, in nano-dollars. */
export function nanoOf(dollars: number): NanoUsd {
  return Math.round(dollars * NANO_PER_USD);
}

/** Adds money; null (*unknown*) when it is more than a number holds exactly. */
export function addMoney(a: NanoUsd, b: NanoUsd): NanoUsd | null {
  const sum = a + b;
  return Number.isSafeInteger(sum) ? sum : null;
}

function divide(exact: bigint, divisor: bigint): number {
  const whole = exact / divisor;
  return Number(halfToEven(whole, exact % divisor, divisor));
}

function halfToEven<N extends number | bigint>(whole: N, rest: N, divisor: N): N;
function halfToEven(whole: number | bigint, rest: number | bigint, divisor: number | bigint): number | bigint {
  if (typeof whole === 'bigint') {
    const twice = BigInt(rest) * 2n;
    const up = twice > BigInt(divisor) || (twice === BigInt(divisor) && whole % 2n === 1n);
    return up ? whole + 1n : whole;
  }
  const twice = Number(rest) * 2;
  return twice > Number(divisor) || (twice === Number(divisor) && whole % 2 === 1) ? whole + 1 : whole;
}
