import { formatMoney } from '../../../../../shared/format/money.ts';
import { formatCount } from '../../../../../shared/format/quantities.ts';
import type { SpentCall } from './spent-call.ts';
import type { WastedCall } from './waste-report.ts';

/** Answers that ended early, and were paid for as far as they went. */
export function findCut(calls: readonly SpentCall[]): WastedCall[] {
  return calls
    .filter(({ cut, nanoUsd }) => cut && nanoUsd !== null && nanoUsd > 0)
    .map(({ id, app, host, endpoint, method, model, nanoUsd, output }) => ({
      id,
      app,
      host,
      endpoint,
      method,
      model,
      nanoUsd,
      says: `The answer ended early${output === null ? '' : ` after ${formatCount(output)} tokens`}; ${formatMoney(nanoUsd)} paid.`,
    }));
}
