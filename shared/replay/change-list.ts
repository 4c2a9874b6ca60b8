import type { BodyChange } from '../model/replay.ts';

/** As many changes are listed. */
export const MOST_CHANGES = 1_000;
/** Characters of a value that are shown. */
const SHOWN = 500;

export interface ChangeList {
  add(change: BodyChange): void;
  /** How many count. */
  readonly counting: number;
  readonly ignored: number;
  /** The first that count. */
  readonly first: readonly BodyChange[];
  /** In the order they were added; what counts goes before what does not when there are too many. */
  list(): { changes: BodyChange[]; more: number };
}

export function createChangeList(): ChangeList {
  const count: { at: number; change: BodyChange }[] = [];
  const doNot: { at: number; change: BodyChange }[] = [];
  let counting = 0;
  let ignored = 0;
  return {
    add(change) {
      const kept = change.ignored === null ? count : doNot;
      const at = counting + ignored;
      if (change.ignored === null) counting++;
      else ignored++;
      if (kept.length < MOST_CHANGES) kept.push({ at, change });
    },
    get counting() {
      return counting;
    },
    get ignored() {
      return ignored;
    },
    get first() {
      return count.slice(0, 3).map(({ change }) => change);
    },
    list() {
      const kept = [...count, ...doNot.slice(0, MOST_CHANGES - count.length)].sort((a, b) => a.at - b.at);
      return { changes: kept.map(({ change }) => change), more: counting + ignored - kept.length };
    },
  };
}

/** A value as it is shown in a change, cut with `…`. */
export function cutShort(text: string): string {
  return text.length > SHOWN ? `${text.slice(0, SHOWN - 1).toWellFormed()}…` : text;
}
