/**
 * What looks like a time. As text: ISO 8601 with a time of day, RFC 9110 and RFC 822 dates. As a number: seconds,
 * milliseconds, microseconds or nanoseconds since the epoch near the time of recording.
 */

const ISO =
  /\b(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])[T ](?:[01]\d|2[0-4]):?[0-5]\d(?::?[0-6]\d(?:[.,]\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d|\b)/g;
const COMPACT_ISO = /\b(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-4])[0-5]\d[0-6]\dZ\b/g;
const NAMED =
  /\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6},? [ \d]?\d[ -](?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[ -](?:19|20)?\d\d [0-2]\d:[0-5]\d(?::[0-6]\d)?(?: (?:GMT|UTC|[+-]\d{4}))?/g;

/** A text with every time in it taken for the same one. */
export function maskTimes(text: string): string {
  if (text.length < 15) return text;
  return text.replace(ISO, '\0time').replace(COMPACT_ISO, '\0time').replace(NAMED, '\0time');
}

/** Units of a second: seconds, milliseconds, microseconds, nanoseconds. */
const UNITS = [1, 1e3, 1e6, 1e9] as const;
const DAY = 86_400;
/** Without a time of recording: 2001-09-09 until 2100, where seconds have ten digits. */
const EARLIEST = 1e9;
const LATEST = 4_102_444_800;

const TIME_NAME =
  /(?:^|[_\-.])(?:at|ts|on|time|times|timestamp|created|updated|modified|changed|date|expires?|expiry|expiration|iat|exp|nbf|auth_time|reset|since|until|now|started|ended|finished|issued|start|end|epoch)$/;
const AMOUNT_NAME =
  /amount|price|total|balance|cost|quantity|count|size|bytes|cents|tokens|sum|fee|tax|number|length|limit|offset|score|value|subtotal|paid|due|discount|rate/;

/**
 * Whether two numbers at a place look like times of their recordings. `key` is the place's name, null in a list; `recorded`
 * the moments in seconds since the epoch, null when nobody knows.
 *
 * A name that speaks of times allows a year around the recording (things expire), no name and any other allow a day; a
 * name that speaks of amounts allows nothing.
 */
export function areTimes(
  before: number,
  after: number,
  key: string | null,
  recorded: readonly [before: number | null, after: number | null],
): boolean {
  const name = (key ?? '').replace(/([a-z\d])([A-Z])/g, '$1_$2').toLowerCase();
  if (AMOUNT_NAME.test(name) && !TIME_NAME.test(name)) return false;
  const spoken = TIME_NAME.test(name);
  const known = recorded.map((at) => at ?? recorded.find((other) => other !== null) ?? null);
  return UNITS.some((unit) =>
    [before, after].every((value, side) => {
      const seconds = value / unit;
      if (seconds < EARLIEST || seconds > LATEST) return false;
      const at = known[side] ?? null;
      if (at === null) return spoken;
      return Math.abs(seconds - at) <= (spoken ? 366 * DAY : DAY);
    }),
  );
}
