import { countOf, formatCount, formatDuration } from '../../../format/quantities.ts';
import type { Policy } from '../../../model/policy.ts';
import type { CallFacts } from '../../facts.ts';
import type { Opinion } from '../../kind.ts';
import { clockOf, explainLimit } from '../explain.ts';
import type { LimitSettings } from '../settings.ts';

/** Why vendor pacing says what it says of a call. */
export function explainPacing(
  policy: Policy,
  settings: LimitSettings,
  zone: string,
  facts: CallFacts,
  opinion: Opinion,
): string {
  const { because, numbers, verdict } = opinion;
  if (because === 'own-limit')
    return explainLimit(policy, settings, zone, facts, { ...opinion, because: 'over-limit' });
  const owner = policy.owner === null ? '' : ` (${policy.owner})`;
  const says = `Policy ${policy.id}${owner} keeps calls under what ${facts.vendor ?? facts.host} says is left`;
  const time = clockOf(zone, facts.at);
  const back = numbers?.retryAt == null ? '' : ` The next fits at ${time(numbers.retryAt)}.`;
  const resource = / resource=(\S+)$/.exec(numbers?.key ?? '')?.[1]?.replaceAll('%20', ' of ');
  const reset = numbers?.resetAt == null ? '' : `, and all is there again at ${time(numbers.resetAt)}`;
  const left =
    numbers?.remaining == null || resource === undefined
      ? ''
      : `: ${formatCount(numbers.remaining)}${numbers.limit === null ? '' : ` of ${formatCount(numbers.limit)}`} ${resource}${reset}`;
  const wait =
    verdict !== 'wait'
      ? ''
      : numbers?.waitUs == null
        ? ' This one waits for its turn.'
        : ` This one waits about ${formatDuration(numbers.waitUs)}.`;
  switch (because) {
    case 'vendor-quota':
      return `${says}; its quota is used up${left}. Trying again sooner does not help.${back}`;
    case 'vendor-said':
      return `${says}; it refused calls and is to be left alone for now.${wait || back}`;
    case 'vendor-concurrency':
      return `${says}; it refused more calls at the same time than run now.${wait}`;
    case 'first-answer':
      return `${says}; the first call is on its way to find out.${wait}`;
    case 'queue-full':
      return `${says}${left}; ${countOf(settings.queue, 'call')} wait already.${back}`;
    case 'wait-too-long':
      return `${says}${left}; this one would wait longer than ${formatDuration(settings.maxWait)}.${back}`;
    case 'waited-too-long':
      return `${says}${left}; this one waited ${formatDuration(numbers?.waitUs ?? null)}, the longest it may.${back}`;
    default:
      return `${says}${left}.${wait || (verdict === 'deny' ? back : '')}`;
  }
}
