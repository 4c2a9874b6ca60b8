import type { LimitSignal } from '../../model/limit-signal.ts';
import type { LimitFields } from './limit-fields.ts';
import { fromNow } from './said-time.ts';
import { signalOf } from './signal.ts';
import { readStructuredList } from './structured-list.ts';

const UNITS: Readonly<Record<string, LimitSignal['unit']>> = {
  requests: 'requests',
  'content-bytes': 'bytes',
  'concurrent-requests': 'concurrency',
};

/**
 * `RateLimit: "default";r=50;t=30` and `RateLimit-Policy: "default";q=100;w=60` (draft-ietf-httpapi-ratelimit-headers,
 * from 07 on): lists, one member a policy, matched by name. A malformed field is ignored as a whole, as the draft asks.
 */
export function readIetfFields({ of, clock }: LimitFields): LimitSignal[] {
  if (!of.has('ratelimit')) return [];
  const policies = new Map<string, { quota: number | null; window: number | null; unit: LimitSignal['unit'] }>();
  for (const { item, parameters } of readStructuredList(of.get('ratelimit-policy') ?? '') ?? []) {
    const unit = parameters['qu'];
    policies.set(String(item), {
      quota: count(parameters['q']),
      window: count(parameters['w']),
      unit: unit === undefined ? 'requests' : (UNITS[String(unit)] ?? 'other'),
    });
  }
  const signals: LimitSignal[] = [];
  for (const { item, parameters } of readStructuredList(of.get('ratelimit') ?? '') ?? []) {
    const remaining = count(parameters['r']);
    if (remaining === null) continue;
    const name = String(item);
    const policy = policies.get(name);
    const after = count(parameters['t']);
    const signal = signalOf({
      resource: name.slice(0, 80),
      unit: policy?.unit ?? 'requests',
      limit: policy?.quota ?? null,
      remaining,
      resetAt: after === null ? null : fromNow(after * 1_000_000, clock),
      window: policy?.window ?? null,
      source: 'ratelimit',
    });
    if (signal) signals.push(signal);
  }
  return signals.length > 0 ? signals : readDictionary(of.get('ratelimit') ?? '', clock);
}

/** `RateLimit: limit=100, remaining=50, reset=5`: what it was for one draft (07). */
function readDictionary(value: string, clock: LimitFields['clock']): LimitSignal[] {
  const said: Record<string, number> = {};
  for (const part of value.slice(0, 500).split(',')) {
    const found = /^\s*(limit|remaining|reset)=(\d{1,15})\s*$/.exec(part);
    if (!found) return [];
    said[found[1]!] = Number(found[2]);
  }
  const signal = signalOf({
    resource: 'requests',
    unit: 'requests',
    limit: said['limit'] ?? null,
    remaining: said['remaining'] ?? null,
    resetAt: said['reset'] === undefined ? null : fromNow(said['reset'] * 1_000_000, clock),
    window: null,
    source: 'ratelimit',
  });
  return signal ? [signal] : [];
}

function count(value: unknown): number | null {
  return typeof value === 'number' && value >= 0 && value <= 1e15 ? value : null;
}
