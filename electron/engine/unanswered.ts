import type { PoliciesFace } from '../api/policies-face.ts';

const no = async (): Promise<{ problem: 'not-running' }> => ({ problem: 'not-running' });
async function* none(): AsyncGenerator<{ problem: 'not-running' }> {
  yield { problem: 'not-running' };
}

/** In the place of rooms that are being built. */
export const unanswered: { policies: PoliciesFace } = {
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
    backtest: none,
    sweep: none,
    demand: no,
    recommend: no,
    whatIfPrice: no,
    whatIfCache: no,
    budgets: no,
    alerts: no,
    changeAlert: no,
    asks: none,
    answer: no,
  },
};
