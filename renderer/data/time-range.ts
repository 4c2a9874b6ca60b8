import { isoTime } from '../../shared/query/print.ts';

/** A stretch of time as it stands in the address: `15m`, `all`, or two times in milliseconds, `1763890000000-1763890600000`. */
export type TimeRange =
  | { kind: 'all' }
  | { kind: 'last'; us: number }
  | { kind: 'between'; since: number; until: number };

const UNITS: Readonly<Record<string, number>> = { m: 6e7, h: 3.6e9, d: 8.64e10 };

/** The ranges offered, shortest first. */
export const RANGES = ['5m', '15m', '1h', '24h', '7d', 'all'] as const;

/** Reads a range of the address; null when it is none. */
export function readRange(text: string): TimeRange | null {
  if (text === 'all') return { kind: 'all' };
  const last = /^(\d{1,4})([mhd])$/.exec(text);
  if (last) return { kind: 'last', us: Number(last[1]) * (UNITS[last[2] ?? ''] ?? 0) };
  const between = /^(\d{1,15})-(\d{1,15})$/.exec(text);
  if (!between) return null;
  const [since, until] = [Number(between[1]) * 1000, Number(between[2]) * 1000];
  return since < until ? { kind: 'between', since, until } : null;
}

export function writeBetween(since: number, until: number): string {
  return `${Math.floor(since / 1000)}-${Math.ceil(until / 1000)}`;
}

/** Lengths of steps that people count in, microseconds. */
const STEPS = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800,
].map((seconds) => seconds * 1e6);
/** Steps of a strip, at most. */
const MOST_STEPS = 180;

export interface SteppedSpan {
  since: number;
  until: number;
  step: number;
}

/**
 * The span of a range in whole steps, so that bars stay what they are while time goes on. `oldest`: when calls begin, for
 * `all`. Microseconds.
 */
export function stepSpan(range: TimeRange, now: number, oldest: number | null): SteppedSpan {
  const until = range.kind === 'between' ? range.until : now;
  const since =
    range.kind === 'between'
      ? range.since
      : range.kind === 'last'
        ? now - range.us
        : Math.min(oldest ?? now, now - 6e7);
  const length = until - since;
  const step =
    STEPS.find((one) => length / one <= MOST_STEPS - 2) ?? Math.ceil(length / MOST_STEPS / 6.048e11) * 6.048e11;
  return { since: Math.floor(since / step) * step, until: Math.ceil((until + 1) / step) * step, step };
}

/** The filter text that keeps calls of a range; '' for all. */
export function rangeTerms(range: TimeRange, now: number): string {
  if (range.kind === 'all') return '';
  if (range.kind === 'last') return `since:${isoTime(stepSpan(range, now, null).since)}`;
  return `since:${isoTime(range.since)} until:${isoTime(range.until)}`;
}

/**
 * As `rangeTerms`, of a range as in the address, counted from now. `_anew`: whatever begins a running range anew when it
 * changes.
 */
export function termsNow(range: string, _anew: string): string {
  return rangeTerms(readRange(range) ?? { kind: 'all' }, Date.now() * 1000);
}

/** As `stepSpan`, counted from now. */
export function spanNow(range: TimeRange): SteppedSpan {
  return stepSpan(range, Date.now() * 1000, 0);
}
