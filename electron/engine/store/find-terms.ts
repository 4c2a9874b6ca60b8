import { parseHeaderLines } from '../../../shared/events/header-lines.ts';
import { asciiLower, containsText, matcherFor } from '../../../shared/query/match.ts';
import type { QueryTree } from '../../../shared/query/tree.ts';
import { ByteReader } from './byte-reader.ts';
import { plainOf } from './content-coding.ts';
import { readHeaderLines } from './details-codec.ts';
import { hasBit } from './bits.ts';
import { findMessages } from './find-messages.ts';
import { gramsOf, hashName, mayHold } from './grams.ts';
import { TEXT_LIMIT } from './index-pages.ts';
import type { Db } from './open.ts';
import { decompress, readDirectory } from './packing.ts';
import { readJoinedDetails, splitDetails } from './read-details.ts';
import { prepared } from './read-rows.ts';

/**
 * Where the header and body terms of a filter are met: ids of calls, and of bodies. Looked up before
 * the calls themselves when a term is rare; null when it is so common that looking at calls one by
 * one, newest first, is soon over.
 */
export type FoundTerms = Map<QueryTree, { calls: number[]; bodies: number[] } | null>;

/** More hits than this and a term is common: a page of results is not far. */
const COMMON = 400;
const PAGES_AT_ONCE = 32;

export function* findTerms(tree: QueryTree | null, calls: Db, bodies: Db | null): Generator<void, FoundTerms> {
  const found: FoundTerms = new Map();
  for (const term of termsIn(tree)) {
    if (term.op === 'header') {
      const ids = yield* findHeaders(calls, term.name, term.pattern);
      found.set(term, ids && { calls: ids, bodies: [] });
    } else if (bodies === null) found.set(term, { calls: [], bodies: [] });
    else {
      // ASCII needles are looked for in many texts at once.
      const about = /^[\0-\x7f]+$/.test(term.text) ? new RegExp(literal(term.text), 'i') : null;
      const ids = yield* findBodies(bodies, term.text, about);
      const ofMessages = ids && (yield* findMessages(bodies, term.text, about, COMMON));
      found.set(term, ofMessages && { calls: ofMessages, bodies: ids });
    }
  }
  return found;
}

function termsIn(tree: QueryTree | null): Extract<QueryTree, { op: 'header' | 'body' }>[] {
  if (tree === null) return [];
  if (tree.op === 'header' || tree.op === 'body') return [tree];
  if (tree.op === 'and' || tree.op === 'or') return tree.parts.flatMap(termsIn);
  return tree.op === 'not' ? termsIn(tree.part) : [];
}

function* findHeaders(db: Db, name: string, pattern: string): Generator<void, number[] | null> {
  const wanted = asciiLower(name);
  const matches = pattern === '' ? () => true : matcherFor(pattern, 'part');
  const piece = longestPiece(pattern);
  // Header values are bytes, one char each; another char is in none of them.
  if (/[^\0-\xff]/.test(piece)) return [];
  const grams = gramsOf(Buffer.from(piece, 'latin1'));
  const nameTerm = hashName(wanted);
  // A first look at a whole page, and at a block of headers; both may say yes too often. Where a
  // value has a space its line may have been folded.
  const about = new RegExp(literal(piece === '' ? wanted : piece).replaceAll(' ', '(?: |[ \\t]*\\r?\\n[ \\t]+)'), 'i');
  const ids: number[] = [];

  function look(id: number, details: Buffer): void {
    const { request, response } = readHeaderLines(new ByteReader(details));
    for (const lines of [request, response]) {
      if (!about.test(lines)) continue;
      if (parseHeaderLines(lines).some(([header, value]) => asciiLower(header) === wanted && matches(value))) {
        ids.push(id);
        return;
      }
    }
  }

  for (const row of prepared(db, 'SELECT call, data FROM loose').iterate() as IterableIterator<{
    call: number;
    data: Buffer;
  }>)
    look(row.call, row.data);
  for (const pages of candidatePages(db, (terms) => hasBit(terms, nameTerm) && mayHold(terms, grams))) {
    for (const page of pages) {
      const joined = readJoinedDetails(db, page);
      if (joined && about.test(joined.bytes.latin1Slice(0, joined.bytes.length))) {
        for (const [id, details] of splitDetails(joined)) look(id, details);
      }
      if (ids.length > COMMON) return null;
      yield;
    }
    yield;
  }
  return ids;
}

