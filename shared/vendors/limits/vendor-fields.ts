import type { LimitSignal } from '../../model/limit-signal.ts';
import type { LimitFields } from './limit-fields.ts';
import { readCount } from './said-time.ts';
import { signalOf } from './signal.ts';

/** Fields that are one vendor's alone, each with its own grammar. */
const DIALECTS: readonly [field: string, read: (value: string, field: string) => (LimitSignal | null)[]][] = [
  // 32/40: a leaky bucket, used/size; drains by two a second, which nobody says (shopify.dev, REST rate limits).
  ['x-shopify-shop-api-call-limit', (value, field) => [usedOf(value, 'rest', 'requests', null, field)]],
  // api-usage=10018/100000; per-app-api-usage=17/250(appName=x): of the last 24 hours, rolling (Salesforce REST guide).
  [
    'sforce-limit-info',
    (value, field) =>
      [...value.slice(0, 500).matchAll(/([a-z-]{1,40})=(\d{1,12}\/\d{1,12})/g)].map(([, name, share]) =>
        usedOf(share!, name!, 'requests', 86_400, field),
      ),
  ],
  // Selling Partner API: a rate in requests a second, not what is left.
  [
    'x-amzn-ratelimit-limit',
    (value, field) => [
      signalOf({
        resource: 'requests',
        unit: 'requests',
        limit: readCount(value),
        remaining: null,
        resetAt: null,
        window: 1,
        source: field,
      }),
    ],
  ],
  // Azure Resource Manager: Microsoft.Compute/HighCostGet3Min;159,Microsoft.Compute/HighCostGet30Min;1253
  [
    'x-ms-ratelimit-remaining-resource',
    (value, field) =>
      [...value.slice(0, 1000).matchAll(/([\w./-]{1,80});(\d{1,12})/g)].map(([, name, left]) =>
        signalOf({
          resource: name!.toLowerCase(),
          unit: 'requests',
          limit: null,
          remaining: Number(left),
          resetAt: null,
          window: null,
          source: field,
        }),
      ),
  ],
];

export function readVendorFields({ of }: LimitFields): LimitSignal[] {
  const signals: LimitSignal[] = [];
  if (!mayBeOwn(of)) return signals;
  for (const [field, read] of DIALECTS) {
    const value = of.get(field);
    if (value === undefined) continue;
    for (const signal of read(value, field)) if (signal) signals.push(signal);
  }
  return signals;
}

/** Their names begin as no other's do: nearly all answers have none. */
function mayBeOwn(of: LimitFields['of']): boolean {
  for (const name of of.keys()) if (OWN.has(name)) return true;
  return false;
}

const OWN: ReadonlySet<string> = new Set(DIALECTS.map(([field]) => field));

function usedOf(
  share: string,
  resource: string,
  unit: LimitSignal['unit'],
  window: number | null,
  source: string,
): LimitSignal | null {
  const found = /^\s*(\d{1,12})\/(\d{1,12})\s*$/.exec(share);
  if (!found || Number(found[2]) === 0) return null;
  const limit = Number(found[2]);
  const remaining = Math.max(0, limit - Number(found[1]));
  return signalOf({ resource, unit, limit, remaining, resetAt: null, window, source });
}
