import type { PoliciesFace } from '../api/policies-face.ts';

const no = async (): Promise<{ problem: 'not-running' }> => ({ problem: 'not-running' });
async function* none(): AsyncGenerator<{ problem: 'not-running' }> {
  yield { problem: 'not-running' };
}

/** In the place of rooms that are being built. */
type Answered = 'budgets' | 'backtest' | 'sweep' | 'demand' | 'recommend' | 'whatIfPrice' | 'whatIfCache';
export const unanswered: { policies: Omit<PoliciesFace, Answered> } = {
  policies: {
    get: no,
    check: no,
    test: no,
    apply: no,
    change: no,
    except: no,
    versions: no,
    version: no,
    restore: no,
    gauges: no,
    decisions: no,
    alerts: no,
    changeAlert: no,
    asks: none,
    answer: no,
  },
};
