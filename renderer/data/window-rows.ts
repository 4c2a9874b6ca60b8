import type { CallSummary } from '../../shared/model/call-summary.ts';

/** Where a call with this id is, or would be put: ids rise along the rows. */
export function placeOf(rows: readonly CallSummary[], id: number): { at: number; there: boolean } {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const other = rows[middle]?.id ?? 0;
    if (other === id) return { at: middle, there: true };
    if (other < id) low = middle + 1;
    else high = middle;
  }
  return { at: low, there: false };
}

/**
 * Puts calls, given by rising id, among the rows: what is there is replaced, the rest inserted where it belongs. Gives how
 * many were inserted. In place: a batch at the end, the usual case, costs its own length and nothing else.
 */
export function mergeRows(rows: CallSummary[], calls: readonly CallSummary[]): number {
  const between: CallSummary[] = [];
  let inserted = 0;
  for (const call of calls) {
    const last = rows.at(-1);
    if (!last || call.id > last.id) {
      rows.push(call);
      inserted += 1;
      continue;
    }
    const { at, there } = placeOf(rows, call.id);
    if (there) rows[at] = call;
    else between.push(call);
  }
  if (between.length > 0) {
    insertBetween(rows, between);
    inserted += between.length;
  }
  return inserted;
}

/** Inserts calls that are not there yet, from the end: every row moves once at most. */
function insertBetween(rows: CallSummary[], calls: readonly CallSummary[]): void {
  let from = rows.length - 1;
  let next = calls.length - 1;
  rows.length += calls.length;
  for (let to = rows.length - 1; next >= 0; to -= 1) {
    const row = from >= 0 ? rows[from] : undefined;
    const call = calls[next];
    if (row && call && row.id > call.id) {
      rows[to] = row;
      from -= 1;
    } else if (call) {
      rows[to] = call;
      next -= 1;
    }
  }
}

/** The lowest and highest id of the rows that are still open; null when none is. */
export function openSpan(rows: readonly CallSummary[]): { low: number; high: number } | null {
  let low = Infinity;
  let high = 0;
  for (const { id, state } of rows) {
    if (state !== 'open') continue;
    if (id < low) low = id;
    if (id > high) high = id;
  }
  return high === 0 ? null : { low, high };
}

/** Where a call is among the rows, which are by id unless `sorted`; -1 when it is not. */
export function indexOfCall(rows: readonly CallSummary[], id: number, sorted: boolean): number {
  if (sorted) return rows.findIndex((row) => row.id === id);
  const { at, there } = placeOf(rows, id);
  return there ? at : -1;
}
