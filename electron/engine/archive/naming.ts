import type { Correction } from '../../../shared/endpoints/corrections.ts';
import type { EndpointNamer } from '../../../shared/endpoints/endpoints.ts';
import { createEndpointNamer } from '../../../shared/endpoints/namer.ts';
import type { Batch } from '../store/store.ts';

/** The namer of endpoints, over changes of what people say of paths. */
export interface Naming {
  readonly namer: EndpointNamer;
  /** What people say of paths from now on. */
  correct(corrections: readonly Correction[]): void;
  /** Puts into a batch which endpoints are one now, and with `learned` what the next start is to know. */
  report(batch: Batch, learned: boolean): void;
}

/** `learned`: of the runs before; null when there is nothing. */
export function createNaming(learned: string | null, corrections: readonly Correction[]): Naming {
  let said = JSON.stringify(corrections);
  let namer = createEndpointNamer(learned, corrections);
  let state = learned;
  const waiting: ReturnType<EndpointNamer['takeMerges']> = [];
  return {
    get namer() {
      return namer;
    },
    correct(next) {
      if (JSON.stringify(next) === said) return;
      said = JSON.stringify(next);
      state = namer.takeState() ?? state;
      const before = namer.takeMerges();
      namer = createEndpointNamer(state, next);
      if (before.length > 0) waiting.push(...before);
    },
    report(batch, withState) {
      const merges = [...waiting.splice(0), ...namer.takeMerges()];
      if (merges.length > 0) batch.merges = [...(batch.merges ?? []), ...merges];
      if (!withState) return;
      const now = namer.takeState();
      if (now !== null) batch.learned = state = now;
    },
  };
}
