import { printQuery } from '../../../shared/query/print.ts';
import type { QueryTree } from '../../../shared/query/tree.ts';
import { linkTo } from '../../data/location.ts';
import { writeBetween } from '../../data/time-range.ts';
import type { GraphNode } from './graph.ts';
import { vendorOf } from './graph.ts';
import type { Span } from './span.ts';

/** What calls have in common: the same for a node, an edge and a part of either. */
export type What = readonly QueryTree[];

const text = (field: 'app' | 'vendor' | 'host', pattern: string): QueryTree => ({ op: 'text', field, pattern });

/** The filter of a node’s calls; null for a group, which has none in one word. */
export function callsOfNode(one: GraphNode): What | null {
  const { node } = one;
  if (!node) return null;
  if (one.kind === 'app') return [appTerm(one.id.slice('app:'.length))];
  if (one.kind === 'vendor') return [text('vendor', vendorOf(one) ?? '')];
  const name = endpointName(one);
  // Endpoints put together have no name of their own: their vendor’s calls are the nearest.
  if (name === null) return [text('vendor', node.vendor ?? '')];
  return [...(node.host === null ? [] : [text('host', node.host)]), ...endpointTerms(name)];
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

/** `endpoint:HOST METHOD PATH` → `METHOD PATH`; null for endpoints put together. */
export function endpointName({ id, node }: Pick<GraphNode, 'id' | 'node'>): string | null {
  const rest = id.slice('endpoint:'.length);
  const gap = rest.indexOf(' ');
  if (gap < 0 || rest.endsWith(' …') || node?.host == null) return null;
  return rest.slice(gap + 1);
}

/** What varies in a path is a wildcard of the filter language. */
function endpointTerms(name: string): QueryTree[] {
  const [method = '*', path = '*'] = name.split(' ');
  return [
    { op: 'text', field: 'method', pattern: method },
    { op: 'text', field: 'path', pattern: path.replace(/\{[^}]*\}/g, '*') },
  ];
}

/** Where Traffic shows calls. */
export function linkToCalls(what: What, span: Span): string {
  const [only] = what;
  const tree: QueryTree | null =
    what.length === 0 ? null : what.length === 1 && only ? only : { op: 'and', parts: [...what] };
  const range = span.since <= 0 ? 'all' : writeBetween(span.since, span.until);
  return linkTo('traffic', { ...(tree && { filter: printQuery(tree) }), range });
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
