/** A span of time cut into steps. Microseconds since the epoch. */
export interface TimeSteps {
  since: number;
  until: number;
  step: number;
}

const MINUTE = 60_000_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Distances between ticks that people read easily. */
const DISTANCES = [
  MINUTE,
  2 * MINUTE,
  5 * MINUTE,
  10 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  3 * HOUR,
  6 * HOUR,
  12 * HOUR,
  DAY,
  2 * DAY,
  7 * DAY,
  14 * DAY,
  28 * DAY,
  91 * DAY,
  364 * DAY,
];

export function countSteps({ since, until, step }: TimeSteps): number {
  return Math.max(0, Math.round((until - since) / step));
}

/** The step in which a share (0…1) of the span lies. */
export function stepAt(steps: TimeSteps, share: number): number {
  return Math.min(countSteps(steps) - 1, Math.max(0, Math.floor(share * countSteps(steps))));
}

/** Values by step, from those steps there are values for; `missing` stands for the others. */
export function fillSteps<Entry extends { start: number }, Value>(
  steps: TimeSteps,
  entries: readonly Entry[],
  read: (entry: Entry) => Value,
  missing: Value,
): Value[] {
  const values = Array.from({ length: countSteps(steps) }, () => missing);
  for (const entry of entries) {
    const at = Math.round((entry.start - steps.since) / steps.step);
    if (at >= 0 && at < values.length) values[at] = read(entry);
  }
  return values;
}

/**
 * Where ticks stand: at whole distances of the reader's wall clock, not more than `most`. `offsetAt` gives the minutes
 * east of UTC at a time.
 */
export function timeTicks(
  { since, until }: TimeSteps,
  most: number,
  offsetAt: (microseconds: number) => number,
): { ticks: number[]; distance: number } {
  const distance =
    DISTANCES.find((one) => (until - since) / one <= most) ?? Math.ceil((until - since) / most / DAY) * DAY;
  const offset = (at: number): number => offsetAt(at) * MINUTE;
  const ticks: number[] = [];
  for (let wall = Math.ceil((since + offset(since)) / distance) * distance; ; wall += distance) {
    // Where summer time begins or ends the clock jumps, and the tick with it.
    const guess = wall - offset(since);
    const tick = wall - offset(guess);
    if (tick > until) break;
    if (tick >= since && tick !== ticks.at(-1)) ticks.push(tick);
  }
  return { ticks, distance };
}

/** The next figure at or above `value` that reads well on an axis that begins at zero, with a middle that does too. */
export function niceTop(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const top = [1, 2, 3, 4, 5, 6, 8, 10].find((one) => one * power >= value * 0.9999) ?? 10;
  return top * power;
}

/** As `niceTop` for durations in microseconds: minutes and hours are no powers of ten. */
export function niceDuration(us: number): number {
  if (us <= 60_000_000) return niceTop(us);
  if (us > 3_600_000_000) return niceTop(us / 3_600_000_000) * 3_600_000_000;
  return ([2, 4, 6, 10, 20, 30, 40, 60].find((minutes) => minutes * 60_000_000 >= us) ?? 60) * 60_000_000;
}

/** As `niceTop` for counts: never a half of a call. */
export function niceCount(count: number): number {
  return Math.max(2, niceTop(count));
}
