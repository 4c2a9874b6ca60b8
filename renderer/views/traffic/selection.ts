/** Which calls are selected, by id: rows come and go under it. */
export interface Selection {
  ids: ReadonlySet<number>;
  /** The call the keyboard is at. */
  active: number | null;
  /** Where a range with Shift began. */
  anchor: number | null;
}

export const NOTHING: Selection = { ids: new Set(), active: null, anchor: null };

/** Gives the ids shown between two calls, both included, in the order shown; null when one is not among the rows. */
type Between = (from: number, to: number) => readonly number[] | null;

export function selectOne(id: number): Selection {
  return { ids: new Set([id]), active: id, anchor: id };
}

/** Adds a call to the selection, or takes it away. */
export function toggleOne({ ids }: Selection, id: number): Selection {
  const next = new Set(ids);
  if (!next.delete(id)) next.add(id);
  return { ids: next, active: id, anchor: id };
}

/** Selects from the anchor to this call; the anchor stays, so that the range can shrink again. */
export function selectTo(selection: Selection, id: number, between: Between): Selection {
  const anchor = selection.anchor ?? selection.active ?? id;
  const range = between(anchor, id);
  if (!range) return selectOne(id);
  return { ids: new Set(range), active: id, anchor };
}

export function selectAll(selection: Selection, ids: readonly number[]): Selection {
  return { ids: new Set(ids), active: selection.active ?? ids.at(-1) ?? null, anchor: ids[0] ?? null };
}
