import type { CounterField } from '../counter-key.ts';
import { fieldReader } from '../counter-key.ts';
import type { CallFacts } from '../facts.ts';

/** More keys than this that are all in use share one counter: nobody gets more than allowed for want of our memory. */
const MOST_KEYS = 100_000;
/** So many before it is looked for the first time which are not in use any more. */
const FIRST_SWEEP = 512;

type Step<Entry> = Map<string | null, Step<Entry> | Entry>;

/** One counter for each combination of values of some fields. Finding it makes no new strings. */
export interface Counters<Entry> {
  readonly size: number;
  find(facts: CallFacts): Entry | null;
  /** Makes it when it is not there. */
  get(facts: CallFacts, at: number): Entry;
  /** By values, in the order of the fields. */
  put(values: readonly (string | null)[], entry: Entry): void;
  all(): Iterable<Entry>;
}

/**
 * @param idle whether an entry may be forgotten: it is as new.
 * @param most for tests.
 */
export function createCounters<Entry extends object>(
  per: readonly CounterField[],
  fresh: (values: readonly (string | null)[], at: number) => Entry,
  idle: (entry: Entry, at: number) => boolean,
  most = MOST_KEYS,
): Counters<Entry> {
  const root: Step<Entry> = new Map();
  const depth = per.length;
  const readers = per.map((field) => fieldReader(field));
  let single: Entry | null = null;
  let others: Entry | null = null;
  let size = 0;
  let sweepAt = Math.min(FIRST_SWEEP, most);

  const sweep = (step: Step<Entry>, level: number, at: number): void => {
    for (const [value, below] of step) {
      if (level < depth - 1) {
        sweep(below as Step<Entry>, level + 1, at);
        if ((below as Step<Entry>).size === 0) step.delete(value);
      } else if (idle(below as Entry, at)) {
        step.delete(value);
        size -= 1;
      }
    }
  };
  const find = (facts: CallFacts): Entry | null => {
    if (depth === 0) return single;
    let step = root;
    for (let level = 0; level < depth - 1; level += 1) {
      const below = step.get(readers[level]!(facts));
      if (below === undefined) return null;
      step = below as Step<Entry>;
    }
    return (step.get(readers[depth - 1]!(facts)) as Entry | undefined) ?? null;
  };
  const put = (values: readonly (string | null)[], entry: Entry): void => {
    if (depth === 0) {
      if (single === null) size += 1;
      single = entry;
      return;
    }
    let step = root;
    for (let level = 0; level < depth - 1; level += 1) {
      const value = values[level] ?? null;
      let below = step.get(value) as Step<Entry> | undefined;
      if (!below) step.set(value, (below = new Map()));
      step = below;
    }
    const value = values[depth - 1] ?? null;
    if (!step.has(value)) size += 1;
    step.set(value, entry);
  };
  return {
    get size() {
      return size;
    },
    find,
    put,
    get(facts, at) {
      const known = find(facts);
      if (known !== null) return known;
      if (size >= sweepAt) {
        if (depth > 0) sweep(root, 0, at);
        sweepAt = Math.min(most, Math.max(FIRST_SWEEP, size * 2));
        if (size >= most) {
          others ??= fresh(
            per.map(() => '(others)'),
            at,
          );
          return others;
        }
      }
      const values = readers.map((read) => read(facts));
      const entry = fresh(values, at);
      put(values, entry);
      return entry;
    },
    *all() {
      if (single !== null) yield single;
      const steps: [Step<Entry>, number][] = [[root, 0]];
      for (let next = steps.pop(); next; next = steps.pop()) {
        const [step, level] = next;
        for (const below of step.values()) {
          if (level < depth - 1) steps.push([below as Step<Entry>, level + 1]);
          else if (depth > 0) yield below as Entry;
        }
      }
      if (others !== null) yield others;
    },
  };
}

/** `app=billing vendor=openai`; what is not known is counted together, as `app=?`. */
export function keyText(per: readonly CounterField[], values: readonly (string | null)[]): string {
  return per
    .map((field, index) => {
      const value = values[index] ?? '?';
      return `${field}=${per.length > 1 && /[\s=%]/.test(value) ? encodeURIComponent(value) : value}`;
    })
    .join(' ');
}
