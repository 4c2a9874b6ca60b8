/**
 * What is still to happen, earliest first; of the same moment what was put in first. A binary heap over typed arrays: a
 * backtest puts in every call that is under way.
 */
export interface EventHeap {
  readonly size: number;
  /** Moment of the next one; Infinity: nothing is to come. */
  readonly next: number;
  put(at: number, what: number): void;
  /** What happens next; -1: nothing. */
  take(): number;
}

export function createEventHeap(): EventHeap {
  let times = new Float64Array(1024);
  let orders = new Float64Array(1024);
  let whats = new Float64Array(1024);
  let size = 0;
  let counter = 0;

  function grow(): void {
    const larger = (from: Float64Array): Float64Array<ArrayBuffer> => {
      const to = new Float64Array(from.length * 2);
      to.set(from);
      return to;
    };
    times = larger(times);
    orders = larger(orders);
    whats = larger(whats);
  }

  return {
    get size() {
      return size;
    },
    get next() {
      return size === 0 ? Infinity : times[0]!;
    },
    put(at, what) {
      if (size === times.length) grow();
      const order = counter++;
      let slot = size++;
      while (slot > 0) {
        const parent = (slot - 1) >> 1;
        if (times[parent]! < at || (times[parent] === at && orders[parent]! < order)) break;
        times[slot] = times[parent]!;
        orders[slot] = orders[parent]!;
        whats[slot] = whats[parent]!;
        slot = parent;
      }
      times[slot] = at;
      orders[slot] = order;
      whats[slot] = what;
    },
    take() {
      if (size === 0) return -1;
      const taken = whats[0]!;
      size -= 1;
      const at = times[size]!;
      const order = orders[size]!;
      const what = whats[size]!;
      let slot = 0;
      for (;;) {
        let child = slot * 2 + 1;
        if (child >= size) break;
        if (
          child + 1 < size &&
          (times[child + 1]! < times[child]! ||
            (times[child + 1] === times[child] && orders[child + 1]! < orders[child]!))
        )
          child += 1;
        if (at < times[child]! || (at === times[child] && order < orders[child]!)) break;
        times[slot] = times[child]!;
        orders[slot] = orders[child]!;
        whats[slot] = whats[child]!;
        slot = child;
      }
      times[slot] = at;
      orders[slot] = order;
      whats[slot] = what;
      return taken;
    },
  };
}
