import type { Tally } from './tallies.ts';

/** What one call has taken of a tally, until it is known what it used. */
export interface Hold {
  readonly call: number;
  readonly tally: Tally;
  /** Reserved. */
  amount: number;
  /** Place among the tally’s parts; -1: none. */
  readonly part: number;
  /** When the call left. */
  readonly at: number;
  /** From then on what is reserved counts as used; null: the call is under way. */
  until: number | null;
}

/** Reservations by call. What is reserved is settled once, given back, or counts as used: nothing stays reserved for ever. */
export interface Holds {
  /** `moved`: its part has it already. */
  add(hold: Hold, moved?: boolean): void;
  get(call: number): Hold | undefined;
  /** The call is over, and what it used is to be told yet. */
  waits(hold: Hold, now: number): void;
  /** It used so much. */
  settle(hold: Hold, used: number): void;
  /** It never left. */
  giveBack(hold: Hold): void;
  /** Counts as used what nobody told of in time. */
  expire(now: number): void;
  readonly all: Iterable<Hold>;
  readonly size: number;
}

/** So long is waited for what a call used, after its end. */
const PATIENCE_US = 600_000_000;
/** More calls than this are not waited for. */
const MOST_WAITING = 100_000;

/** `move`: takes a change of a part to its parents. */
export function createHolds(move: (tally: Tally, part: number, amount: number) => void = () => {}): Holds {
  const holds = new Map<number, Hold>();
  /** In the order of their ends. */
  const waiting = new Map<number, Hold>();

  function release(hold: Hold): void {
    const { tally } = hold;
    holds.delete(hold.call);
    waiting.delete(hold.call);
    tally.holds -= 1;
    // Sums of fractions drift; without a call under way there is nothing reserved.
    tally.reserved = tally.holds === 0 ? 0 : Math.max(0, tally.reserved - hold.amount);
  }

  function settle(hold: Hold, used: number): void {
    release(hold);
    hold.tally.used += used;
    if (used !== hold.amount) move(hold.tally, hold.part, used - hold.amount);
  }

  function countAsUsed(hold: Hold): void {
    hold.tally.unknown += 1;
    settle(hold, hold.amount);
  }

  return {
    add(hold, moved = false) {
      const before = holds.get(hold.call);
      if (before !== undefined) countAsUsed(before);
      holds.set(hold.call, hold);
      hold.tally.holds += 1;
      hold.tally.reserved += hold.amount;
      if (!moved) move(hold.tally, hold.part, hold.amount);
      if (hold.until !== null) waiting.set(hold.call, hold);
    },
    get: (call) => holds.get(call),
    waits(hold, now) {
      hold.until = now + PATIENCE_US;
      waiting.set(hold.call, hold);
      if (waiting.size <= MOST_WAITING) return;
      const [oldest] = waiting.values();
      if (oldest !== undefined) countAsUsed(oldest);
    },
    settle,
    giveBack(hold) {
      release(hold);
      move(hold.tally, hold.part, -hold.amount);
    },
    expire(now) {
      for (const hold of waiting.values()) {
        const until = hold.until ?? now;
        // A clock that was put back must not keep it for ever.
        if (until - PATIENCE_US > now) hold.until = now + PATIENCE_US;
        if ((hold.until ?? now) > now) break;
        countAsUsed(hold);
      }
    },
    all: {
      [Symbol.iterator]: () => holds.values(),
    },
    get size() {
      return holds.size;
    },
  };
}

/** When a reservation that was saved is given up. */
export function patience(now: number): number {
  return now + PATIENCE_US;
}
