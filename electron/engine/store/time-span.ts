import type { QueryTree } from '../../../shared/query/tree.ts';

/** A filter's own bounds in time, and what else it asks; microseconds, `since` included, `until` not. */
export interface TimeSpan {
  since: number;
  until: number;
  /** Null: nothing else. */
  rest: QueryTree | null;
}

/** Splits off the bounds in time that every call of a filter must keep. */
export function splitTime(tree: QueryTree | null, since: number, until: number): TimeSpan {
  const span: TimeSpan = { since, until, rest: null };
  const others: QueryTree[] = [];
  for (const part of tree === null ? [] : tree.op === 'and' ? tree.parts : [tree]) {
    if (part.op !== 'time') others.push(part);
    else if (part.bound === 'since') span.since = Math.max(span.since, part.at);
    else span.until = Math.min(span.until, part.at);
  }
  if (others.length > 0) span.rest = others.length === 1 ? others[0]! : { op: 'and', parts: others };
  return span;
}

/** The filter again, with bounds in time: what a search is given so that blocks outside are skipped. */
export function withinTime({ since, until, rest }: TimeSpan): QueryTree {
  return {
    op: 'and',
    parts: [
      ...(rest === null ? [] : rest.op === 'and' ? rest.parts : [rest]),
      { op: 'time', bound: 'since', at: since },
      { op: 'time', bound: 'until', at: until },
    ],
  };
}

/**
 * A span of time cut at whole minutes: what rollups know, and the parts at its ends to be read from calls. Of times up to
 * `evictedTo` rollups know calls that are gone.
 */
export function splitMinutes(
  since: number,
  until: number,
  evictedTo: number,
): { from: number; to: number; edges: [since: number, until: number][] } {
  const from = Math.ceil(Math.max(since, evictedTo + 1) / MINUTE) * MINUTE;
  const to = Math.floor(until / MINUTE) * MINUTE;
  if (from >= to) return { from: 0, to: 0, edges: until > since ? [[since, until]] : [] };
  const edges: [number, number][] = [];
  if (since < from) edges.push([since, from]);
  if (to < until) edges.push([to, until]);
  return { from, to, edges };
}

export const MINUTE = 60_000_000;
