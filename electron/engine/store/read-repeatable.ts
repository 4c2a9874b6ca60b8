import type { QueryTree } from '../../../shared/query/tree.ts';
import { headerValue } from '../../../shared/events/header-lines.ts';
import { candidateRanges } from './candidate-ranges.ts';
import { WORD } from './codes.ts';
import type { DetailsSource } from './matching.ts';
import type { Db } from './open.ts';
import type { RepeatableGet, RepeatableGets, Span } from './picture-rows.ts';
import { createPruner } from './prune.ts';
import { prepared } from './read-rows.ts';
import type { WordReader } from './word-reader.ts';

/** GETs that are looked at, the newest. */
const MOST = 20_000;
const AT_ONCE = 2000;

interface Row {
  id: number;
  started_at: number;
  host: number;
  path: number | string;
  query: string;
  app: number | null;
  endpoint: number | null;
  credential: number | null;
  response_body: number;
  response_bytes: number;
  page: number | null;
}

/** GETs that were answered with 200 and a body that was kept, the newest of the span. A generator: each `yield` lets quick questions in. */
export function* readRepeatable(
  db: Db,
  words: WordReader,
  details: DetailsSource,
  { since, until }: Span,
): Generator<void, RepeatableGets> {
  const gets: RepeatableGet[] = [];
  const { id: oldest } = prepared(db, 'SELECT MIN(id) AS id FROM calls').get() as { id: number | null };
  const { id: newest } = prepared(db, 'SELECT MAX(id) AS id FROM calls').get() as { id: number | null };
  const method = prepared(db, 'SELECT id FROM words WHERE kind = ? AND text = ?').get(WORD.method, 'GET') as
    | { id: number }
    | undefined;
  if (oldest === null || newest === null || !method) return { gets, complete: true };
  const wanted: QueryTree = {
    op: 'and',
    parts: [
      { op: 'time', bound: 'since', at: since },
      { op: 'time', bound: 'until', at: until },
    ],
  };
  const select = prepared(
    db,
    `SELECT id, started_at, host, path, query, app, endpoint, credential, response_body, response_bytes, page FROM calls
     WHERE id BETWEEN ? AND ? AND started_at >= ? AND started_at < ? AND method = ? AND status = 200
       AND response_body IS NOT NULL AND response_bytes > 0 AND (flags & 1) = 0
     ORDER BY id DESC LIMIT ?`,
  );
  for (const [high, low] of candidateRanges(db, createPruner(wanted, words), newest, oldest)) {
    for (let top = high; top >= low;) {
      const rows = select.all(low, top, since, until, method.id, AT_ONCE) as Row[];
      for (const row of rows) {
        if (gets.length >= MOST) return { gets, complete: false };
        gets.push({
          id: row.id,
          startedAt: row.started_at,
          app: row.app === null ? null : words.appName(row.app),
          host: words.text(row.host),
          endpoint: row.endpoint === null ? null : words.text(words.endpointOf(row.host, row.endpoint)),
          target: `${typeof row.path === 'number' ? words.text(row.path) : row.path}${row.query}`,
          credential: row.credential === null ? null : words.text(row.credential),
          responseBody: row.response_body,
          responseBytes: row.response_bytes,
          header: (name) => headerValue(details.lines(row.id, row.page).response, name),
        });
      }
      yield;
      if (rows.length < AT_ONCE) break;
      top = rows.at(-1)!.id - 1;
    }
    yield;
  }
  return { gets, complete: true };
}
