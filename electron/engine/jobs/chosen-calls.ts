import type { CallSummary } from '../../../shared/model/call-summary.ts';
import type { QueryTree } from '../../../shared/query/tree.ts';
import type { CallSource } from './call-source.ts';

/** Calls that work is done on: those that pass a filter, or those named. */
export interface Choice {
  tree: QueryTree | null;
  ids?: readonly number[] | undefined;
}

const PAGE = 500;

/** Pages of the chosen calls, oldest first. Calls that begin later are not among them. */
export async function* chosenCalls(
  reader: CallSource,
  { tree, ids }: Choice,
  signal: AbortSignal,
): AsyncGenerator<CallSummary[]> {
  if (ids) {
    const sorted = [...new Set(ids)].sort((a, b) => a - b);
    for (let at = 0; at < sorted.length; at += PAGE) yield await reader.namedCalls(sorted.slice(at, at + PAGE));
    return;
  }
  const newest = (await reader.listCalls({ tree: null, limit: 1 }, signal)).calls[0];
  if (!newest) return;
  for (let after = 0; ;) {
    const page = await reader.listCalls({ tree, limit: PAGE, after, before: newest.id + 1, oldestFirst: true }, signal);
    if (page.calls.length > 0) yield page.calls;
    if (!page.more) return;
    after = page.calls.at(-1)!.id;
  }
}

/** How many they are, about: calls come and go meanwhile. */
export async function countChosen(reader: CallSource, { tree, ids }: Choice, signal: AbortSignal): Promise<number> {
  if (ids) return new Set(ids).size;
  if (tree === null) return (await reader.storage()).calls;
  return (await reader.histogram({ tree, since: 0, until: 4e15, steps: 1 }, undefined, signal)).matched;
}
