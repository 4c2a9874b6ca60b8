import { createSignal, useSignal } from '../client/signal.ts';

/** The call that was chosen as one side of a comparison; null when none is. */
const chosen = createSignal<number | null>(null);

export function useChosenToCompare(): number | null {
  return useSignal(chosen);
}

export function chooseToCompare(id: number | null): void {
  chosen.set(id);
}
