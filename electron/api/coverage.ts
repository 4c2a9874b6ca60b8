import { implement } from '@orpc/server';
import { contract } from '../../shared/contract/index.ts';
import type { Coverage } from '../../shared/contract/coverage.ts';
import type { EngineFace } from './engine-face.ts';
import { newestOf } from './notices.ts';

/** The contract's questions about what is not seen. */
export function answerCoverage({ coverage }: EngineFace) {
  const ask = implement(contract.coverage);
  return ask.router({
    get: ask.get.handler(({ input }) => coverage.get(input)),
    hours: ask.hours.handler(async ({ input }) => ({ hours: await coverage.hours(input) })),
    notSeen: ask.notSeen.handler(({ input }) => coverage.notSeen(input)),
    watch: ask.watch.handler(async function* ({ errors, signal }) {
      const { onChanged } = coverage;
      if (!onChanged) throw errors.ENGINE_NOT_RUNNING();
      yield* newestOf<Coverage>((push) => onChanged(push), signal);
    }),
  });
}
