import { formatMoney } from '../../../../../shared/format/money.ts';
import { formatCount } from '../../../../../shared/format/quantities.ts';
import type { SpentCall } from './spent-call.ts';
import { wasted, type WastedCall } from './waste-report.ts';

/** Answers that ended early, and were paid for as far as they went. */
export function findCut(calls: readonly SpentCall[]): WastedCall[] {
  return calls
    .filter(({ cut, nanoUsd }) => cut && nanoUsd !== null && nanoUsd > 0)
    .map((call) => {
      const { nanoUsd, output } = call;
      const after = output === null ? '' : ` after ${formatCount(output)} tokens`;
      return wasted(call, nanoUsd, `The answer ended early${after}; ${formatMoney(nanoUsd)} paid.`);
    });
}
