import { implement } from '@orpc/server';
import { contract } from '../../shared/contract/index.ts';
import type { EngineFace } from './engine-face.ts';
import { orRefuse } from './picture-problem.ts';

/** The contract's questions about who depends on whom. */
export function answerMap({ map }: EngineFace) {
  const ask = implement(contract.map);
  return ask.router({
    get: ask.get.handler(async ({ input, signal }) => orRefuse(await map.get(input, signal), {})),
    export: ask.export.handler(async ({ input, signal, errors }) =>
      orRefuse(await map.export(input, signal), { bad: errors.BAD_MAP }),
    ),
  });
}
