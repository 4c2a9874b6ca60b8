import { linkTo } from '../../data/location.ts';
import { writeBetween } from '../../data/time-range.ts';
import { quoted } from './quoted.ts';

const HOUR = 3_600_000_000;

/** The spans that can be looked at, microseconds. */
export const SPANS = { '1h': HOUR, '24h': 24 * HOUR, '7d': 7 * 24 * HOUR, '30d': 30 * 24 * HOUR } as const;
export type SpanName = keyof typeof SPANS;
export const SPAN_NAMES = Object.keys(SPANS) as SpanName[];

export function readSpan(text: string | undefined): SpanName {
  return SPAN_NAMES.find((one) => one === text) ?? '7d';
}

/** The bounds of a span that ends now, microseconds. */
export function boundsOf(span: SpanName): { since: number; until: number } {
  const until = Date.now() * 1000 + 1_000_000;
  return { since: until - SPANS[span], until };
}

/** What Traffic is asked for to show calls that a policy spoke of; `verdicts`: only those it said one of these of. */
export function placeOfCalls(
  terms: { policy?: string; verdicts?: readonly string[]; app?: string | null; host?: string },
  range: string,
): Record<string, string> {
  const { policy, verdicts = [], app, host } = terms;
  const says = verdicts.map((one) => `verdict:${one}`);
  const filter = [
    ...(policy === undefined ? [] : [`policy:${quoted(policy)}`]),
    ...(says.length > 1 ? [`(${says.join(' or ')})`] : says),
    ...(app === undefined ? [] : [app === null ? 'not app:*' : `app:${quoted(app)}`]),
    ...(host === undefined ? [] : [`host:${quoted(host)}`]),
  ].join(' ');
  return { filter, range };
}

export function linkToCalls(terms: Parameters<typeof placeOfCalls>[0], range: string): string {
  return linkTo('traffic', placeOfCalls(terms, range));
}

/** As a range of Traffic’s address. */
export function rangeBetween(since: number, until: number): string {
  return writeBetween(since, until);
}
