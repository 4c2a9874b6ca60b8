import { readClock } from './said-time.ts';
import type { Clock } from './said-time.ts';

/** The fields of an answer that have to do with limits, by their lower-case names, and the clock to read their times by. */
export interface LimitFields {
  of: ReadonlyMap<string, string>;
  clock: Clock;
}

/** Whether a block may hold any: one look over the text, since most answers hold none. */
const ANY = /rate-?limit|anthropic-priority|retry-after|call-limit|limit-info|concurrent-requests|rate-limited-reason/i;
const WANTED =
  /rate-?limit|^anthropic-priority-|retry-after|^x-shopify-shop-api-call-limit$|^sforce-limit-info$|^twilio-concurrent-requests$|^stripe-(?:rate-limited-reason|should-retry)$|^x-amzn-errortype$|^(?:date|age)$/;
const MOST = 100;
/** Names repeat with every answer: whether one is wanted is looked up, not found out. */
const REMEMBERED = 2000;
const known = new Map<string, string | null>();

function wantedName(raw: string): string | null {
  let name = known.get(raw);
  if (name === undefined) {
    const lower = raw.toLowerCase();
    name = WANTED.test(lower) ? lower : null;
    if (known.size >= REMEMBERED) known.clear();
    known.set(raw, name);
  }
  return name;
}

/** Reads them out of a raw header block; fields that come several times are joined as lists (RFC 9110 §5.3). */
export function limitFields(lines: string, now: number, always: boolean): LimitFields | null {
  if (!always && !ANY.test(lines)) return null;
  const of = new Map<string, string>();
  for (let at = 0; at < lines.length && of.size < MOST;) {
    let end = lines.indexOf('\n', at);
    if (end < 0) end = lines.length;
    const colon = lines.indexOf(':', at);
    if (colon > at && colon < end && colon - at < 80) {
      const name = wantedName(lines.slice(at, colon));
      if (name !== null) {
        const value = lines.slice(colon + 1, Math.min(end, colon + 2000)).trim();
        const before = of.get(name);
        of.set(name, before === undefined ? value : `${before}, ${value}`);
      }
    }
    at = end + 1;
  }
  return { of, clock: readClock(now, of.get('date') ?? null, of.get('age') ?? null) };
}
