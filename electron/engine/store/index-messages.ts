import { addText, createPageTerms } from './grams.ts';
import type { PageIndexer } from './index-pages.ts';
import { BODIES_SHARE, TEXT_LIMIT } from './index-pages.ts';
import { messageData } from './messages-codec.ts';
import type { Db } from './open.ts';
import { decompress } from './packing.ts';

/** Rows, or bytes, of messages that one filter is about. Fewer are simply searched. */
const ROWS = 512;
const BYTES = 512 * 1024;

/** Makes the filters by which searches skip messages, oldest first; drops those of messages that are gone. */
export function createMessagesIndexer(db: Db): PageIndexer {
  const read = db.prepare<[number, number], { id: number; codec: number; data: Buffer }>(
    'SELECT id, codec, data FROM messages WHERE id > ? ORDER BY id LIMIT ?',
  );
  const put = db.prepare('INSERT OR REPLACE INTO message_terms (last, first, terms) VALUES (?, ?, ?)');
  const drop = db.prepare(
    'DELETE FROM message_terms WHERE last < COALESCE((SELECT MIN(id) FROM messages), 9007199254740991)',
  );
  let through = db.prepare<[], { id: number | null }>('SELECT MAX(last) AS id FROM message_terms').get()?.id ?? 0;
  return {
    next() {
      const texts: Buffer[] = [];
      let bytes = 0;
      let rows = 0;
      let first = 0;
      let last = 0;
      for (const row of read.iterate(through, ROWS)) {
        first ||= row.id;
        last = row.id;
        rows += 1;
        for (const data of messageData(decompress(row.codec, row.data))) {
          if (data === null) continue;
          texts.push(data.subarray(0, TEXT_LIMIT));
          bytes += Math.min(data.length, TEXT_LIMIT);
        }
        if (bytes >= BYTES) break;
      }
      if (rows < ROWS && bytes < BYTES) return false;
      const terms = createPageTerms(bytes, BODIES_SHARE);
      for (const text of texts) addText(terms, text);
      drop.run();
      put.run(last, first, terms);
      through = last;
      return true;
    },
  };
}
