import { formatMoney } from '../../../../../shared/format/money.ts';
import { formatDuration } from '../../../../../shared/format/quantities.ts';
import type { SpentCall } from './spent-call.ts';
import { wasted, type WastedCall } from './waste-report.ts';

/** Who asks again later than that has something else in mind than a retry. */
const RETRIED_WITHIN = 5 * 60_000_000;

/**
 * Calls that failed or were cut, cost something, and were asked again by the same app within five minutes: same endpoint,
 * same request. The first ones are what need not be paid; the one that was answered is not among them. `calls` oldest first.
 */
export function findRetries(calls: readonly SpentCall[]): WastedCall[] {
  const found: WastedCall[] = [];
  const last = new Map<string, SpentCall>();
  for (const call of calls) {
    if (call.requestBody === null) continue;
    const key = JSON.stringify([call.app, call.host, call.method, call.endpoint, call.credential, call.requestBody]);
    const before = last.get(key);
    last.set(key, call);
    if (before === undefined || before.answered || !isPaid(before) || !isPaid(call)) continue;
    const after = call.startedAt - before.startedAt;
    if (after > RETRIED_WITHIN) continue;
    const { nanoUsd } = before;
    const says = `${howItEnded(before)}, and was asked again ${formatDuration(after)} later as call ${call.id}; ${formatMoney(nanoUsd)} paid for the first.`;
    found.push(wasted(before, nanoUsd, says));
  }
  return found;
}

function isPaid({ nanoUsd }: SpentCall): boolean {
  return nanoUsd !== null && nanoUsd > 0;
}

export function howItEnded({ cut, status }: SpentCall): string {
  if (cut) return 'Its answer was cut';
  return status === null ? 'It got no answer' : `It was answered with ${status}`;
}
