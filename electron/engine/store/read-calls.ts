import type { QueryTree } from '../../../shared/query/tree.ts';
import { candidateRanges } from './candidate-ranges.ts';
import type { CallSummary } from '../../../shared/model/call-summary.ts';
import type { ShownRow } from './call-row.ts';
import { summaryOf } from './call-row.ts';
import { isOpen } from './codes.ts';
import { prepareMatching } from './matching.ts';
import type { Stored } from './matching.ts';
import type { Db } from './open.ts';
import { prepared } from './read-rows.ts';
import type { SortField } from './sorted-calls.ts';
import type { WordReader } from './word-reader.ts';

/** A row as the table has it: words still numbers. */
export interface RawRow {
  id: number;
  started_at: number;
  flags: number;
  status: number | null;
  host: number;
  path: number | string;
  duration: number | null;
  ttfb: number | null;
  request_bytes: number;
  response_bytes: number;
  app: number | null;
  method: number;
  scheme: number;
  client: number | null;
  remote: number | null;
  type: number | null;
  tls: number | null;
  failure: number | null;
  decision: number | null;
  port: number;
  query: string;
  messages: number;
  request_body: number | null;
  response_body: number | null;
  page: number | null;
  process: number | null;
  site: number | null;
  tags: number | null;
  trace: Buffer | null;
  endpoint: number | null;
  credential: number | null;
  policies: number | null;
  held: number | null;
}

export interface Search {
  tree: QueryTree | null;
  limit: number;
  /** Call ids, both exclusive. */
  before?: number | undefined;
  after?: number | undefined;
  oldestFirst?: boolean | undefined;
  /** The first calls in this order instead of by age; absent values come last, among equals the newest first. */
  sort?: SortField | undefined;
  descending?: boolean | undefined;
  /** Names of headers, lower case, whose values are wanted too. */
  headers?: readonly string[] | undefined;
}

export interface Found {
  call: CallSummary;
  row: RawRow;
}

/**
 * Finds calls by age. A generator: each `yield` is a moment at which somebody else's quick question
 * may be answered, or the search given up. Returns one call more than `limit` when there are more.
 */
export function* searchCalls(
  stored: Stored,
  { tree, limit, before, after, oldestFirst = false }: Search,
): Generator<void, Found[]> {
  const { calls: db, words, details } = stored;
  const { sql, parameters, accepts, pruner, span } = yield* prepareMatching(stored, tree, before, after);
  const found: Found[] = [];
  if (!span) return found;
  const select = db.prepare<Record<string, string | number>, RawRow>(
    `SELECT * FROM calls c WHERE c.id BETWEEN @low AND @high AND ${sql} ORDER BY c.id ${oldestFirst ? 'ASC' : 'DESC'} LIMIT @take`,
  );

  /** Takes the matches of a range of ids; true when enough are found. */
  function* take(high: number, low: number): Generator<void, boolean> {
    const left = { high, low };
    while (left.high >= left.low) {
      const wanted = limit + 1 - found.length;
      const take = accepts ? 64 : wanted;
      const rows = select.all({ ...parameters, ...left, take });
      for (const row of rows) {
        const call = summaryOf(withTexts(row, words));
        if (accepts && !accepts(call, details.of(row))) continue;
        found.push({ call, row });
        if (found.length > limit) return true;
      }
      if (rows.length < take) return false;
      const last = rows.at(-1)!.id;
      if (oldestFirst) left.low = last + 1;
      else left.high = last - 1;
      yield;
    }
    return false;
  }

  for (const [high, low] of candidateRanges(db, pruner, span.top, span.bottom, oldestFirst)) {
    if (high >= low && (yield* take(high, low))) break;
    yield;
  }
  return found;
}

/** The summaries of given calls, in the order given; calls that are gone are left out. */
export function readSummaries(db: Db, words: WordReader, ids: readonly number[]): Found[] {
  const one = prepared(db, 'SELECT * FROM calls WHERE id = ?');
  return ids.flatMap((id) => {
    const row = one.get(id) as RawRow | undefined;
    return row ? [{ call: summaryOf(withTexts(row, words)), row }] : [];
  });
}

export function withTexts(row: RawRow, words: WordReader): ShownRow {
  const text = (id: number | null): string | null => (id === null ? null : words.text(id));
  return {
    ...row,
    host: words.text(row.host),
    path: typeof row.path === 'number' ? words.text(row.path) : row.path,
    app: row.app === null ? null : words.appName(row.app),
    method: words.text(row.method),
    scheme: words.text(row.scheme),
    client: text(row.client),
    remote: text(row.remote),
    type: text(row.type),
    tls: text(row.tls),
    failure: text(row.failure),
    decision: text(row.decision),
    process: text(row.process),
    caller: row.process === null ? null : words.processOf(row.process),
    site: text(row.site),
    tags: text(row.tags),
    endpoint: row.endpoint === null ? null : words.text(words.endpointOf(row.host, row.endpoint)),
    credential: text(row.credential),
    policies: text(row.policies),
    ...words.ownerOf(row.host),
    usage: isOpen(row.flags) ? null : words.usageOf(row.id),
    ...words.marksOf(row.id),
  };
}
