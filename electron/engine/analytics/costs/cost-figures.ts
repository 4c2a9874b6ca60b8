import type { CostFigures } from '../../../../shared/contract/costs.ts';
import type { SpendingSum } from '../../store/picture-rows.ts';

/** Sums being added up; `costNanoUsd` is 0 as long as nothing is known, and `figuresOf` tells the two apart. */
export type Tally = { -readonly [Name in keyof CostFigures]: number };

export function startTally(): Tally {
  return {
    calls: 0,
    costNanoUsd: 0,
    pricedCalls: 0,
    unpricedCalls: 0,
    estimatedCalls: 0,
    estimatedNanoUsd: 0,
    inputTokens: 0,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    outputTokens: 0,
    reasoningTokens: 0,
    tokenCalls: 0,
  };
}

export function addTo(tally: Tally, sum: SpendingSum): void {
  tally.calls += sum.calls;
  tally.costNanoUsd += sum.costNanoUsd;
  tally.pricedCalls += sum.pricedCalls;
  tally.unpricedCalls += sum.calls - sum.pricedCalls;
  if (sum.provenance === 'estimated') {
    tally.estimatedCalls += sum.pricedCalls;
    tally.estimatedNanoUsd += sum.costNanoUsd;
  }
  tally.inputTokens += sum.inputTokens;
  tally.cacheReadTokens += sum.cacheReadTokens;
  tally.cacheWriteTokens += sum.cacheWriteTokens;
  tally.outputTokens += sum.outputTokens;
  tally.reasoningTokens += sum.reasoningTokens;
  tally.tokenCalls += sum.tokenCalls;
}

/** What was added up; a cost nobody knows anything of is null, never 0. */
export function figuresOf(tally: Tally): CostFigures {
  return { ...tally, costNanoUsd: tally.pricedCalls === 0 ? null : tally.costNanoUsd };
}
