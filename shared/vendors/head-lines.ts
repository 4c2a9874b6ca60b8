/**
 * Which lines of header blocks have to do with vendors: keys, versions, limits, announced ends. Most blocks hold few of them, and
 * the same ones in the same order as the block before, so the order of names is remembered: a block that is laid out as one
 * that was seen costs a comparison a line, whatever is wanted of it. What is found is the same with and without that memory.
 */

/** What a line is wanted for; a line may be for several. */
export const LINE = {
  version: 1,
  /** Says a version among other things. */
  accept: 2,
  /** Announces an end. */
  notice: 4,
  link: 8,
  /** Says something of a limit. */
  limit: 16,
  /** What limits are read by, in blocks that have some: the time, the kind of a refusal. */
  beside: 32,
  key: 64,
} as const;

/** Fields that hold a key, or one among other things. */
export const KEY_FIELDS: ReadonlySet<string> = new Set([
  'authorization',
  'x-api-key',
  'api-key',
  'x-goog-api-key',
  'x-auth-token',
  'private-token',
  'x-shopify-access-token',
  'apikey',
  'x-apikey',
  'xi-api-key',
]);
/** Fields that say which version of an API is meant, of all vendors, and those of one vendor alone. */
const VERSION =
  /^(?:stripe-version|anthropic-version|x-github-api-version(?:-selected)?|notion-version|x-shopify-api-version|square-version|linkedin-version|intercom-version|klaviyo-revision|revision|x-ms-version|x-restli-protocol-version|openai-version|x-goog-api-version|openstack-api-version|x-api-version|api-version)$/;
const NOTICE = /^(?:deprecation|sunset|warning|x-api-deprecat|x-api-warn|x-shopify-api-deprecated|x-deprecat|x-sunset)/;
const LIMIT =
  /rate-?limit|^anthropic-priority-|retry-after|^x-shopify-shop-api-call-limit$|^sforce-limit-info$|^twilio-concurrent-requests$|^stripe-rate-limited-reason$/;
const BESIDE = /^(?:stripe-should-retry|x-amzn-errortype|date|age)$/;

/** The lines of a block that are wanted, in their order. Valid until blocks are asked about again. */
export interface HeadLines {
  /** What all of them are wanted for. */
  all: number;
  count: number;
  kinds: number[];
  /** Lower case. */
  names: string[];
  /** Where values begin (after the colon) and lines end (at the line break, or the end). */
  from: number[];
  to: number[];
}

/** A name in its place after the names before it. */
interface Place {
  /** As written, with its colon. */
  start: string;
  name: string;
  kind: number;
  next: Place[];
}

/** Names of any block longer than this are not remembered, nor lines behind so many. */
const LONGEST = 80;
const MOST_LINES = 100;
/** Ways to go on from one place, and places in all. */
const MOST_WAYS = 24;
const MOST_PLACES = 20_000;

let first: Place[] = [];
let places = 0;

interface Slot {
  block: string;
  lines: HeadLines;
}
const newSlot = (): Slot => ({ block: '', lines: { all: 0, count: 0, kinds: [], names: [], from: [], to: [] } });
/** A call has two blocks, which are asked about several times in a row. */
let latest = newSlot();
let before = newSlot();

/** The wanted lines of a header block (`Name: value\r\n` repeated). */
export function headLines(block: string): HeadLines {
  if (block === latest.block) return latest.lines;
  [latest, before] = [before, latest];
  if (block === latest.block) return latest.lines;
  latest.block = block;
  walk(block, latest.lines);
  return latest.lines;
}

function walk(block: string, into: HeadLines): void {
  into.all = 0;
  into.count = 0;
  let ways = first;
  let line = 0;
  for (let at = 0; at < block.length;) {
    const place = line < MOST_LINES ? (follow(ways, block, at) ?? learn(ways, block, at)) : null;
    let end = block.indexOf('\n', at);
    if (end < 0) end = block.length;
    if (place !== null) {
      if (place.kind !== 0) add(into, place.kind, place.name, at + place.start.length, end);
      ways = place.next;
      line += 1;
    } else {
      // What is not remembered leaves the order as it is.
      const colon = block.indexOf(':', at);
      if (colon > at && colon < end && colon - at < LONGEST) {
        const name = block.slice(at, colon).toLowerCase();
        const kind = kindOf(name);
        if (kind !== 0) add(into, kind, name, colon + 1, end);
      }
    }
    at = end + 1;
  }
}

function follow(ways: Place[], block: string, at: number): Place | null {
  for (let way = 0; way < ways.length; way += 1) {
    const place = ways[way]!;
    if (!block.startsWith(place.start, at)) continue;
    // Those that are gone more often come to the front.
    if (way > 0) {
      ways[way] = ways[way - 1]!;
      ways[way - 1] = place;
    }
    return place;
  }
  return null;
}

function learn(ways: Place[], block: string, at: number): Place | null {
  const colon = block.indexOf(':', at);
  if (colon <= at || colon - at >= LONGEST) return null;
  const start = block.slice(at, colon + 1);
  if (start.includes('\n')) return null;
  if (places >= MOST_PLACES) {
    // The walk under way goes on in what is let go.
    first = [];
    places = 0;
  }
  // A copy of its own: a slice would keep the whole block.
  const name = [...start.slice(0, -1)].join('');
  const place: Place = { start: `${name}:`, name: name.toLowerCase(), kind: kindOf(name.toLowerCase()), next: [] };
  if (ways.length >= MOST_WAYS) ways.pop();
  ways.push(place);
  places += 1;
  return place;
}

function kindOf(name: string): number {
  let kind = 0;
  if (VERSION.test(name)) kind |= LINE.version;
  if (name === 'accept') kind |= LINE.accept;
  if (NOTICE.test(name)) kind |= LINE.notice;
  if (name.startsWith('link')) kind |= LINE.link;
  if (LIMIT.test(name)) kind |= LINE.limit;
  else if (BESIDE.test(name)) kind |= LINE.beside;
  if (KEY_FIELDS.has(name)) kind |= LINE.key;
  return kind;
}

function add(into: HeadLines, kind: number, name: string, from: number, to: number): void {
  const at = into.count;
  into.all |= kind;
  into.kinds[at] = kind;
  into.names[at] = name;
  into.from[at] = from;
  into.to[at] = to;
  into.count = at + 1;
}

/** The value of a found line without the white space around it. */
export function lineValue(block: string, lines: HeadLines, index: number, most = 2000): string {
  const from = lines.from[index]!;
  return block.slice(from, Math.min(lines.to[index]!, from + most)).trim();
}
