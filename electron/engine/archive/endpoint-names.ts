import type { Correction } from '../../../shared/endpoints/corrections.ts';
import type { EndpointNamer } from '../../../shared/endpoints/endpoints.ts';
import { createEndpointNamer } from '../../../shared/endpoints/namer.ts';
import type { EndpointMerge } from '../store/picture-rows.ts';
import type { Batch } from '../store/store.ts';

/** Names endpoints, and sees to it that what is learned about them is written. */
export interface EndpointNames {
  readonly namer: EndpointNamer;
  /** What is to be written with the next batch, again and again until it is; null when there is nothing. `ending`: all of it. */
  unwritten(ending: boolean): Pick<Batch, 'merges' | 'learned'> | null;
  /** What `unwritten` gave last is on disk. */
  written(): void;
  /** What people say counts from the next call on; calls recorded before count by it, too. */
  configure(corrections: readonly Correction[]): void;
}

/** What was learned is written out this often at most: it is told from all paths of all hosts. */
const STATE_MS = 60_000;

/** `learned`: what was learned before, as the store has it. */
export function createEndpointNames(
  learned: string | null,
  corrections: readonly Correction[],
  now: () => number = Date.now,
): EndpointNames {
  let said = corrections;
  let state = learned;
  let namer = createEndpointNamer(state, said);
  let merges: EndpointMerge[] = [];
  let isStateWritten = true;
  let stateTakenAt = now();

  function takeState(): void {
    stateTakenAt = now();
    const next = namer.takeState();
    if (next === null) return;
    state = next;
    isStateWritten = false;
  }

  return {
    get namer() {
      return namer;
    },
    unwritten(ending) {
      merges.push(...namer.takeMerges());
      if (ending || now() - stateTakenAt >= STATE_MS) takeState();
      if (merges.length === 0 && isStateWritten) return null;
      return { ...(merges.length > 0 && { merges }), ...(!isStateWritten && { learned: state }) };
    },
    written() {
      merges = [];
      isStateWritten = true;
    },
    configure(next) {
      if (JSON.stringify(next) === JSON.stringify(said)) return;
      takeState();
      merges.push(...namer.takeMerges());
      said = next;
      namer = createEndpointNamer(state, said);
    },
  };
}
