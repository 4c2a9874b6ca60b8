import { blockOf } from './blocks.ts';
import type { CallRow } from './call-row.ts';
import type { Db } from './open.ts';
import { pack, readDirectory } from './packing.ts';
import { unpackDetails } from './read-details.ts';
import { readRow } from './read-rows.ts';

/** What the writer of calls lets its remover touch. */
export interface WriterInside {
  transaction(work: () => void): void;
  isOpen(id: number): boolean;
  /** A call's details are no longer loose. */
  forgetLoose(id: number): void;
  /** Makes summaries of blocks again from the rows that are left. */
  resummarise(blocks: Iterable<number>): void;
  putMeta(name: string, value: number): void;
  meta(name: string): number;
  /** So many rows are gone. */
  countGone(rows: number): void;
  /** Writes the sums of what closed so far. */
  flushSums(): void;
  /** Takes a closed call that is still there out of the sums; `flushSums` writes it. */
  uncount(row: CallRow): void;
}

export interface Removal {
  ids: readonly number[];
  /** Pinned calls too. */
  pinned: boolean;
  /** The gap row that counts what was removed, once there is one. */
  gap: number | null;
}

export interface Removed {
  removed: number;
  /** Those that are open, or pinned. */
  stayed: number;
  gap: number | null;
}

/** Deletes calls: because their time is over (`evictOldest`), or because somebody wants it (`remove`). */
export interface CallsRemover {
  /** Deletes the unpinned calls of the oldest page that has any, else (when allowed) the oldest page of pinned ones. */
  evictOldest(evenPinned: boolean): { calls: number } | null;
  /** When the oldest unpinned call started (microseconds), or null. */
  oldestStart(): number | null;
  /** Deletes given calls with all that is counted and summarised of them, in one transaction. Their bodies become orphans. */
  remove(removal: Removal): Removed;
  /** Bodies that removed calls had. */
  orphans(): number[];
  /** Looks a little further whether other calls have these bodies; in the end those that nobody has, else null. */
  findUnused(): number[] | null;
  /** They were looked at: bodies that were in use are ordinary again. */
  clearOrphans(): void;
  /** Bodies of pinned calls. */
  pinnedBodies(): Set<number>;
  isPinned(call: number): boolean;
  pinnedCalls(): number[];
  /** Ids of a call's bodies. */
  bodiesOf(call: number): number[];
  /** Pins have changed. */
  marksChanged(): void;
}

const GONE = 'Deleted on request.';
/** Ids looked at in one step of `findUnused`. */
const STRIDE = 20_000;

