import { implement } from '@orpc/server';
import { contract } from '../../shared/contract/index.ts';
import type { EngineFace } from './engine-face.ts';
import { orRefuse } from './group-face.ts';

/** The contract's questions about sending calls again. */
export function answerReplay({ replay }: EngineFace) {
  const ask = implement(contract.replay);
  return ask.router({
    draft: ask.draft.handler(async ({ input, signal, errors }) => orRefuse(await replay.draft(input, signal), errors)),
    check: ask.check.handler(async ({ input, signal, errors }) => orRefuse(await replay.check(input, signal), errors)),
    send: ask.send.handler(async function* ({ input, signal, errors }) {
      for await (const moment of replay.send(input, signal)) yield orRefuse(moment, errors);
    }),
    compare: ask.compare.handler(async ({ input, signal, errors }) =>
      orRefuse(await replay.compare(input, signal), errors),
    ),
  });
}
