import type { Json } from '../diff/json-diff.ts';
import type { Answered, Comparison, ComparisonVerdict, IgnoreRules } from '../model/replay.ts';
import { createChangeList, type ChangeList } from './change-list.ts';
import { compareHeaders } from './compare-headers.ts';
import { compareJson, readPaths } from './compare-json.ts';
import { compareBytes, compareText } from './compare-text.ts';
import { readJson } from './read-json.ts';
import { readText } from './read-text.ts';
import type { Recorded } from './why-ignored.ts';

/** A body of more bytes is compared byte by byte: lining it up as JSON or text would take too long. */
export const MOST_COMPARED_BYTES = 8_000_000;

/**
 * What became of an answer. `same`: nothing that counts differs. `broken`: what worked does not: the status is of a worse
 * class, there is no (whole) answer, JSON is no JSON any more, or a field that was there is gone or of another type.
 * `changed`: anything else.
 *
 * `volatile` are paths that were learned to vary (see learn-volatile.ts). `recorded`: when the answers came, seconds since
 * the epoch; what is left out is read from their Date headers. Throws a JsonPathFault for an ignored path that is none.
 */
export function compareAnswers(
  before: Answered,
  after: Answered,
  ignore: IgnoreRules,
  volatile: readonly string[] = [],
  recorded: Recorded = [null, null],
): Comparison {
  const paths = readPaths(ignore.paths, volatile);
  const changes = createChangeList();
  const headers = compareHeaders(before.headers, after.headers, ignore);
  const moments: Recorded = [recorded[0] ?? dateOf(before), recorded[1] ?? dateOf(after)];
  const body = compareBodies(before, after, { ignore, paths, recorded: moments }, changes);
  const { verdict, says } = judge(before, after, { headers, body, changes });
  return {
    verdict,
    says,
    status: { before: before.status, after: after.status, same: before.status === after.status },
    headers,
    body: { as: body.as, same: changes.counting === 0 && !body.missing, ...changes.list() },
    timing: {
      timeToFirstByteUs: [before.timeToFirstByteUs, after.timeToFirstByteUs],
      durationUs: [before.durationUs, after.durationUs],
    },
  };
}

interface BodyComparison {
  as: Comparison['body']['as'];
  /** The first has a body to hold against, and the second's was not kept. */
  missing: boolean;
  /** What would break a reader of the first, in words; null when nothing would. */
  breaks: string | null;
  /** What else is to know of it, in a sentence; null. */
  remark: string | null;
}

function compareBodies(
  before: Answered,
  after: Answered,
  given: Parameters<typeof compareJson>[2],
  changes: ChangeList,
): BodyComparison {
  const result = (as: BodyComparison['as'], rest: Partial<BodyComparison> = {}): BodyComparison => ({
    as,
    missing: false,
    breaks: null,
    remark: null,
    ...rest,
  });
  if (before.body === null || after.body === null) {
    const which = before.body === null ? (after.body === null ? 'No body' : 'The first body') : 'The second body';
    return result('nothing', {
      missing: before.body !== null && before.body.length > 0,
      remark: `${which} was ${which === 'No body' ? '' : 'not '}kept, so bodies were not compared.`,
    });
  }
  if (before.body.length === 0 && after.body.length === 0) return result('nothing');
  if (Math.max(before.body.length, after.body.length) > MOST_COMPARED_BYTES) {
    compareBytes(before.body, after.body, changes);
    return result('bytes', { remark: `Bodies over ${MOST_COMPARED_BYTES / 1e6} MB are compared byte by byte.` });
  }
  const [was, is] = [readText(before.body, before.contentType), readText(after.body, after.contentType)];
  const json = was === null ? undefined : jsonOf(was, before);
  if (json !== undefined && is !== null) {
    const other = jsonOf(is, after);
    if (other !== undefined) return result('json', { breaks: compareJson(json, other, given, changes) });
  }
  const breaks =
    json === undefined ? null : is === '' ? 'the body was JSON and is empty' : 'the body was JSON and is not';
  if (was === null || is === null) {
    compareBytes(before.body, after.body, changes);
    return result('bytes', { breaks });
  }
  compareText(was, is, given.ignore, changes);
  return result('text', { breaks });
}

