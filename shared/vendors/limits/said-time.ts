/** The times vendors write, in microseconds by our clock. */
export interface Clock {
  /** When the answer's head came, microseconds since the epoch, by our clock. */
  now: number;
  /** What the vendor's clock is ahead of ours, microseconds; 0 when it does not say. */
  ahead: number;
}

const SECOND = 1_000_000;
/** Nobody's limit is longer than a month: what says so is nonsense, or was read wrongly. */
const LONGEST = 31 * 86_400 * SECOND;
/** A time that has just gone by is still an answer; one long gone is none. */
const STALE = 60 * SECOND;

/** How far the vendor's clock is ahead, by `Date`; an answer out of a cache (`age`) tells nothing of that. */
export function readClock(now: number, date: string | null, age: string | null): Clock {
  const said = date === null || (age !== null && Number(age) > 0) ? Number.NaN : dateOf(date);
  const ahead = said * 1000 - now;
  // `Date` has whole seconds and took its way to us: less than two say nothing.
  return { now, ahead: Number.isFinite(ahead) && Math.abs(ahead) > 2 * SECOND ? ahead : 0 };
}

/** Answers of one second have the same date. */
let latest = { text: '', at: Number.NaN };

function dateOf(text: string): number {
  if (text !== latest.text) latest = { text, at: Date.parse(text) };
  return latest.at;
}

const GO_DURATION = /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?$/;

/** `6m0s`, `1.5s`, `12ms`, `1h30m` in microseconds (Go's time.Duration); null when it is none. */
export function readDuration(text: string): number | null {
  if (text === '' || text.length > 40) return null;
  const found = GO_DURATION.exec(text);
  if (!found) return null;
  const [, days, hours, minutes, seconds, millis] = found;
  const all = Number(days ?? 0) * 86_400 + Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0);
  return Math.round(all * SECOND + Number(millis ?? 0) * 1000);
}

/**
 * When something is, as header fields say it: a duration, a date (RFC 3339, HTTP), or a number, which is seconds from
 * now (below 1e9), seconds since the epoch (below 1e12) or milliseconds since the epoch. Null for what is negative, more
 * than 31 days off, long gone or no time.
 */
export function readTime(text: string, clock: Clock): number | null {
  const value = text.trim();
  if (value === '' || value.length > 64) return null;
  if (isPlain(value) || /^\d+(?:\.\d+)?$/.test(value)) {
    const number = Number(value);
    if (number < 1e9) return fromNow(number * SECOND, clock);
    return at(number < 1e12 ? number * SECOND : number * 1000, clock);
  }
  const duration = readDuration(value);
  if (duration !== null) return fromNow(duration, clock);
  // Date.parse believes almost anything; only these two forms are dates here.
  if (!/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/.test(value) && !/^[A-Z][a-z]{2,8}, \d/.test(value)) return null;
  return at(Date.parse(value) * 1000, clock);
}

/** Figures and nothing else, as most are; no more than a count has. */
function isPlain(text: string): boolean {
  const { length } = text;
  if (length === 0 || length > 15) return false;
  for (let index = 0; index < length; index += 1) {
    const code = text.charCodeAt(index);
    if (code < 48 || code > 57) return false;
  }
  return true;
}

/** So many microseconds from now, or null when that is nonsense. */
export function fromNow(micros: number, { now }: Clock): number | null {
  return micros >= 0 && micros <= LONGEST ? now + Math.round(micros) : null;
}

function at(said: number, { now, ahead }: Clock): number | null {
  const ours = Math.round(said - ahead);
  return ours >= now - STALE && ours <= now + LONGEST ? ours : null;
}

/** A count: not negative (-1 is how some say “unknown”), not beyond what can be counted. Null for anything else. */
export function readCount(text: string | undefined): number | null {
  if (text === undefined) return null;
  if (isPlain(text)) return Number(text);
  const found = /^\s*(\d{1,15}(?:\.\d{1,6})?)\s*(?:[;,]|$)/.exec(text);
  return found ? Number(found[1]) : null;
}