function* findBodies(db: Db, text: string, about: RegExp | null): Generator<void, number[] | null> {
  const lower = asciiLower(text);
  const grams = gramsOf(Buffer.from(text, 'utf8'));
  const ids: number[] = [];
  const codings = prepared(db, 'SELECT id, coding FROM bodies WHERE id BETWEEN ? AND ?');

  function codingsOf(parts: readonly number[]): Map<number, string | null> {
    const rows = codings.all(parts[0] ?? 0, parts.at(-1) ?? 0) as { id: number; coding: string | null }[];
    return new Map(rows.map(({ id, coding }) => [id, coding]));
  }

  function look(id: number, bytes: Buffer, coding: string | null): void {
    const plain = plainOf(bytes, coding, TEXT_LIMIT);
    if (plain !== null && containsText(plain.toString('utf8', 0, Math.min(plain.length, TEXT_LIMIT)), lower))
      ids.push(id);
  }

  for (const row of prepared(db, 'SELECT id, data FROM loose').all() as { id: number; data: Buffer }[])
    look(row.id, row.data, codingsOf([row.id]).get(row.id) ?? null);
  for (const pages of candidatePages(db, (terms) => mayHold(terms, grams))) {
    for (const page of pages) {
      const row = prepared(db, 'SELECT codec, directory, data FROM pages WHERE id = ?').get(page) as
        | { codec: number; directory: Buffer; data: Buffer }
        | undefined;
      if (!row) continue;
      const { ids: parts, offsets, sizes } = readDirectory(row.directory);
      const joined = decompress(row.codec, row.data);
      const coded = codingsOf(parts);
      // A whole page can be looked at where nothing in it is still encoded.
      if (
        about === null ||
        [...coded.values()].some((coding) => coding !== null) ||
        about.test(joined.latin1Slice(0, joined.length))
      ) {
        parts.forEach((id, index) =>
          look(id, joined.subarray(offsets[index], offsets[index]! + sizes[index]!), coded.get(id) ?? null),
        );
      }
      if (ids.length > COMMON) return null;
      yield;
    }
    yield;
  }
  return ids;
}

/** Pages that may hold a term, newest first; those without a filter yet may. */
function* candidatePages(db: Db, mayHoldTerm: (terms: Uint8Array) => boolean): Generator<number[]> {
  const newest = (prepared(db, 'SELECT MAX(id) AS id FROM pages').get() as { id: number | null }).id ?? 0;
  const indexed = (prepared(db, 'SELECT MAX(page) AS page FROM page_terms').get() as { page: number | null }).page ?? 0;
  const oldest = (prepared(db, 'SELECT MIN(id) AS id FROM pages').get() as { id: number | null }).id ?? 1;
  for (let page = newest; page > indexed; page -= 1) yield [page];
  const read = prepared(db, 'SELECT page, terms FROM page_terms WHERE page BETWEEN ? AND ? ORDER BY page DESC');
  for (let high = indexed; high >= oldest; high -= PAGES_AT_ONCE) {
    yield (read.all(high - PAGES_AT_ONCE + 1, high) as { page: number; terms: Buffer }[])
      .filter(({ terms }) => mayHoldTerm(terms))
      .map(({ page }) => page);
  }
}

function longestPiece(pattern: string): string {
  return pattern.split('*').reduce((longest, piece) => (piece.length > longest.length ? piece : longest), '');
}

function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}
