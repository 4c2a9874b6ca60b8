import { NO_NEEDS } from '../../../shared/policies/facts.ts';
import type { Governor, PolicySet, Ruling } from '../../../shared/policies/governor.ts';

export const NO_POLICIES: PolicySet = Object.freeze({
  version: 0,
  otherwise: 'allow',
  zone: 'UTC',
  policies: [],
  exceptions: [],
});

const ALLOWED: Ruling = Object.freeze({
  verdict: 'allow',
  policy: null,
  opinion: null,
  ask: null,
  spoke: [],
  decisions: () => [],
});

/** A governor without policies. */
export function governNothing(set: PolicySet): Governor {
  return {
    set,
    empty: true,
    due: null,
    needs: () => NO_NEEDS,
    consider: () => ALLOWED,
    connect: () => ALLOWED,
    progress: () => null,
    answer: () => 0,
    leave() {},
    heard() {},
    ended() {},
    metered() {},
    advance() {},
    gauges: () => [],
    save: () => ({}),
    restore() {},
  };
}
