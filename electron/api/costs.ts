import { implement } from '@orpc/server';
import { contract } from '../../shared/contract/index.ts';
import type { EngineFace } from './engine-face.ts';
import { orRefuse } from './picture-problem.ts';

/** The contract's questions about money. */
export function answerCosts({ costs }: EngineFace) {
  const ask = implement(contract.costs);
  return ask.router({
    table: ask.table.handler(async ({ input, signal, errors }) =>
      orRefuse(await costs.table(input, signal), { bad: errors.BAD_COSTS }),
    ),
    series: ask.series.handler(async ({ input, signal, errors }) =>
      orRefuse(await costs.series(input, signal), { bad: errors.BAD_COSTS }),
    ),
    summary: ask.summary.handler(async ({ input, signal }) => orRefuse(await costs.summary(input, signal), {})),
    waste: ask.waste.handler(async ({ input, signal }) => orRefuse(await costs.waste(input, signal), {})),
    reprice: ask.reprice.handler(async ({ input, signal, errors }) =>
      orRefuse(await costs.reprice(input, signal), { ...errors, bad: errors.BAD_COSTS }),
    ),
    repricings: ask.repricings.handler(async ({ input, signal }) =>
      orRefuse(await costs.repricings(input, signal), {}),
    ),
    reconcile: ask.reconcile.handler(async ({ input, signal, errors }) =>
      orRefuse(await costs.reconcile(input, signal), { bad: errors.BAD_COSTS }),
    ),
    prices: ask.prices.handler(async ({ input, signal }) => orRefuse(await costs.prices(input, signal), {})),
  });
}
