import type { LimitSignal } from '../../../model/limit-signal.ts';

/** What a call may take of a vendor’s buckets. */
export interface Weight {
  input: number;
  output: number;
  bytes: number;
}

/** A limit of the vendor’s, as its answers tell of it. Moments are steady. */
export interface Bucket {
  readonly resource: string;
  readonly unit: LimitSignal['unit'];
  /** Its vendor’s buckets fill all the time. */
  readonly steady: boolean;
  limit: number | null;
  /** What was left of it at `at`, without the calls that had not been answered then. Infinity: never told. */
  left: number;
  at: number;
  /** When the answer came that this is from. */
  heardAt: number;
  resetAt: number | null;
  /** The vendor did not say when: a whole window after it was told. What left since then may still count. */
  assumed: boolean;
  takenSince: number;
  /** What comes back in a microsecond, for buckets that fill steadily. */
  refill: number;
  /** Of calls on their way: sent, not answered. */
  flying: number;
  /** What a call takes that does not say; learned. */
  typical: number;
  /** The vendor said not to come before; it said so of a quota. */
  closedUntil: number;
  quota: boolean;
  /** Even pace: when the calls so far would have been over, had they been spread out. */
  pacedTo: number;
}

/**
 * Buckets that fill all the time: of those who say so (platform.openai.com, docs.anthropic.com, console.groq.com,
 * shopify.dev). Others use the same names for windows: theirs are full again at their reset, and not before.
 */
const FILLS_STEADILY = /(?:^|\.)(?:openai\.com|anthropic\.com|groq\.com|myshopify\.com)$/;
const REFILLS =
  /^(?:x-ratelimit-remaining-(?:requests|tokens|project-tokens|input-tokens|output-tokens)|anthropic-|body:extensions\.cost|x-shopify-shop-api-call-limit)/;
/** A leaky bucket of Shopify’s drains its size in twenty seconds: 40 by 2 a second, 80 by 4 (shopify.dev, REST limits). */
const SHOPIFY_DRAIN = 20_000_000;
const FIRST_GUESS = 0.01;
/** Resets that are as near as this are the same one, told in rounded seconds. */
const SAME = 2_000_000;

export function createBucket(
  { resource, unit }: Pick<LimitSignal, 'resource' | 'unit'>,
  host: string,
  at: number,
): Bucket {
  return {
    resource,
    unit,
    steady: FILLS_STEADILY.test(host),
    limit: null,
    left: Infinity,
    at,
    heardAt: -Infinity,
    resetAt: null,
    assumed: false,
    takenSince: 0,
    refill: 0,
    flying: 0,
    typical: NaN,
    closedUntil: -Infinity,
    quota: false,
    pacedTo: -Infinity,
  };
}

/** What a call takes of a bucket, at most. */
export function weightIn(bucket: Bucket, weight: Weight): number {
  switch (bucket.unit) {
    case 'tokens': {
      const { resource } = bucket;
      const parts = resource.includes('input')
        ? weight.input
        : resource.includes('output')
          ? weight.output
          : weight.input + weight.output;
      return Number.isNaN(parts) ? typicalOf(bucket) : parts;
    }
    case 'bytes':
      return Number.isNaN(weight.bytes) ? typicalOf(bucket) : weight.bytes;
    case 'requests':
    case 'concurrency':
      return 1;
    default:
      return typicalOf(bucket);
  }
}

function typicalOf({ typical, limit, unit }: Bucket): number {
  if (!Number.isNaN(typical)) return typical;
  return unit === 'tokens' || unit === 'bytes' ? Math.max(1, Math.ceil((limit ?? 1000) * FIRST_GUESS)) : 1;
}

/** What is left at a moment, without calls on their way. Infinity: not known. */
export function leftAt(bucket: Bucket, at: number): number {
  const { limit, resetAt, left } = bucket;
  if (resetAt !== null && at >= resetAt && left !== Infinity) {
    if (limit === null) return Infinity;
    return bucket.assumed ? limit - bucket.takenSince : limit;
  }
  const grown = left + bucket.refill * Math.max(0, at - bucket.at);
  return limit === null ? grown : Math.min(limit, grown);
}

/**
 * Takes what an answer says of it.
 * @param sentAt when the call left that it answers; NaN when that is not known.
 * @param own what that call had been taken for: it is on its way no more.
 */
export function hear(
  bucket: Bucket,
  signal: LimitSignal,
  sentAt: number,
  own: number,
  resetAt: number | null,
  at: number,
): void {
  const before = leftAt(bucket, at);
  const others = bucket.flying - own;
  bucket.flying = Math.max(0, others);
  if (signal.limit !== null) bucket.limit = signal.limit;
  const told = signal.remaining;
  if (told === null) return;
  if (bucket.unit === 'concurrency') {
    bucket.left = Math.max(1, Math.min(bucket.limit ?? Infinity, others + told));
    return;
  }
  learnWeight(bucket, (before === Infinity ? (bucket.limit ?? Infinity) : before) - told, others, own);
  const overlaps = !(sentAt >= bucket.heardAt) && bucket.left !== Infinity && before !== Infinity;
  const apart =
    bucket.refill > 0 || bucket.resetAt === null || resetAt === null || bucket.assumed ? 0 : resetAt - bucket.resetAt;
  // Of the window before: its calls are not of this one.
  if (overlaps && apart < -SAME) return;
  // An answer to a call that was sent before the last word came may be older than that word: the lower one is believed.
  if (overlaps && apart <= SAME && before - own < told) {
    bucket.left = before - own;
  } else {
    bucket.left = told;
    bucket.heardAt = at;
    bucket.takenSince = Math.max(0, others);
  }
  bucket.at = at;
  restsOn(bucket, signal, resetAt, at);
}

