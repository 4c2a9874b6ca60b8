import { MATCH_FIELDS, MODES, POLICY_KINDS } from '../../../../shared/model/policy.ts';
import type { PolicyKind } from '../../../../shared/model/policy.ts';
import { VENDOR_STATUSES } from '../../../../shared/model/vendor.ts';

/** A key of the policy file and what can stand behind it; the form and the completion are made of these. */
export interface Word {
  key: string;
  /** `amount`: a number, or a number with its unit (`1m`, `25 USD`, `80%`); `deep`: more than a line, for the text. */
  takes: 'text' | 'amount' | 'list' | 'choice' | 'flag' | 'deep';
  values?: readonly string[];
  /** Counted by the engine under this name: values that were seen are offered. */
  seen?: 'app' | 'process' | 'package' | 'vendor' | 'service' | 'endpoint' | 'method' | 'host' | 'model' | 'source';
  /** Only where another setting says one of these; any of the list. */
  only?: readonly { key: string; is: readonly string[] }[];
  /** Another name in `words.policyFields`. */
  named?: string;
}

const words = (takes: Word['takes'], ...keys: string[]): Word[] => keys.map((key) => ({ key, takes }));
const choice = (key: string, ...values: string[]): Word => ({ key, takes: 'choice', values });
const COUNTED = ['app', 'vendor', 'service', 'endpoint', 'host', 'model', 'credential', 'tag.tenant'];
const per: Word = { key: 'per', takes: 'list', values: COUNTED };
const PERIODS = ['hour', 'day', 'week', 'month'];

export const FILE: readonly Word[] = [
  ...words('amount', 'version'),
  ...words('text', 'zone'),
  choice('otherwise', 'allow', 'deny'),
  ...words('deep', 'policies', 'exceptions', 'tests'),
];

export const POLICY: readonly Word[] = [
  ...words('text', 'id'),
  choice('kind', ...POLICY_KINDS),
  choice('mode', ...MODES),
  ...words('deep', 'match'),
  ...words('text', 'when'),
  ...words('deep', 'settings'),
  choice('onFault', 'open', 'closed'),
  ...words('text', 'owner', 'reason', 'expires'),
];

const SEEN: Readonly<Partial<Record<string, NonNullable<Word['seen']>>>> = {
  app: 'app',
  process: 'process',
  package: 'package',
  vendor: 'vendor',
  service: 'service',
  endpoint: 'endpoint',
  method: 'method',
  host: 'host',
  model: 'model',
  source: 'source',
};
const FIXED: Readonly<Partial<Record<string, readonly string[]>>> = {
  status: VENDOR_STATUSES,
  scheme: ['https', 'http', 'tls', 'tcp'],
  method: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'],
  data: ['personal', 'payment', 'health', 'credentials', 'confidential', 'public'],
};

export const MATCH: readonly Word[] = [
  ...MATCH_FIELDS.map((key): Word => {
    const [seen, values] = [SEEN[key], FIXED[key]];
    return { key, takes: 'list', ...(seen && { seen }), ...(values && { values }) };
  }),
  ...words('deep', 'header', 'tag', 'time'),
  ...words('text', 'when'),
];

const ask = [{ key: 'action', is: ['ask'] }];
const by = (...is: string[]) => [{ key: 'algorithm', is }];
/** A leaky bucket and pacing hold calls without being told to. */
const waits = [{ key: 'action', is: ['wait'] }, ...by('leaky-bucket', 'vendor-pacing')];
const monthly = [{ key: 'period', is: ['month', 'week'] }];

