/** Where a question that takes its time stands. */
export interface Run<Answer> {
  /** The newest there is; of an earlier question while `stale`. */
  answer: Answer | null;
  stale: boolean;
  progress: { done: number; total: number } | null;
  fault: unknown;
}

export type Piece<Answer> = { state: 'working'; done: number; total: number } | { state: 'done'; answer: Answer };

/** A question that is under way is given up for a newer one after so long; a quick one may end, so that figures move while somebody drags. */
const PATIENCE_MS = 400;

/**
 * Asks one question at a time, always the newest: what is asked while one runs waits, and takes the place of what waited
 * before. `ask` gives pieces and must stop with its signal.
 */
export function createRuns<Question, Answer>(given: {
  ask: (question: Question, signal: AbortSignal) => AsyncIterable<Piece<Answer>>;
  show: (run: Run<Answer>) => void;
  /** Milliseconds, monotonic. */
  now: () => number;
}) {
  const { ask, show, now } = given;
  let state: Run<Answer> = { answer: null, stale: false, progress: null, fault: null };
  let waiting: { question: Question } | null = null;
  let running: { stop: AbortController; since: number } | null = null;
  let closed = false;

  function set(change: Partial<Run<Answer>>): void {
    state = { ...state, ...change };
    if (!closed) show(state);
  }

  async function run(question: Question): Promise<void> {
    const stop = new AbortController();
    running = { stop, since: now() };
    try {
      for await (const piece of ask(question, stop.signal)) {
        if (stop.signal.aborted) break;
        if (piece.state === 'working') set({ progress: { done: piece.done, total: piece.total } });
        else set({ answer: piece.answer, stale: waiting !== null, progress: null, fault: null });
      }
    } catch (fault) {
      if (!stop.signal.aborted) set({ fault, stale: true, progress: null });
    }
    running = null;
    const next = waiting;
    waiting = null;
    if (next !== null && !closed) void run(next.question);
    else if (!closed && state.progress !== null) set({ progress: null });
  }

  return {
    ask(question: Question): void {
      set({ stale: state.answer !== null, fault: null });
      if (running === null) void run(question);
      else {
        waiting = { question };
        if (now() - running.since > PATIENCE_MS) running.stop.abort();
      }
    },
    /** Gives up what is under way and keeps what there is. */
    cancel(): void {
      waiting = null;
      running?.stop.abort();
      set({ progress: null });
    },
    close(): void {
      closed = true;
      waiting = null;
      running?.stop.abort();
    },
  };
}
