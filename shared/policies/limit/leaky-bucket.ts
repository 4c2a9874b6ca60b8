import { createDrainMeter } from './drain.ts';
import type { Drain } from './drain.ts';
import type { Meter } from './meter.ts';
import type { SteadyClock } from './steady-clock.ts';

/**
 * Calls leave one after the other, evenly spaced, as water from a bucket with a hole; the queue is the bucket. `burst` may
 * let some leave together. With costs other than calls the next one leaves when what the last one cost has drained.
 */
export function createLeakyBucket(
  { limit, window, burst, cost }: { limit: number; window: number; burst: number | null; cost: string },
  clock: SteadyClock,
): Meter<Drain> {
  if (burst !== null || cost === 'calls') return createDrainMeter(burst ?? 1, window / limit, clock);
  return createDrainMeter(limit, window / limit, clock, true);
}
