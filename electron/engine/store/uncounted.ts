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

/** Rows that are not in the rollups: open calls, and those that closed after the sums were last written (a second at most). */
export function* uncounted(db: Db): Generator<RawRow> {
  const one = prepared(db, 'SELECT * FROM calls WHERE id = ?');
  const ids = new Set<number>();
  for (const { call } of prepared(db, 'SELECT call FROM loose WHERE open = 1').all() as { call: number }[])
    ids.add(call);
  const counted = (
    prepared(db, "SELECT value FROM meta WHERE name = 'rollup_seq'").get() as { value: number } | undefined
  )?.value;
  for (const row of prepared(db, 'SELECT ids FROM commits WHERE seq > ?').all(counted ?? 0) as { ids: Buffer }[])
    for (const id of readIds(row.ids)) ids.add(id);
  for (const id of ids) {
    const row = one.get(id) as RawRow | undefined;
    if (row) yield row;
  }
}
