import type { CallMetered, CallOutcome, Policy } from '../model/policy.ts';
import type { Entry } from './entry.ts';
import type { CallFacts } from './facts.ts';
import type { Opinion } from './kind.ts';

/** How one policy stands to one call. */
export const NEW = 0;
/** Has taken of its counters. */
export const TOOK = 1;
/** Has the call in its queue. */
export const WAITS = 2;
/** A person said that it may. */
export const ANSWERED = 3;
/** Took nothing, and has no more to say. */
export const OUT = 4;

/** What is remembered of a call from when it was decided until nobody needs to hear of it. */
export interface CallRecord {
  readonly facts: CallFacts;
  readonly items: readonly Entry[];
  readonly states: number[];
  phase: 'out' | 'asks' | 'waits';
  /** Which of `items` holds it. */
  holder: number;
  since: number;
  /** Of `asks`: when `otherwise` counts. */
  until: number;
  /** Copies of what was said; only of calls that are or were held. */
  opinions: Opinion[] | null;
  /** When a policy that observes let it out of its queue, as if it alone held it. By place in `items`. */
  letAt: Map<number, number> | null;
  outcome: CallOutcome | null;
  metered: CallMetered | null;
  /** How many that observe have still to hear of its end. */
  late: number;
  /** Who refused its connection last; null: nobody, or it was another one's turn. */
  refusedBy: Policy | null;
  /** Policies that said already that they would have cut it. */
  wouldCut: Set<Entry> | null;
}

export function makeRecord(facts: CallFacts, items: readonly Entry[], now: number): CallRecord {
  const states: number[] = [];
  for (let i = 0; i < items.length; i++) states.push(NEW);
  return {
    facts,
    items,
    states,
    phase: 'out',
    holder: -1,
    since: now,
    until: 0,
    opinions: null,
    letAt: null,
    outcome: null,
    metered: null,
    late: 0,
    refusedBy: null,
    wouldCut: null,
  };
}

/** Ends that are told later, soonest first: a binary heap. */
export interface LateEnds {
  readonly next: number | null;
  add(at: number, record: CallRecord, item: number): void;
  take(now: number): { at: number; record: CallRecord; item: number } | null;
}

export function lateEnds(): LateEnds {
  const heap: { at: number; record: CallRecord; item: number }[] = [];
  const at = (index: number): number => heap[index]?.at ?? Infinity;
  const swap = (a: number, b: number): void => {
    const [one, other] = [heap[a], heap[b]];
    if (one && other) [heap[a], heap[b]] = [other, one];
  };
  return {
    get next() {
      return heap[0]?.at ?? null;
    },
    add(moment, record, item) {
      let i = heap.push({ at: moment, record, item }) - 1;
      while (i > 0 && at((i - 1) >> 1) > at(i)) {
        swap(i, (i - 1) >> 1);
        i = (i - 1) >> 1;
      }
    },
    take(now) {
      const first = heap[0];
      if (!first || first.at > now) return null;
      const last = heap.pop();
      if (last && heap.length > 0) {
        heap[0] = last;
        for (let i = 0; ;) {
          const child = at(2 * i + 1) <= at(2 * i + 2) ? 2 * i + 1 : 2 * i + 2;
          if (at(child) >= at(i)) break;
          swap(i, child);
          i = child;
        }
      }
      return first;
    },
  };
}

/** Whether any of those about a call must hear of it later. */
export function mustFollow(items: readonly Entry[]): boolean {
  for (let i = 0; i < items.length; i++) {
    const entry = items[i] as Entry;
    if (entry.follows || (!entry.enforces && entry.opinion.verdict === 'wait')) return true;
  }
  return false;
}
