import type { LimitSignal, Throttle } from '../model/limit-signal.ts';
import type { CostLine, Provenance } from '../model/money.ts';
import { exactMoney } from './money.ts';

/** What a call used and cost, and what its vendor said of limits, in words. */

const PROVENANCE: Readonly<Record<Provenance, string>> = {
  reported: 'From what the vendor’s answer says was used.',
  partial: 'At least this: some of what was used has no price, or the answer does not say it.',
  estimated: 'Worked out here: the answer was cut, or the vendor does not say what was used.',
  none: 'Not known.',
};

/** How well a cost is known, in a sentence. */
export function provenanceSentence(provenance: Provenance): string {
  return PROVENANCE[provenance];
}

const PARTS: Readonly<Record<string, string>> = {
  input: 'input',
  cache_read: 'input from cache',
  cache_read_audio: 'audio from cache',
  cache_write: 'input into cache',
  cache_write_1h: 'input into cache, for an hour',
  audio_in: 'audio input',
  image_in: 'image input',
  output: 'output',
  reasoning: 'reasoning',
  audio_out: 'audio output',
  image_out: 'image output',
};

/** A part of tokens, or a unit, as a name: `cache_read` is `input from cache`, `sms_segment` is `sms segment`. */
export function partName(what: string): string {
  return PARTS[what] ?? what.replaceAll('_', ' ');
}

/** `$1.25 per million`, `$0.0079 each`. */
export function priceWords({ priceNanoUsd, per }: Pick<CostLine, 'priceNanoUsd' | 'per'>): string {
  const price = Number.isInteger(priceNanoUsd)
    ? exactMoney(priceNanoUsd)
    : `$${Number((priceNanoUsd / 1e9).toPrecision(12))}`;
  return `${price} ${per === 'million' ? 'per million' : 'each'}`;
}

/** A count or a measure, with groups before the point only: `1,234.5678`. */
export function formatQuantity(quantity: number): string {
  const [whole = '', rest] = String(quantity).split('.');
  const groups = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
  return rest === undefined ? groups : `${groups}.${rest}`;
}

const THROTTLE: Readonly<Record<Throttle, string>> = {
  'vendor-rate': 'The vendor’s rate limit was reached; waiting helps.',
  'vendor-quota': 'A quota of the vendor (of a day, of a month, of money) is used up; asking again does not help.',
  'vendor-overload': 'The vendor is overloaded; it is not about how often this program asks.',
  'vendor-concurrency': 'Too many calls at the same time, or something was locked; fewer at once help.',
  ours: 'A policy here held it back; nothing reached the vendor.',
};

/** Who said “too many”, and what helps. */
export function throttleSentence(throttle: Throttle): string {
  return THROTTLE[throttle];
}

/** What a limit still lets through: `499 of 500 requests left`, `limit 500 requests`. */
export function limitWords({ unit, limit, remaining }: LimitSignal): string {
  const of = unit === 'other' ? '' : unit === 'concurrency' ? ' at a time' : ` ${unit}`;
  if (remaining === null) return limit === null ? 'not said' : `limit ${formatQuantity(limit)}${of}`;
  return `${formatQuantity(remaining)}${limit === null ? '' : ` of ${formatQuantity(limit)}`}${of} left`;
}
