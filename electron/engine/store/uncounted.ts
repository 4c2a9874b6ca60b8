import type { Db } from './open.ts';
import { readIds } from './packing.ts';
import type { RawRow } from './read-calls.ts';
import { prepared } from './read-rows.ts';

/** When the latest of the calls that retention took started; 0 when it took none. */
export function evictedTo(db: Db): number {
  return (
    (prepared(db, "SELECT value FROM meta WHERE name = 'evicted_to'").get() as { value: number } | undefined)?.value ??
    0
  );
}

/**
 * Calls that changed after a change, each once. `app` (a word, 0 for none) only when the call was over before: then sums
 * count it with that app, and it was amended since.
 */
export function changesSince(db: Db, seq: number): Map<number, { app?: number }> {
  const changed = new Map<number, { app?: number }>();
  for (const { ids, amends } of prepared(db, 'SELECT ids, amends FROM commits WHERE seq > ? ORDER BY seq').all(seq) as {
    ids: Buffer;
    amends: Buffer | null;
  }[]) {
    const apps = amends === null ? null : readIds(amends);
    readIds(ids).forEach((id, index) => {
      if (!changed.has(id)) changed.set(id, apps === null ? {} : { app: apps[index] ?? 0 });
    });
  }
  return changed;
}

/**
 * Rows that are not in the rollups: open calls, and those that closed after the sums were last written (a second at most).
 * Of calls amended since then also what sums still say of them, with `calls` -1.
 */
export function* uncounted(db: Db): Generator<{ row: RawRow; calls: 1 | -1 }> {
  const one = prepared(db, 'SELECT * FROM calls WHERE id = ?');
  const counted = (
    prepared(db, "SELECT value FROM meta WHERE name = 'rollup_seq'").get() as { value: number } | undefined
  )?.value;
  const changed = changesSince(db, counted ?? 0);
  for (const { call } of prepared(db, 'SELECT call FROM loose WHERE open = 1').all() as { call: number }[])
    changed.set(call, {});
  for (const [id, { app }] of changed) {
    const row = one.get(id) as RawRow | undefined;
    if (!row) continue;
    yield { row, calls: 1 };
    if (app !== undefined) yield { row: { ...row, app: app === 0 ? null : app }, calls: -1 };
  }
}
