import { hash } from 'node:crypto';
import { ByteWriter } from './byte-writer.ts';
import { createMessagesIndexer } from './index-messages.ts';
import { createBodiesIndexer } from './index-pages.ts';
import { compress, decompress, pack, readDirectory } from './packing.ts';
import type { Db } from './open.ts';

/** A body on its way to disk, redacted. */
export interface NewBody {
  id: number;
  bytes: Uint8Array;
  digest: string;
  redacted: boolean;
  /** Content codings still on; null for none (or none left, when redacted). */
  coding: string | null;
}

/** Messages of one call, written together. */
export interface NewMessages {
  call: number;
  /** Number of the first one, from 0. */
  first: number;
  count: number;
  /** In the form of messages-codec.ts. */
  data: Uint8Array;
}

export interface BodyBatch {
  bodies: readonly NewBody[];
  messages: readonly NewMessages[];
  callHigh: number;
}

/** What retention leaves alone: bodies and messages of pinned calls. */
export interface Kept {
  bodies: ReadonlySet<number>;
  calls: readonly number[];
}

export interface BodiesWriter {
  /**
   * The id under which these bytes are (or will be) stored; `fresh` when they have to be given to
   * the next `commit`. Bytes stored long ago are stored again, so that what is used stays when old
   * pages go.
   */
  idFor(
    bytes: Uint8Array,
    redacted: boolean,
    coding: string | null,
    digest?: string,
  ): { id: number; digest: string; fresh: boolean };
  commit(batch: BodyBatch, now: number): void;
  settle(now: number): void;
  unsettled(): boolean;
  /** Makes the search filter of one more page; false when all have theirs. */
  indexNext(): boolean;
  highestId(): number;
  meta(name: string): number;
  /** Ids must start above this: what a lost database may have used. */
  raise(id: number): void;
  /** Deletes what nobody keeps of the oldest page that has such, and messages as old; false when there is nothing. */
  evictOldest(kept: Kept): boolean;
  /** When the oldest page with something nobody keeps was written, in seconds since the epoch, or null. */
  oldestAt(kept: Kept): number | null;
  /** Bodies that may be deleted soon: who comes with the same bytes gets a copy of their own. */
  doom(ids: Iterable<number>): void;
  /** Those that are still there are ordinary bodies again. */
  pardon(): void;
  /** Deletes bodies for good. */
  remove(ids: readonly number[]): void;
  removeMessages(calls: readonly number[]): void;
  /** Tells which pages count as old (by id): bytes in them are stored again when seen again. */
  setOldBefore(page: number): void;
}

const PAGE_AT_ONCE = 48 * 1024;
const PAGE_SIZE = 256 * 1024;
const LOOSE_BYTES = 128 * 1024;
const LOOSE_BODIES = 64;
/** From this size on a body has a page of its own. */
const ALONE = 64 * 1024;
const REMEMBERED = 20_000;

