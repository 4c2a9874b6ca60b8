import { readRange } from '../../data/time-range.ts';

/** Times are microseconds since the epoch. */
export interface Span {
  since: number;
  until: number;
}

/** Spans offered, as in the address; any other that `readRange` reads is shown too. */
export const SPANS = ['24h', '7d', '30d', '90d', 'all'] as const;
export const USUAL_SPAN = '30d';

const MINUTE = 60_000_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The span of an address, up to the minute that has begun: the same question for a minute. */
export function boundsOf(range: string, now: number): Span {
  const read = readRange(range) ?? readRange(USUAL_SPAN);
  const until = Math.ceil((now + 1) / MINUTE) * MINUTE;
  if (!read || read.kind === 'all') return { since: 0, until };
  return read.kind === 'between' ? { since: read.since, until: read.until } : { since: until - read.us, until };
}

/** What a span can be held against. `previous`: the one of the same length before it. */
export const COMPARISONS = ['previous', 'day', 'week', 'month', 'none'] as const;
const SHIFTS: Readonly<Record<string, number>> = { day: DAY, week: 7 * DAY, month: 30 * DAY };

/** The span to compare with; null: none, or none that makes sense (all time has nothing before it). */
export function comparedWith(versus: string, span: Span): Span | null {
  if (versus === 'none') return null;
  const between = readRange(versus);
  if (between?.kind === 'between') return { since: between.since, until: between.until };
  if (span.since <= 0) return null;
  const shift = SHIFTS[versus] ?? span.until - span.since;
  return { since: Math.max(0, span.since - shift), until: span.until - shift };
}

/** One step of the time slider. */
export interface Step extends Span {
  /** As in the address: `2026-11-23`, or `2026-11-23T14`. */
  key: string;
}

/** At most so many: a slider with more is no longer aimed at. */
const MOST_STEPS = 120;

/** The days of a span, or its hours when it is shorter than two days; none when it is too long or too short to walk. */
export function stepsOf(span: Span): Step[] {
  const byHour = span.until - span.since < 2 * DAY + HOUR;
  const steps: Step[] = [];
  const at = new Date(span.since / 1000);
  if (byHour) at.setMinutes(0, 0, 0);
  else at.setHours(0, 0, 0, 0);
  while (at.getTime() * 1000 < span.until) {
    const since = at.getTime() * 1000;
    const key = keyOf(at, byHour);
    if (byHour) at.setHours(at.getHours() + 1);
    else at.setDate(at.getDate() + 1); // days that begin or end summer time have 23 or 25 hours
    steps.push({ key, since, until: at.getTime() * 1000 });
    if (steps.length > MOST_STEPS) return [];
  }
  return steps.length < 2 ? [] : steps;
}

const two = (value: number): string => String(value).padStart(2, '0');
function keyOf(at: Date, byHour: boolean): string {
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return byHour ? `${day}T${two(at.getHours())}` : day;
}
