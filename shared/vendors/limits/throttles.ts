import type { LimitSignal, Throttle } from '../../model/limit-signal.ts';
import type { Refusal } from './refusal-body.ts';
import type { Speaker } from './speaker.ts';

/** What a refusal is told from. */
export interface Refused {
  speaker: Speaker | null;
  status: number;
  fields: ReadonlyMap<string, string>;
  refusal: Refusal | null;
  signals: readonly LimitSignal[];
}

const DAY = 86_400;

/**
 * Who said "too many", and of what kind it is; null when it is no such answer at all. First what the vendor says in so
 * many words, then the status.
 */
export function throttleOf(refused: Refused): Throttle | null {
  const { speaker, status } = refused;
  const said = speaker === null ? undefined : SAYS[speaker]?.(refused);
  if (said !== undefined) return said;
  return problemOf(refused) ?? byStatus(refused, status);
}

/** By vendor. `undefined`: nothing of its own is said, the status counts. `null`: it looks like one and is none. */
const SAYS: Readonly<Partial<Record<Speaker, (refused: Refused) => Throttle | null | undefined>>> = {
  // insufficient_quota comes as 429 too, and no waiting helps (platform.openai.com, error codes).
  openai: languageModel,
  azure: languageModel,
  anthropic: languageModel,

  google({ refusal, status }) {
    if (!refusal) return undefined;
    const { codes, quotas, message } = refusal;
    if (has(codes, 'dailylimitexceeded', 'quotaexceeded', 'daily_limit_exceeded')) return 'vendor-quota';
    if (quotas.some(({ id }) => /per_?(?:day|month)/i.test(id))) return 'vendor-quota';
    if (has(codes, 'userratelimitexceeded', 'ratelimitexceeded', 'rate_limit_exceeded', 'resource_exhausted'))
      return /\bper day\b|perday/.test(message) && quotas.length === 0 ? 'vendor-quota' : 'vendor-rate';
    // Of a 403 that says none of these, permission was the matter.
    if (status === 503 && /overloaded/.test(message)) return 'vendor-overload';
    return undefined;
  },

  aws({ refusal, fields, status }) {
    const type = fields.get('x-amzn-errortype')?.split(/[:,]/)[0]?.toLowerCase();
    const codes = new Set([...(refusal?.codes ?? [])].map((code) => code.split('#').at(-1)!));
    if (type !== undefined) codes.add(type.split('#').at(-1)!);
    if (has(codes, 'concurrentinvocationlimitexceeded', 'concurrentmodificationexception')) return 'vendor-concurrency';
    if (has(codes, 'servicequotaexceededexception', 'limitexceededexception', 'dailyquotaexceeded'))
      return status === 429 || status === 400 || status === 402 ? 'vendor-quota' : undefined;
    if (has(codes, 'modelnotreadyexception', 'serviceunavailableexception') && status !== 400) return 'vendor-overload';
    for (const code of codes) if (AWS_RATE.has(code)) return 'vendor-rate';
    return undefined;
  },

  github({ status, refusal, fields, signals }) {
    if (status !== 403 && status !== 429) return undefined;
    if (signals.some(({ remaining }) => remaining === 0)) return 'vendor-rate';
    const message = refusal?.message ?? '';
    if (/secondary rate limit|abuse detection|rate limit exceeded/.test(message)) {
      return /concurrent/.test(message) ? 'vendor-concurrency' : 'vendor-rate';
    }
    // A 403 for want of permission is none.
    return status === 429 || fields.has('retry-after') ? 'vendor-rate' : null;
  },

  stripe({ status, fields, refusal }) {
    if (status !== 429) return undefined;
    const reason = fields.get('stripe-rate-limited-reason')?.toLowerCase();
    if (reason !== undefined) return reason.includes('concurrency') ? 'vendor-concurrency' : 'vendor-rate';
    // Two calls at one object: waiting for a moment helps, a higher limit does not (docs.stripe.com/rate-limits).
    return refusal && has(refusal.codes, 'lock_timeout') ? 'vendor-concurrency' : 'vendor-rate';
  },

  slack({ refusal }) {
    return refusal && has(refusal.codes, 'ratelimited', 'rate_limited') ? 'vendor-rate' : undefined;
  },

  // GraphQL refuses with 200 (shopify.dev, API limits).
  shopify({ status, refusal }) {
    if (status === 200) return refusal && has(refusal.codes, 'throttled') ? 'vendor-rate' : null;
    return undefined;
  },

  twilio({ status, refusal }) {
    if (status !== 429) return undefined;
    // Sending limits of an account in a day: 63038 (twilio.com/docs/api/errors).
    if (refusal && has(refusal.codes, '63038')) return 'vendor-quota';
    return refusal && !has(refusal.codes, '20429') ? 'vendor-rate' : 'vendor-concurrency';
  },

  hubspot({ status, refusal }) {
    if (status !== 429 || !refusal) return undefined;
    const { codes } = refusal;
    if (has(codes, 'daily')) return 'vendor-quota';
    for (const code of codes) if (code.includes('concurrent')) return 'vendor-concurrency';
    return 'vendor-rate';
  },

  salesforce({ refusal, status }) {
    if (!refusal || !has(refusal.codes, 'request_limit_exceeded')) return status === 403 ? null : undefined;
    // The same code for calls of 24 hours and for long ones at the same time.
    return /concurrent/.test(refusal.message) ? 'vendor-concurrency' : 'vendor-quota';
  },

  zoom({ status, fields, refusal }) {
    if (status !== 429) return undefined;
    const daily = /daily/i.test(fields.get('x-ratelimit-type') ?? '') || /daily/.test(refusal?.message ?? '');
    return daily ? 'vendor-quota' : 'vendor-rate';
  },
};

