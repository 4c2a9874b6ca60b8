import { parseHeaderLines } from '../../../shared/events/header-lines.ts';
import { asciiLower } from '../../../shared/query/match.ts';
import { ByteReader } from './byte-reader.ts';
import { plainOf } from './content-coding.ts';
import { readHeaderLines } from './details-codec.ts';
import { addBit } from './bits.ts';
import { addText, createPageTerms, hashName } from './grams.ts';
import type { Db } from './open.ts';
import { decompress, readDirectory } from './packing.ts';
import { unpackDetails } from './read-details.ts';

/**
 * Makes the filters by which searches for headers and bodies skip pages (see grams.ts). Not part of
 * writing a call: it is done when there is time, oldest page first; newer pages are simply searched.
 */
export interface PageIndexer {
  /** Does the next page; false when all are done. */
  next(): boolean;
}

/** Bytes of details, and of bodies, that make one byte of filter. */
const DETAILS_SHARE = 28;
export const BODIES_SHARE = 16;
/** What stands beside the header blocks of most calls: attempts, TLS. */
const HEAD_ROOM = 200;
/** Of longer bodies the rest is not in the filter; a search reads as far (see details-source.ts). */
export const TEXT_LIMIT = 4 * 1024 * 1024;

export function createDetailsIndexer(db: Db): PageIndexer {
  let scratch = Buffer.alloc(16 * 1024);
  return createIndexer(db, 'SELECT id, directory, data FROM pages WHERE id > ? ORDER BY id LIMIT 1', (row) => {
    const parts = unpackDetails(row.directory, row.data);
    let bytes = 0;
    // Most lines are those of the call before: each is looked at once.
    const lines = new Set<string>();
    const names = new Set<string>();
    for (const part of parts.values()) {
      const { request, response } = readHeaderLines(new ByteReader(part));
      bytes += HEAD_ROOM + request.length + response.length;
      for (const block of [request, response]) {
        if (/\n[ \t]/.test(block)) for (const [name, value] of parseHeaderLines(block)) lines.add(`${name}:${value}`);
        else for (const line of block.split('\n')) lines.add(line);
      }
    }
    const terms = createPageTerms(bytes, DETAILS_SHARE);
    for (const line of lines) {
      const colon = line.indexOf(':');
      const name = colon < 0 ? line.replace(/\r$/, '') : line.slice(0, colon);
      names.add(asciiLower(name.replace(/^[ \t]+|[ \t]+$/g, '')));
      if (colon < 0) continue;
      if (scratch.length < line.length) scratch = Buffer.alloc(line.length);
      addText(terms, scratch, colon + 1, scratch.latin1Write(line, 0, line.length));
    }
    for (const name of names) addBit(terms, hashName(name));
    return terms;
  });
}

export function createBodiesIndexer(db: Db): PageIndexer {
  const codingOf = db.prepare<[number], { coding: string | null }>('SELECT coding FROM bodies WHERE id = ?');
  return createIndexer(db, 'SELECT id, codec, directory, data FROM pages WHERE id > ? ORDER BY id LIMIT 1', (row) => {
    const { ids, offsets, sizes } = readDirectory(row.directory);
    const joined = decompress(row.codec, row.data);
    const texts = ids.flatMap((id, index) => {
      const bytes = joined.subarray(offsets[index], offsets[index]! + sizes[index]!);
      const text = plainOf(bytes, codingOf.get(id)?.coding ?? null, TEXT_LIMIT);
      return text === null ? [] : [text.subarray(0, TEXT_LIMIT)];
    });
    const terms = createPageTerms(
      texts.reduce((sum, text) => sum + text.length, 0),
      BODIES_SHARE,
    );
    for (const text of texts) addText(terms, text);
    return terms;
  });
}

interface PageRow {
  id: number;
  codec: number;
  directory: Buffer;
  data: Buffer;
}

function createIndexer(db: Db, select: string, termsOf: (row: PageRow) => Uint8Array): PageIndexer {
  const find = db.prepare<[number], PageRow>(select);
  const put = db.prepare('INSERT OR REPLACE INTO page_terms (page, terms) VALUES (?, ?)');
  let through = db.prepare<[], { page: number | null }>('SELECT MAX(page) AS page FROM page_terms').get()?.page ?? 0;
  return {
    next() {
      const row = find.get(through);
      if (!row) return false;
      put.run(row.id, termsOf(row));
      through = row.id;
      return true;
    },
  };
}
