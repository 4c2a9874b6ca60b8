import { formatDuration, formatSize, countOf, formatCount } from '../../format/quantities.ts';
import { exactMoney } from '../../format/money.ts';
import type { DecisionNumbers, Policy } from '../../model/policy.ts';
import type { CallFacts } from '../facts.ts';
import type { Opinion } from '../kind.ts';
import type { LimitSettings } from './settings.ts';

type Counted = Pick<LimitSettings, 'algorithm' | 'limit' | 'window' | 'burst' | 'cost' | 'unit'>;

/** Why a limit says what it says of a call: whose limit it is, how much there is, how much was used, when to come back. */
export function explainLimit(
  policy: Policy,
  settings: LimitSettings,
  zone: string,
  facts: CallFacts,
  { because, verdict, numbers }: Opinion,
): string {
  const owner = policy.owner === null ? '' : ` (${policy.owner})`;
  const says = `Policy ${policy.id}${owner}`;
  if (numbers === null) return `${says} has nothing against this call.`;
  const time = clockOf(zone, facts.at);
  const whose = numbers.key === '' ? '' : ` for ${keyWords(numbers.key)}`;
  const allows = `${says} allows ${allowance(settings, numbers)}${whose}`;
  const back = numbers.retryAt === null ? '' : ` The next fits at ${time(numbers.retryAt)}.`;
  const used = usedWords(settings, numbers, time);
  switch (because) {
    case 'too-much':
      return `${allows}; this call may use more than that at once and never fits. Ask for less in one call.`;
    case 'queue-full':
      return `${allows}; ${used}, and ${countOf(settings.queue, 'call')} wait already.${back}`;
    case 'wait-too-long':
      return `${allows}; ${used}, and this one would wait longer than ${formatDuration(settings.maxWait)}.${back}`;
    case 'waited-too-long':
      return `${allows}; ${used}, and this one waited ${formatDuration(numbers.waitUs)}, the longest it may.${back}`;
    case 'fits':
      return `${allows}; ${used}.`;
    default:
      if (verdict !== 'wait') return `${allows}; ${used}.${back}`;
      return numbers.waitUs === null
        ? `${allows}; ${used}. This one waits for its turn.`
        : `${allows}; ${used}. This one waits about ${formatDuration(numbers.waitUs)}.`;
  }
}

/** `at most 3 calls a minute for each app; others wait up to 10 s`. */
export function describeLimit(settings: LimitSettings): string {
  const each = settings.per.length === 0 ? '' : ` for each ${settings.per.join(' and ')}`;
  const then =
    settings.action === 'reject' ? 'more are refused' : `more wait, up to ${formatDuration(settings.maxWait)}`;
  switch (settings.algorithm) {
    case 'vendor-pacing': {
      const own = settings.limit === null ? '' : `, and never more than ${allowance(settings, null)}${each}`;
      return `stays under what the vendor says is left, with ${Math.round(settings.reserve * 100)}% kept free${own}; ${then}`;
    }
    case 'adaptive':
      return `between ${formatCount(settings.min)} and ${formatCount(settings.max)} ${settings.window === null ? 'calls at the same time' : `calls ${spanWords(settings.window)}`}${each}, following ${[settings.latency === null ? '' : 'latency', settings.errors === null ? '' : 'errors'].filter(Boolean).join(' and ')}; ${then}`;
    default:
      return `at most ${allowance(settings, null)}${each}; ${then}`;
  }
}

function allowance(settings: Counted, numbers: DecisionNumbers | null): string {
  const { algorithm, limit, window } = settings;
  const now = algorithm === 'adaptive' ? (numbers?.limit ?? limit ?? 0) : (limit ?? 0);
  if (algorithm === 'concurrency' || window === null) return `${countOf(now, 'call')} at the same time`;
  const burst =
    settings.burst !== null && settings.burst !== limit && algorithm !== 'fixed-window'
      ? ` (${amount(settings, settings.burst)} at once)`
      : '';
  return `${amount(settings, now)} ${spanWords(window)}${burst}`;
}

function usedWords(settings: Counted, numbers: DecisionNumbers, time: (at: number) => string): string {
  const { algorithm, window } = settings;
  const used = numbers.used ?? 0;
  const were =
    settings.cost === 'calls' ? (used === 1 ? 'was made' : 'were made') : used === 1 ? 'was used' : 'were used';
  const count = settings.cost === 'calls' ? formatCount(used) : amount(settings, used);
  if (numbers.unit === 'concurrent') return `${formatCount(used)} ${used === 1 ? 'runs' : 'run'} now`;
  if (algorithm === 'fixed-window' && numbers.resetAt !== null && window !== null)
    return `${count} ${were} since ${time(numbers.resetAt - window)}`;
  if (algorithm === 'sliding-window' && window !== null) return `${count} ${were} in the last ${spanNoun(window)}`;
  const left = numbers.remaining ?? 0;
  return left <= 0 ? 'nothing is left for now' : `${amount(settings, left)} ${left === 1 ? 'is' : 'are'} left for now`;
}

/** An amount of what is counted: `3 calls`, `10 MB`, `$5`. */
function amount({ cost, unit }: Pick<Counted, 'cost' | 'unit'>, value: number): string {
  switch (cost) {
    case 'calls':
      return countOf(value, 'call');
    case 'tokens':
      return countOf(value, 'token');
    case 'bytes':
      return formatSize(value);
    case 'money':
      return exactMoney(value);
    case 'units':
      return `${formatCount(value)} ${unit ?? 'units'}`;
  }
}

const SPANS: readonly [string, number][] = [
  ['day', 8.64e10],
  ['hour', 3.6e9],
  ['minute', 6e7],
  ['second', 1e6],
];

function spanWords(window: number): string {
  const span = spanNoun(window);
  return /^\d/.test(span) ? `in ${span}` : `${span.startsWith('h') ? 'an' : 'a'} ${span}`;
}

function spanNoun(window: number): string {
  for (const [name, length] of SPANS) {
    if (window === length) return name;
    if (window > length && window % length === 0) return `${window / length} ${name}s`;
  }
  return formatDuration(window);
}

/** `app=billing vendor=openai` as `app billing and vendor openai`. */
function keyWords(key: string): string {
  // Of several, values with spaces are written as in addresses (`keyText`).
  const parts = /^\S+=\S* \S+=/.test(key) ? key.split(' ') : [key];
  return parts
    .map((part) => {
      const at = part.indexOf('=');
      const field = part.slice(0, at);
      const value = parts.length > 1 ? decodeURIComponent(part.slice(at + 1)) : part.slice(at + 1);
      return value === '?' ? `calls without ${field}` : `${field.replace(/^(?:tag|header)\./, '')} ${value}`;
    })
    .join(' and ');
}

/** Moments as a clock in that zone shows them; with the day when it is another one than the call's. */
export function clockOf(zone: string, near: number): (at: number) => string {
  const time = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  const day = new Intl.DateTimeFormat('en-CA', { timeZone: zone });
  const today = day.format(near / 1000);
  return (at) => {
    const date = day.format(at / 1000);
    return date === today ? time.format(at / 1000) : `${date} ${time.format(at / 1000)}`;
  };
}
