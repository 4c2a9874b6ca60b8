import type { LimitSignal } from '../../model/limit-signal.ts';
import type { Refusal } from './refusal-body.ts';
import { fromNow } from './said-time.ts';
import type { Clock } from './said-time.ts';
import { signalOf } from './signal.ts';

/** A brace of its own, not one inside a text of the answer: there the quotes would be escaped. */
const THROTTLE_STATUS = /(?<!\\)"throttleStatus"\s*:\s*(\{[^{}]{0,300}\})/g;
/** `extensions` is the last thing of an answer, or the first: the rest need not be looked at. */
const END = 4096;

/**
 * Shopify's GraphQL: `extensions.cost.throttleStatus`, a leaky bucket of points. Looked for in the text: answers are long
 * and nothing else of them matters here.
 */
export function readThrottleStatus(body: string, clock: Clock): LimitSignal | null {
  const found = lastOf(body.slice(-END)) ?? (body.length > END ? lastOf(body.slice(0, END)) : null);
  if (found === null) return null;
  let said: Record<string, unknown>;
  try {
    said = JSON.parse(found) as Record<string, unknown>;
  } catch {
    return null;
  }
  const limit = figure(said['maximumAvailable']);
  const remaining = figure(said['currentlyAvailable']);
  const restore = figure(said['restoreRate']);
  const refill =
    limit !== null && remaining !== null && restore !== null && restore > 0 ? (limit - remaining) / restore : null;
  return signalOf({
    resource: 'graphql',
    unit: 'points',
    limit,
    remaining,
    resetAt: refill === null ? null : fromNow(refill * 1_000_000, clock),
    window: limit !== null && restore !== null && restore > 0 ? Math.round(limit / restore) : null,
    source: 'body:extensions.cost.throttleStatus',
  });
}

/** Google's QuotaFailure: which quotas are used up. */
export function readQuotaFailures({ quotas }: Refusal): LimitSignal[] {
  const signals: LimitSignal[] = [];
  for (const { id, metric, limit } of quotas.slice(0, 20)) {
    signals.push({
      resource: id.toLowerCase(),
      unit: /token/i.test(`${metric} ${id}`) ? 'tokens' : /concurrent/i.test(id) ? 'concurrency' : 'requests',
      limit,
      remaining: 0,
      resetAt: null,
      window: /perday/i.test(id) ? 86_400 : /perminute/i.test(id) ? 60 : null,
      source: 'body:error.details.violations',
    });
  }
  return signals;
}

function lastOf(text: string): string | null {
  let last: string | null = null;
  for (const found of text.matchAll(THROTTLE_STATUS)) last = found[1]!;
  return last;
}

function figure(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 && value <= 1e15 ? value : null;
}