export function createBodiesWriter(db: Db): BodiesWriter {
  const begin = db.prepare('BEGIN IMMEDIATE');
  const end = db.prepare('COMMIT');
  const undo = db.prepare('ROLLBACK');
  const find = db.prepare<
    [number],
    { id: number; digest: Buffer; redacted: number; coding: string | null; page: number | null }
  >('SELECT id, digest, redacted, coding, page FROM bodies WHERE hash = ? ORDER BY id DESC');
  const putBody = db.prepare(
    'INSERT OR REPLACE INTO bodies (id, hash, digest, redacted, coding, size, page) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const putPage = db.prepare('INSERT INTO pages (id, at, codec, directory, data) VALUES (?, ?, ?, ?, ?)');
  const putLoose = db.prepare('INSERT OR REPLACE INTO loose (id, data) VALUES (?, ?)');
  const getLoose = db.prepare<[number], { data: Buffer }>('SELECT data FROM loose WHERE id = ?');
  const dropLoose = db.prepare('DELETE FROM loose WHERE id = ?');
  const setPage = db.prepare('UPDATE bodies SET page = ? WHERE id = ?');
  const putMessages = db.prepare(
    'INSERT INTO messages (id, call, first, count, at, codec, data) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const putMeta = db.prepare('INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)');
  const getMeta = db.prepare<[string], { value: number }>('SELECT value FROM meta WHERE name = ?');
  const pageAfter = db.prepare<[number], { id: number; at: number; directory: Buffer }>(
    'SELECT id, at, directory FROM pages WHERE id > ? ORDER BY id LIMIT 1',
  );
  const getPage = db.prepare<[number], { codec: number; directory: Buffer; data: Buffer }>(
    'SELECT codec, directory, data FROM pages WHERE id = ?',
  );
  const shrink = db.prepare('UPDATE pages SET codec = ?, directory = ?, data = ? WHERE id = ?');
  const findBody = db.prepare<[number], { page: number | null }>('SELECT page FROM bodies WHERE id = ?');
  const dropBodyById = db.prepare('DELETE FROM bodies WHERE id = ?');
  const dropMessagesOf = db.prepare('DELETE FROM messages WHERE call = ?');
  const dropBody = db.prepare('DELETE FROM bodies WHERE id = ? AND page = ?');
  const dropPage = db.prepare('DELETE FROM pages WHERE id = ?');
  const dropTerms = db.prepare('DELETE FROM page_terms WHERE page = ?');
  const indexer = createBodiesIndexer(db);
  const messagesIndexer = createMessagesIndexer(db);
  const dropMessages = db.prepare(
    'DELETE FROM messages WHERE id IN (SELECT id FROM messages WHERE at <= ? AND call NOT IN (SELECT value FROM json_each(?)) ORDER BY id LIMIT 200)',
  );
  const oldestMessages = db.prepare<[string], { at: number }>(
    'SELECT at FROM messages WHERE call NOT IN (SELECT value FROM json_each(?)) ORDER BY id LIMIT 1',
  );

  const joined = new ByteWriter(Buffer.allocUnsafeSlow(PAGE_SIZE));
  /** Digest (with the redacted mark) → id and page: bodies repeat. */
  let recent = new Map<string, { id: number; page: number }>();
  let older = new Map<string, { id: number; page: number }>();
  let lastId = 0;
  /** Rows of messages are never given a number that a filter was made for. */
  let lastMessage = 0;
  let nextPage = 1;
  let oldBefore = 0;
  const doomed = new Set<number>();
  /** No page up to here has a body that nobody keeps. */
  let onlyKeptThrough = 0;
  let keptThen: ReadonlySet<number> | null = null;
  let loose = new Map<number, number>();
  let looseBytes = 0;
  restore();

  function meta(name: string): number {
    return getMeta.get(name)?.value ?? 0;
  }

  function restore(): void {
    recent = new Map();
    older = new Map();
    const highest = db.prepare<[], { id: number | null }>('SELECT MAX(id) AS id FROM bodies').get()?.id ?? 0;
    lastId = Math.max(lastId, highest, meta('last_id'));
    lastMessage =
      db
        .prepare<[], { id: number | null }>(
          'SELECT MAX(COALESCE((SELECT MAX(id) FROM messages), 0), COALESCE((SELECT MAX(last) FROM message_terms), 0)) AS id',
        )
        .get()?.id ?? 0;
    const page = db.prepare<[], { id: number | null }>('SELECT MAX(id) AS id FROM pages').get()?.id ?? 0;
    nextPage = Math.max(page + 1, meta('next_page'));
    loose = new Map(
      db
        .prepare<[], { id: number; size: number }>('SELECT id, LENGTH(data) AS size FROM loose ORDER BY id')
        .all()
        .map(({ id, size }) => [id, size]),
    );
    looseBytes = [...loose.values()].reduce((sum, size) => sum + size, 0);
  }

  function remember(key: string, entry: { id: number; page: number }): void {
    if (recent.size >= REMEMBERED) {
      older = recent;
      recent = new Map();
    }
    recent.set(key, entry);
  }

  function lookUp(
    key: string,
    digest: string,
    redacted: boolean,
    coding: string | null,
  ): { id: number; page: number } | null {
    const known = recent.get(key);
    if (known) return known;
    const before = older.get(key);
    if (before) {
      remember(key, before);
      return before;
    }
    const bytes = Buffer.from(digest, 'latin1');
    for (const row of find.all(bytes.readUIntBE(0, 6))) {
      if (row.digest.equals(bytes) && (row.redacted === 1) === redacted && row.coding === coding) {
        const entry = { id: row.id, page: row.page ?? nextPage };
        remember(key, entry);
        return entry;
      }
    }
    return null;
  }

  function transaction(work: () => void): void {
    begin.run();
    try {
      work();
      end.run();
    } catch (error) {
      if (db.inTransaction) undo.run();
      restore();
      throw error;
    }
  }

  function putRow(body: NewBody, page: number | null): void {
    const digest = Buffer.from(body.digest, 'latin1');
    putBody.run(
      body.id,
      digest.readUIntBE(0, 6),
      digest,
      body.redacted ? 1 : 0,
      body.coding,
      body.bytes.byteLength,
      page,
    );
  }

  function writePage(ids: readonly number[], sizes: readonly number[], bytes: Uint8Array, at: number): void {
    const { directory, codec, data } = pack(ids, sizes, bytes);
    putPage.run(nextPage, at, codec, directory, data);
    nextPage += 1;
  }

  function writeBodies(bodies: readonly NewBody[], at: number): void {
    const small: NewBody[] = [];
    let size = 0;
    for (const body of bodies) {
      if (body.bytes.byteLength >= ALONE) {
        putRow(body, nextPage);
        writePage([body.id], [body.bytes.byteLength], body.bytes, at);
      } else {
        small.push(body);
        size += body.bytes.byteLength;
      }
    }
    if (size < PAGE_AT_ONCE) {
      for (const body of small) {
        putRow(body, null);
        putLoose.run(body.id, Buffer.from(body.bytes));
        loose.set(body.id, body.bytes.byteLength);
        looseBytes += body.bytes.byteLength;
      }
      return;
    }
    let ids: number[] = [];
    let sizes: number[] = [];
    joined.at = 0;
    small.forEach((body, index) => {
      joined.reserve(body.bytes.byteLength);
      joined.bytes.set(body.bytes, joined.at);
      joined.at += body.bytes.byteLength;
      ids.push(body.id);
      sizes.push(body.bytes.byteLength);
      putRow(body, nextPage);
      if (joined.at >= PAGE_SIZE || index === small.length - 1) {
        writePage(ids, sizes, joined.bytes.subarray(0, joined.at), at);
        joined.at = 0;
        ids = [];
        sizes = [];
      }
    });
  }

  function packLoose(at: number): void {
    const ids: number[] = [];
    const parts: Buffer[] = [];
    for (const id of [...loose.keys()].sort((a, b) => a - b)) {
      const part = getLoose.get(id)?.data;
      if (!part) continue;
      ids.push(id);
      parts.push(part);
      setPage.run(nextPage, id);
      dropLoose.run(id);
    }
    loose.clear();
    looseBytes = 0;
    if (ids.length > 0)
      writePage(
        ids,
        parts.map((part) => part.length),
        Buffer.concat(parts),
        at,
      );
  }

  /** The oldest page with bodies that nobody keeps. */
  function oldestPage(kept: Kept): { id: number; at: number; free: number[] } | null {
    if (keptThen !== kept.bodies) onlyKeptThrough = 0;
    keptThen = kept.bodies;
    for (let page = pageAfter.get(onlyKeptThrough); page; page = pageAfter.get(page.id)) {
      const free = readDirectory(page.directory).ids.filter((id) => !kept.bodies.has(id));
      if (free.length > 0) return { id: page.id, at: page.at, free };
      onlyKeptThrough = page.id;
    }
    return null;
  }

  /** Takes bodies out of a page; a page without bodies goes. */
  function shrinkPage(id: number, gone: ReadonlySet<number>): void {
    const page = getPage.get(id);
    if (!page) return;
    const { ids, offsets, sizes } = readDirectory(page.directory);
    const left = ids.flatMap((part, index) => (gone.has(part) ? [] : [index]));
    if (left.length === 0) {
      dropPage.run(id);
      dropTerms.run(id);
      return;
    }
    const bytes = decompress(page.codec, page.data);
    const packed = pack(
      left.map((index) => ids[index]!),
      left.map((index) => sizes[index]!),
      Buffer.concat(left.map((index) => bytes.subarray(offsets[index], offsets[index]! + sizes[index]!))),
    );
    shrink.run(packed.codec, packed.directory, packed.data, id);
  }

  return {
    idFor(bytes, redacted, coding, given) {
      const digest = given ?? digestOf(bytes);
      const key = redacted ? `r${digest}` : coding === null ? digest : `${coding} ${digest}`;
      const known = lookUp(key, digest, redacted, coding);
      if (known && known.page >= oldBefore && !doomed.has(known.id)) return { id: known.id, digest, fresh: false };
      lastId += 1;
      remember(key, { id: lastId, page: nextPage });
      return { id: lastId, digest, fresh: true };
    },
    commit(batch, now) {
      const at = Math.floor(now / 1000);
      transaction(() => {
        if (batch.bodies.length > 0) writeBodies(batch.bodies, at);
        for (const { call, first, count, data } of batch.messages) {
          const { codec, data: packed } = compress(data);
          lastMessage += 1;
          putMessages.run(lastMessage, call, first, count, at, codec, packed);
        }
        if (loose.size >= LOOSE_BODIES || looseBytes >= LOOSE_BYTES) packLoose(at);
        putMeta.run('call_high', batch.callHigh);
      });
    },
    settle(now) {
      if (loose.size > 0) transaction(() => packLoose(Math.floor(now / 1000)));
    },
    unsettled: () => loose.size > 0,
    indexNext: () => indexer.next() || messagesIndexer.next(),
    highestId: () => lastId,
    meta,
    raise(id) {
      lastId = Math.max(lastId, id);
    },
    evictOldest(kept) {
      const page = oldestPage(kept);
      const keptCalls = JSON.stringify(kept.calls);
      const at = page?.at ?? oldestMessages.get(keptCalls)?.at;
      if (at === undefined) return false;
      transaction(() => {
        dropMessages.run(at, keptCalls);
        if (!page) return;
        const gone = new Set(page.free);
        for (const id of gone) dropBody.run(id, page.id);
        shrinkPage(page.id, gone);
        putMeta.run('next_page', nextPage);
        putMeta.run('last_id', lastId);
      });
      recent.clear();
      older.clear();
      return true;
    },
    oldestAt: (kept) => oldestPage(kept)?.at ?? oldestMessages.get(JSON.stringify(kept.calls))?.at ?? null,
    doom(ids) {
      for (const id of ids) doomed.add(id);
    },
    pardon: () => doomed.clear(),
    remove(ids) {
      for (let at = 0; at < ids.length; at += 500) {
        transaction(() => {
          const pages = new Map<number, Set<number>>();
          for (const id of ids.slice(at, at + 500)) {
            const row = findBody.get(id);
            if (!row) continue;
            dropBodyById.run(id);
            if (row.page === null) {
              dropLoose.run(id);
              looseBytes -= loose.get(id) ?? 0;
              loose.delete(id);
            } else {
              const gone = pages.get(row.page);
              if (gone) gone.add(id);
              else pages.set(row.page, new Set([id]));
            }
          }
          for (const [page, gone] of pages) shrinkPage(page, gone);
          putMeta.run('next_page', nextPage);
          putMeta.run('last_id', lastId);
        });
      }
      recent.clear();
      older.clear();
    },
    removeMessages(calls) {
      transaction(() => {
        for (const call of calls) dropMessagesOf.run(call);
      });
    },
    setOldBefore(page) {
      oldBefore = page;
    },
  };
}

/** First 16 bytes of SHA-256, one char a byte. Only ever of redacted bytes. */
export function digestOf(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'binary').slice(0, 16);
}
