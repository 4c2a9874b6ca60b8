import { formatDuration } from '../../shared/format/quantities.ts';

const SECOND = 1_000_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long ago, in whole units: `now`, `12 s`, `3 min`, `5 h`, `9 d`. Microseconds since the epoch. */
export function ageText(at: number, now: number): string {
  const age = now - at;
  if (age < 5 * SECOND) return 'now';
  if (age < MINUTE) return formatDuration(Math.floor(age / SECOND) * SECOND);
  if (age < HOUR) return `${Math.floor(age / MINUTE)} min`;
  if (age < 2 * DAY) return `${Math.floor(age / HOUR)} h`;
  return `${Math.floor(age / DAY)} d`;
}
