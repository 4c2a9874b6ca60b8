import { printQuery } from '../../../shared/query/print.ts';
import type { QueryTree } from '../../../shared/query/tree.ts';
import { writeBetween } from '../../data/time-range.ts';
import type { GraphNode } from './graph.ts';
import { vendorOf } from './graph.ts';
import type { Span } from './span.ts';

/** What calls have in common: the same for a node, an edge and a part of either. */
export type What = readonly QueryTree[];

const text = (field: 'app' | 'vendor' | 'host' | 'endpoint', pattern: string): QueryTree => ({
  op: 'text',
  field,
  pattern,
});

/** The filter of a node’s calls; null for a group, which has none in one word. */
export function callsOfNode(one: GraphNode): What | null {
  const { node } = one;
  if (!node) return null;
  if (one.kind === 'app') return [appTerm(one.id.slice('app:'.length))];
  if (one.kind === 'vendor') return [text('vendor', vendorOf(one) ?? '')];
  // Endpoints put together have no name of their own: their vendor’s calls are the nearest.
  if (node.host === null) return [text('vendor', node.vendor ?? '')];
  const name = endpointName(one);
  return [
    text('host', node.host),
    // Calls whose endpoint nobody told are their host’s.
    name === null ? { op: 'not', part: text('endpoint', '*') } : text('endpoint', name),
  ];
}

export function callsOfEdge(from: GraphNode, to: GraphNode): What | null {
  const first = callsOfNode(from);
  const second = callsOfNode(to);
  if (!first || !second) return null;
  // An endpoint’s host says whose it is.
  return from.kind === 'vendor' ? second : [...first, ...second];
}

/** Calls of programs that nobody knows have no app at all. */
function appTerm(name: string): QueryTree {
  return name === '' ? { op: 'not', part: text('app', '*') } : text('app', name);
}

/** `endpoint:HOST METHOD PATH` → `METHOD PATH`; null where only the host is known. */
function endpointName({ id }: GraphNode): string | null {
  const gap = id.indexOf(' ');
  return gap < 0 ? null : id.slice(gap + 1);
}

/** What Traffic’s address says of calls: those of a span, and what they have in common. */
export function paramsOfCalls(what: What, span: Span): Record<string, string> {
  const [only] = what;
  const tree: QueryTree | null =
    what.length === 0 ? null : what.length === 1 && only ? only : { op: 'and', parts: [...what] };
  const range = span.since <= 0 ? 'all' : writeBetween(span.since, span.until);
  return { ...(tree && { filter: printQuery(tree) }), range };
}

export const ERRORS: QueryTree = {
  op: 'or',
  parts: [
    { op: 'number', field: 'status', comparison: '>=', value: 400 },
    { op: 'text', field: 'failure', pattern: '*' },
  ],
};
export const THROTTLED: QueryTree = { op: 'number', field: 'status', comparison: '=', value: 429 };

/** At least this long: a percentile is within 2 %, so the filter begins a little below. */
export function slowerThan(us: number): QueryTree {
  const unit = us >= 10_000_000 ? 1_000_000 : us >= 1000 ? 1000 : 1;
  return { op: 'number', field: 'duration', comparison: '>=', value: Math.floor((us * 0.98) / unit) * unit };
}
