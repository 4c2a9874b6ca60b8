import type { CallOutcome } from '../model/policy.ts';

/** Of a call that did not leave: what was taken for it is given back. */
export const NEVER_LEFT: CallOutcome = Object.freeze({
  left: false,
  status: null,
  failed: false,
  durationUs: 0,
  timeToFirstByteUs: null,
  requestBytes: 0,
  responseBytes: 0,
});
