import { formatMoney } from '../../format/money.ts';
import type { Policy } from '../../model/policy.ts';
import type { AlertSettings, Metric } from './settings.ts';

const NAMES: Readonly<Record<Metric, string>> = {
  calls: 'calls',
  errors: 'calls that failed',
  'error-rate': 'share of calls that failed',
  'latency-p95': '95th percentile of latency',
  cost: 'cost',
  tokens: 'tokens',
  denied: 'calls that were refused',
  delayed: 'calls that were held',
  throttled: 'calls that their vendor throttled',
  unpriced: 'calls of unknown price',
  'burn-rate': 'burn rate',
  headroom: 'share that is left of a limit of the vendor’s own',
};

/** `says when the share of calls that failed is above 5 % over 5 min, for each app`. */
export function describeAlert(settings: AlertSettings): string {
  const { per } = settings;
  const each = per.length === 0 ? '' : `, for each ${per.join(' and ')}`;
  const stays = settings.for === 0 ? '' : `, for ${sayLength(settings.for)}`;
  return `says when the ${figureOf(settings)} ${marks(settings)}${stays}${each}`;
}

/** What an alert says of itself when it opens or closes. `value` null: nothing is left to be measured. */
export function sayAlert(
  policy: Policy,
  settings: AlertSettings,
  key: string,
  value: number | null,
  opens: boolean,
): string {
  const { metric } = settings;
  const whose = key === '' ? '' : ` for ${key}`;
  const owner = policy.owner === null ? '' : ` (${policy.owner})`;
  const figure = value === null ? `nothing is left to measure` : `${figureOf(settings)}: ${say(metric, value)}`;
  return opens
    ? `The alert ${policy.id}${owner} opened${whose}, ${figure}; it ${marks(settings)}.`
    : `The alert ${policy.id}${owner} closed${whose}, ${figure}.`;
}

/** What is watched, and over which time. */
function figureOf({ metric, over, burn }: AlertSettings): string {
  if (burn !== null)
    return `${NAMES[metric]} of ${formatMoney(burn.budget)} a ${burn.period} over ${sayLength(over)} and over ${sayLength(burn.short)}`;
  return metric === 'headroom' ? NAMES[metric] : `${NAMES[metric]} over ${sayLength(over)}`;
}

function marks({ metric, above, below }: AlertSettings): string {
  const said: string[] = [];
  if (above !== null) said.push(`is above ${say(metric, above)}`);
  if (below !== null) said.push(`is below ${say(metric, below)}`);
  return said.join(' or ');
}

function say(metric: Metric, value: number): string {
  if (metric === 'burn-rate') return `${Number(value.toFixed(2))} times the even spend`;
  if (metric === 'error-rate' || metric === 'headroom') return `${Number((value * 100).toFixed(2))} %`;
  if (metric === 'latency-p95') return sayLength(value);
  return metric === 'cost' ? formatMoney(value) : String(value);
}

function sayLength(us: number): string {
  const unit =
    (
      [
        [86_400_000_000, 'd'],
        [3_600_000_000, 'h'],
        [60_000_000, 'min'],
        [1_000_000, 's'],
      ] as const
    ).find(([length]) => us >= length) ?? ([1000, 'ms'] as const);
  return `${Number((us / unit[0]).toFixed(1))} ${unit[1]}`;
}
