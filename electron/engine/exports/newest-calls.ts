import type { CallSummary } from '../../../shared/model/call-summary.ts';
import type { QueryTree } from '../../../shared/query/tree.ts';
import type { Search } from '../store/read-calls.ts';
import type { Span } from '../store/picture-rows.ts';

/** Finds calls, the newest first; each pause lets quick questions in. */
export type SearchCalls = (search: Search) => Generator<void, { calls: CallSummary[]; more: boolean }>;

/** A page that is found at once takes no pause: so many take about ten milliseconds. */
const PAGE = 200;
/** Of more hosts the first ones are searched. */
const MOST_HOSTS = 200;

/**
 * The newest calls of an app, if one is named, to hosts, at most `most` of them; `complete`: these are all of the span.
 */
export function* newestCalls(
  search: SearchCalls,
  { hosts, app, since, until, most }: Span & { hosts: readonly string[]; app?: string | undefined; most: number },
): Generator<void, { calls: CallSummary[]; complete: boolean }> {
  const ofHosts = hosts.slice(0, MOST_HOSTS).map((host): QueryTree => ({ op: 'text', field: 'host', pattern: host }));
  const tree: QueryTree = {
    op: 'and',
    parts: [
      { op: 'time', bound: 'since', at: since },
      { op: 'time', bound: 'until', at: until },
      ofHosts.length === 1 ? ofHosts[0]! : { op: 'or', parts: ofHosts },
    ],
  };
  const calls: CallSummary[] = [];
  let before: number | undefined;
  let left = most;
  for (;;) {
    const page = yield* search({ tree, limit: Math.min(PAGE, left), before });
    left -= page.calls.length;
    // Apps by name alone: a name may hold what a pattern gives a meaning.
    calls.push(...page.calls.filter((call) => app === undefined || (call.app ?? '') === app));
    if (!page.more) return { calls, complete: hosts.length <= MOST_HOSTS };
    if (left <= 0) return { calls, complete: false };
    before = page.calls.at(-1)!.id;
    yield;
  }
}