/** A body as JSON; lines of it (NDJSON) as a list. A lone text or number counts only where the type says JSON. */
function jsonOf(text: string, { contentType, truncated }: Answered): Json | undefined {
  const declared = /[/+]json\b/i.test(contentType ?? '');
  if (/\b(?:x-)?(?:ndjson|jsonl|json-lines|jsonlines)\b/i.test(contentType ?? '')) {
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    const items = (truncated ? lines.slice(0, -1) : lines).map(readJson);
    return items.every((item) => item !== undefined) ? items : undefined;
  }
  return declared || /^\s*[[{]/.test(text) ? readJson(text) : undefined;
}

/** Classes of status from the best to the worst; no answer is worse than any. */
function rankOf(status: number | null): number {
  if (status === null) return 5;
  return status < 300 ? 2 : Math.min(5, Math.floor(status / 100));
}

const statusOf = (status: number | null): string => (status === null ? 'no answer' : `${status}`);

function judge(
  before: Answered,
  after: Answered,
  { headers, body, changes }: { headers: Comparison['headers']; body: BodyComparison; changes: ChangeList },
): { verdict: ComparisonVerdict; says: string } {
  const say = (verdict: ComparisonVerdict, says: string): { verdict: ComparisonVerdict; says: string } => ({
    verdict,
    says: body.remark === null ? says : `${says.replace(/\.$/, '')}; ${lowerFirst(body.remark)}`,
  });
  if (after.failure !== null && before.failure === null)
    return { verdict: 'broken', says: `Broken: ${endWithout(after.failure)}.` };
  if (rankOf(after.status) > rankOf(before.status))
    return say('broken', `Broken: the status was ${statusOf(before.status)} and is ${statusOf(after.status)}.`);
  if (after.truncated && !before.truncated) return say('broken', 'Broken: only a part of the answer is there.');
  // What came instead of an error is no broken body.
  if (body.breaks !== null && rankOf(after.status) === rankOf(before.status))
    return say('broken', `Broken: ${body.breaks}.`);
  const counted = headers.filter(({ ignored }) => !ignored);
  const what: string[] = [];
  if (before.failure !== after.failure)
    what.push(
      after.failure === null
        ? 'the call failed before and does not any more'
        : `it fails in another way: ${endWithout(after.failure)}`,
    );
  if (before.status !== after.status)
    what.push(`the status was ${statusOf(before.status)} and is ${statusOf(after.status)}`);
  if (changes.counting > 0) what.push(describeChanges(changes, body.as));
  if (body.missing) what.push('there is no body to hold against the recorded one');
  if (counted.length > 0)
    what.push(
      `${counted.length === 1 ? 'a header differs' : `${counted.length} headers differ`} (${namesOf(counted)})`,
    );
  if (what.length > 0) return say('changed', `Changed: ${what.join(', and ')}.`);
  const ignored = changes.ignored + headers.length;
  const apart =
    ignored === 0
      ? ''
      : `, apart from ${ignored === 1 ? 'one difference that does' : `${ignored} differences that do`} not count`;
  return say('same', `Same${apart}.`);
}

function describeChanges(changes: ChangeList, as: Comparison['body']['as']): string {
  const [first] = changes.first;
  const many = changes.counting;
  const unit = as === 'json' ? 'value' : as === 'text' ? 'line' : 'stretch';
  const units = unit === 'stretch' ? 'stretches of bytes' : `${unit}s`;
  if (many > 1) return `${many} ${units} differ, ${first?.path ?? ''} first`;
  switch (first?.kind) {
    case 'added':
      return `${first.path} is new`;
    case 'removed':
      return `${first.path} is gone`;
    default: {
      const [was, is] = [first?.before ?? '', first?.after ?? ''];
      return as === 'json' && was.length + is.length < 120
        ? `${first?.path} was ${was} and is ${is}`
        : `${first?.path} differs`;
    }
  }
}

function namesOf(headers: Comparison['headers']): string {
  const names = [...new Set(headers.map(({ name }) => name.toLowerCase()))];
  return names.length > 3 ? `${names.slice(0, 3).join(', ')}, …` : names.join(', ');
}

const endWithout = (sentence: string): string => sentence.replace(/\.\s*$/, '');
const lowerFirst = (sentence: string): string => sentence.charAt(0).toLowerCase() + sentence.slice(1);

/** When an answer was made, as it says itself: seconds since the epoch. */
function dateOf({ headers }: Answered): number | null {
  const value = headers.find(([name]) => name.toLowerCase() === 'date')?.[1];
  const at = value === undefined ? Number.NaN : Date.parse(value);
  return Number.isNaN(at) ? null : at / 1000;
}
