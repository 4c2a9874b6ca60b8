import type { BodyChange, IgnoreRules } from '../model/replay.ts';
import type { Alike, Json } from '../diff/json-diff.ts';
import { maskIds } from './random-values.ts';
import { areTimes, maskTimes } from './times.ts';

/** Moments of the two recordings, seconds since the epoch; null when nobody knows. */
export type Recorded = readonly [before: number | null, after: number | null];

type Kinds = Pick<IgnoreRules, 'timestamps' | 'ids'>;

/** Why two texts that differ are taken for the same: all that differs in them are times or random ids. Null when not. */
export function whyTextIgnored(before: string, after: string, kinds: Kinds): 'timestamp' | 'id' | null {
  if (kinds.timestamps && maskTimes(before) === maskTimes(after)) return 'timestamp';
  return kinds.ids && maskText(before, kinds) === maskText(after, kinds) ? 'id' : null;
}

/** The same for two values of JSON at a place with this name (null in a list). */
export function whyValueIgnored(
  before: Json,
  after: Json,
  key: string | null,
  kinds: Kinds,
  recorded: Recorded,
): BodyChange['ignored'] {
  if (typeof before === 'string' && typeof after === 'string') {
    const why = whyTextIgnored(before, after, kinds);
    if (why !== null || !kinds.timestamps) return why;
    // Numbers in quotes.
    return /^\d{10,19}(?:\.\d{1,9})?$/.test(before) &&
      /^\d{10,19}(?:\.\d{1,9})?$/.test(after) &&
      areTimes(Number(before), Number(after), key, recorded)
      ? 'timestamp'
      : null;
  }
  if (isNumber(before) && isNumber(after) && kinds.timestamps)
    return areTimes(Number(before), Number(after), key, recorded) ? 'timestamp' : null;
  return null;
}

/** A text in which what varies by itself is replaced by what it is. */
export function maskText(text: string, { timestamps, ids }: Kinds): string {
  const timeless = timestamps ? maskTimes(text) : text;
  return ids ? maskIds(timeless) : timeless;
}

/** What values are taken for when lists are lined up. */
export function alikeBy(kinds: Kinds, recorded: Recorded): Alike {
  return (value, key) => {
    if (typeof value === 'string') return maskText(value, kinds);
    return kinds.timestamps && areTimes(Number(value), Number(value), key, recorded) ? '\0time' : value;
  };
}

const isNumber = (value: Json): value is number | bigint => typeof value === 'number' || typeof value === 'bigint';
