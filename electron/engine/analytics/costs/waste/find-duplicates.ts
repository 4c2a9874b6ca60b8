import { formatMoney } from '../../../../../shared/format/money.ts';
import { formatDuration } from '../../../../../shared/format/quantities.ts';
import type { SpentCall } from './spent-call.ts';
import { wasted, type WastedCall } from './waste-report.ts';

/** How long a cache is taken to keep an answer. */
const KEPT_FOR = 3_600_000_000;

/**
 * Prompts that had been answered within the hour before: same bytes, same endpoint, same model, same secret. Only what is
 * counted in tokens: the same text message sent twice is two messages. Two bodies of which only the beginning was kept may
 * look alike, so what was read has to be as long, too. `calls` oldest first.
 */
export function findDuplicates(calls: readonly SpentCall[]): WastedCall[] {
  const found: WastedCall[] = [];
  const kept = new Map<string, SpentCall>();
  for (const call of calls) {
    if (!call.answered || call.requestBody === null || call.input === null) continue;
    const { startedAt, host, endpoint, method, model, credential, requestBody, input, nanoUsd } = call;
    const key = JSON.stringify([host, method, endpoint, model, credential, requestBody, input]);
    const first = kept.get(key);
    if (first === undefined || startedAt - first.startedAt > KEPT_FOR) {
      kept.set(key, call);
      continue;
    }
    const says = `The same prompt as call ${first.id}, ${formatDuration(startedAt - first.startedAt)} before; ${formatMoney(nanoUsd)}.`;
    found.push(wasted(call, nanoUsd, says));
  }
  return found;
}
