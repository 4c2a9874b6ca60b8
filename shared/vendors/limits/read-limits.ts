import type { LimitReading, LimitSignal, Throttle } from '../../model/limit-signal.ts';
import type { ExchangeHead } from '../exchange.ts';
import { readQuotaFailures, readThrottleStatus } from './body-signals.ts';
import { readIetfFields } from './ietf-fields.ts';
import { limitFields } from './limit-fields.ts';
import type { LimitFields } from './limit-fields.ts';
import { readNamedFields } from './named-fields.ts';
import { readRefusal } from './refusal-body.ts';
import type { Refusal } from './refusal-body.ts';
import { fromNow, readDuration, readTime } from './said-time.ts';
import { speakerOf } from './speaker.ts';
import type { Speaker } from './speaker.ts';
import { throttleOf } from './throttles.ts';
import { readVendorFields } from './vendor-fields.ts';

/** Statuses with which somebody says “too many”, of everybody and by vendor. */
const REFUSALS: ReadonlySet<number> = new Set([420, 429, 503, 529]);
const OWN_REFUSALS: Readonly<Partial<Record<Speaker, readonly number[]>>> = {
  github: [403],
  google: [403],
  salesforce: [403],
  aws: [400, 402, 403, 500],
};
const GRAPHQL_PATH = /\/graphql(?:\.json)?$/;
/** Most signals of one answer. */
const MOST = 40;

/**
 * Whether `readLimits` would learn something from the answer's body: Shopify's GraphQL, and refusals of those who say
 * only there of what kind they are. Everybody else pays nothing.
 */
export function needsBody(head: ExchangeHead): boolean {
  const { status } = head;
  if (status === null) return false;
  const speaker = speakerOf(head);
  if (status === 200) return speaker === 'shopify' ? GRAPHQL_PATH.test(head.path) : false;
  if (status < 400 || !mayRefuse(speaker, status)) return false;
  return speaker !== null || /^content-type:\s*application\/problem\+json/im.test(head.responseLines);
}

/**
 * What an answer says of the vendor's limits, and whether it is a refusal for their sake; null when it says nothing.
 *
 * `body`: of the answer, decoded, at least when `needsBody` says so; null when there is none. `now`: when the answer's
 * head came, microseconds since the epoch, by our clock; absolute times of the vendor are put right by its `Date`.
 * Never throws; what cannot be is not believed (negative, more left than there is, resets beyond 31 days).
 */
export function readLimits(head: ExchangeHead, body: string | null, now: number): LimitReading | null {
  const { status } = head;
  if (status === null) return null;
  const inBody = body !== null && needsBody(head);
  const speaker = speakerOf(head);
  const refuses = status >= 400 && mayRefuse(speaker, status);
  const fields = limitFields(head.responseLines, now, inBody || refuses);
  if (!fields) return null;

  const signals: LimitSignal[] = readIetfFields(fields);
  for (const signal of readNamedFields(fields)) signals.push(signal);
  for (const signal of readVendorFields(fields)) signals.push(signal);
  let throttle: Throttle | null = null;
  let refusal: Refusal | null = null;
  if (inBody) {
    refusal = readRefusal(body);
    if (speaker === 'shopify') {
      const bucket = readThrottleStatus(body, fields.clock);
      if (bucket) signals.push(bucket);
    }
    if (refusal && refuses) signals.push(...readQuotaFailures(refusal));
  }
  if (refuses || (inBody && status === 200))
    throttle = throttleOf({ speaker, status, fields: fields.of, refusal, signals });
  const retryAt = refuses || throttle !== null ? retryOf(fields, refusal, throttle, speaker, signals) : null;
  if (signals.length === 0 && throttle === null && retryAt === null) return null;
  return { signals: perPlace(head, speaker, signals.slice(0, MOST)), throttle, retryAt };
}

function mayRefuse(speaker: Speaker | null, status: number): boolean {
  return REFUSALS.has(status) || (speaker !== null && (OWN_REFUSALS[speaker]?.includes(status) ?? false));
}

/** `retry-after-ms` is exacter than `retry-after`; both win over what bodies and resets say. */
function retryOf(
  { of, clock }: LimitFields,
  refusal: Refusal | null,
  throttle: Throttle | null,
  speaker: Speaker | null,
  signals: readonly LimitSignal[],
): number | null {
  const millis = of.get('retry-after-ms');
  if (millis !== undefined && /^\d{1,12}(?:\.\d+)?$/.test(millis)) {
    const exact = fromNow(Number(millis) * 1000, clock);
    if (exact !== null) return exact;
  }
  for (const field of ['retry-after', 'x-ratelimit-retry-after', 'x-rate-limit-retry-after', 'x-retry-after']) {
    const value = of.get(field);
    const said = value === undefined ? null : readTime(value, clock);
    if (said !== null) return said;
  }
  if (refusal?.retryAfter != null) {
    const wait = /^\d+(?:\.\d+)?$/.test(refusal.retryAfter)
      ? Number(refusal.retryAfter) * 1_000_000
      : readDuration(refusal.retryAfter);
    const said = wait === null ? null : fromNow(wait, clock);
    if (said !== null) return said;
  }
  if (throttle === null) return null;
  // The bucket that is empty says when it is full again.
  let latest: number | null = null;
  for (const { remaining, resetAt } of signals)
    if (remaining === 0 && resetAt !== null && (latest === null || resetAt > latest)) latest = resetAt;
  if (latest !== null) return latest;
  // Secondary limits may say nothing at all: at least a minute, docs.github.com says.
  return speaker === 'github' ? fromNow(60_000_000, clock) : null;
}

/** Buckets of a deployment or a model that the path names carry its name: they are not one. */
function perPlace(head: ExchangeHead, speaker: Speaker | null, signals: LimitSignal[]): LimitSignal[] {
  if (signals.length === 0 || (speaker !== 'azure' && speaker !== 'google' && speaker !== 'aws')) return signals;
  const place = /\/(?:deployments|models|model)\/([\w.:%-]{1,80}?)(?:[/:]|$)/.exec(head.path)?.[1];
  return place === undefined
    ? signals
    : signals.map((signal) => ({ ...signal, resource: `${signal.resource} ${place}` }));
}
