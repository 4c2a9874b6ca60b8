/** Times as the reader's clock shows them, short enough for an axis. */

const MINUTE = 60_000_000;
const DAY = 86_400_000_000;

export const offsetAt = (microseconds: number): number => -new Date(microseconds / 1000).getTimezoneOffset();

const format = (options: Intl.DateTimeFormatOptions): ((us: number) => string) => {
  const formatter = new Intl.DateTimeFormat('en-GB', options);
  return (us) => formatter.format(us / 1000);
};
const clock = format({ hour: '2-digit', minute: '2-digit' });
const day = format({ weekday: 'short', day: 'numeric' });
const date = format({ day: 'numeric', month: 'short' });
const full = format({ weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });

/** A tick's label: the time of day, or the day where one begins. */
export function tickLabel(us: number, distance: number): string {
  const time = clock(us);
  if (distance < DAY) return time === '00:00' ? day(us) : time;
  return distance < 7 * DAY ? day(us) : date(us);
}

/** A step as a person says it: `Mon 23 Nov, 10:42–10:43`. */
export function spanLabel(since: number, until: number): string {
  if (until - since >= DAY && clock(since) === '00:00') {
    return until - since <= DAY + 60 * MINUTE ? date(since) : `${date(since)} – ${date(until - 1)}`;
  }
  const sameDay = date(since) === date(until - 1);
  return sameDay ? `${full(since)}–${clock(until)}` : `${full(since)} – ${full(until)}`;
}

/** The same without the day when that is today. */
export function shortSpanLabel(since: number, until: number, now: number): string {
  return date(since) === date(now) && date(until - 1) === date(now)
    ? `${clock(since)}–${clock(until)}`
    : spanLabel(since, until);
}
