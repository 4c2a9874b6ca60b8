import { NANO_PER_USD, type NanoUsd } from '../model/money.ts';

/** Money in the words people read, and as exact decimals for programs. Whole-number arithmetic: nothing is lost on the way. */

/** The smallest step shown below a dollar: a hundredth of a cent. */
const SHOWN = 100_000;
const CENT = 10_000_000;

/**
 * Nano-dollars as `$1,204.56`, below a dollar with up to four decimals (`$0.42`, `$0.0033`), and what is less than that as
 * `< $0.0001`; null as `unknown`. Rounded half to even.
 */
export function formatMoney(nanoUsd: NanoUsd | null): string {
  if (nanoUsd === null) return 'unknown';
  const sign = nanoUsd < 0 ? '−' : '';
  const amount = Math.abs(nanoUsd);
  if (amount === 0) return '$0.00';
  if (amount < SHOWN) return `${nanoUsd < 0 ? '> −' : '< '}$0.0001`;
  const fine = halfToEven(amount, SHOWN);
  if (fine < NANO_PER_USD / SHOWN) return `${sign}$0.${String(fine).padStart(4, '0').replace(/00$/, '')}`;
  const cents = halfToEven(amount, CENT);
  const dollars = String(Math.floor(cents / 100)).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
  return `${sign}$${dollars}.${String(cents % 100).padStart(2, '0')}`;
}

/** Nano-dollars as an exact decimal of dollars, without more zeros than needed: `0.0033`, `1204.56`, `-3`. */
export function exactDollars(nanoUsd: NanoUsd): string {
  const amount = Math.abs(nanoUsd);
  const rest = String(amount % NANO_PER_USD)
    .padStart(9, '0')
    .replace(/0+$/, '');
  const whole = `${nanoUsd < 0 ? '-' : ''}${Math.floor(amount / NANO_PER_USD)}`;
  return rest === '' ? whole : `${whole}.${rest}`;
}

/** All of it, for where every digit counts: `$0.0002916`; null as `unknown`. */
export function exactMoney(nanoUsd: NanoUsd | null): string {
  if (nanoUsd === null) return 'unknown';
  const [whole = '', rest = ''] = exactDollars(Math.abs(nanoUsd)).split('.');
  const groups = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
  return `${nanoUsd < 0 ? '−' : ''}$${groups}.${rest.padEnd(2, '0')}`;
}

function halfToEven(amount: number, step: number): number {
  const whole = Math.floor(amount / step);
  const rest = amount % step;
  return rest * 2 > step || (rest * 2 === step && whole % 2 === 1) ? whole + 1 : whole;
}
