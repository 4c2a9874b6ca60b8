import { fieldReader } from '../counter-key.ts';
import type { CallFacts } from '../facts.ts';
import type { LimitSettings } from './settings.ts';

/** Whose turn comes earlier, as settings say. */
export function turnOf({ priority, priorityBy }: Pick<LimitSettings, 'priority' | 'priorityBy'>): {
  priorityOf(facts: CallFacts): number;
} {
  const classes = new Map(Object.entries(priority));
  const others = classes.get('*') ?? (classes.size === 0 ? 0 : 1);
  const read = fieldReader(priorityBy);
  return {
    priorityOf(facts) {
      if (classes.size === 0) return 0;
      const value = read(facts);
      return value === null ? others : (classes.get(value) ?? others);
    },
  };
}

/** How many turns a sub-queue gets of each round. */
export function weightsOf({ weights }: Pick<LimitSettings, 'weights'>): (flow: string | null) => number {
  const known = new Map(Object.entries(weights));
  const others = known.get('*') ?? 1;
  return (flow) => (flow === null ? others : (known.get(flow) ?? others));
}
