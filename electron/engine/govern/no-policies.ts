import type { PolicySet } from '../../../shared/policies/governor.ts';

export const NO_POLICIES: PolicySet = Object.freeze({
  version: 0,
  otherwise: 'allow',
  zone: 'UTC',
  policies: [],
  exceptions: [],
});
