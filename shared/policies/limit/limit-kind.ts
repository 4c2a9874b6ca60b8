import type { Kind } from '../kind.ts';
import { createCountedRule } from './counted-rule.ts';
import { describeLimit } from './explain.ts';
import { createPacingRule } from './pacing/pacing-rule.ts';
import { limitSettings } from './settings.ts';
import type { LimitSettings } from './settings.ts';

/** How much calls may do: so many in a time, so many at once, or as many as the vendor says are left. */
export const limitKind: Kind<LimitSettings> = {
  kind: 'limit',
  settings: limitSettings,
  describe: describeLimit,
  create(policy, settings, around) {
    const create = settings.algorithm === 'vendor-pacing' ? createPacingRule : createCountedRule;
    return create(policy, settings, around);
  },
};
