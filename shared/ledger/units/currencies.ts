/** What one of a currency is in dollars, as the user's file fixes it. */
export interface Currencies {
  readonly [code: string]: { usd: number; date: string | null };
}

/** ISO 4217: currencies without minor units, and with three digits of them; all others have two. */
const NO_MINOR = 'BIF CLP DJF GNF JPY KMF KRW PYG RWF VND VUV XAF XOF XPF'.split(' ');
const THREE_DIGITS = 'BHD IQD JOD KWD LYD OMR TND'.split(' ');

/** Digits after the point: an amount of 1099 is 10.99 dollars and 1099 yen. */
export function minorUnits(currency: string): number {
  if (NO_MINOR.includes(currency)) return 0;
  return THREE_DIGITS.includes(currency) ? 3 : 2;
}

/** Null: there is no rate. */
export function toUsd(currency: string, currencies: Currencies): number | null {
  const code = currency.toUpperCase();
  if (code === 'USD') return 1;
  return Object.hasOwn(currencies, code) ? (currencies[code]?.usd ?? null) : null;
}
