import { implement } from '@orpc/server';
import { contract } from '../../shared/contract/index.ts';
import type { Pulse } from '../../shared/contract/capture.ts';
import type { EngineFace } from './engine-face.ts';
import { newestOf } from './notices.ts';

/** The contract's questions about recording and about pointing programs at us. */
export function answerCapture({ capture }: EngineFace) {
  const ask = implement(contract.capture);
  return ask.router({
    pause: ask.pause.handler(({ errors }) => {
      if (!capture) throw errors.ENGINE_NOT_RUNNING();
      capture.pause();
      return { paused: capture.paused };
    }),

    resume: ask.resume.handler(({ errors }) => {
      if (!capture) throw errors.ENGINE_NOT_RUNNING();
      capture.resume();
      return { paused: capture.paused };
    }),

    pulse: ask.pulse.handler(async function* ({ errors, signal }) {
      if (!capture) throw errors.ENGINE_NOT_RUNNING();
      yield* newestOf<Pulse>((push) => capture.onPulse(push), signal);
    }),

    targets: ask.targets.handler(async ({ errors }) => {
      if (!capture) throw errors.ENGINE_NOT_RUNNING();
      return { targets: await capture.targets() };
    }),

    test: ask.test.handler(async ({ input: { id }, errors }) => {
      if (!capture) throw errors.ENGINE_NOT_RUNNING();
      const result = await capture.test(id);
      if ('cannot' in result) throw errors.CANNOT_DO({ message: sentence(result.cannot), data: result.cannot });
      return result;
    }),

    switch: ask.switch.handler(async ({ input: { id, on }, errors }) => {
      if (!capture) throw errors.ENGINE_NOT_RUNNING();
      const result = await capture.switchTarget(id, on);
      if ('cannot' in result) throw errors.CANNOT_DO({ message: sentence(result.cannot), data: result.cannot });
      return result;
    }),

    port: ask.port.handler(async function* ({ input: { app, run, host }, errors, signal }) {
      if (!capture) throw errors.ENGINE_NOT_RUNNING();
      const own = await capture.openPort(app ?? null, run ?? null, host);
      try {
        yield { port: own.port };
        // Held, without a word more, until the other side goes away.
        for await (const _ of newestOf<never>(() => () => {}, signal)) return;
      } finally {
        await own.close();
      }
    }),

    ca: ask.ca.handler(async ({ errors }) => {
      if (!capture) throw errors.ENGINE_NOT_RUNNING();
      return capture.ca();
    }),
  });
}

function sentence({ why, remedy }: { why: string; remedy: string }): string {
  return `${why} ${remedy}`;
}
