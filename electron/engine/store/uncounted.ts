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

/** How sums count a call that was amended since: words, null for none. `tags` is left out where nobody wrote it down. */
export interface CountedAs {
  app: number | null;
  tags?: number | null;
}

/** Calls that changed after a change, each once; with how sums count it when the call was over before, and was amended since. */
export function changesSince(db: Db, seq: number): Map<number, CountedAs | null> {
  const changed = new Map<number, CountedAs | null>();
  const word = (id: number | undefined): number | null => (id === undefined || id === 0 ? null : id);
  for (const { ids, amends, amend_tags: amendTags } of prepared(
    db,
    'SELECT ids, amends, amend_tags FROM commits WHERE seq > ? ORDER BY seq',
  ).all(seq) as { ids: Buffer; amends: Buffer | null; amend_tags: Buffer | null }[]) {
    const apps = amends === null ? null : readIds(amends);
    const tags = amendTags === null ? null : readIds(amendTags);
    readIds(ids).forEach((id, index) => {
      if (changed.has(id)) return;
      changed.set(id, apps && { app: word(apps[index]), ...(tags && { tags: word(tags[index]) }) });
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
    changed.set(call, null);
  for (const [id, before] of changed) {
    const row = one.get(id) as RawRow | undefined;
    if (!row) continue;
    yield { row, calls: 1 };
    if (before) yield { row: { ...row, ...before }, calls: -1 };
  }
}