export function createCallsRemover(db: Db, inside: WriterInside): CallsRemover {
  const nextPage = db.prepare<[number], { id: number; directory: Buffer }>(
    'SELECT id, directory FROM pages WHERE id > ? ORDER BY id LIMIT 1',
  );
  const getPage = db.prepare<[number], { directory: Buffer; data: Buffer }>(
    'SELECT directory, data FROM pages WHERE id = ?',
  );
  const putPage = db.prepare('UPDATE pages SET calls = ?, directory = ?, data = ? WHERE id = ?');
  const dropPage = db.prepare('DELETE FROM pages WHERE id = ?');
  const dropTerms = db.prepare('DELETE FROM page_terms WHERE page = ?');
  const isPinned = db.prepare<[number], { pinned: number }>('SELECT pinned FROM marks WHERE call = ? AND pinned = 1');
  const dropMark = db.prepare('DELETE FROM marks WHERE call = ?');
  const startOf = db.prepare<[number], { started_at: number }>('SELECT started_at FROM calls WHERE id = ?');
  const pageOf = db.prepare<[number], { page: number | null }>('SELECT page FROM calls WHERE id = ?');
  const dropInPage = db.prepare('DELETE FROM calls WHERE id = ? AND page = ?');
  const dropCall = db.prepare('DELETE FROM calls WHERE id = ?');
  const dropUsage = db.prepare('DELETE FROM usages WHERE call = ?');
  const dropLoose = db.prepare('DELETE FROM loose WHERE call = ?');
  const addOrphan = db.prepare('INSERT OR IGNORE INTO orphans (body) VALUES (?)');
  const addGap = db.prepare('INSERT INTO gaps (from_at, to_at, calls, reason) VALUES (?, ?, ?, ?)');
  const growGap = db.prepare(
    'UPDATE gaps SET from_at = MIN(from_at, ?), to_at = MAX(to_at, ?), calls = calls + ? WHERE id = ?',
  );
  const pinnedCalls = db.prepare('SELECT call FROM marks WHERE pinned = 1');
  const bodiesOf = db.prepare<[number], { request_body: number | null; response_body: number | null }>(
    'SELECT request_body, response_body FROM calls WHERE id = ?',
  );
  /** No page up to here has an unpinned call. */
  let onlyPinnedThrough = 0;
  let bodiesOfPinned: Set<number> | null = null;
  let search: { next: number; used: Set<number> } | null = null;

  const pinned = (id: number): boolean => isPinned.get(id) !== undefined;

  /** Takes parts out of a page; a page without parts goes. */
  function shrinkPage(id: number, gone: (call: number) => boolean): void {
    const page = getPage.get(id);
    if (!page) return;
    const left = [...unpackDetails(page.directory, page.data)].filter(([call]) => !gone(call));
    if (left.length === 0) {
      dropPage.run(id);
      dropTerms.run(id);
      return;
    }
    const parts = left.map(([, part]) => part);
    const { directory, data } = pack(
      left.map(([call]) => call),
      parts.map((part) => part.length),
      Buffer.concat(parts),
    );
    putPage.run(left.length, directory, data, id);
  }

  /** The oldest page with an unpinned call. */
  function oldestPage(): { id: number; ids: number[]; unpinned: number[] } | null {
    for (let page = nextPage.get(onlyPinnedThrough); page; page = nextPage.get(page.id)) {
      const { ids } = readDirectory(page.directory);
      const unpinned = ids.filter((id) => !pinned(id));
      if (unpinned.length > 0) return { id: page.id, ids, unpinned };
      onlyPinnedThrough = page.id;
    }
    return null;
  }

  return {
    evictOldest(evenPinned) {
      let page = oldestPage();
      if (!page && evenPinned) {
        const first = nextPage.get(0);
        if (first) {
          const { ids } = readDirectory(first.directory);
          page = { id: first.id, ids, unpinned: ids };
        }
      }
      if (!page) return null;
      const { id, unpinned } = page;
      const gone = new Set(unpinned);
      inside.transaction(() => {
        let rows = 0;
        let latest = inside.meta('evicted_to');
        for (const call of unpinned) {
          latest = Math.max(latest, startOf.get(call)?.started_at ?? 0);
          rows += dropInPage.run(call, id).changes;
          dropUsage.run(call);
          dropMark.run(call);
        }
        inside.countGone(rows);
        // Sums count evicted calls on; whoever counts calls that are there takes them from here on only.
        inside.putMeta('evicted_to', latest);
        shrinkPage(id, (call) => gone.has(call));
        dropEmptyBlocks(db, new Set(unpinned.map(blockOf)));
      });
      bodiesOfPinned = null;
      return { calls: unpinned.length };
    },

    oldestStart() {
      const first = oldestPage()?.unpinned[0];
      return first === undefined ? null : (startOf.get(first)?.started_at ?? 0);
    },

    remove({ ids, pinned: pinnedToo, gap }) {
      const report: Removed = { removed: 0, stayed: 0, gap };
      inside.transaction(() => {
        inside.flushSums();
        const pages = new Map<number, Set<number>>();
        const blocks = new Set<number>();
        let from = Infinity;
        let to = 0;
        for (const id of new Set(ids)) {
          const row = readRow(db, id);
          if (!row) continue;
          if (inside.isOpen(id) || (!pinnedToo && pinned(id))) {
            report.stayed += 1;
            continue;
          }
          inside.uncount(row);
          const page = pageOf.get(id)?.page ?? null;
          if (page === null) {
            dropLoose.run(id);
            inside.forgetLoose(id);
          } else {
            const gone = pages.get(page);
            if (gone) gone.add(id);
            else pages.set(page, new Set([id]));
          }
          for (const body of [row.requestBody, row.responseBody]) if (body !== null) addOrphan.run(body);
          dropCall.run(id);
          dropUsage.run(id);
          dropMark.run(id);
          blocks.add(blockOf(id));
          from = Math.min(from, row.startedAt);
          to = Math.max(to, row.startedAt);
          report.removed += 1;
        }
        if (report.removed === 0) return;
        for (const [page, gone] of pages) shrinkPage(page, (id) => gone.has(id));
        inside.countGone(report.removed);
        inside.flushSums();
        inside.resummarise(blocks);
        if (gap !== null && growGap.run(from, to, report.removed, gap).changes > 0) return;
        report.gap = Number(addGap.run(from, to, report.removed, GONE).lastInsertRowid);
      });
      search = null;
      bodiesOfPinned = null;
      return report;
    },

    orphans: () => (db.prepare('SELECT body FROM orphans').all() as { body: number }[]).map(({ body }) => body),

    findUnused() {
      const first = db.prepare<[], { id: number | null }>('SELECT MIN(id) AS id FROM calls').get()?.id ?? null;
      const last = db.prepare<[], { id: number | null }>('SELECT MAX(id) AS id FROM calls').get()?.id ?? null;
      search ??= { next: first ?? 1, used: new Set() };
      if (first !== null && last !== null && search.next <= last) {
        const bounds = { low: search.next, high: search.next + STRIDE - 1 };
        const inUse = db.prepare<{ low: number; high: number }, { body: number }>(
          `SELECT request_body AS body FROM calls WHERE id BETWEEN @low AND @high AND request_body IN (SELECT body FROM orphans)
           UNION SELECT response_body FROM calls WHERE id BETWEEN @low AND @high AND response_body IN (SELECT body FROM orphans)`,
        );
        for (const { body } of inUse.iterate(bounds)) search.used.add(body);
        search.next += STRIDE;
        return null;
      }
      const { used } = search;
      search = null;
      return this.orphans().filter((body) => !used.has(body));
    },

    clearOrphans() {
      inside.transaction(() => db.prepare('DELETE FROM orphans').run());
    },

    pinnedBodies() {
      if (bodiesOfPinned) return bodiesOfPinned;
      const bodies = new Set<number>();
      let settled = true;
      for (const { flags, request_body, response_body } of db
        .prepare(
          'SELECT flags, request_body, response_body FROM calls WHERE id IN (SELECT call FROM marks WHERE pinned = 1)',
        )
        .iterate() as IterableIterator<{ flags: number; request_body: number | null; response_body: number | null }>) {
        if (request_body !== null) bodies.add(request_body);
        if (response_body !== null) bodies.add(response_body);
        if ((flags & 1) === 1) settled = false; // its bodies are still to come
      }
      if (settled) bodiesOfPinned = bodies;
      return bodies;
    },

    isPinned: pinned,
    pinnedCalls: () => (pinnedCalls.all() as { call: number }[]).map(({ call }) => call),
    bodiesOf(call) {
      const row = bodiesOf.get(call);
      return row ? [row.request_body, row.response_body].filter((body) => body !== null) : [];
    },

    marksChanged() {
      onlyPinnedThrough = 0;
      bodiesOfPinned = null;
    },
  };
}

/** Summaries of blocks that have no call left. */
function dropEmptyBlocks(db: Db, blocks: Iterable<number>): void {
  const any = db.prepare('SELECT 1 FROM calls WHERE id BETWEEN ? AND ? LIMIT 1');
  for (const block of blocks) {
    if (any.get(block * 512, block * 512 + 511) === undefined)
      db.prepare('DELETE FROM blocks WHERE block = ?').run(block);
  }
}
