/**
 * Hours, days, weeks and months by the clock on the wall of a time zone, exact where clocks are put forward or back. Only
 * Intl knows zones; it is asked when a period ends, not for every call. Times are microseconds since the epoch.
 */

export type Period = 'hour' | 'day' | 'week' | 'month';

export interface PeriodBounds {
  /** First microsecond of it. */
  start: number;
  /** First microsecond of the next. */
  end: number;
}

export interface Calendar {
  /** The period that a moment lies in. The object is used again: read it before the next question. */
  at(moment: number): Readonly<PeriodBounds>;
}

const MS = 1000;
const HOUR = 3_600_000;
const DAY = 86_400_000;

/** Whether the system knows a zone by this name. */
export function isTimeZone(zone: string): boolean {
  try {
    return zone !== '' && new Intl.DateTimeFormat('en-US', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/**
 * Periods of a zone. `startDay`: of a month the day it begins on (a vendor's billing day, 1–31; in shorter months the last
 * day), of a week the weekday (1 Monday … 7 Sunday). A period whose first hour is left out begins where the clock goes on;
 * one that comes twice begins the first time.
 */
export function createCalendar(period: Period, zone: string, startDay = 1): Calendar {
  const offsetOf = zoneOffset(zone);
  const bounds: PeriodBounds = { start: 0, end: 0 };
  return {
    at(moment) {
      if (moment < bounds.start || moment >= bounds.end) {
        const [start, end] =
          period === 'hour'
            ? hourAround(offsetOf, Math.floor(moment / MS))
            : datesAround(offsetOf, Math.floor(moment / MS), period, startDay);
        bounds.start = start * MS;
        bounds.end = end * MS;
      }
      return bounds;
    },
  };
}

/** The clock on a zone's wall. */
export interface WallClock {
  /** Minutes since Monday 00:00. */
  minuteOfWeek(moment: number): number;
}

const CLOCKS = new Map<string, WallClock>();

/** One for each zone: what it found out serves every policy. */
export function createWallClock(zone: string): WallClock {
  const known = CLOCKS.get(zone);
  if (known) return known;
  const made = makeWallClock(zone);
  CLOCKS.set(zone, made);
  return made;
}

function makeWallClock(zone: string): WallClock {
  const offsetOf = zoneOffset(zone);
  let from = 0;
  let until = 0;
  let offset = 0;
  return {
    minuteOfWeek(moment) {
      const ms = Math.floor(moment / MS);
      // Within a minute no clock is changed.
      if (ms < from || ms >= until) {
        from = Math.floor(ms / 60_000) * 60_000;
        until = from + 60_000;
        offset = offsetOf(from);
      }
      // The epoch was a Thursday.
      const minutes = Math.floor((ms + offset) / 60_000) + 3 * 1440;
      return ((minutes % 10_080) + 10_080) % 10_080;
    },
  };
}

/** What has to be added to UTC, both in milliseconds. */
function zoneOffset(zone: string): (ms: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    era: 'short',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (ms) => {
    const part = new Map<string, string>();
    for (const { type, value } of format.formatToParts(ms)) part.set(type, value);
    const number = (type: string): number => Number(part.get(type));
    const year = part.get('era')?.startsWith('B') === true ? 1 - number('year') : number('year');
    const wall = new Date(0);
    wall.setUTCFullYear(year, number('month') - 1, number('day'));
    wall.setUTCHours(number('hour'), number('minute'), number('second'));
    return wall.getTime() - Math.floor(ms / 1000) * 1000;
  };
}

/** When the offset changes between two moments that differ in it. */
function changeBetween(offsetOf: (ms: number) => number, before: number, after: number): number {
  const was = offsetOf(before);
  let low = before;
  let high = after;
  while (high - low > 1000) {
    const middle = Math.floor((low + high) / 2000) * 1000;
    if (middle <= low) break;
    if (offsetOf(middle) === was) low = middle;
    else high = middle;
  }
  return high;
}

/** First moment at which the clock on the wall shows at least so much. */
function firstAt(offsetOf: (ms: number) => number, wall: number): number {
  const before = wall - 1.25 * DAY;
  const after = wall + 1.25 * DAY;
  const was = offsetOf(before);
  const becomes = offsetOf(after);
  if (was === becomes) return wall - was;
  const change = changeBetween(offsetOf, Math.floor(before / 1000) * 1000, Math.ceil(after / 1000) * 1000);
  if (wall - was < change) return wall - was;
  return change + becomes >= wall ? change : wall - becomes;
}

/** An hour of the wall; where clocks change within it, the part before or after. */
function hourAround(offsetOf: (ms: number) => number, moment: number): [number, number] {
  const offset = offsetOf(moment);
  let start = Math.floor((moment + offset) / HOUR) * HOUR - offset;
  let end = start + HOUR;
  if (offsetOf(start) !== offset) start = changeBetween(offsetOf, start, moment);
  if (offsetOf(end) !== offset) end = changeBetween(offsetOf, moment, end);
  return [start, end];
}

function datesAround(
  offsetOf: (ms: number) => number,
  moment: number,
  period: 'day' | 'week' | 'month',
  startDay: number,
): [number, number] {
  const wall = moment + offsetOf(moment);
  let start = beginOf(wall, period, startDay);
  let next = nextAfter(start, period, startDay);
  // Where a clock is put back over midnight, the old date comes again for a while: the new period has begun.
  while (moment >= firstAt(offsetOf, next)) {
    start = next;
    next = nextAfter(start, period, startDay);
  }
  while (moment < firstAt(offsetOf, start)) {
    next = start;
    start = beginOf(start - 1, period, startDay);
  }
  return [firstAt(offsetOf, start), firstAt(offsetOf, next)];
}

/** Midnight of the wall at which the period of a wall time begins. */
function beginOf(wall: number, period: 'day' | 'week' | 'month', startDay: number): number {
  const day = Math.floor(wall / DAY) * DAY;
  if (period === 'day') return day;
  if (period === 'week') {
    const weekday = ((((Math.floor(wall / DAY) + 3) % 7) + 7) % 7) + 1;
    return day - ((weekday - startDay + 7) % 7) * DAY;
  }
  const date = new Date(day);
  const begin = monthBegin(date.getUTCFullYear(), date.getUTCMonth(), startDay);
  return begin <= day ? begin : monthBegin(date.getUTCFullYear(), date.getUTCMonth() - 1, startDay);
}

function nextAfter(start: number, period: 'day' | 'week' | 'month', startDay: number): number {
  if (period === 'day') return start + DAY;
  if (period === 'week') return start + 7 * DAY;
  const date = new Date(start);
  return monthBegin(date.getUTCFullYear(), date.getUTCMonth() + 1, startDay);
}

function monthBegin(year: number, month: number, startDay: number): number {
  const last = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  return Date.UTC(year, month, Math.min(startDay, last));
}
