import type { MonthCount } from './units/unit-price.ts';

/** By month (`2026-11`) and what is counted. */
export type CountedMonths = Readonly<Record<string, Readonly<Record<string, number>>>>;

/**
 * How much was used in each calendar month (UTC), for tiers and free tiers. Live, calls are counted as they end;
 * pricing anew counts them from the month's first call on. In which order makes no difference to what a month comes to, only
 * to which of its calls the free ones are.
 */
export interface MonthCounts {
  /** `what`: contract or row, and unit. */
  of(what: string, at: number): MonthCount;
  /** All of it, to go on with elsewhere. */
  counted(): CountedMonths;
  /** Goes on from there, and forgets what was counted here. */
  begin(counted: CountedMonths): void;
}

/** Calls may end in another month than others began in. */
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
      const kept = counts;
      const before = kept.get(what) ?? 0;
      return { before, add: (quantity) => void kept.set(what, before + quantity) };
    },
    counted: () => Object.fromEntries([...months].map(([month, counts]) => [month, Object.fromEntries(counts)])),
    begin(counted) {
      months.clear();
      for (const [month, counts] of Object.entries(counted)) months.set(month, new Map(Object.entries(counts)));
    },
  };
}
