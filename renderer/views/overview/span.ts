import { printQuery } from '../../../shared/query/print.ts';
import type { QueryTree } from '../../../shared/query/tree.ts';
import { writeBetween } from '../../data/time-range.ts';

/** Spans that end now. */
export const SPANS = { '15m': 15, '1h': 60, '24h': 1440, '7d': 10_080, '30d': 43_200 } as const;
export type SpanName = keyof typeof SPANS;
export const SPAN_NAMES = Object.keys(SPANS) as SpanName[];

const MINUTE = 60_000_000;

export type Span = { name: SpanName } | { since: number; until: number };

/** The span an address asks for; `usual` when it asks for none that makes sense. Times are microseconds. */
export function readSpan(params: Readonly<Record<string, string>>, usual: SpanName): Span {
  const since = Number(params['since']);
  const until = Number(params['until']);
  if (Number.isSafeInteger(since) && Number.isSafeInteger(until) && since > 0 && until > since) return { since, until };
  const name = params['span'];
  return { name: SPAN_NAMES.find((one) => one === name) ?? usual };
}

export function boundsOf(span: Span, now: number): { since: number; until: number } {
  return 'name' in span ? { since: now - SPANS[span.name] * MINUTE, until: now } : span;
}

/** The shortest span that shows everything recorded so far, from a day on the day: a first call is not lost in a corner. */
export function usualSpan(oldest: number | null, now: number): SpanName {
  const age = oldest === null ? 0 : now - oldest;
  return age <= SPANS['15m'] * MINUTE ? '15m' : age <= SPANS['1h'] * MINUTE ? '1h' : '24h';
}

/** The shortest named span that reaches back to a time; null when none does. */
export function spanReaching(at: number, now: number): SpanName | null {
  return SPAN_NAMES.find((name) => now - SPANS[name] * MINUTE <= at) ?? null;
}

/** Where Traffic shows the calls behind a figure: those of a span, and what else they have in common. */
export function callsOf(span: Span, what: QueryTree | null = null): Record<string, string> {
  const range = 'name' in span ? span.name : writeBetween(span.since, span.until);
  return what === null ? { range } : { filter: printQuery(what), range };
}

/** Calls that failed, or were answered with a status from 400 on. */
export const ERRORS: QueryTree = {
  op: 'or',
  parts: [
    { op: 'number', field: 'status', comparison: '>=', value: 400 },
    { op: 'text', field: 'failure', pattern: '*' },
  ],
};

/** Whether calls were recorded during all of the span before (within a twentieth of it). */
export function isComparable({ since, until }: { since: number; until: number }, oldest: number): boolean {
  const length = until - since;
  return oldest <= since - length * 0.95;
}

/** How a figure changed against the span before; null when there was nothing to compare with. */
export function changeOf(now: number | null, before: number | null): number | null {
  return now === null || before === null || before === 0 ? null : now / before - 1;
}

/** `+12 %`, `−3 %`, `×14`; null when it is about the same. */
export function changeText(change: number): string | null {
  if (Math.abs(change) < 0.005) return null;
  if (change >= 9) return `×${Math.round(change + 1)}`;
  return `${change > 0 ? '+' : '−'}${Math.round(Math.abs(change) * 100)} %`;
}
