import type { AsyncLocalStorage } from 'node:async_hooks';
import type { Tags } from '../../shared/model/caller.ts';

/** What `withApp` and `annotate` put around code; inner ones win. */
export interface Surroundings {
  app: string | null;
  tags: Tags | null;
}

/**
 * What all copies of this module in one thread share: the file put there by `--require`, the one a program imports,
 * another version in somebody's node_modules. The first one that loads makes it.
 */
export interface SharedState {
  /** Whether a copy observes already. */
  observing: boolean;
  /** Ends it: nothing more is told, for good (`sallyport attach --undo`). Null where nothing is told. */
  stop: (() => void) | null;
  /** Made by the first `withApp` or `annotate`: before Node 24 it makes every promise a little dearer. */
  storage: AsyncLocalStorage<Surroundings> | null;
}

const KEY = Symbol.for('sallyport.agent.1');

export function sharedState(): SharedState {
  const place = globalThis as { [KEY]?: SharedState };
  const there = place[KEY];
  if (there !== undefined) return there;
  const made: SharedState = { observing: false, stop: null, storage: null };
  Object.defineProperty(globalThis, KEY, { value: made });
  return made;
}
