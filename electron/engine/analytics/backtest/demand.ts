import type { Demand } from '../../../../shared/contract/policies.ts';
import type { DecisionNumbers } from '../../../../shared/model/policy.ts';
import { ROW } from './history.ts';
import type { Recorded } from './kept-history.ts';

/** By what a policy counts, and over which windows. */
export interface CountedBy {
  /** Microseconds; null: it counts what runs at the same time. */
  windowUs: number | null;
  /** Of periods by the calendar: when the one that a moment lies in began. */
  startOf: ((at: number) => number) | null;
  unit: DecisionNumbers['unit'];
  /** What calls cost is counted of these units, where the unit is `units`. */
  unitName: string | null;
}

/** A call that the policy is about, and whose counter it is counted by. */
export interface CountedCall {
  row: number;
  key: string;
}

const BUCKETS = 24;
const STEPS = 60;
const MOST_KEYS = 50;

/** How much calls asked of a limit, window by window and key by key: windows that begin at whole multiples, as fixed windows do. */
export function sumDemand(
  { history, beside }: Pick<Recorded, 'history' | 'beside'>,
  counted: readonly CountedCall[],
  { windowUs, startOf, unit, unitName }: CountedBy,
): Omit<Demand, 'headroom'> & { unknownCalls: number } {
  const keys = new Map<string, { calls: number; highest: number }>();
  const windows: { start: number; amount: number; calls: number; key: string }[] = [];
  let unknownCalls = 0;
  const costOf = (row: number): number => {
    switch (unit) {
      case 'tokens': {
        const [input, output] = [history.input.at(row), history.output.at(row)];
        if (input < 0 && output < 0) return -1;
        return Math.max(0, input) + Math.max(0, output);
      }
      case 'bytes':
        return Math.max(0, history.requestBytes.at(row)) + Math.max(0, history.responseBytes.at(row));
      case 'nano-dollars':
        return history.cost.at(row);
      case 'units':
        return (history.bits[row]! & ROW.metered) === 0 ? -1 : (beside.units(row)[unitName ?? ''] ?? 0);
      default:
        return 1;
    }
  };
  const noteKey = (key: string, amount: number, calls: number): void => {
    const known = keys.get(key);
    if (!known) keys.set(key, { calls, highest: amount });
    else {
      known.calls += calls;
      known.highest = Math.max(known.highest, amount);
    }
  };
  if (windowUs === null) sumRunning();
  else sumWindows(windowUs);

  function sumWindows(length: number): void {
    const open = new Map<string, { start: number; amount: number; calls: number; key: string }>();
    for (const { row, key } of counted) {
      const cost = costOf(row);
      if (cost < 0) unknownCalls += 1;
      const at = history.at[row]!;
      const start = startOf ? startOf(at) : Math.floor(at / length) * length;
      let window = open.get(key);
      if (!window || window.start !== start) {
        window = { start, amount: 0, calls: 0, key };
        open.set(key, window);
        windows.push(window);
      }
      window.amount += Math.max(0, cost);
      window.calls += 1;
    }
    for (const { key, amount, calls } of windows) noteKey(key, amount, calls);
  }

  /** Of what runs at the same time, how many run when each call comes, with it. */
  function sumRunning(): void {
    const ends = new Map<string, number[]>();
    for (const { row, key } of counted) {
      const at = history.at[row]!;
      const running = (ends.get(key) ?? []).filter((end) => end > at);
      running.push(at + Math.max(0, history.duration.at(row)));
      ends.set(key, running);
      windows.push({ start: at, amount: running.length, calls: 1, key });
      noteKey(key, running.length, 1);
    }
  }

  const amounts = Float64Array.from(windows, ({ amount }) => amount).sort();
  const at = (share: number): number =>
    amounts.length === 0 ? 0 : amounts[Math.max(0, Math.ceil(share * amounts.length) - 1)]!;
  const first = counted.length === 0 ? 0 : history.at[counted[0]!.row]!;
  const last = counted.length === 0 ? 0 : history.at[counted.at(-1)!.row]!;
  const step = Math.max(1_000_000, Math.ceil((last - first + 1) / STEPS / 1_000_000) * 1_000_000);
  const series = Array.from(
    { length: counted.length === 0 ? 0 : Math.floor((last - first) / step) + 1 },
    (_, index) => ({
      start: first + index * step,
      highest: 0,
      calls: 0,
    }),
  );
  for (const { start, amount, calls } of windows) {
    const one = series[Math.min(series.length - 1, Math.max(0, Math.floor((start - first) / step)))]!;
    one.highest = Math.max(one.highest, amount);
    one.calls += calls;
  }
  return {
    windowUs: windowUs ?? 0,
    unit,
    windows: windows.length,
    calls: counted.length,
    buckets: bucketsOf(amounts),
    percentiles: { p50: at(0.5), p90: at(0.9), p99: at(0.99), p999: at(0.999), max: at(1) },
    series,
    step,
    keys: [...keys]
      .map(([key, { calls, highest }]) => ({ key, calls, highest }))
      .sort((a, b) => b.highest - a.highest || b.calls - a.calls)
      .slice(0, MOST_KEYS),
    unknownCalls,
  };
}

/** Equal in width, of whole numbers where amounts are: the last one ends at or above the highest. */
function bucketsOf(amounts: Float64Array): Demand['buckets'] {
  if (amounts.length === 0) return [];
  const highest = amounts[amounts.length - 1]!;
  const width = Math.max(1, Math.ceil((highest + 1) / BUCKETS));
  const buckets = Array.from({ length: Math.max(1, Math.ceil((highest + 1) / width)) }, (_, index) => ({
    from: index * width,
    to: (index + 1) * width,
    windows: 0,
  }));
  for (const amount of amounts) buckets[Math.min(buckets.length - 1, Math.floor(amount / width))]!.windows += 1;
  return buckets;
}
