import { implement } from '@orpc/server';
import { contract } from '../../shared/contract/index.ts';
import type { EngineFace } from './engine-face.ts';
import { orRefuse } from './group-face.ts';

/** The contract's questions about saved requests. */
export function answerCollections({ collections }: EngineFace) {
  const ask = implement(contract.collections);
  return ask.router({
    list: ask.list.handler(async ({ input, signal }) => orRefuse(await collections.list(input, signal), {})),
    read: ask.read.handler(async ({ input, signal, errors }) =>
      orRefuse(await collections.read(input, signal), errors),
    ),
    save: ask.save.handler(async ({ input, signal, errors }) =>
      orRefuse(await collections.save(input, signal), errors),
    ),
    remove: ask.remove.handler(async ({ input, signal, errors }) =>
      orRefuse(await collections.remove(input, signal), errors),
    ),
  });
}
