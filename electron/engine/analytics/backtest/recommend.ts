import type { Demand } from '../../../../shared/contract/policies.ts';
import { exactDollars } from '../../../../shared/format/money.ts';
import { countOf, formatCount, formatDuration } from '../../../../shared/format/quantities.ts';
import type { CountedBy } from './demand.ts';

/** Of what the vendor allows, this much is left free for what nobody recorded. */
const FREE = 0.1;

/**
 * A limit that history speaks for: what 99.9 % of windows asked for at most, times a factor for safety, under what the
 * vendor itself allows. With how it came about.
 */
export function recommendLimit(
  { demand, by, unknownCalls }: { demand: Demand; by: CountedBy; unknownCalls: number },
  safety: number,
): { limit: number; says: string[] } {
  const { percentiles, windows, keys, headroom } = demand;
  const said = amountIn(by);
  const wanted = Math.ceil(percentiles.p999 * safety);
  const says = [
    by.windowUs === null
      ? `When each of ${countOf(demand.calls, 'call')} came, at most ${said(percentiles.p999)} ran at the same time in 99.9 % of cases; the most was ${said(percentiles.max)}.`
      : `In ${countOf(windows, 'window')} of ${formatDuration(by.windowUs)} with calls${keys.length > 1 ? `, counted apart for ${countOf(keys.length, 'key')}` : ''}, 99.9 % asked for at most ${said(percentiles.p999)}; the most was ${said(percentiles.max)}.`,
    `Times ${safety} for safety that is ${said(wanted)}.`,
  ];
  if (unknownCalls > 0)
    says.push(`What ${countOf(unknownCalls, 'call')} used is not known; they count as nothing in this.`);
  const tightest = headroom
    .flatMap(({ resource, inThisWindow }) => (inThisWindow === null ? [] : [{ resource, most: inThisWindow }]))
    .sort((a, b) => a.most - b.most)[0];
  let limit = Math.max(1, wanted);
  if (!tightest) says.push('The vendor says nothing of its own limit that could be compared with it.');
  else {
    const most = Math.max(1, Math.floor(tightest.most * (1 - FREE)));
    const begin = `The vendor allows ${said(tightest.most)} in this time (${tightest.resource}); with a tenth left free that is ${said(most)}`;
    if (most < limit) {
      limit = most;
      says.push(`${begin}, which is less: so that is the limit.`);
    } else says.push(`${begin}, which is enough.`);
    if (keys.length > 1 && by.windowUs !== null)
      says.push('All counters together share what the vendor allows; this limit is each one’s.');
  }
  return { limit, says };
}

function amountIn({ unit, unitName }: CountedBy): (amount: number) => string {
  switch (unit) {
    case 'nano-dollars':
      return (amount) => `${exactDollars(amount)} USD`;
    case 'calls':
    case 'concurrent':
      return (amount) => countOf(amount, 'call');
    case 'units':
      return (amount) => `${formatCount(amount)} ${unitName ?? 'units'}`;
    default:
      return (amount) => `${formatCount(amount)} ${unit}`;
  }
}
