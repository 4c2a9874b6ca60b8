import type { CallMetered, CallOutcome } from '../../model/policy.ts';
import type { CallFacts } from '../facts.ts';
import type { CostKind, LimitSettings } from './settings.ts';

/** What one call costs of a limit: before it leaves, and when it is over. */
export interface CallCost {
  /** Before it leaves: the most it can be; what is not said is `assume`, else what calls have cost on average so far. */
  before(facts: CallFacts): number;
  /** When it ended; null: to be known later, or never. */
  atEnd: ((outcome: CallOutcome) => number | null) | null;
  /** When it was metered; null: not known, what was taken counts. */
  later: ((metered: CallMetered) => number | null) | null;
  /** What a call cost in the end, for the mean. */
  learn(cost: number): void;
  /** What calls have cost on average so far; NaN: none is known. */
  mean: number;
}

/** How much of a mean the newest call is. */
const NEWEST = 0.1;

/** @param most what a call that does not say is taken for at most: nothing is refused because of a guess. */
export function createCallCost(
  { cost, unit, assume }: Pick<LimitSettings, 'cost' | 'unit' | 'assume'>,
  most: number,
): CallCost {
  const costs: CallCost = {
    ...readersOf(cost, unit, () => {
      const guess = assume ?? (Number.isNaN(costs.mean) ? 1 : Math.max(1, Math.round(costs.mean)));
      return Math.min(most, guess);
    }),
    mean: NaN,
    learn(actual) {
      costs.mean = Number.isNaN(costs.mean) ? actual : costs.mean * (1 - NEWEST) + actual * NEWEST;
    },
  };
  return costs;
}

function readersOf(
  cost: CostKind,
  unit: string | null,
  unknown: () => number,
): Pick<CallCost, 'before' | 'atEnd' | 'later'> {
  switch (cost) {
    case 'calls':
      return { before: () => 1, atEnd: null, later: null };
    case 'bytes':
      return {
        before: (facts) => facts.requestBytes ?? unknown(),
        atEnd: ({ requestBytes, responseBytes }) => requestBytes + responseBytes,
        later: null,
      };
    case 'tokens':
      return {
        before({ estimate }) {
          if (estimate === null || (estimate.inputTokens === null && estimate.maxOutput === null)) return unknown();
          if (estimate.inputTokens !== null && estimate.maxOutput !== null)
            return estimate.inputTokens + estimate.maxOutput;
          // One of both is known: the call costs that at least.
          return Math.max(estimate.inputTokens ?? estimate.maxOutput ?? 0, unknown());
        },
        atEnd: null,
        later: ({ inputTokens, outputTokens }) =>
          inputTokens === null && outputTokens === null ? null : (inputTokens ?? 0) + (outputTokens ?? 0),
      };
    case 'units':
      return { before: unknown, atEnd: null, later: ({ units }) => units[unit ?? ''] ?? null };
    case 'money':
      return {
        before: ({ estimate }) => estimate?.ceilingNanoUsd ?? unknown(),
        atEnd: null,
        later: ({ nanoUsd }) => nanoUsd,
      };
  }
}
