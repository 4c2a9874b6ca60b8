/** What a call that is under way took. */
export interface Held<Counter> {
  counter: Counter;
  cost: number;
  at: number;
}

/** Calls under way, and those whose use is not known yet. */
export interface InFlight<Counter> {
  readonly size: number;
  has(call: number): boolean;
  get(call: number): Held<Counter> | null;
  add(call: number, counter: Counter, cost: number, at: number): void;
  remove(call: number): void;
}

/** The governor forgets calls at 200,000: one of these was never told to have ended. */
const MOST = 250_000;
const MOST_SPARE = 1000;

/** @param forgotten told of what is let go of, the oldest, when too many are open. */
export function createInFlight<Counter>(forgotten: (held: Held<Counter>) => void): InFlight<Counter> {
  const open = new Map<number, Held<Counter>>();
  const spare: Held<Counter>[] = [];
  return {
    get size() {
      return open.size;
    },
    has: (call) => open.has(call),
    get: (call) => open.get(call) ?? null,
    add(call, counter, cost, at) {
      const held = spare.pop();
      if (held) {
        held.counter = counter;
        held.cost = cost;
        held.at = at;
        open.set(call, held);
      } else open.set(call, { counter, cost, at });
      if (open.size <= MOST) return;
      for (const [oldest, lost] of open) {
        open.delete(oldest);
        forgotten(lost);
        return;
      }
    },
    remove(call) {
      const held = open.get(call);
      if (!held) return;
      open.delete(call);
      if (spare.length < MOST_SPARE) spare.push(held);
    },
  };
}
