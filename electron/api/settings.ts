import { implement, ORPCError } from '@orpc/server';
import { contract } from '../../shared/contract/index.ts';
import type { EngineFace } from './engine-face.ts';

interface Problem {
  path: string;
  says: string;
}

/** The contract's questions about the settings. */
export function answerSettings({ settings, archive }: EngineFace) {
  // Before the input is looked at: what the schema finds is told as problems of settings, too.
  const ask = implement(contract.settings).use(async ({ next, path }) => {
    try {
      return await next();
    } catch (error) {
      const problems = path.at(-1) === 'change' ? problemsIn(error) : null;
      if (problems === null) throw error;
      throw new ORPCError('BAD_SETTINGS', {
        defined: true,
        status: 400,
        message: sentence(problems),
        data: { problems },
      });
    }
  });
  return ask.router({
    get: ask.get.handler(async () => ({ ...settings.answer(), problems: await settings.problems() })),

    change: ask.change.handler(async ({ input, errors }) => {
      // Without an engine nothing would take effect, and one that starts meanwhile would not know.
      if (!archive) throw errors.ENGINE_NOT_RUNNING();
      const unfit = await settings.check(input);
      const result = unfit.length > 0 ? { problems: unfit } : settings.change(input);
      if ('answer' in result) return { ...result.answer, problems: await settings.problems() };
      throw errors.BAD_SETTINGS({ message: sentence(result.problems), data: { problems: result.problems } });
    }),

    tryRedaction: ask.tryRedaction.handler(({ input: { sample, as, redaction } }) =>
      settings.tryRedaction({ sample, as, redaction }),
    ),
  });
}

/** What a schema had to say about an input, or null when the error is another. */
function problemsIn(error: unknown): Problem[] | null {
  if (!(error instanceof ORPCError) || error.code !== 'BAD_REQUEST') return null;
  const { issues } = (error.data ?? {}) as { issues?: readonly { message: string; path?: readonly unknown[] }[] };
  return (
    issues?.map(({ message, path = [] }) => ({
      path: path
        .map((part) => String(typeof part === 'object' && part !== null && 'key' in part ? part.key : part))
        .join('.'),
      says: `${message}.`,
    })) ?? null
  );
}

function sentence(problems: readonly Problem[]): string {
  return problems.map(({ path, says }) => (path === '' ? says : `${path}: ${says}`)).join(' ');
}
