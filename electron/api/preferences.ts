import { implement } from '@orpc/server';
import { contract } from '../../shared/contract/index.ts';
import type { EngineFace } from './engine-face.ts';

/** What the workspace remembers, kept by the engine. */
export interface PreferencesFace {
  all(): Record<string, unknown>;
  /** False when it is too much to keep. */
  put(key: string, value: unknown): boolean;
}

export function answerPreferences({ preferences }: EngineFace) {
  const ask = implement(contract.preferences);
  return ask.router({
    all: ask.all.handler(() => preferences?.all() ?? {}),
    put: ask.put.handler(({ input: { key, value }, errors }) => {
      if (!preferences) throw errors.ENGINE_NOT_RUNNING();
      return { kept: preferences.put(key, value) };
    }),
  });
}
