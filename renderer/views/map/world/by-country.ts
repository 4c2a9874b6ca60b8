import type { DependencyMap, MapNode } from '../../../../shared/contract/map.ts';
import { amountOf } from '../figures.ts';
import type { Metric } from '../figures.ts';
import type { Where } from '../paint.ts';

export interface CountryRow {
  /** Alpha-2, `EU`, or null: not known. */
  country: string | null;
  vendors: readonly MapNode[];
  /** Sum of what is known; null: of none. */
  amount: number | null;
}

/** Vendors by the answer to one of the three questions, the largest first; what is not known comes last, and is there. */
export function byCountry(map: DependencyMap, where: Where, metric: Metric): CountryRow[] {
  const vendors = map.nodes.filter(({ kind }) => kind === 'vendor');
  const rows = [...Map.groupBy(vendors, ({ countries }) => countries?.[where].country ?? null)].map(
    ([country, members]): CountryRow => {
      const known = members.flatMap((one) => amountOf(metric, one) ?? []);
      return {
        country,
        vendors: members.toSorted((a, b) => (amountOf(metric, b) ?? -1) - (amountOf(metric, a) ?? -1)),
        amount: known.length === 0 ? null : known.reduce((sum, one) => sum + one, 0),
      };
    },
  );
  const rank = (row: CountryRow): number => (row.country === null ? 2 : row.country === 'EU' ? 1 : 0);
  return rows.toSorted(
    (a, b) =>
      rank(a) - rank(b) || (b.amount ?? -1) - (a.amount ?? -1) || ((a.country ?? '') < (b.country ?? '') ? -1 : 1),
  );
}
