import { AsyncLocalStorage } from 'node:async_hooks';
import type { Tags } from '../../shared/model/caller.ts';
import { TAG_LIMITS } from '../../shared/model/caller.ts';
import { sharedState, type Surroundings } from './shared-state.ts';

/** Tags as a program may give them; null and undefined are left out, numbers and booleans written out. */
export type TagValues = Readonly<Record<string, string | number | boolean | null | undefined>>;

/**
 * Runs `work` with its calls named as this app's. Gives what `work` gives, a promise untouched; without the agent it
 * only runs it.
 */
export function withApp<Result>(app: string, work: () => Result): Result {
  const state = sharedState();
  if (!state.observing || typeof app !== 'string' || app === '') return work();
  const storage = storageOf();
  return storage.run({ app: app.slice(0, TAG_LIMITS.value), tags: storage.getStore()?.tags ?? null }, work);
}

/**
 * Tags the calls made from here on in this asynchronous context, and in what it starts: feature, tenant, user,
 * costCenter … Added to those around it, the same names replaced. Never throws; without the agent it does nothing.
 */
export function annotate(tags: TagValues): void {
  if (!sharedState().observing || typeof tags !== 'object' || tags === null) return;
  const storage = storageOf();
  const around = storage.getStore();
  storage.enterWith({ app: around?.app ?? null, tags: mergeTags(around?.tags ?? null, tags) });
}

/** What stands around the code that runs now. */
export function surroundings(): Surroundings | undefined {
  return sharedState().storage?.getStore();
}

export function mergeTags(around: Tags | null, more: TagValues): Tags {
  const merged: Record<string, string> = { ...around };
  let count = Object.keys(merged).length;
  for (const [name, value] of Object.entries(more)) {
    if (!['string', 'number', 'boolean'].includes(typeof value)) continue;
    const known = name.slice(0, TAG_LIMITS.name);
    if (known === '' || (!Object.hasOwn(merged, known) && count++ >= TAG_LIMITS.count)) continue;
    merged[known] = String(value).slice(0, TAG_LIMITS.value);
  }
  return merged;
}

function storageOf(): AsyncLocalStorage<Surroundings> {
  return (sharedState().storage ??= new AsyncLocalStorage());
}
