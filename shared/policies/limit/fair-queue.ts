/**
 * Who is next of those who wait for one counter. Classes come first by their priority, but each waiting call moves up as
 * it ages; within a class the sub-queues of apps (or of another field) take turns by weight, by start-time fair queueing
 * (Goyal, Vin, Cheng 1996): whoever asks for more does not get more than its weight. In a sub-queue, first come, first
 * served. A call that is large waits until it fits: nobody smaller goes before it for ever.
 */
export interface Waiter {
  readonly call: number;
  readonly cost: number;
  /** When it came, steady. */
  readonly at: number;
  readonly priority: number;
  readonly flow: string | null;
}

interface Flow<W> {
  weight: number;
  /** Virtual time at which its next call begins. */
  start: number;
  waiting: W[];
  cost: number;
}

interface Lane<W> {
  priority: number;
  /** Virtual time: the beginning of what was served last. */
  virtual: number;
  flows: Map<string | null, Flow<W>>;
  /** In the order they came; those that left are skipped. */
  arrivals: W[];
  size: number;
}

export interface FairQueue<W extends Waiter> {
  readonly size: number;
  readonly cost: number;
  /** How many wait in classes of this priority or before it. */
  sizeUpTo(priority: number): number;
  add(waiter: W): void;
  remove(waiter: W): void;
  /** Whose turn it is; stays until it is removed. */
  next(): W | null;
  /** As `remove`, and its sub-queue has had its turn. */
  serve(waiter: W): void;
  /** Whoever waits longest of all; null: nobody. */
  oldest(): W | null;
  /** Cost of those who would go before a call that came now, as things stand. */
  ahead(priority: number, flow: string | null, at: number): number;
}

/** Flows that are remembered though nothing of them waits. */
const MOST_REMEMBERED = 1000;

/**
 * @param ageing microseconds after which a waiting call counts as one of the class before.
 */
export function createFairQueue<W extends Waiter>(
  weightOf: (flow: string | null) => number,
  ageing: number,
): FairQueue<W> {
  const lanes: Lane<W>[] = [];
  const gone = new Set<W>();
  let size = 0;
  let cost = 0;

  const laneOf = (priority: number): Lane<W> => {
    let index = 0;
    while (index < lanes.length && lanes[index]!.priority < priority) index += 1;
    const found = lanes[index];
    if (found?.priority === priority) return found;
    const lane: Lane<W> = { priority, virtual: 0, flows: new Map(), arrivals: [], size: 0 };
    lanes.splice(index, 0, lane);
    return lane;
  };
  const oldestOf = (lane: Lane<W>): W | null => {
    while (lane.arrivals.length > 0 && gone.delete(lane.arrivals[0]!)) lane.arrivals.shift();
    return lane.arrivals[0] ?? null;
  };
  const flowOf = (lane: Lane<W>, name: string | null): Flow<W> => {
    let flow = lane.flows.get(name);
    if (!flow) {
      if (lane.flows.size >= MOST_REMEMBERED) {
        for (const [other, { waiting }] of lane.flows) if (waiting.length === 0) lane.flows.delete(other);
      }
      flow = { weight: Math.max(1e-6, weightOf(name)), start: lane.virtual, waiting: [], cost: 0 };
      lane.flows.set(name, flow);
    }
    return flow;
  };
  const standing = (priority: number, at: number): number => at + priority * ageing;

  const remove = (waiter: W): Flow<W> | null => {
    const lane = laneOf(waiter.priority);
    const flow = lane.flows.get(waiter.flow);
    const place = flow?.waiting.indexOf(waiter) ?? -1;
    if (!flow || place < 0) return null;
    flow.waiting.splice(place, 1);
    flow.cost -= waiter.cost;
    lane.size -= 1;
    size -= 1;
    cost -= waiter.cost;
    gone.add(waiter);
    if (lane.size === 0) {
      for (const left of lane.arrivals) gone.delete(left);
      lane.arrivals = [];
    } else oldestOf(lane);
    return flow;
  };
  const rest = (lane: Lane<W>): void => {
    // Nobody waits: who was served more than others starts anew with them.
    if (lane.size > 0) return;
    lane.flows.clear();
    lane.virtual = 0;
  };
  const first = (lane: Lane<W>): W => {
    let best: Flow<W> | null = null;
    for (const flow of lane.flows.values()) {
      if (flow.waiting.length === 0) continue;
      if (
        best === null ||
        flow.start < best.start ||
        (flow.start === best.start && flow.waiting[0]!.at < best.waiting[0]!.at)
      )
        best = flow;
    }
    return best!.waiting[0]!;
  };

  return {
    get size() {
      return size;
    },
    get cost() {
      return cost;
    },
    sizeUpTo(priority) {
      let sum = 0;
      for (const lane of lanes) if (lane.priority <= priority) sum += lane.size;
      return sum;
    },
    add(waiter) {
      const lane = laneOf(waiter.priority);
      const flow = flowOf(lane, waiter.flow);
      if (flow.waiting.length === 0 && flow.start < lane.virtual) flow.start = lane.virtual;
      flow.waiting.push(waiter);
      flow.cost += waiter.cost;
      lane.arrivals.push(waiter);
      lane.size += 1;
      size += 1;
      cost += waiter.cost;
    },
    remove(waiter) {
      if (remove(waiter)) rest(laneOf(waiter.priority));
    },
    next() {
      let best: Lane<W> | null = null;
      let before = Infinity;
      for (const lane of lanes) {
        const oldest = oldestOf(lane);
        if (oldest === null) continue;
        const stands = standing(lane.priority, oldest.at);
        if (stands < before) {
          best = lane;
          before = stands;
        }
      }
      return best === null ? null : first(best);
    },
    serve(waiter) {
      const flow = remove(waiter);
      if (!flow) return;
      const lane = laneOf(waiter.priority);
      lane.virtual = Math.max(lane.virtual, flow.start);
      flow.start += waiter.cost / flow.weight;
      rest(lane);
    },
    oldest() {
      let found: W | null = null;
      for (const lane of lanes) {
        const oldest = oldestOf(lane);
        if (oldest !== null && (found === null || oldest.at < found.at)) found = oldest;
      }
      return found;
    },
    ahead(priority, name, at) {
      let sum = 0;
      for (const lane of lanes) {
        if (lane.size === 0) continue;
        if (lane.priority !== priority) {
          const until = standing(priority, at);
          for (const waiter of lane.arrivals) {
            if (standing(lane.priority, waiter.at) > until) break;
            if (!gone.has(waiter)) sum += waiter.cost;
          }
          continue;
        }
        const own = lane.flows.get(name);
        const weight = own?.weight ?? Math.max(1e-6, weightOf(name));
        const starts = Math.max(lane.virtual, own?.start ?? 0) + (own?.cost ?? 0) / weight;
        for (const flow of lane.flows.values()) {
          if (flow === own) sum += flow.cost;
          else sum += Math.min(flow.cost, Math.max(0, (starts - flow.start) * flow.weight));
        }
      }
      return sum;
    },
  };
}