/** A call is over, and nothing was said of the bucket: it took `used`, and is no more on its way with its `own`. */
export function spend(bucket: Bucket, used: number, at: number, own: number): void {
  bucket.left = leftAt(bucket, at) - used;
  if (bucket.resetAt !== null && at >= bucket.resetAt) bucket.resetAt = null;
  bucket.at = at;
  bucket.flying = Math.max(0, bucket.flying - own);
}

/** When it is full again, and how it gets there. */
function restsOn(bucket: Bucket, signal: LimitSignal, resetAt: number | null, at: number): void {
  const { limit } = bucket;
  const missing = limit === null ? 0 : limit - (signal.remaining ?? limit);
  bucket.assumed = false;
  if (signal.source === 'x-shopify-shop-api-call-limit' && limit !== null) {
    bucket.refill = limit / SHOPIFY_DRAIN;
    bucket.resetAt = null;
    return;
  }
  if (bucket.steady && REFILLS.test(signal.source)) {
    bucket.resetAt = null;
    // Of a bucket that is nearly full, rounding of the reset would say anything.
    if (resetAt !== null && resetAt > at && missing > 0) {
      const said = missing / (resetAt - at);
      const many = limit !== null && missing >= limit * 0.02;
      bucket.refill = bucket.refill > 0 && !many ? bucket.refill : said;
    } else if (missing > 0 && bucket.refill === 0) bucket.resetAt = resetAt ?? at + (signal.window ?? 60) * 1_000_000;
    return;
  }
  bucket.refill = 0;
  if (resetAt !== null) bucket.resetAt = resetAt;
  else if (signal.window !== null) {
    bucket.resetAt = at + signal.window * 1_000_000;
    bucket.assumed = true;
  } else bucket.resetAt = null;
}

/** What calls take that do not say: at once as much as was seen, less only slowly. */
function learnWeight(bucket: Bucket, fell: number, others: number, own: number): void {
  if (bucket.unit === 'requests' || bucket.unit === 'concurrency' || fell === Infinity || Number.isNaN(fell)) return;
  if (fell <= 0 || others > own) return;
  const { typical } = bucket;
  bucket.typical = Number.isNaN(typical) || fell > typical ? fell : typical * 0.9 + fell * 0.1;
}

/**
 * From when on a call of this weight may leave: while enough is left beside the reserve and what is on its way, and not
 * ahead of an even pace by more than a share of the time. Infinity: when an answer says more.
 */
export function opensAt(bucket: Bucket, need: number, reserve: number, ahead: number, at: number): number {
  if (bucket.closedUntil > at) return bucket.closedUntil;
  if (bucket.unit === 'concurrency') return bucket.flying + need <= bucket.left ? at : Infinity;
  const left = leftAt(bucket, at);
  if (left === Infinity) return at;
  const { limit, resetAt, refill } = bucket;
  // Of a few, a share would be nothing or all.
  const kept = limit === null ? 0 : Math.floor(limit * reserve);
  const short = need + bucket.flying + kept - left;
  if (short <= 0) return paced(bucket, left - kept - bucket.flying, ahead, at);
  // A call that is larger than what may ever be used goes when all is there: the vendor decides.
  const capped = limit === null ? short : Math.min(short, Math.max(0, limit - left));
  if (capped <= 0 && bucket.flying === 0) return at;
  if (refill > 0) return capped <= 0 ? Infinity : at + Math.ceil(capped / refill);
  if (resetAt !== null && resetAt > at) return Math.ceil(resetAt);
  // Nothing says when more comes: what is on its way will tell, and when nothing is, one call may ask.
  return bucket.flying > 0 ? Infinity : at;
}

/** Even pace to the reset. Buckets that fill steadily keep their own. */
function paced(bucket: Bucket, usable: number, ahead: number, at: number): number {
  const { resetAt } = bucket;
  if (resetAt === null || resetAt <= at || bucket.refill > 0 || ahead >= 1 || usable <= 0) return at;
  const mayBeAhead = (resetAt - at) * ahead;
  return bucket.pacedTo - mayBeAhead <= at ? at : Math.min(Math.ceil(bucket.pacedTo - mayBeAhead), Math.ceil(resetAt));
}

/** A call leaves. */
export function send(bucket: Bucket, need: number, reserve: number, at: number): void {
  const left = leftAt(bucket, at);
  const { resetAt, limit } = bucket;
  if (resetAt !== null && resetAt > at && left !== Infinity) {
    const usable = left - bucket.flying - (limit === null ? 0 : Math.floor(limit * reserve));
    if (usable > 0) bucket.pacedTo = Math.max(bucket.pacedTo, at) + ((resetAt - at) / usable) * need;
  }
  bucket.flying += need;
  bucket.takenSince += need;
}
