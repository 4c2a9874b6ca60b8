import { formatCount, formatSize } from '../../format/quantities.ts';
import type { Policy } from '../../model/policy.ts';
import type { Opinion } from '../kind.ts';
import { sayTime } from '../said-time.ts';
import type { QuotaSettings } from './settings.ts';

const PERIODS = { hour: 'an hour', day: 'a day', week: 'a week', month: 'a month' } as const;

/** What a quota does, for lists. */
export function describeQuota(settings: QuotaSettings): string {
  const { limit, period, per, tiers, classes } = settings;
  const each = per.length === 0 ? '' : ` for each ${per.join(' and ')}`;
  const parts =
    tiers.length === 0 ? '' : `, shared by ${tiers.map(({ name, share }) => `${name} (${percent(share)})`).join(', ')}`;
  const kept =
    classes.length === 0
      ? ''
      : `, ${classes.map(({ name, kept: free }) => `${percent(free)} kept free for ${name}`).join(', ')}`;
  return `at most ${amount(settings, limit)} ${PERIODS[period]}${each}${parts}${kept}, then calls are refused`;
}

/** Why a quota says what it says of a call. `whose`: the tier that is short, or the classes for which is kept free. */
export function explainQuota(
  policy: Policy,
  settings: QuotaSettings,
  zone: string,
  { because, numbers }: Opinion,
  whose: string,
): string {
  const owner = policy.owner === null ? '' : ` (${policy.owner})`;
  const key = numbers === null || numbers.key === '' ? '' : ` for ${numbers.key}`;
  const says = `The quota ${policy.id}${owner} allows ${amount(settings, settings.limit)} ${PERIODS[settings.period]}${key}`;
  const again = numbers?.resetAt == null ? '' : ` It begins anew on ${sayTime(numbers.resetAt, zone)}.`;
  const used = amount(settings, numbers?.used ?? 0);
  const left = amount(settings, numbers?.remaining ?? 0);
  switch (because) {
    case 'over-limit':
      return `${says}, and ${used} ${are(settings, numbers?.used ?? 0)} used: not enough is left for this call.${again}`;
    case 'over-share':
      return `${says}; of these ${amount(settings, numbers?.limit ?? 0)} are for ${whose} now, and ${used} ${are(settings, numbers?.used ?? 0)} used.${again}`;
    case 'kept-free':
      return `${says}, and ${used} ${are(settings, numbers?.used ?? 0)} used; the rest is kept free for ${whose} calls.${again}`;
    case 'unknown':
      return `${says}, and how many ${settings.unit} this call uses is not known before it leaves; the quota refuses such calls (unknown: deny).`;
    default:
      return `${says}; ${left} ${are(settings, numbers?.remaining ?? 0)} left.`;
  }
}

function are({ unit }: QuotaSettings, count: number): string {
  return unit === 'bytes' || count === 1 ? 'is' : 'are';
}

function amount({ unit }: QuotaSettings, value: number): string {
  if (unit === 'bytes') return formatSize(Math.round(value));
  const count = Number.isInteger(value) ? formatCount(value) : String(Number(value.toFixed(2)));
  const word = value === 1 ? unit.replace(/^(call|token)s$/, '$1') : unit;
  return `${count} ${word}`;
}

function percent(value: number): string {
  return `${Number((value * 100).toFixed(2))} %`;
}
