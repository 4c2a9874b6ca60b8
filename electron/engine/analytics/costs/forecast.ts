import { DAY } from './cost-cells.ts';

export interface Forecast {
  soFarNanoUsd: number;
  expectedNanoUsd: number;
  lowNanoUsd: number;
  highNanoUsd: number;
  until: number;
  days: number;
  series: { start: number; nanoUsd: number }[];
}

/** Days looked back on: four of each weekday. */
export const LOOK_BACK = 28;
const FEWEST = 3;
/** From two whole weeks on weekdays are told apart. */
const WEEKDAYS_FROM = 14;
/** So many days of the common mean are mixed into each weekday's, so that one odd Sunday does not make Sundays odd. */
const SHRINK = 2;

/**
 * What the month of `now` (UTC) is going to come to, from the whole days before: at most the last 28, from the first one on
 * that has a cost. Null when there are fewer than three.
 *
 * Each day to come is expected to be the mean day; of fourteen days on, the mean of its weekday, drawn towards the common
 * one. Of today the part that is left. The band is a prediction interval of 80 % for the sum of the days to come, of unknown
 * mean and variance: t · s · √(m + m²/n), for m days to come from n seen, s of what weekdays leave unexplained (Hahn and
 * Meeker, Statistical Intervals, 1991, §4.7, there for the mean of m). What is spent already is the least it can come to.
 *
 * `daily`: cost by the beginning of a day; days without are 0. It has no trend on purpose: over four weeks a trend is
 * mostly noise, and carried on to the end of the month it is noise times thirty.
 */
export function forecastMonth(daily: ReadonlyMap<number, number>, now: number): Forecast | null {
  return forecastPeriod(daily, now, { today: Math.floor(now / DAY) * DAY, ...monthOf(now) });
}

/**
 * The same for any period of whole days. `today`: when the day of `now` began, by whatever clock; the other days are counted
 * from it, 24 hours each, and `daily` goes by them.
 */
export function forecastPeriod(
  daily: ReadonlyMap<number, number>,
  now: number,
  { today, start: periodStart, end: until }: { today: number; start: number; end: number },
): Forecast | null {
  const first = Math.min(...[...daily].filter(([, nanoUsd]) => nanoUsd > 0).map(([start]) => start));
  const from = Math.max(today - LOOK_BACK * DAY, first);
  const seen: { start: number; nanoUsd: number }[] = [];
  for (let start = from; start < today; start += DAY) seen.push({ start, nanoUsd: daily.get(start) ?? 0 });
  const count = seen.length;
  if (count < FEWEST) return null;

  const mean = seen.reduce((sum, { nanoUsd }) => sum + nanoUsd, 0) / count;
  const expectedOn = dayMeans(seen, mean);
  const spread = seen.reduce((sum, { start, nanoUsd }) => sum + (nanoUsd - expectedOn(start)) ** 2, 0);
  // Each weekday's mean uses up part of what the days can tell.
  const freedom = count - (count >= WEEKDAYS_FROM ? 1 + 6 * (count / 7 / (count / 7 + SHRINK)) : 1);
  const deviation = Math.sqrt(spread / freedom);

  let soFar = 0;
  for (const [start, nanoUsd] of daily) if (start + DAY > periodStart && start <= today) soFar += nanoUsd;
  const series: { start: number; nanoUsd: number }[] = [];
  let daysToCome = 0;
  for (let start = today; start < until; start += DAY) {
    const from = start === today ? now : start;
    const share = Math.max(0, Math.min(start + DAY, until) - from) / DAY;
    daysToCome += share;
    series.push({ start, nanoUsd: Math.round(expectedOn(start) * share) });
  }
  const expected = soFar + series.reduce((sum, { nanoUsd }) => sum + nanoUsd, 0);
  const half = Math.round(t90(freedom) * deviation * Math.sqrt(daysToCome + daysToCome ** 2 / count));
  return {
    soFarNanoUsd: soFar,
    expectedNanoUsd: expected,
    lowNanoUsd: Math.max(soFar, expected - half),
    highNanoUsd: expected + half,
    until,
    days: count,
    series,
  };
}

/** First moment of the month, and of the next one, in UTC. */
export function monthOf(now: number): { start: number; end: number } {
  const at = new Date(now / 1000);
  const [year, month] = [at.getUTCFullYear(), at.getUTCMonth()];
  return { start: Date.UTC(year, month) * 1000, end: Date.UTC(year, month + 1) * 1000 };
}

function dayMeans(seen: readonly { start: number; nanoUsd: number }[], mean: number): (start: number) => number {
  if (seen.length < WEEKDAYS_FROM) return () => mean;
  const weekday = (start: number): number => Math.floor(start / DAY) % 7;
  const sums = Array.from({ length: 7 }, () => ({ sum: 0, days: 0 }));
  for (const { start, nanoUsd } of seen) {
    const one = sums[weekday(start)]!;
    one.sum += nanoUsd;
    one.days += 1;
  }
  const means = sums.map(({ sum, days }) => (sum + SHRINK * mean) / (days + SHRINK));
  return (start) => means[weekday(start)] ?? mean;
}

/** The quantile of Student's t that 10 % lie above, by degrees of freedom (Abramowitz and Stegun, 26.7.5). */
function t90(freedom: number): number {
  const z = 1.281_551_6;
  const [z3, z5, z7] = [z ** 3, z ** 5, z ** 7];
  return (
    z +
    (z3 + z) / (4 * freedom) +
    (5 * z5 + 16 * z3 + 3 * z) / (96 * freedom ** 2) +
    (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * freedom ** 3)
  );
}
