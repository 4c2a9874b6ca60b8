import { compileFilter } from '../../../shared/query/evaluate.ts';
import type { CallDetails, CallFilter } from '../../../shared/query/evaluate.ts';
import type { QueryTree } from '../../../shared/query/tree.ts';
import type { Db } from './open.ts';
import { findTerms } from './find-terms.ts';
import { createPruner } from './prune.ts';
import type { Pruner } from './prune.ts';
import { compileCondition } from './query-sql.ts';
import { prepared } from './read-rows.ts';
import type { WordReader } from './word-reader.ts';

/** What a search reads: the open databases, and what was remembered of them. */
export interface Stored {
  calls: Db;
  bodies: Db | null;
  words: WordReader;
  details: DetailsSource;
}

export interface DetailsSource {
  /** Gives what a filter may ask of a call beyond its row; see `details-source.ts`. */
  of(row: { id: number; page: number | null; request_body: number | null; response_body: number | null }): CallDetails;
  /** Both header blocks of a call. */
  lines(id: number, page: number | null): { request: string; response: string };
}

/** A filter made ready for a search: a condition over `calls c`, and what it leaves open. */
export interface Matching {
  sql: string;
  parameters: Record<string, string | number>;
  /** Null when the condition says it all; else it decides on the rows that pass the condition. */
  accepts: CallFilter | null;
  pruner: Pruner;
  /** Highest and lowest id there can be a match among; null when there is surely none. */
  span: { top: number; bottom: number } | null;
}

/** Looks up what is rare first; `before` and `after` are ids, exclusive. Pauses now and then. */
export function* prepareMatching(
  { calls, bodies, words }: Stored,
  tree: QueryTree | null,
  before?: number,
  after?: number,
): Generator<void, Matching> {
  const terms = yield* findTerms(tree, calls, bodies);
  const { sql, parameters, exact } = compileCondition(tree, words, terms);
  const newest = (prepared(calls, 'SELECT MAX(id) AS id FROM calls').get() as { id: number | null }).id;
  const oldest = (prepared(calls, 'SELECT MIN(id) AS id FROM calls').get() as { id: number | null }).id;
  const top = Math.min(newest ?? 0, before === undefined ? Infinity : before - 1);
  const bottom = Math.max(oldest ?? 1, after === undefined ? 0 : after + 1);
  return {
    sql,
    parameters,
    accepts: exact ? null : compileFilter(tree),
    pruner: createPruner(tree, words, terms),
    span: newest === null || oldest === null || sql === '0' || top < bottom ? null : { top, bottom },
  };
}
