/** What a thread tells of a search: pieces on the way, then the answer or why there is none. */
export type FromTurn = { id: number } & ({ part: unknown } | { answer: unknown } | { error: string });

export interface Turns {
  begin(id: number, search: Generator<unknown>): void;
  /** Gives a search up; it lets go of what it holds. */
  cancel(id: number): void;
  clear(): void;
}

/**
 * Lets searches of one thread take turns of `turnMs`, each a generator that yields nothing or a piece to be told. Between
 * turns messages come in, so that a search can be given up.
 */
export function takeTurns(turnMs: number, tell: (message: FromTurn) => void): Turns {
  const searches = new Map<number, Generator<unknown>>();
  let working = false;

  function work(): void {
    for (const [id, search] of [...searches]) {
      const until = performance.now() + turnMs;
      try {
        let step = search.next();
        while (!step.done) {
          if (step.value !== undefined) tell({ id, part: step.value });
          if (performance.now() >= until) break;
          step = search.next();
        }
        if (!step.done) continue;
        tell({ id, answer: step.value });
      } catch (error) {
        tell({ id, error: error instanceof Error ? error.message : String(error) });
      }
      searches.delete(id);
    }
    working = searches.size > 0;
    if (working) setImmediate(work);
  }

  return {
    begin(id, search) {
      searches.set(id, search);
      if (working) return;
      working = true;
      work();
    },
    cancel(id) {
      searches.get(id)?.return(undefined);
      searches.delete(id);
    },
    clear: () => searches.clear(),
  };
}
