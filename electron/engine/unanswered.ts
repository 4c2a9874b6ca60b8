import type { PoliciesFace } from '../api/policies-face.ts';
import type { FilePolicies } from './govern/register/register-face.ts';

const no = async (): Promise<{ problem: 'not-running' }> => ({ problem: 'not-running' });
async function* none(): AsyncGenerator<{ problem: 'not-running' }> {
  yield { problem: 'not-running' };
}

/** In the place of rooms that are being built. */
type Answered =
  | keyof FilePolicies
  | 'budgets'
  | 'backtest'
  | 'sweep'
  | 'demand'
  | 'recommend'
  | 'whatIfPrice'
  | 'whatIfCache';
export const unanswered: { policies: Omit<PoliciesFace, Answered> } = {
  policies: {
    gauges: no,
    decisions: no,
    alerts: no,
    changeAlert: no,
    asks: none,
    answer: no,
  },
};
