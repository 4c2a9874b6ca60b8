import { createFairQueue } from './fair-queue.ts';
import type { FairQueue, Waiter } from './fair-queue.ts';

/** Something that calls wait for: a counter, or a vendor's buckets. */
export interface Door<W extends Waiter> {
  queue: FairQueue<W> | null;
  /** When to look at it next, steady; kept by the room. */
  dueAt: number;
  place: number;
}

export interface WaitingRoomSettings<W extends Waiter, D extends Door<W>> {
  maxWait: number;
  ageing: number;
  weightOf: (flow: string | null) => number;
  /** From when on the call fits through its door; Infinity when no clock can say. */
  readyAt: (door: D, waiter: W, at: number) => number;
  take: (door: D, waiter: W, at: number) => void;
}

/** Calls that wait, each at its door, in fair order; nobody longer than the maximum. */
export interface WaitingRoom<W extends Waiter, D extends Door<W>> {
  readonly size: number;
  /** When `advance` has something to do at the latest, steady; Infinity: never. */
  readonly dueAt: number;
  has(call: number): boolean;
  enter(door: D, waiter: W, at: number): void;
  /** Null: it does not wait. */
  leave(call: number, at: number): W | null;
  get(call: number): W | null;
  /** Something changed at a door (room was given back, a limit was learned): it is looked at again. */
  stir(door: D, at: number): void;
  /** Lets through who fits, takes for them, and gives up who waited too long. */
  advance(at: number, passed: (door: D, waiter: W) => void, gaveUp: (door: D, waiter: W) => void): void;
}

export function createWaitingRoom<W extends Waiter, D extends Door<W>>({
  maxWait,
  ageing,
  weightOf,
  readyAt,
  take,
}: WaitingRoomSettings<W, D>): WaitingRoom<W, D> {
  const inside = new Map<number, { door: D; waiter: W }>();
  /** Doors with a queue, a heap by when they are due. */
  const heap: D[] = [];

  const put = (door: D, place: number): void => {
    heap[place] = door;
    door.place = place;
  };
  const rise = (door: D): void => {
    let place = door.place;
    while (place > 0) {
      const above = heap[(place - 1) >> 1]!;
      if (above.dueAt <= door.dueAt) break;
      put(above, place);
      place = (place - 1) >> 1;
    }
    put(door, place);
  };
  const sink = (door: D): void => {
    let place = door.place;
    for (;;) {
      let below = 2 * place + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && heap[below + 1]!.dueAt < heap[below]!.dueAt) below += 1;
      if (heap[below]!.dueAt >= door.dueAt) break;
      put(heap[below]!, place);
      place = below;
    }
    put(door, place);
  };
  const drop = (door: D): void => {
    const last = heap.pop()!;
    if (last !== door) {
      put(last, door.place);
      rise(last);
      sink(last);
    }
    door.place = -1;
    door.dueAt = Infinity;
  };
  const schedule = (door: D, at: number): void => {
    const next = door.queue?.next() ?? null;
    if (next === null) {
      if (door.place >= 0) drop(door);
      door.queue = null;
      return;
    }
    door.dueAt = Math.min(readyAt(door, next, at), door.queue!.oldest()!.at + maxWait);
    if (door.place < 0) {
      heap.push(door);
      door.place = heap.length - 1;
    }
    rise(door);
    sink(door);
  };

  return {
    get size() {
      return inside.size;
    },
    get dueAt() {
      return heap.length === 0 ? Infinity : heap[0]!.dueAt;
    },
    has: (call) => inside.has(call),
    get: (call) => inside.get(call)?.waiter ?? null,
    enter(door, waiter, at) {
      door.queue ??= createFairQueue<W>(weightOf, ageing);
      door.queue.add(waiter);
      inside.set(waiter.call, { door, waiter });
      schedule(door, at);
    },
    leave(call, at) {
      const found = inside.get(call);
      if (!found) return null;
      inside.delete(call);
      found.door.queue?.remove(found.waiter);
      schedule(found.door, at);
      return found.waiter;
    },
    stir(door, at) {
      if (door.queue !== null) schedule(door, at);
    },
    advance(at, passed, gaveUp) {
      // Told when all is in order again: whoever is told may ask and give back at once.
      const told: { door: D; waiter: W; passes: boolean }[] = [];
      while (heap.length > 0 && heap[0]!.dueAt <= at) {
        const door = heap[0]!;
        const queue = door.queue!;
        for (;;) {
          const next = queue.next();
          if (next === null) break;
          if (readyAt(door, next, at) <= at) {
            queue.serve(next);
            inside.delete(next.call);
            take(door, next, at);
            told.push({ door, waiter: next, passes: true });
            continue;
          }
          const oldest = queue.oldest()!;
          if (oldest.at + maxWait > at) break;
          queue.remove(oldest);
          inside.delete(oldest.call);
          told.push({ door, waiter: oldest, passes: false });
        }
        schedule(door, at);
        // Nothing can be done at it now, whatever it says: a moment later it is looked at again.
        if (door.place >= 0 && door.dueAt <= at) {
          door.dueAt = at + 1;
          sink(door);
        }
      }
      for (const { door, waiter, passes } of told) {
        if (passes) passed(door, waiter);
        else gaveUp(door, waiter);
      }
    },
  };
}
