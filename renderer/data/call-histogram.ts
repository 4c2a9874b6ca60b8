import type { Api } from '../client/api.ts';
import type { Signal } from '../client/signal.ts';
import { createSignal } from '../client/signal.ts';
import { stepSpan } from './time-range.ts';
import type { SteppedSpan, TimeRange } from './time-range.ts';

/** Calls of one step by the first digit of their status; first: no answer. */
export type StepCounts = readonly [number, number, number, number, number, number];

export interface HistogramState extends SteppedSpan {
  steps: readonly StepCounts[];
  /** Whether the search has seen the whole span. */
  done: boolean;
  /** Nothing was counted for this question yet: the steps are those of the one before. */
  asking: boolean;
}

export interface CallHistogram {
  state: Pick<Signal<HistogramState | null>, 'get' | 'watch'>;
  show(question: { query: string; range: TimeRange }): void;
  close(): void;
}

/** Time between two looks at what is new: rollups answer at once, a filter has to search. */
const LOOK_MS = 1000;
const LOOK_FILTERED_MS = 2000;
/** How far back a look goes: calls are counted when they end, at the time they began. */
const LOOK_BACK_US = 60e6;
/** After so long everything is counted anew, for calls that took longer than that. */
const AGAIN_MS = 60_000;

/**
 * Calls over time, following what comes: counted once, and then only the newest steps again. Answers come in as the search
 * goes on. A new question gives up the one before.
 */
export function createCallHistogram({
  api,
  connection,
  now,
  later,
}: {
  api: { calls: Pick<Api['calls'], 'histogram'>; system: Pick<Api['system'], 'storage'> };
  connection: Pick<Signal<string>, 'get' | 'watch'>;
  /** Microseconds since the epoch. */
  now: () => number;
  later: (work: () => void, ms: number) => () => void;
}): CallHistogram {
  const state = createSignal<HistogramState | null>(null);
  let question: { query: string; range: TimeRange } | null = null;
  let run = new AbortController();
  let oldest: number | null = null;
  let next: (() => void) | null = null;
  let countedAt = 0;

  const filter = (): { query?: string } => (question && question.query !== '' ? { query: question.query } : {});

  async function countAll(): Promise<void> {
    if (!question || connection.get() !== 'open') return;
    run.abort();
    run = new AbortController();
    next?.();
    const { signal } = run;
    const { range } = question;
    const before = state.get();
    if (before) state.set({ ...before, asking: true });
    try {
      if (range.kind === 'all') oldest = (await api.system.storage(undefined, { signal })).oldestStartedAt;
      if (signal.aborted) return;
      const span = stepSpan(range, now(), oldest);
      countedAt = now();
      for await (const answer of await api.calls.histogram(
        { ...filter(), since: span.since, until: span.until, steps: stepsOf(span) },
        { signal },
      )) {
        if (signal.aborted) return;
        state.set({ ...span, steps: answer.steps, done: answer.done, asking: false });
      }
    } catch {
      // Asked again with the next look, or when the connection is back.
    }
    if (!signal.aborted) lookLater();
  }

  function lookLater(): void {
    if (!question || question.range.kind === 'between') return;
    next = later(() => void look(), question.query === '' ? LOOK_MS : LOOK_FILTERED_MS);
  }

  /** Counts the newest steps again and moves on with time. */
  async function look(): Promise<void> {
    const shown = state.get();
    if (!question || connection.get() !== 'open') return;
    const { signal } = run;
    const span = stepSpan(question.range, now(), oldest);
    if (!shown || shown.asking || span.step !== shown.step || oldestUnknown() || now() - countedAt > AGAIN_MS * 1000)
      return countAll();
    const since = Math.max(
      span.since,
      Math.floor((Math.min(shown.until, now()) - LOOK_BACK_US) / span.step) * span.step - span.step,
    );
    try {
      for await (const answer of await api.calls.histogram(
        { ...filter(), since, until: span.until, steps: stepsOf({ ...span, since }) },
        { signal },
      )) {
        if (signal.aborted) return;
        if (!answer.done) continue;
        const from = (span.since - shown.since) / span.step;
        const kept = shown.steps.slice(Math.max(0, from), Math.max(0, (since - shown.since) / span.step));
        const steps = [...kept, ...answer.steps];
        if (steps.length !== stepsOf(span)) return void countAll();
        state.set({ ...span, steps, done: true, asking: false });
      }
    } catch {
      // As above.
    }
    if (!signal.aborted) lookLater();
  }

  function oldestUnknown(): boolean {
    return question?.range.kind === 'all' && oldest === null;
  }

  const unwatch = connection.watch(() => void countAll());
  return {
    state,
    show(wanted) {
      question = wanted;
      void countAll();
    },
    close() {
      question = null;
      run.abort();
      next?.();
      unwatch();
    },
  };
}

function stepsOf({ since, until, step }: SteppedSpan): number {
  return Math.max(1, Math.round((until - since) / step));
}

/** Calls between two times, which should lie between steps. */
export function sumSteps({ steps, since, step }: HistogramState, from = -Infinity, to = Infinity): number {
  let sum = 0;
  steps.forEach((counts, index) => {
    const at = since + index * step;
    if (at >= from && at < to) for (const count of counts) sum += count;
  });
  return sum;
}
