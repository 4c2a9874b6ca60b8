import type { Kind } from '../kind.ts';
import { createCountedRule } from './counted-rule.ts';
import { describeLimit } from './explain.ts';
import { limitSettings } from './settings.ts';
import type { LimitSettings } from './settings.ts';

/** How much calls may do: so many in a time, so many at once, or as many as the vendor says are left. */
export const limitKind: Kind<LimitSettings> = {
  kind: 'limit',
  settings: limitSettings,
  describe: describeLimit,
  create(policy, settings, around) {
    if (settings.algorithm === 'vendor-pacing') throw new Error('Vendor pacing is not there yet.');
    return createCountedRule(policy, settings, around);
  },
};
