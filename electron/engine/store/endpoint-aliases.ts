import { WORD } from './codes.ts';
import type { Db } from './open.ts';
import type { EndpointMerge } from './picture-rows.ts';
import { prepared } from './read-rows.ts';
import type { Words } from './words.ts';

/**
 * Endpoints that count as others. Rows and sums stay as they were recorded; readers look the alias up. `meta.aliases` counts
 * changes, so that readers know when to look again.
 */
export function createAliasWriter(db: Db, words: Words): (merges: readonly EndpointMerge[], day: number) => void {
  const put = db.prepare('INSERT OR REPLACE INTO endpoint_aliases (host, endpoint, counts_as) VALUES (?, ?, ?)');
  const find = db.prepare<[number, number], { counts_as: number }>(
    'SELECT counts_as FROM endpoint_aliases WHERE host = ? AND endpoint = ?',
  );
  const drop = db.prepare('DELETE FROM endpoint_aliases WHERE host = ? AND endpoint = ?');
  const changed = db.prepare(
    "INSERT INTO meta (name, value) VALUES ('aliases', 1) ON CONFLICT DO UPDATE SET value = value + 1",
  );

  return (merges, day) => {
    for (const { host: name, from, to } of merges) {
      const host = words.idOf(WORD.host, name, day);
      const target = words.idOf(WORD.endpoint, to, day);
      // What others count as from now on counts as itself: so the latest word holds, and there are no circles.
      drop.run(host, target);
      for (const one of from) {
        const endpoint = words.idOf(WORD.endpoint, one, day);
        if (endpoint !== target && find.get(host, endpoint)?.counts_as !== target) put.run(host, endpoint, target);
      }
      changed.run();
    }
  };
}

/** What endpoints count as, as it is now: host → endpoint → what it counts as in the end, all words. */
export type Aliases = ReadonlyMap<number, ReadonlyMap<number, number>>;

const known = new WeakMap<Db, { at: number; aliases: Aliases }>();

export function readAliases(db: Db): Aliases {
  const at =
    (prepared(db, "SELECT value FROM meta WHERE name = 'aliases'").get() as { value: number } | undefined)?.value ?? 0;
  const before = known.get(db);
  if (before?.at === at) return before.aliases;
  const direct = new Map<number, Map<number, number>>();
  for (const { host, endpoint, counts_as: target } of prepared(
    db,
    'SELECT host, endpoint, counts_as FROM endpoint_aliases',
  ).all() as { host: number; endpoint: number; counts_as: number }[]) {
    const ofHost = direct.get(host);
    if (ofHost) ofHost.set(endpoint, target);
    else direct.set(host, new Map([[endpoint, target]]));
  }
  for (const ofHost of direct.values()) {
    for (const endpoint of ofHost.keys()) {
      const path = new Set<number>([endpoint]);
      let end = endpoint;
      for (let next = ofHost.get(end); next !== undefined && !path.has(next); next = ofHost.get(end)) {
        path.add(next);
        end = next;
      }
      for (const one of path) if (one !== end) ofHost.set(one, end);
    }
  }
  known.set(db, { at, aliases: direct });
  return direct;
}
