import type { CostFigures, CostRow } from '../../../shared/contract/costs.ts';
import type { TimeSteps } from '../../charts/time-scale.ts';

const DAY = 86_400_000_000;
/** Bars of a chart by the day. */
const MOST_DAYS = 400;

/** Costs together. A sum is unknown when nothing of it is known. */
export function addCosts(rows: readonly CostFigures[]): CostFigures {
  const sum = (key: Exclude<keyof CostFigures, 'costNanoUsd'>): number => rows.reduce((all, row) => all + row[key], 0);
  const known = rows.filter(({ costNanoUsd }) => costNanoUsd !== null);
  return {
    calls: sum('calls'),
    costNanoUsd: known.length === 0 ? null : known.reduce((all, { costNanoUsd }) => all + (costNanoUsd ?? 0), 0),
    pricedCalls: sum('pricedCalls'),
    unpricedCalls: sum('unpricedCalls'),
    estimatedCalls: sum('estimatedCalls'),
    estimatedNanoUsd: sum('estimatedNanoUsd'),
    inputTokens: sum('inputTokens'),
    cacheReadTokens: sum('cacheReadTokens'),
    cacheWriteTokens: sum('cacheWriteTokens'),
    outputTokens: sum('outputTokens'),
    reasoningTokens: sum('reasoningTokens'),
    tokenCalls: sum('tokenCalls'),
  };
}

interface Line {
  value: string | null;
  others: boolean;
  nanoUsd: number[];
}

/**
 * Rows told apart by day, and one dimension more, as lines over whole days in UTC: the largest `most` values, and the rest
 * together. `since`, `until`: microseconds; a span without a beginning begins with its first day.
 */
export function seriesOfDays(
  rows: readonly CostRow[],
  by: string | null,
  { since, until }: { since: number; until: number },
  most: number,
): { steps: TimeSteps | null; lines: Line[] } {
  const dayOf = ({ keys }: CostRow): number => Date.parse(keys['day'] ?? '') * 1000;
  const dated = rows.filter((row) => row.costNanoUsd !== null && Number.isFinite(dayOf(row)));
  if (dated.length === 0) return { steps: null, lines: [] };
  const oldest = dated.reduce((low, row) => Math.min(low, dayOf(row)), Infinity);
  const end = Math.ceil(until / DAY) * DAY;
  const from = Math.max(Math.floor(since / DAY) * DAY, since <= 0 ? oldest : 0, end - MOST_DAYS * DAY);
  const steps: TimeSteps = { since: from, until: end, step: DAY };
  const count = Math.max(1, Math.round((end - from) / DAY));
  const lines = new Map<string | null, { sum: number; nanoUsd: number[] }>();
  for (const row of dated) {
    const at = Math.round((dayOf(row) - from) / DAY);
    if (at < 0 || at >= count) continue;
    const value = by === null ? null : (row.keys[by] ?? null);
    let line = lines.get(value);
    if (!line) lines.set(value, (line = { sum: 0, nanoUsd: Array.from({ length: count }, () => 0) }));
    line.sum += row.costNanoUsd ?? 0;
    line.nanoUsd[at] = (line.nanoUsd[at] ?? 0) + (row.costNanoUsd ?? 0);
  }
  const sorted = [...lines].toSorted(([, a], [, b]) => b.sum - a.sum);
  const shown: Line[] = sorted.slice(0, most).map(([value, { nanoUsd }]) => ({ value, others: false, nanoUsd }));
  const rest = sorted.slice(most);
  if (rest.length > 0) {
    const nanoUsd = Array.from({ length: count }, (_, at) =>
      rest.reduce((sum, [, line]) => sum + (line.nanoUsd[at] ?? 0), 0),
    );
    shown.push({ value: null, others: true, nanoUsd });
  }
  return { steps, lines: shown };
}
