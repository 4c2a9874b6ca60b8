import { COLLECTIONS, WORDS } from './api-words.ts';

/** What stands for a part that varies. One kind per place: where several are seen it is `{id}`. */
export type Placeholder = '{id}' | '{date}' | '{email}' | '{slug}';

const split = (text: string): string[] => text.split(/\s+/).filter(Boolean);
/** Words of paths beyond what was compiled: what is done, and the places that APIs have for the caller itself. */
const OWN_WORDS = split(`
  me self current public health healthz ping login logout token oauth oauth2 authorize revoke introspect userinfo graphql
  latest default all count bulk batch preview merge approve reject cancel confirm capture void refund close reopen
  archive unarchive restore publish unpublish star starred watch subscribe unsubscribe follow unfollow lock unlock ban
  enable disable activate deactivate suspend resume start stop pause restart retry rerun verify validate test check
  import export sync trash move copy clone fork transfer invite accept decline duplicate merge_requests completions embeddings
  generations edits translations transcriptions moderations speech admin internal readme raw download upload rotate
`);
const COLLECTION_SET: ReadonlySet<string> = new Set(split(COLLECTIONS));
const API_WORDS: ReadonlySet<string> = new Set([...COLLECTION_SET, ...split(WORDS), ...OWN_WORDS]);
/** Ends of host names: a segment with a dot that ends so names a site, not a method (`chat.postMessage`). */
const SITES =
  /\.(?:com|net|org|io|dev|app|co|ai|de|uk|fr|eu|ch|nl|it|es|us|jp|cn|in|br|au|ca|info|biz|me|local|test|example)$/i;

/** Words of very many APIs: never taken for somebody's name. */
export function isApiWord(segment: string): boolean {
  return (
    API_WORDS.has(segment) ||
    /^(?:\d[\d.-]*|[^A-Za-z0-9]*)$/.test(segment) ||
    isVersion(segment) ||
    (startsUpper(segment) && API_WORDS.has(segment.toLowerCase()))
  );
}

/** A word that items follow: `customers`, and what looks like a plural. */
export function isCollection(segment: string): boolean {
  const word = segment.toLowerCase();
  return COLLECTION_SET.has(word) || (!API_WORDS.has(word) && isPlural(word));
}

const RESERVED: ReadonlySet<string> = new Set(
  split(
    'me self @me current search batch bulk count latest default all public health login logout token oauth oauth2 graphql',
  ),
);
/** Words that never are somebody's name, whatever is below them. */
export const isReserved = (segment: string): boolean =>
  RESERVED.has(segment) || isVersion(segment) || /^\d/.test(segment);

const VERBS: ReadonlySet<string> = new Set(
  split(`get list create update delete add remove set search find count cancel check test run start stop enable disable
    approve reject send import export default all batch query status move copy archive restore refresh validate`),
);
export const isVerb = (segment: string): boolean => VERBS.has(segment);

/** Where a version is written: first of all, or after these. */
export const isVersionPlace = (before: string): boolean => before === '' || before === '/api' || before === '/rest';

const isPlural = (word: string): boolean => /^[a-z_-]{2,}[^s\W\d_]s$/.test(word);
const startsUpper = (segment: string): boolean => {
  const code = segment.charCodeAt(0);
  return code >= 65 && code <= 90;
};
const isVersion = (segment: string): boolean => /^v\d{1,4}(?:[._]\d{1,3})*(?:(?:alpha|beta|rc|p)\d*)*$/i.test(segment);

/**
 * Whether a segment reads like a word of an API rather than somebody's name for something: plurals, compounds that end in
 * a common word, methods (`sendMessage`, `chat.postMessage`, `save_stats`), resources (`IncomingPhoneNumbers`).
 */
export function readsLikeApi(segment: string): boolean {
  let reads = read.get(segment);
  if (reads === undefined) {
    reads = looksLikeApi(segment);
    if (read.size >= REMEMBERED) read.clear();
    read.set(segment, reads);
  }
  return reads;
}

/** Asked again with every new name beside it. */
const REMEMBERED = 20_000;
const read = new Map<string, boolean>();

function looksLikeApi(segment: string): boolean {
  if (isApiWord(segment)) return true;
  if (segment.includes('.')) return !SITES.test(segment) && /^[A-Za-z_.]+$/.test(segment);
  if (/^[a-z]+(?:[A-Z][a-z]*)+$/.test(segment) || /^[A-Z][a-z]+(?:[A-Z]+[a-z]*)*$/.test(segment)) return true;
  if (/^[a-z]+(?:_[a-z]+)+$/.test(segment)) return true;
  if (segment.startsWith('_') || segment.startsWith('$') || segment.startsWith('.') || segment.includes('('))
    return true;
  if (isPlural(segment)) return true;
  const last = segment.slice(Math.max(segment.lastIndexOf('-'), segment.lastIndexOf('_')) + 1);
  return last !== segment && (API_WORDS.has(last) || isPlural(last));
}

const DATE = /^\d{4}-[01]\d-[0-3]\d(?:[T ][\d:.+Z-]*)?$/;
const HEX = /^(?:0x)?[0-9a-f]+$/i;
const LONGEST_WORD = 64;

