import type { BudgetRow } from '../../../shared/contract/policies.ts';
import type { PolicySet } from '../../../shared/policies/governor.ts';
import type { Gauge } from '../../../shared/policies/kind.ts';
import type { BudgetsQuestion } from './costs/budget-rows.ts';

/**
 * The contract's question about budgets. `gauges`: their counters as they are; null where nothing is at work, and what is
 * recorded counts.
 */
export function createBudgetsFace(given: {
  reader: { costBudgets(question: BudgetsQuestion, signal?: AbortSignal): Promise<{ budgets: BudgetRow[] }> };
  set: () => PolicySet;
  gauges: ((policy: string) => Gauge[]) | null;
  /** Microseconds since the epoch. */
  now: () => number;
}) {
  const { reader, gauges, now } = given;
  return {
    async budgets(_asked: unknown, signal?: AbortSignal): Promise<{ budgets: BudgetRow[] }> {
      const { zone, policies, exceptions } = given.set();
      const budgets = policies.filter(({ kind }) => kind === 'budget');
      if (budgets.length === 0) return { budgets: [] };
      const stand = Object.fromEntries(budgets.map(({ id }) => [id, gauges?.(id) ?? []]));
      return reader.costBudgets({ now: now(), zone, policies: budgets, exceptions, gauges: stand }, signal);
    },
  };
}