const AWS_RATE: ReadonlySet<string> = new Set([
  'throttling',
  'throttlingexception',
  'throttledexception',
  'throttled',
  'requestthrottled',
  'requestthrottledexception',
  'toomanyrequestsexception',
  'toomanyrequests',
  'provisionedthroughputexceededexception',
  'provisionedthroughputexceeded',
  'requestlimitexceeded',
  'bandwidthlimitexceeded',
  'priorrequestnotcomplete',
  'transactioninprogressexception',
  'slowdown',
  'ec2throttledexception',
  'quotaexceeded',
]);

function languageModel({ status, refusal, signals }: Refused): Throttle | undefined {
  const codes = refusal?.codes ?? new Set<string>();
  const message = refusal?.message ?? '';
  if (status === 529 || has(codes, 'overloaded_error', 'engine_overloaded', 'server_overloaded'))
    return 'vendor-overload';
  if ((status === 429 || status === 503) && /overloaded/.test(message)) return 'vendor-overload';
  if (status !== 429) return undefined;
  if (has(codes, 'insufficient_quota', 'billing_hard_limit_reached', 'quota_exceeded')) return 'vendor-quota';
  if (/\((?:rpd|tpd)\)|per day\b|usage limits? .{0,80}regain access/.test(message)) return 'vendor-quota';
  if (/concurrent (?:requests|connections)/.test(message)) return 'vendor-concurrency';
  return emptyFor(signals, DAY) ? 'vendor-quota' : 'vendor-rate';
}

/** The problem types of the draft for rate limit fields (draft-ietf-httpapi-ratelimit-headers §7). */
function problemOf({ refusal }: Refused): Throttle | null {
  for (const code of refusal?.codes ?? []) {
    if (code.endsWith('#temporary-reduced-capacity')) return 'vendor-overload';
    if (code.endsWith('#quota-exceeded') || code.endsWith('#abnormal-usage-detected')) return 'vendor-rate';
  }
  return null;
}

function byStatus({ fields, signals }: Refused, status: number): Throttle | null {
  switch (status) {
    case 429:
    case 420:
      return emptyFor(signals, DAY) ? 'vendor-quota' : 'vendor-rate';
    case 529:
      return 'vendor-overload';
    case 503:
      // Without a word on when to come back it is a failure like any other.
      return fields.has('retry-after') || fields.has('retry-after-ms') ? 'vendor-overload' : null;
    default:
      return null;
  }
}

/** Whether a limit of a day or longer is used up, and no shorter one. */
function emptyFor(signals: readonly LimitSignal[], window: number): boolean {
  const empty = signals.filter(({ remaining }) => remaining === 0);
  return empty.length > 0 && empty.every((signal) => (signal.window ?? 0) >= window);
}

function has(codes: ReadonlySet<string>, ...wanted: string[]): boolean {
  return wanted.some((code) => codes.has(code));
}
