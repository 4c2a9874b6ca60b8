import type { PoliciesFace } from '../api/policies-face.ts';

type AtWork = 'gauges' | 'decisions' | 'alerts' | 'changeAlert' | 'asks' | 'answer';

const notRunning = async (): Promise<{ problem: 'not-running' }> => ({ problem: 'not-running' });

/** What can be asked of policies only while an engine has them at work: refused, for a store that is read without one. */
export const policiesAtRest: Pick<PoliciesFace, AtWork> = {
  gauges: notRunning,
  decisions: notRunning,
  alerts: notRunning,
  changeAlert: notRunning,
  async *asks() {
    yield { problem: 'not-running' };
  },
  answer: notRunning,
};
