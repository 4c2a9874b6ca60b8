/** Counters as they are kept over a restart: which fields they are by, and each one's values and numbers. */
export interface SavedCounts {
  family: string;
  per: string[];
  cost: string;
  /** By the wall. */
  at: number;
  mean: number | null;
  keys: [values: (string | null)[], numbers: number[]][];
}

/** Reads what was saved; null when it is none, or of another kind of counting. */
export function readSavedCounts(
  saved: unknown,
  same: Pick<SavedCounts, 'family' | 'per' | 'cost'>,
): SavedCounts | null {
  if (typeof saved !== 'object' || saved === null) return null;
  const { family, per, cost, at, mean, keys } = saved as Partial<SavedCounts>;
  if (family !== same.family || cost !== same.cost || !Array.isArray(per) || per.join('\n') !== same.per.join('\n'))
    return null;
  if (!isMoment(at) || !Array.isArray(keys)) return null;
  return {
    ...same,
    at,
    mean: isMoment(mean) ? mean : null,
    keys: keys.filter(
      (one: unknown): one is [(string | null)[], number[]] =>
        Array.isArray(one) &&
        Array.isArray(one[0]) &&
        one[0].length === same.per.length &&
        one[0].every((value) => value === null || typeof value === 'string') &&
        Array.isArray(one[1]) &&
        one[1].length <= 2000 &&
        one[1].every(isMoment),
    ),
  };
}

function isMoment(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
