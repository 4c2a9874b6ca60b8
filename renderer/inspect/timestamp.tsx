import type { ReactNode } from 'react';

const DAY = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });
const TIME = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
  hourCycle: 'h23',
});
const ZONE = new Intl.DateTimeFormat('en', { timeZoneName: 'longOffset' });

/** A moment (microseconds since the epoch) in the zone of who looks. */
export function Timestamp({ at }: { at: number }): ReactNode {
  const date = new Date(at / 1000);
  const zone = ZONE.formatToParts(date).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  return (
    <time dateTime={date.toISOString()}>
      {DAY.format(date)} {TIME.format(date)} <span className="unit">{zone.replace('GMT', 'UTC')}</span>
    </time>
  );
}
