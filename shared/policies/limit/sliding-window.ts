import type { Meter } from './meter.ts';
import { createSlidingLog } from './sliding-log.ts';
import type { CallLog } from './sliding-log.ts';
import { createSlidingSteps } from './sliding-steps.ts';
import type { StepCount } from './sliding-steps.ts';
import type { SteadyClock } from './steady-clock.ts';

/** Up to so many calls, each is remembered: 8 bytes a call and key. */
export const MOST_REMEMBERED = 1000;

/** True when each call is remembered; else a window is counted in steps of a sixtieth. */
export function isExact({ limit, cost }: { limit: number; cost: string }): boolean {
  return cost === 'calls' && limit <= MOST_REMEMBERED;
}

/** Never more than `limit` in any window, wherever it begins. */
export function createSlidingWindow(
  settings: { limit: number; window: number; cost: string },
  clock: SteadyClock,
): Meter<CallLog> | Meter<StepCount> {
  return isExact(settings)
    ? createSlidingLog(settings.limit, settings.window, clock)
    : createSlidingSteps(settings.limit, settings.window, clock);
}
