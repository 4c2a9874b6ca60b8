import { createAdaptive } from './adaptive.ts';
import { createConcurrency } from './concurrency.ts';
import { createFixedWindow } from './fixed-window.ts';
import { createLeakyBucket } from './leaky-bucket.ts';
import type { Meter } from './meter.ts';
import type { LimitSettings } from './settings.ts';
import { createSlidingWindow, isExact } from './sliding-window.ts';
import type { SteadyClock } from './steady-clock.ts';
import { createTokenBucket } from './token-bucket.ts';

/** How a rule counts; `family`: whose saved counts it can read. */
export interface Counting {
  family: string;
  meter: Meter<unknown>;
}

/** The algorithm that settings name, at work. Vendor pacing has none of its own. */
export function meterOf(settings: LimitSettings, clock: SteadyClock): Counting {
  const { algorithm, burst, cost } = settings;
  const limit = settings.limit ?? Infinity;
  const window = settings.window ?? 60_000_000;
  const known = (family: string, meter: unknown): Counting => ({ family, meter: meter as Meter<unknown> });
  switch (algorithm) {
    case 'token-bucket':
    case 'vendor-pacing':
      return known('drain', createTokenBucket({ limit, window, burst }, clock));
    case 'leaky-bucket':
      return known('drain', createLeakyBucket({ limit, window, burst, cost }, clock));
    case 'fixed-window':
      return known('window', createFixedWindow({ limit, window }, clock));
    case 'sliding-window': {
      const shape = { limit, window, cost };
      return known(isExact(shape) ? 'log' : 'steps', createSlidingWindow(shape, clock));
    }
    case 'concurrency':
      return known('running', createConcurrency(limit));
    case 'adaptive':
      return known(
        settings.window === null ? 'adaptive-running' : 'adaptive-rate',
        createAdaptive({ ...settings, limit }, clock),
      );
  }
}
