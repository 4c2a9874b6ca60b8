import type { LimitSignal } from '../../model/limit-signal.ts';

/** A signal, or null when what is said is nothing or cannot be: no figure at all, or more left than there is. */
export function signalOf(said: LimitSignal): LimitSignal | null {
  if (said.limit === null && said.remaining === null) return null;
  if (said.limit !== null && said.remaining !== null && said.remaining > said.limit) return null;
  return said;
}

/** What a limit counts, from what the vendor calls it. */
export function unitOf(resource: string): LimitSignal['unit'] {
  if (/token/.test(resource)) return 'tokens';
  if (/byte/.test(resource)) return 'bytes';
  if (/concurren/.test(resource)) return 'concurrency';
  if (/complexit|point|cost|graphql|credit/.test(resource)) return 'points';
  return 'requests';
}

/** The length of a window that a limit's name says, in seconds. */
export function windowOf(resource: string): number | null {
  if (/second(?:ly)?\b/.test(resource)) return 1;
  if (/minute/.test(resource)) return 60;
  if (/hour/.test(resource)) return 3600;
  if (/\bda(?:y|ily)\b/.test(resource)) return 86_400;
  if (/month/.test(resource)) return 30 * 86_400;
  return null;
}
