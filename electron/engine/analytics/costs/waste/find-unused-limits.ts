import { formatCount } from '../../../../../shared/format/quantities.ts';
import type { SpentCall } from './spent-call.ts';
import { wasted, type WastedCall } from './waste-report.ts';

/** Below this nothing can be said of what a program's answers are like. */
const FEW_CALLS = 5;
/** Room for answers several times as long as the longest is prudence; more than that is a number nobody looked at. */
const TIMES = 4;
const LEAST_UNUSED = 1000;

/**
 * Calls that allow much longer answers than any that came, by app, endpoint and model. It costs no money: vendors count the
 * allowance against the limit of tokens per minute (reserve it), so that fewer calls fit in.
 */
export function findUnusedLimits(calls: readonly SpentCall[]): WastedCall[] {
  const groups = new Map<string, SpentCall[]>();
  for (const call of calls) {
    if (call.maxOutput === null || call.output === null || !call.answered) continue;
    const name = JSON.stringify([call.app, call.host, call.endpoint, call.model]);
    const group = groups.get(name);
    if (group) group.push(call);
    else groups.set(name, [call]);
  }
  const found: WastedCall[] = [];
  for (const group of groups.values()) {
    if (group.length < FEW_CALLS) continue;
    const longest = group.reduce((most, { output }) => Math.max(most, output ?? 0), 0);
    for (const call of group) {
      const { maxOutput, output } = call;
      if (maxOutput === null || maxOutput < longest * TIMES || maxOutput - longest < LEAST_UNUSED) continue;
      const says = `Up to ${formatCount(maxOutput)} tokens allowed, ${formatCount(output ?? 0)} written; the longest answer of its kind was ${formatCount(longest)}.`;
      found.push(wasted(call, null, says));
    }
  }
  return found;
}