/**
 * What surely varies: numbers, UUIDs, ULIDs, hashes, ids with a prefix, e-mail addresses, dates, names with a number as a
 * part of their own (`web-1`, `gpt-4o`), and what looks random. Null for what may be a word. `first`: of the path, where
 * some vendors write the version of their API.
 */
export function sureKind(segment: string, versions: boolean): Placeholder | null {
  const { length } = segment;
  if (length === 0) return null;
  let digits = 0;
  let lower = 0;
  let upper = 0;
  let others = 0;
  let changes = 0;
  let before = 0;
  for (let at = 0; at < length && at < 200; at += 1) {
    const code = segment.charCodeAt(at);
    const kind = code >= 97 && code <= 122 ? 1 : code >= 48 && code <= 57 ? 2 : code >= 65 && code <= 90 ? 3 : 0;
    if (kind === 1) lower += 1;
    else if (kind === 2) digits += 1;
    else if (kind === 3) upper += 1;
    else others += 1;
    // Between letters and figures, as random text has it often and words have not.
    if (before !== 0 && kind !== 0 && (kind === 2) !== (before === 2)) changes += 1;
    before = kind;
  }
  if (digits === length) return versions && length <= 2 ? null : '{id}';
  if (others > 0) {
    if (segment.includes('***') || segment.includes('%2F') || segment.includes('%2f')) return '{id}';
    if (/^[^@%\s]+(?:@|%40)[^@\s]+\.[a-z]{2,}$/i.test(segment)) return '{email}';
    if (segment.startsWith('arn:') || segment.startsWith('urn:')) return '{id}';
    if (digits > 0 && DATE.test(segment)) return versions ? null : '{date}';
  }
  if (digits === 0) {
    if (length > LONGEST_WORD) return '{slug}';
    // Base64 without a figure: capitals all over, beyond what camelCase does.
    return length >= 12 && others === 0 && upper >= 4 && lower >= 4 && caseRuns(segment) >= 5 ? '{id}' : null;
  }
  if (isVersion(segment)) return null;
  if (lower + upper === 0) return sureOfFigures(segment, length);
  if (length >= 8 && HEX.test(segment)) return '{id}';
  // Long, with capitals all over and a figure or two.
  if (length >= 16 && upper >= 4 && lower >= 4 && caseRuns(segment) >= 4) return '{id}';
  if (others === 0)
    return looksRandom(length, digits, changes) || (upper >= 2 && digits >= 2 && lower === 0) ? '{id}' : null;
  return sureOfParts(segment, length, digits, changes);
}

/** Figures and signs: coordinates, decimals, `12345-678`; short ones with a dot are versions (`2.0`), months stay. */
function sureOfFigures(segment: string, length: number): Placeholder | null {
  if (length <= 4 && segment.includes('.')) return null;
  return /^\d{4}-[01]\d$/.test(segment) ? null : '{id}';
}

/** With signs: `cus_9XyTq1`, `file-AbC12`, `web-1`, `sg.abc123`, `2f6c1a3b-…`. */
function sureOfParts(segment: string, length: number, digits: number, changes: number): Placeholder | null {
  if (/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(segment)) return '{id}';
  // With a prefix that says of what.
  const prefixed = /^[a-z]{1,12}[_-](?:(?:live|test)_)?([A-Za-z0-9]{4,})$/.exec(segment)?.[1];
  if (prefixed !== undefined && looksLikeId(prefixed)) return '{id}';
  let from = 0;
  let slug = false;
  for (let at = 0; at <= length; at += 1) {
    const code = at === length ? 45 : segment.charCodeAt(at);
    if (code !== 45 && code !== 95 && code !== 58 && code !== 126) continue;
    const part = segment.slice(from, at);
    from = at + 1;
    if (part === '') continue;
    const starts = part.charCodeAt(0);
    if (starts >= 48 && starts <= 57) slug = true;
    else if (part.length >= 6 && looksLikeId(part)) return '{id}';
  }
  if (slug) return length >= 16 && digits / length > 0.4 ? '{id}' : '{slug}';
  return length > LONGEST_WORD || (length >= 20 && changes >= 4) ? '{id}' : null;
}

function looksLikeId(text: string): boolean {
  let digits = 0;
  let changes = 0;
  let before = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    const digit = code >= 48 && code <= 57;
    if (digit) digits += 1;
    if (at > 0 && digit !== before) changes += 1;
    before = digit;
  }
  return digits > 0
    ? looksRandom(text.length, digits, changes) || /\d.*[A-Z]|[A-Z].*\d/.test(text)
    : text.length >= 12 && caseRuns(text) >= 4;
}

/** Letters and figures in turn, or figures for a third of it and more. */
const looksRandom = (length: number, digits: number, changes: number): boolean =>
  length > 3 &&
  (changes >= 3 || (changes >= 2 && length >= 8 && digits >= 2) || digits / length >= 0.3) &&
  !(length <= 6 && changes === 1 && digits <= 1);

const caseRuns = (text: string): number => text.match(/[a-z][A-Z]|[A-Z][A-Z][a-z]/g)?.length ?? 0;
