import type { Message } from '../../../shared/model/call.ts';
import { messageTexts } from './find-messages.ts';
import { readMessages } from './messages-codec.ts';
import type { Db } from './open.ts';
import { decompress, readDirectory } from './packing.ts';
import { prepared } from './read-rows.ts';

export interface StoredBytes {
  bytes: Buffer;
  /** Decoded and with secrets taken out; else as on the wire. */
  redacted: boolean;
  /** Content codings still on, as the header wrote them; null for none. */
  coding: string | null;
}

/** Bytes of unpacked pages kept for the next question: neighbours are asked for together. */
const KEPT_PAGES = 8;

export interface BodyReader {
  /** A body by its id; null when it is not (or no longer) kept. */
  body(id: number): StoredBytes | null;
  /** The texts of all messages of a call, for filters. */
  messageTexts(call: number): Iterable<string>;
  /** Messages of a call from number `after` on. */
  messages(call: number, after: number, limit: number): Message[];
}

export function createBodyReader(db: Db): BodyReader {
  const pages = new Map<number, Map<number, Buffer>>();

  function page(id: number): Map<number, Buffer> | null {
    let parts = pages.get(id);
    if (!parts) {
      const row = prepared(db, 'SELECT codec, directory, data FROM pages WHERE id = ?').get(id) as
        | { codec: number; directory: Buffer; data: Buffer }
        | undefined;
      if (!row) return null;
      const { ids, offsets, sizes } = readDirectory(row.directory);
      const joined = decompress(row.codec, row.data);
      parts = new Map(
        ids.map((part, index) => [part, joined.subarray(offsets[index], offsets[index]! + sizes[index]!)]),
      );
      if (pages.size >= KEPT_PAGES) pages.delete(pages.keys().next().value!);
      pages.set(id, parts);
    }
    return parts;
  }

  return {
    body(id) {
      const row = prepared(db, 'SELECT redacted, coding, page FROM bodies WHERE id = ?').get(id) as
        | { redacted: number; coding: string | null; page: number | null }
        | undefined;
      if (!row) return null;
      const bytes =
        row.page === null
          ? (prepared(db, 'SELECT data FROM loose WHERE id = ?').get(id) as { data: Buffer } | undefined)?.data
          : page(row.page)?.get(id);
      return bytes ? { bytes, redacted: row.redacted === 1, coding: row.coding } : null;
    },
    *messageTexts(call) {
      const rows = prepared(db, 'SELECT codec, data FROM messages WHERE call = ? ORDER BY first').all(call) as {
        codec: number;
        data: Buffer;
      }[];
      for (const row of rows) yield* messageTexts(decompress(row.codec, row.data));
    },
    messages(call, after, limit) {
      const rows = prepared(
        db,
        'SELECT first, count, codec, data FROM messages WHERE call = ? AND first + count > ? ORDER BY first',
      ).iterate(call, after) as IterableIterator<{ first: number; count: number; codec: number; data: Buffer }>;
      const messages: Message[] = [];
      for (const row of rows) {
        messages.push(
          ...readMessages(decompress(row.codec, row.data), Math.max(0, after - row.first)).slice(
            0,
            limit - messages.length,
          ),
        );
        if (messages.length >= limit) break;
      }
      return messages;
    },
  };
}
