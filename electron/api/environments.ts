import { implement } from '@orpc/server';
import { contract } from '../../shared/contract/index.ts';
import type { EngineFace } from './engine-face.ts';
import { orRefuse } from './group-face.ts';

/** The contract's questions about the values of variables. */
export function answerEnvironments({ environments }: EngineFace) {
  const ask = implement(contract.environments);
  return ask.router({
    list: ask.list.handler(async ({ input, signal }) => orRefuse(await environments.list(input, signal), {})),
    set: ask.set.handler(async ({ input, signal, errors }) => orRefuse(await environments.set(input, signal), errors)),
    unset: ask.unset.handler(async ({ input, signal, errors }) =>
      orRefuse(await environments.unset(input, signal), errors),
    ),
    credential: ask.credential.handler(async ({ input, signal, errors }) =>
      orRefuse(await environments.credential(input, signal), errors),
    ),
  });
}
