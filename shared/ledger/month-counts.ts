import type { MonthCount } from './units/unit-price.ts';

/**
 * How much was used in each calendar month (UTC), for tiers and free tiers. Live, calls are counted as they end;
 * pricing anew counts them from the month's first call on. In which order makes no difference to what a month comes to, only
 * to which of its calls the free ones are.
 */
export interface MonthCounts {
  /** `what`: contract or row, and unit. */
  of(what: string, at: number): MonthCount;
}

const MONTHS_KEPT = 3;

export function createMonthCounts(): MonthCounts {
  const months = new Map<string, Map<string, number>>();
  return {
    of(what, at) {
      const month = new Date(at / 1000).toISOString().slice(0, 7);
      let counts = months.get(month);
      if (!counts) {
        months.set(month, (counts = new Map<string, number>()));
        const oldest = [...months.keys()].toSorted()[0];
        if (months.size > MONTHS_KEPT && oldest !== undefined && oldest !== month) months.delete(oldest);
      }
      const before = counts.get(what) ?? 0;
      return {
        before,
        add: (quantity) => counts.set(what, before + quantity),
      };
    },
  };
}
