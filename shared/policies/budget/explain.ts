import { exactMoney, formatMoney } from '../../format/money.ts';
import type { Policy } from '../../model/policy.ts';
import type { Opinion } from '../kind.ts';
import { sayTime } from '../said-time.ts';
import type { BudgetSettings } from './settings.ts';

const PERIODS = { hour: 'an hour', day: 'a day', week: 'a week', month: 'a month', total: 'in all' } as const;

/** `25 USD a month for each app`: what a budget does, for lists. */
export function describeBudget({ limit, period, per, cut, unknownPrice }: BudgetSettings): string {
  const each = per.length === 0 ? '' : ` for each ${per.join(' and ')}`;
  const streams = cut ? ', streams are cut when it is used up' : '';
  const unknown = unknownPrice === 'deny' ? ', calls of unknown price are refused' : '';
  return `at most ${sum(limit)} ${PERIODS[period]}${each}, then calls are refused${streams}${unknown}`;
}

/** Why a budget says what it says of a call, in one sentence; what was assumed is said. */
export function explainBudget(
  policy: Policy,
  settings: BudgetSettings,
  zone: string,
  opinion: Opinion,
  cost: number | null,
): string {
  const { numbers, because } = opinion;
  const owner = policy.owner === null ? '' : ` (${policy.owner})`;
  const whose = numbers === null || numbers.key === '' ? '' : ` for ${numbers.key}`;
  const says = `The budget ${policy.id}${owner} has ${sum(settings.limit)} ${PERIODS[settings.period]}${whose}`;
  const again = numbers?.resetAt == null ? '' : ` It begins anew on ${sayTime(numbers.resetAt, zone)}.`;
  const of =
    cost === null
      ? ''
      : typeof settings.unknownPrice === 'number' && because === 'assumed'
        ? ` (${sum(cost)} is assumed for a call of unknown price)`
        : ` of which this call takes at most ${sum(cost)}`;
  const left = formatMoney(numbers?.remaining ?? null);
  switch (because) {
    case 'over-budget':
      return `${says}, and ${left} is left; this call could cost ${sum(cost)}.${again}`;
    case 'too-dear':
      return `${says}, and this call alone could cost ${sum(cost)}: a lower limit for its output (max_tokens) makes it fit.`;
    case 'reserved':
      return `${says}, and calls under way hold what is left of it; this call could cost ${sum(cost)}. It fits when they turn out cheaper.`;
    case 'used-up':
      return `${says}, and all of it is spent or reserved.${again}`;
    case 'unknown-price':
      return `${says}, and the price of this call is not known; the budget refuses such calls (unknownPrice: deny).`;
    case 'cut':
      return `${says}, and this stream used up what was left of it.${again}`;
    case 'soft':
      return `${says}; more than ${percent(settings.soft ?? 1)} of it is used, ${left} is left. Calls still go.${again}`;
    case 'unpriced':
      return `${says}, ${left} is left; the price of this call is not known, so nothing was reserved for it.`;
    case 'rest':
      return `${says}; the stream may use the ${sum(cost)} that is left of it, and is cut then.`;
    default:
      return `${says},${of}${of === '' ? '' : ';'} ${left} is left.`;
  }
}

/** What an alert at a threshold says. `before`: it was passed before the policy was in force as it is. */
export function sayThreshold(
  policy: Policy,
  settings: BudgetSettings,
  key: string,
  threshold: number,
  used: number,
  before: boolean,
): string {
  const whose = key === '' ? '' : ` for ${key}`;
  const history = before ? ' Found in recorded calls when the policy came into force.' : '';
  return `${percent(threshold)} of the budget ${policy.id}${whose} is used: ${formatMoney(used)} of ${sum(settings.limit)} ${PERIODS[settings.period]}.${history}`;
}

/** What it says when a call was refused, although the last of the money is not spent. */
export function sayUsedUp(policy: Policy, settings: BudgetSettings, key: string, used: number): string {
  const whose = key === '' ? '' : ` for ${key}`;
  return `The budget ${policy.id}${whose} refuses calls: ${formatMoney(used)} of ${sum(settings.limit)} ${PERIODS[settings.period]} is spent, and what is left is less than a call could cost.`;
}

function percent(value: number): string {
  return `${Number((value * 100).toFixed(2))} %`;
}

/** Limits as they were written, to the last digit that counts. */
function sum(nanoUsd: number | null): string {
  return nanoUsd !== null && nanoUsd < 1_000_000_000 ? exactMoney(nanoUsd) : formatMoney(nanoUsd);
}
