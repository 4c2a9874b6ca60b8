import type { ValueReading } from './read-value.ts';

export interface TimeOptions {
  /** Microseconds since the epoch; what relative times count from. */
  now: number;
  /**
   * Minutes east of UTC of the reader's zone at a wall-clock time, given as if it were UTC in
   * milliseconds since the epoch. Times without a zone are read with it; UTC when not given.
   */
  offsetMinutesAt?: (wallClockMs: number) => number;
}

const ABSOLUTE = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,6}))?)?(Z|[+-]\d\d:?\d\d)?)?$/i;
const RELATIVE = /^-(?:\d{1,9}(?:\.\d{1,6})?[smhdw])+$/i;
const UNIT_US: Readonly<Record<string, number>> = { s: 1e6, m: 6e7, h: 3.6e9, d: 8.64e10, w: 6.048e11 };

/** Reads the time behind `since:` or `until:`: `now`, `-1h30m`, `2026-11-23`, `2026-11-23T10:00[:00][Z|+01:00]`. */
export function readTime(bound: 'since' | 'until', text: string, options: TimeOptions): ValueReading {
  const at =
    text.toLowerCase() === 'now' ? options.now : RELATIVE.test(text) ? ago(text, options.now) : absolute(text, options);
  if (at !== null)
    return { tree: { op: 'time', bound, at: Math.min(Math.max(0, Math.round(at)), Number.MAX_SAFE_INTEGER) } };
  const expected = ['a time ago like -1h or -30m', 'a time like 2026-11-23T10:00', 'a day like 2026-11-23', 'now'];
  const forgotMinus = RELATIVE.test(`-${text}`);
  const message = forgotMinus
    ? `a time ago begins with a minus: -${text}`
    : `“${text}” is not a time; expected ${expected.join(', or ')}`;
  return { fault: { message, expected, replacement: forgotMinus ? `-${text}` : null } };
}

function ago(text: string, now: number): number {
  let at = now;
  for (const [, amount, unit] of text.toLowerCase().matchAll(/([\d.]+)([smhdw])/g))
    at -= Number(amount) * (UNIT_US[unit ?? ''] ?? 0);
  return at;
}

function absolute(text: string, options: TimeOptions): number | null {
  const parts = ABSOLUTE.exec(text);
  if (!parts) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  if (hour > 23 || minute > 59 || second > 59 || year < 1970) return null;
  const wall = Date.UTC(year, month - 1, day, hour, minute, second);
  // A day that does not exist (30 February) would roll over into the next month.
  const read = new Date(wall);
  if (read.getUTCMonth() !== month - 1 || read.getUTCDate() !== day) return null;
  const offset = parts[8] ? zoneMinutes(parts[8]) : (options.offsetMinutesAt?.(wall) ?? 0);
  if (offset === null) return null;
  return (wall - offset * 60_000) * 1000 + Number((parts[7] ?? '').padEnd(6, '0'));
}

function zoneMinutes(zone: string): number | null {
  if (/^z$/i.test(zone)) return 0;
  const [, sign, hours, minutes] = /^([+-])(\d\d):?(\d\d)$/.exec(zone) ?? [];
  const total = Number(hours) * 60 + Number(minutes);
  if (Number(hours) > 18 || Number(minutes) > 59) return null;
  return sign === '-' ? -total : total;
}
