import { createDrainMeter } from './drain.ts';
import type { Drain } from './drain.ts';
import type { Meter } from './meter.ts';
import type { SteadyClock } from './steady-clock.ts';

/**
 * Tokens come at a steady rate and are kept up to `burst`; a call needs as many as it costs. In a window that begins
 * anywhere, never more than `burst` and what comes in that time.
 */
export function createTokenBucket(
  { limit, window, burst }: { limit: number; window: number; burst: number | null },
  clock: SteadyClock,
): Meter<Drain> {
  return createDrainMeter(burst ?? limit, window / limit, clock);
}
