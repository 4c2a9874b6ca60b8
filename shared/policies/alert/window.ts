/** What came in one step of time. */
interface Step {
  /** Which: time divided by the steps' length. */
  no: number;
  sum: number;
  of: number;
  /** How many fell into each bin of a logarithmic scale; only for percentiles. */
  bins: Record<number, number> | null;
}

/** Sums over the last while, in steps: bounded memory whatever comes, right to one step. */
export interface Window {
  /** Adds to the step of a moment; what is older than the window counts for nothing. */
  add(sum: number, of: number, now: number): void;
  /** A value whose percentiles are asked. */
  put(value: number, now: number): void;
  /** Of the steps of the window that ends with the one of this moment. */
  read(now: number): { sum: number; of: number };
  /** The least value that a share of what was put does not exceed, at most 9 % too high; null: nothing was put. */
  percentile(share: number, now: number): number | null;
  /** When the oldest step goes; null: nothing is in it. */
  readonly turns: number | null;
  save(): unknown;
  restore(saved: unknown): void;
}

/** Steps that a window is cut into; the present one has just begun. */
export const STEPS = 60;
/** Bins per doubling. */
const FINE = 8;

export function createWindow(overUs: number): Window {
  const width = Math.max(1, overUs / STEPS);
  /** Oldest first. */
  let steps: Step[] = [];

  function prune(now: number): number {
    const no = Math.floor(now / width);
    const newest = steps[steps.length - 1]?.no ?? no;
    // A clock that was put back by more than the window: what it measured is of another time.
    if (newest - no > STEPS) steps = [];
    while (steps[0] !== undefined && steps[0].no <= Math.max(no, steps[steps.length - 1]!.no) - STEPS) steps.shift();
    return no;
  }

  function at(now: number): Step | null {
    const no = prune(now);
    let place = steps.length;
    while (place > 0 && steps[place - 1]!.no > no) place--;
    const found = steps[place - 1];
    if (found?.no === no) return found;
    if (steps.length > 0 && no <= steps[steps.length - 1]!.no - STEPS) return null;
    const made: Step = { no, sum: 0, of: 0, bins: null };
    steps.splice(place, 0, made);
    return made;
  }

  return {
    add(sum, of, now) {
      const step = at(now);
      if (step === null) return;
      step.sum += sum;
      step.of += of;
    },
    put(value, now) {
      const step = at(now);
      if (step === null) return;
      const bin = Math.ceil(Math.log2(Math.max(1, value)) * FINE);
      step.bins ??= {};
      step.bins[bin] = (step.bins[bin] ?? 0) + 1;
      step.of += 1;
    },
    read(now) {
      prune(now);
      let sum = 0;
      let of = 0;
      for (const step of steps) {
        sum += step.sum;
        of += step.of;
      }
      return { sum, of };
    },
    percentile(share, now) {
      prune(now);
      const bins = new Map<number, number>();
      let total = 0;
      for (const step of steps)
        for (const [bin, count] of Object.entries(step.bins ?? {})) {
          bins.set(Number(bin), (bins.get(Number(bin)) ?? 0) + count);
          total += count;
        }
      let left = Math.ceil(share * total);
      for (const [bin, count] of [...bins].sort(([a], [b]) => a - b)) {
        left -= count;
        if (left <= 0) return 2 ** (bin / FINE);
      }
      return null;
    },
    get turns() {
      return steps[0] === undefined ? null : Math.ceil((steps[0].no + STEPS) * width);
    },
    save: () => steps,
    restore(saved) {
      if (!Array.isArray(saved)) return;
      steps = saved
        .filter((one): one is Step => isStep(one))
        .map(({ no, sum, of, bins }) => ({ no, sum, of, bins }))
        .slice(-STEPS);
    },
  };
}

function isStep(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { no, sum, of, bins } = value as Partial<Record<keyof Step, unknown>>;
  return Number.isInteger(no) && typeof sum === 'number' && typeof of === 'number' && typeof bins === 'object';
}
