import type { Db } from './open.ts';

/** What somebody puts on calls; what is left out stays. An empty note takes the note away. */
export interface Marking {
  ids: readonly number[];
  pinned?: boolean | undefined;
  note?: string | undefined;
}

/** Puts marks on the calls that there are; gives their ids. Within the caller's transaction. */
export function createMarker(db: Db): (marking: Marking) => number[] {
  const exists = db.prepare('SELECT 1 FROM calls WHERE id = ?');
  const begin = db.prepare('INSERT OR IGNORE INTO marks (call, pinned, note) VALUES (?, 0, NULL)');
  const pin = db.prepare('UPDATE marks SET pinned = ? WHERE call = ?');
  const write = db.prepare('UPDATE marks SET note = ? WHERE call = ?');
  const dropBlank = db.prepare('DELETE FROM marks WHERE call = ? AND pinned = 0 AND note IS NULL');
  return ({ ids, pinned, note }) => {
    const marked = [...new Set(ids)].filter((id) => exists.get(id) !== undefined);
    for (const id of marked) {
      begin.run(id);
      if (pinned !== undefined) pin.run(pinned ? 1 : 0, id);
      if (note !== undefined) write.run(note === '' ? null : note, id);
      dropBlank.run(id);
    }
    return marked;
  };
}
