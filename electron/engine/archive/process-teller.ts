import type { ProcessIdentity } from '../../../shared/model/caller.ts';

/** Tells the worker who processes are: each once, and again what a broken worker had not written. */
export interface ProcessTeller {
  note(key: string, identity: ProcessIdentity): void;
  /** These are on disk. */
  noted(keys: readonly string[]): void;
  /** A new worker: it knows nothing that was not written. */
  again(): void;
}

/** Processes that are known to be told; a forgotten one is told once more. */
const REMEMBERED = 5000;
/** Processes that may wait to be written; only a disk in trouble for long lets the oldest go. */
const WAITING = 10_000;

export function createProcessTeller(tell: (key: string, identity: ProcessIdentity) => void): ProcessTeller {
  let told = new Map<string, ProcessIdentity>();
  let day = today();
  const waiting = new Map<string, ProcessIdentity>();

  return {
    note(key, identity) {
      // Once a day again: what nobody uses for long is taken out of the store.
      if (today() !== day) {
        day = today();
        told = new Map();
      }
      const known = told.get(key);
      if (known !== undefined && sameProgram(known, identity)) return;
      if (told.size >= REMEMBERED) told.clear();
      told.set(key, identity);
      waiting.set(key, identity);
      if (waiting.size > WAITING) waiting.delete(waiting.keys().next().value!);
      tell(key, identity);
    },
    noted(keys) {
      for (const key of keys) waiting.delete(key);
    },
    again() {
      for (const [key, identity] of waiting) tell(key, identity);
    },
  };
}

function today(): number {
  return Math.floor(Date.now() / 86_400_000);
}

/** A process may become another program (exec), and its project may be found later. */
function sameProgram(a: ProcessIdentity, b: ProcessIdentity): boolean {
  return (
    a === b ||
    (a.name === b.name &&
      a.executable === b.executable &&
      a.command === b.command &&
      a.project?.name === b.project?.name &&
      a.project?.gitBranch === b.project?.gitBranch)
  );
}
