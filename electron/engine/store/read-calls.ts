import { compileFilter } from '../../../shared/query/evaluate.ts';
import type { CallDetails } from '../../../shared/query/evaluate.ts';
import type { QueryTree } from '../../../shared/query/tree.ts';
import type { CallSummary } from '../../../shared/model/call-summary.ts';
import { BLOCK, blockOf, readSummary } from './blocks.ts';
import type { StoredRow } from './call-row.ts';
import { summaryOf } from './call-row.ts';
import type { Db } from './open.ts';
import { findTerms } from './find-terms.ts';
import { createPruner } from './prune.ts';
import type { Pruner } from './prune.ts';
import { compileCondition } from './query-sql.ts';
import { prepared } from './read-rows.ts';
import type { WordReader } from './word-reader.ts';

/** A row as the table has it: words still numbers. */
interface RawRow {
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
}

export interface Search {
  tree: QueryTree | null;
  limit: number;
  /** Call ids, both exclusive. */
  before?: number | undefined;
  after?: number | undefined;
}

/** Gives the details a filter may ask for; see `details-source.ts`. */
export type DetailsOf = (row: {
  id: number;
  page: number | null;
  request_body: number | null;
  response_body: number | null;
}) => CallDetails;

/** Calls looked at in one go, before others get their turn. */
const STRIDE = 16 * BLOCK;
/** Blocks whose summaries are read in one go. */
const BLOCKS_AT_ONCE = 128;

/**
 * Finds calls, newest first. A generator: each `yield` is a moment at which somebody else's quick
 * question may be answered, or the search given up. Returns one call more than `limit` when there
 * are more.
 */
export function* searchCalls(
  db: Db,
  bodies: Db | null,
  words: WordReader,
  detailsOf: DetailsOf,
  { tree, limit, before, after }: Search,
): Generator<void, CallSummary[]> {
  const terms = yield* findTerms(tree, db, bodies);
  const condition = compileCondition(tree, words, terms);
  const accepts = condition.exact ? null : compileFilter(tree);
  const found: CallSummary[] = [];
  const newest = (prepared(db, 'SELECT MAX(id) AS id FROM calls').get() as { id: number | null }).id;
  const oldest = (prepared(db, 'SELECT MIN(id) AS id FROM calls').get() as { id: number | null }).id;
  if (newest === null || oldest === null || condition.sql === '0') return found;
  const top = Math.min(newest, before === undefined ? newest : before - 1);
  const bottom = Math.max(oldest, after === undefined ? oldest : after + 1);
  const select = db.prepare<Record<string, string | number>, RawRow>(
    `SELECT * FROM calls c WHERE c.id BETWEEN @low AND @high AND ${condition.sql} ORDER BY c.id DESC LIMIT @take`,
  );

  /** Takes the matches of a range of ids; true when enough are found. */
  function* take(high: number, low: number): Generator<void, boolean> {
    let from = high;
    while (from >= low) {
      const wanted = limit + 1 - found.length;
      const take = accepts ? 64 : wanted;
      const rows = select.all({ ...condition.parameters, low, high: from, take });
      for (const row of rows) {
        const call = summaryOf(withTexts(row, words));
        if (accepts && !accepts(call, detailsOf(row))) continue;
        found.push(call);
        if (found.length > limit) return true;
      }
      if (rows.length < take) return false;
      from = rows.at(-1)!.id - 1;
      yield;
    }
    return false;
  }

  for (const [high, low] of ranges(db, createPruner(tree, words, terms), top, bottom)) {
    if (high >= low && (yield* take(high, low))) break;
    yield;
  }
  return found;
}

/** The ranges of ids worth looking at, newest first: all of it in strides, or only blocks that may match. */
export function* ranges(db: Db, pruner: Pruner, top: number, bottom: number): Generator<[high: number, low: number]> {
  if (!pruner.useful) {
    for (let high = top; high >= bottom; high -= STRIDE) yield [high, Math.max(bottom, high - STRIDE + 1)];
    return;
  }
  const read = prepared(
    db,
    pruner.needsTerms
      ? 'SELECT block, ranges, terms FROM blocks WHERE block BETWEEN ? AND ? ORDER BY block DESC'
      : 'SELECT block, ranges FROM blocks WHERE block BETWEEN ? AND ? ORDER BY block DESC',
  );
  const lowest = blockOf(bottom);
  for (let highest = blockOf(top); highest >= lowest; highest -= BLOCKS_AT_ONCE) {
    const end = Math.max(lowest, highest - BLOCKS_AT_ONCE + 1);
    const rows = read.all(end, highest) as { block: number; ranges: Buffer; terms?: Buffer }[];
    let next = 0;
    let open: [number, number] | null = null; // neighbouring blocks are looked at together
    for (let block = highest; block >= end; block -= 1) {
      const row = rows[next]?.block === block ? rows[next++] : undefined;
      // A block without a summary is one of the newest: look.
      if (row && !pruner.mayMatch(readSummary(block, row.ranges, row.terms ?? NO_TERMS))) {
        if (open) yield clip(open, top, bottom);
        open = null;
        continue;
      }
      if (open && open[0] - block * BLOCK >= STRIDE) {
        yield clip(open, top, bottom);
        open = null;
      }
      open = open ? [open[0], block * BLOCK] : [(block + 1) * BLOCK - 1, block * BLOCK];
    }
    yield open ? clip(open, top, bottom) : [0, 1]; // an empty range still lets others have their turn
  }
}

const NO_TERMS = new Uint8Array(0);

function clip([high, low]: [number, number], top: number, bottom: number): [number, number] {
  return [Math.min(high, top), Math.max(low, bottom)];
}

/** The summaries of given calls, in the order given; calls that are gone are left out. */
export function readSummaries(db: Db, words: WordReader, ids: readonly number[]): { call: CallSummary; row: RawRow }[] {
  const one = prepared(db, 'SELECT * FROM calls WHERE id = ?');
  return ids.flatMap((id) => {
    const row = one.get(id) as RawRow | undefined;
    return row ? [{ call: summaryOf(withTexts(row, words)), row }] : [];
  });
}

function withTexts(row: RawRow, words: WordReader): StoredRow {
  const text = (id: number | null): string | null => (id === null ? null : words.text(id));
  return {
    ...row,
    host: words.text(row.host),
    path: typeof row.path === 'number' ? words.text(row.path) : row.path,
    app: text(row.app),
    method: words.text(row.method),
    scheme: words.text(row.scheme),
    client: text(row.client),
    remote: text(row.remote),
    type: text(row.type),
    tls: text(row.tls),
    failure: text(row.failure),
    decision: text(row.decision),
  };
}
