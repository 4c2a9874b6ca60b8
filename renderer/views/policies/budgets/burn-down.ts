import type { BudgetRow } from '../../../../shared/contract/policies.ts';
import { countSteps } from '../../../charts/time-scale.ts';
import type { TimeSteps } from '../../../charts/time-scale.ts';

const HOUR = 3_600_000_000;
const DAY = 24 * HOUR;

export interface BurnDown {
  steps: TimeSteps;
  /** What is left of the limit at the end of each step, nano-dollars, never under 0; null from the next step on. */
  left: (number | null)[];
  /** From the step that runs now to the period's end; all null without a forecast. */
  likely: (number | null)[];
  /** When least is spent, and when most. */
  best: (number | null)[];
  worst: (number | null)[];
}

/** A budget’s course and where it leads; null where the steps of its spending are not known. `now`: microseconds. */
export function burnDown(budget: BudgetRow, now: number): BurnDown | null {
  const { days, limitNanoUsd: limit, spentNanoUsd: spent, periodStart, periodEnd, forecast } = budget;
  if (days.length === 0 || periodEnd <= periodStart) return null;
  const step = periodEnd - periodStart <= 26 * HOUR ? HOUR : DAY;
  const count = Math.max(1, Math.round((periodEnd - periodStart) / step));
  const steps = { since: periodStart, until: periodStart + count * step, step };
  const current = Math.min(countSteps(steps) - 1, Math.max(0, Math.floor((now - periodStart) / step)));
  const amounts = Array.from({ length: count }, () => 0);
  for (const { start, spentNanoUsd } of days) {
    const at = Math.min(count - 1, Math.max(0, Math.round((start - periodStart) / step)));
    amounts[at] = (amounts[at] ?? 0) + spentNanoUsd;
  }
  let sum = 0;
  const left = amounts.map((amount, index) => {
    sum += amount;
    // The counter knows what recorded sums have not heard of yet.
    return index > current ? null : Math.max(0, limit - (index === current ? Math.max(sum, spent) : sum));
  });
  const to = (end: number | undefined): (number | null)[] =>
    amounts.map((_, index) => {
      if (end === undefined || index < current) return null;
      const share = count - 1 === current ? 0 : (index - current) / (count - 1 - current);
      return Math.max(0, limit - (spent + (Math.max(end, spent) - spent) * share));
    });
  return { steps, left, likely: to(forecast?.likely), best: to(forecast?.low), worst: to(forecast?.high) };
}

/** How much of the limit is used, in whole percent; not 100 before it is. */
export function percentUsed({ spentNanoUsd, reservedNanoUsd, limitNanoUsd }: BudgetRow): number {
  if (limitNanoUsd <= 0) return 100;
  return Math.floor((100 * (spentNanoUsd + reservedNanoUsd)) / limitNanoUsd);
}
