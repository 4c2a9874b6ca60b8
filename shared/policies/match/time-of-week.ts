import type { TimeOfWeek } from '../../model/policy.ts';
import { createWallClock, type WallClock } from '../calendar.ts';

const DAY = 1440;

/** Whether a moment (microseconds) lies in one of the windows. Over midnight, a window belongs to the day it began on. */
export function compileTimes(times: readonly TimeOfWeek[], zone: string): (now: number) => boolean {
  const clocks = new Map<string, WallClock>();
  const windows = times.map(({ days, from, until, zone: own }) => {
    const name = own ?? zone;
    let clock = clocks.get(name);
    if (!clock) clocks.set(name, (clock = createWallClock(name)));
    const on = Array.from({ length: 8 }, (_, day) => days.length === 0 || days.includes(day));
    return { clock, on, from, until };
  });
  return (now) => {
    for (const { clock, on, from, until } of windows) {
      const minute = clock.minuteOfWeek(now);
      const day = Math.floor(minute / DAY) + 1;
      const inDay = minute % DAY;
      if (from < until) {
        if (on[day] === true && inDay >= from && inDay < until) return true;
      } else {
        if (on[day] === true && inDay >= from) return true;
        if (on[day === 1 ? 7 : day - 1] === true && inDay < until) return true;
      }
    }
    return false;
  };
}
