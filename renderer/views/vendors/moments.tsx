import type { ReactNode } from 'react';
import { ageText } from '../../data/age.ts';
import { words } from '../../words/index.ts';

const says = words.vendors;
const WHEN = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' });
const DAY = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium' });
const COUNTRY = new Intl.DisplayNames('en-GB', { type: 'region' });
const DAY_US = 86_400_000_000;

export const agoText = (at: number, now: number): string => says.ago(ageText(at, now));

/** A moment as an age; the moment itself when it is pointed at. Microseconds. */
export function Ago({ at, now }: { at: number; now: number }): ReactNode {
  return (
    <time dateTime={new Date(at / 1000).toISOString()} title={WHEN.format(at / 1000)}>
      {agoText(at, now)}
    </time>
  );
}

/** `31 Dec 2026`. */
export const dayText = (at: number): string => DAY.format(at / 1000);

/** Whole days from now, midnights counted. */
export function daysUntil(at: number, now: number): number {
  return Math.floor(at / DAY_US) - Math.floor(now / DAY_US);
}

/** `DE` → `Germany`; what no one knows stays as it is. */
export function countryName(code: string): string {
  if (code === 'EU') return says.union;
  try {
    return COUNTRY.of(code) ?? code;
  } catch {
    return code;
  }
}