export const SETTINGS: Readonly<Record<PolicyKind, readonly Word[]>> = {
  access: [
    choice('action', 'allow', 'deny', 'ask'),
    { key: 'methods', takes: 'list', values: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] },
    choice('tls', '1.2', '1.3'),
    choice('https', 'required'),
    choice('unapproved', 'deny'),
    ...words('deep', 'destinations'),
    { key: 'hold', takes: 'amount', only: ask },
    { key: 'remember', takes: 'amount', only: ask },
    { ...choice('otherwise', 'deny', 'allow'), only: ask, named: 'otherwiseAsk' },
    { key: 'status', takes: 'amount', named: 'statusAnswer' },
  ],
  limit: [
    choice(
      'algorithm',
      ...['token-bucket', 'leaky-bucket', 'fixed-window', 'sliding-window', 'concurrency', 'adaptive', 'vendor-pacing'],
    ),
    { key: 'limit', takes: 'amount' },
    {
      key: 'window',
      takes: 'amount',
      only: by('token-bucket', 'leaky-bucket', 'fixed-window', 'sliding-window', 'adaptive', 'vendor-pacing'),
      values: ['1s', '10s', '1m', '1h', '1d'],
    },
    { key: 'burst', takes: 'amount', only: by('token-bucket', 'leaky-bucket', 'adaptive', 'vendor-pacing') },
    per,
    choice('cost', 'calls', 'tokens', 'bytes', 'units', 'money'),
    { key: 'unit', takes: 'text', only: [{ key: 'cost', is: ['units'] }] },
    choice('action', 'reject', 'wait'),
    { key: 'maxWait', takes: 'amount', only: waits },
    { key: 'queue', takes: 'amount', only: waits },
    ...words('deep', 'priority'),
    { key: 'priorityBy', takes: 'list', values: ['tag.priority', 'app'], only: waits },
    { key: 'fairBy', takes: 'list', values: COUNTED, only: waits },
    ...words('deep', 'weights'),
    { key: 'ageing', takes: 'amount', only: waits },
    { key: 'assume', takes: 'amount', only: [{ key: 'cost', is: ['tokens', 'bytes', 'units', 'money'] }] },
    { key: 'min', takes: 'amount', only: by('adaptive') },
    { key: 'max', takes: 'amount', only: by('adaptive') },
    { key: 'latency', takes: 'amount', only: by('adaptive') },
    { key: 'errors', takes: 'amount', only: by('adaptive') },
    { key: 'reserve', takes: 'amount', only: by('vendor-pacing') },
    { key: 'ahead', takes: 'amount', only: by('vendor-pacing') },
  ],
  quota: [
    { key: 'limit', takes: 'amount' },
    { key: 'unit', takes: 'text', values: ['calls', 'tokens'] },
    choice('period', ...PERIODS),
    { key: 'startDay', takes: 'amount', only: monthly },
    ...words('text', 'zone'),
    per,
    ...words('deep', 'tiers', 'classes'),
    { key: 'borrow', takes: 'flag' },
    { key: 'by', takes: 'text', named: 'classBy' },
    { key: 'unknown', takes: 'amount', values: ['allow', 'deny'], named: 'unknownUse' },
  ],
  budget: [
    { key: 'limit', takes: 'amount' },
    choice('period', ...PERIODS, 'total'),
    { key: 'startDay', takes: 'amount', only: monthly },
    ...words('text', 'zone'),
    per,
    ...words('amount', 'soft'),
    { key: 'alerts', takes: 'list', values: ['50%', '80%', '100%'] },
    { key: 'unknownPrice', takes: 'amount', values: ['allow', 'deny'] },
    ...words('flag', 'cut'),
  ],
  alert: [
    choice(
      'metric',
      ...['calls', 'errors', 'error-rate', 'latency-p95', 'cost', 'tokens', 'denied', 'delayed', 'throttled'],
      ...['unpriced', 'burn-rate', 'headroom'],
    ),
    ...words('amount', 'over', 'above', 'below', 'for'),
    { key: 'budget', takes: 'amount', named: 'burnBudget' },
    choice('period', 'hour', 'day', 'week', 'month'),
    ...words('amount', 'short'),
    per,
    ...words('deep', 'notify'),
  ],
};

/** Keys of what else a file has. */
export const EXCEPTION: readonly Word[] = words('text', 'policy', 'match', 'owner', 'reason', 'expires');
export const TEST: readonly Word[] = [
  ...words('text', 'name'),
  ...words('deep', 'call'),
  ...words('amount', 'times'),
  choice('expect', 'allow', 'wait', 'ask', 'deny'),
  ...words('text', 'by'),
];

/** The settings that count beside those already said. */
export function wordsFor(kind: PolicyKind, settings: Readonly<Record<string, unknown>>): Word[] {
  return SETTINGS[kind].filter(
    ({ key, only }) =>
      settings[key] !== undefined || !only || only.some((one) => one.is.some((value) => value === settings[one.key])),
  );
}
