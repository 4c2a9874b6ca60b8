import type { Demand } from '../../../../shared/contract/policies.ts';
import type { LimitSum } from '../../store/picture-rows.ts';
import type { CountedBy } from './demand.ts';

/** Units of vendors’ limits by what a policy counts. */
const SAME: Readonly<Record<string, CountedBy['unit'] | undefined>> = {
  requests: 'calls',
  tokens: 'tokens',
  bytes: 'bytes',
  points: 'units',
  concurrency: 'concurrent',
};

/**
 * What vendors say of their limits, the last word of each of a host and secret, with the limit turned into another window:
 * so many in a minute are a sixtieth of it in a second. Of a limit without a window, and in another unit, nothing is said.
 */
export function headroomIn(sums: readonly LimitSum[], { windowUs, unit }: CountedBy): Demand['headroom'] {
  const byLimit = new Map<string, { last: LimitSum; lowest: number | null }>();
  for (const sum of sums) {
    const key = JSON.stringify([sum.host, sum.credential, sum.resource, sum.unit]);
    const known = byLimit.get(key);
    const lowest = least(known?.lowest ?? null, sum.lowest);
    byLimit.set(key, { last: known && known.last.seenAt > sum.seenAt ? known.last : sum, lowest });
  }
  return [...byLimit.values()].map(({ last, lowest }) => ({
    resource: `${last.host} ${last.resource}`,
    unit: last.unit,
    limit: last.limit,
    lowest,
    windowUs: last.window === null ? null : last.window * 1_000_000,
    inThisWindow: turned(last, windowUs, unit),
  }));
}

function turned({ limit, window, unit }: LimitSum, windowUs: number | null, counts: CountedBy['unit']): number | null {
  if (limit === null || SAME[unit] !== counts) return null;
  if (unit === 'concurrency') return limit;
  if (window === null || window <= 0 || windowUs === null) return null;
  const share = windowUs / (window * 1_000_000);
  // Longer than the vendor’s own window, it may be used up as often as that one fits.
  return Math.floor(limit * share);
}

function least(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : Math.min(a, b);
}
