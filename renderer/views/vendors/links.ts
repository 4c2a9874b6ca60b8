import { printQuery } from '../../../shared/query/print.ts';
import type { QueryTree } from '../../../shared/query/tree.ts';
import { linkTo } from '../../data/location.ts';
import { SPANS } from './vendor-order.ts';
import type { SpanName } from './vendor-order.ts';

export const ERRORS: QueryTree = {
  op: 'or',
  parts: [
    { op: 'number', field: 'status', comparison: '>=', value: 400 },
    { op: 'text', field: 'failure', pattern: '*' },
  ],
};
export const THROTTLED: QueryTree = { op: 'text', field: 'throttle', pattern: 'vendor-*' };

export const text = (
  field: 'vendor' | 'host' | 'app' | 'endpoint' | 'callsite' | 'package' | 'credential' | 'service',
  pattern: string,
): QueryTree => ({ op: 'text', field, pattern });

/** Calls of a program nobody knows have no app. */
export const ofApp = (app: string | null): QueryTree =>
  app === null ? { op: 'not', part: text('app', '*') } : text('app', app);

/** At least this long: a percentile is within 2 %, so the filter begins a little below. */
export function slowerThan(us: number): QueryTree {
  const unit = us >= 10_000_000 ? 1_000_000 : us >= 1000 ? 1000 : 1;
  return { op: 'number', field: 'duration', comparison: '>=', value: Math.floor((us * 0.98) / unit) * unit };
}

/** Calls with a body on one side. */
export const withBody = (side: 'request-size' | 'response-size'): QueryTree => ({
  op: 'number',
  field: side,
  comparison: '>',
  value: 0,
});

/** What Traffic is asked for to show a vendor’s calls of a span, narrowed by more. */
export function placeOfCalls(vendor: string, span: SpanName, more: readonly QueryTree[] = []): Record<string, string> {
  const own = text('vendor', vendor);
  const filter = printQuery(more.length === 0 ? own : { op: 'and', parts: [own, ...more] });
  return { filter, range: SPANS[span] === null ? 'all' : span };
}

export function linkToCalls(vendor: string, span: SpanName, more: readonly QueryTree[] = []): string {
  return linkTo('traffic', placeOfCalls(vendor, span, more));
}
