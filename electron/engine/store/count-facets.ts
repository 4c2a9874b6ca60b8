import type { QueryTree } from '../../../shared/query/tree.ts';
import { readSite } from './caller-columns.ts';
import { summaryOf } from './call-row.ts';
import { candidateRanges } from './candidate-ranges.ts';
import { PROTOCOL_SHIFT, protocolOf, sourceCodeOf, sourceOf } from './codes.ts';
import { FACET, readFacetSums } from './facet-sums.ts';
import { countPictures } from './count-pictures.ts';
import { prepareMatching } from './matching.ts';
import type { Stored } from './matching.ts';
import type { RawRow } from './read-calls.ts';
import { withTexts } from './read-calls.ts';
import { splitRange } from './read-rollups.ts';
import { prepared } from './read-rows.ts';
import { DIMENSION } from './rollups.ts';
import { splitMinutes, splitTime, withinTime } from './time-span.ts';
import type { TimeSpan } from './time-span.ts';
import { evictedTo, uncounted } from './uncounted.ts';
import type { WordReader } from './word-reader.ts';

/** What calls can be counted by; the contract's list. */
export type FacetField = SummedField | CallerField | PictureField | SaidField;
/** `vendor` and `service` are hosts seen otherwise. */
type SummedField =
  | 'vendor'
  | 'service'
  | 'host'
  | 'app'
  | 'status'
  | 'method'
  | 'source'
  | 'type'
  | 'failure'
  | 'protocol';
/** Sums do not tell these apart: they are counted from calls, always. */
type PictureField = 'endpoint' | 'model';
type CallerField = 'package' | 'callsite' | 'process' | 'user';
/** A call may have several of these: what each policy said of it. */
type SaidField = 'policy' | 'verdict';
/** Counted from calls, always. */
const UNSUMMED_FIELDS: ReadonlySet<FacetField> = new Set<CallerField | SaidField>([
  'package',
  'callsite',
  'process',
  'user',
  'policy',
  'verdict',
]);

/** Sums of pictures tell these apart. */
const PICTURE_FIELDS: ReadonlySet<FacetField> = new Set<PictureField>(['endpoint', 'model']);

export interface FacetQuestion {
  tree: QueryTree | null;
  since: number;
  until: number;
  fields: readonly FacetField[];
  /** Values given of each. */
  limit: number;
  /** How long calls are searched at most, milliseconds; 300 when left out. */
  patienceMs?: number;
}

export interface Facets {
  counted: number;
  /** Whether these are all calls of the span that pass. */
  complete: boolean;
  facets: { field: FacetField; values: { value: string | null; calls: number }[]; others: number }[];
}

/** So long is searched at most when rollups cannot tell. */
const PATIENCE_MS = 300;

/** Counts by value: a word's id, a status, or a code; 0 for none where 0 is no code. */
type Counts = Map<FacetField, Map<number, number>>;

/**
 * Counts calls by what they have in common: from rollups when nothing but a span of time is asked for (exact), else among
 * the newest calls that pass, as many as can be read in a moment.
 */
export function* countFacets(stored: Stored, question: FacetQuestion): Generator<void, Facets> {
  const { fields, limit } = question;
  const span = splitTime(question.tree, question.since, question.until);
  const counts: Counts = new Map(fields.map((field) => [field, new Map<number, number>()]));
  const until = performance.now() + (question.patienceMs ?? PATIENCE_MS);
  let counted = 0;
  let complete = true;
  if (span.since < span.until) {
    if (span.rest === null) {
      const [summed, others] = [new Map(counts), new Map(counts)];
      for (const field of fields) {
        if (UNSUMMED_FIELDS.has(field) || PICTURE_FIELDS.has(field)) summed.delete(field);
        if (!UNSUMMED_FIELDS.has(field)) others.delete(field);
      }
      const all = others.size < counts.size;
      if (all) {
        const { from, to, edges } = splitMinutes(span.since, span.until, evictedTo(stored.calls));
        counted += addRollups(stored, summed, from, to);
        for (const [start, end] of edges)
          counted += (yield* addCalls(stored, summed, { ...span, since: start, until: end }, Infinity)).counted;
      }
      for (const field of fields) {
        if (field !== 'endpoint' && field !== 'model') continue;
        const values = counts.get(field)!;
        countPictures(stored, field, span, (value, calls) => add(values, value, calls));
        // Open ones too: what they are is not known yet.
        values.set(0, counted - [...values].reduce((sum, [value, calls]) => (value === 0 ? sum : sum + calls), 0));
      }
      if (others.size > 0) {
        const looked = yield* addCalls(stored, others, span, until);
        complete = looked.complete;
        if (!all) ({ counted } = looked);
      }
    } else ({ counted, complete } = yield* addCalls(stored, counts, span, until));
  }
  return {
    counted,
    complete,
    facets: [...counts].map(([field, values]) => {
      const sorted = [...byName(field, values, stored.words)].sort(([, x], [, y]) => y - x);
      return {
        field,
        values: sorted.slice(0, limit).map(([value, calls]) => ({ value, calls })),
        others: sorted.slice(limit).reduce((sum, [, calls]) => sum + calls, 0),
      };
    }),
  };
}

/** Counts by what is shown: several apps may share a name, and many places a package. */
function byName(field: FacetField, values: Map<number, number>, words: WordReader): Map<string | null, number> {
  const named = new Map<string | null, number>();
  for (const [value, calls] of [...values].sort(([a], [b]) => a - b)) {
    // An amended call may have left a value nobody has any more.
    if (calls <= 0) continue;
    for (const name of namesOf(field, value, words)) named.set(name, (named.get(name) ?? 0) + calls);
  }
  return named;
}

function add(values: Map<number, number>, value: number, calls: number): void {
  values.set(value, (values.get(value) ?? 0) + calls);
}

function addRow(words: WordReader, counts: Counts, row: FacetRow, calls = 1): void {
  for (const [field, values] of counts) add(values, valueOf(row, field, words), calls);
}

type FacetRow = Pick<
  RawRow,
  'host' | 'app' | 'status' | 'method' | 'flags' | 'type' | 'failure' | 'process' | 'site' | 'endpoint' | 'policies'
> & { model?: number | null };

function valueOf(row: FacetRow, field: FacetField, words: WordReader): number {
  switch (field) {
    case 'vendor':
    case 'service':
      return row.host;
    case 'endpoint':
      return row.endpoint === null ? 0 : words.endpointOf(row.host, row.endpoint);
    case 'model':
      return row.model ?? 0;
    case 'policy':
    case 'verdict':
      return row.policies ?? 0;
    case 'source':
      return sourceCodeOf(row.flags);
    case 'protocol':
      return (row.flags >> PROTOCOL_SHIFT) & 7;
    case 'package':
    case 'callsite':
      return row.site ?? 0;
    case 'process':
    case 'user':
      return row.process ?? 0;
    default:
      return row[field] ?? 0;
  }
}

/** One, but for what policies said: each of them, once. */
function namesOf(field: FacetField, value: number, words: WordReader): Iterable<string | null> {
  if (value === 0 || (field !== 'policy' && field !== 'verdict')) return [nameOf(field, value, words)];
  const said = words.text(value).split('\n');
  return new Set(
    said.map((one) => {
      const cut = one.lastIndexOf('=');
      return field === 'policy' ? one.slice(0, cut) : one.slice(cut + 1);
    }),
  );
}

function nameOf(field: FacetField, value: number, words: WordReader): string | null {
  switch (field) {
    case 'vendor':
    case 'service':
      return words.ownerOf(value)[field];
    case 'source':
      return sourceOf(value << 4);
    case 'protocol':
      return protocolOf(value << PROTOCOL_SHIFT);
    case 'status':
      return value === 0 ? null : String(value);
    case 'package':
    case 'callsite':
      return value === 0 ? null : readSite(words.text(value))[field];
    case 'process':
      return value === 0 ? null : (words.processOf(value)?.name ?? null);
    case 'user':
      return value === 0 ? null : (words.processOf(value)?.user ?? null);
    default:
      return value === 0 ? null : field === 'app' ? words.appName(value) : words.text(value);
  }
}

function addRollups({ calls: db, words }: Stored, counts: Counts, from: number, to: number): number {
  let counted = 0;
  const pieces = splitRange(from / 1_000_000, to / 1_000_000, 2);
  // One moment of the database: between two, a call could be counted twice or not at all.
  db.transaction(() => {
    const sums = prepared(
      db,
      'SELECT host + app + source AS value, SUM(calls) AS calls FROM rollups WHERE period = ? AND dimension = ? AND start >= ? AND start < ? GROUP BY value',
    );
    const readSums = (dimension: number, use: (value: number, calls: number) => void): void => {
      for (const [period, start, end] of pieces)
        for (const row of sums.iterate(period, dimension, start, end) as IterableIterator<{
          value: number;
          calls: number;
        }>)
          use(row.value, row.calls);
    };
    readSums(DIMENSION.none, (_, calls) => (counted += calls));
    for (const [field, values] of counts) {
      if (field === 'host' || field === 'app' || field === 'source')
        readSums(DIMENSION[field], (value, calls) => add(values, value, calls));
      else if (field === 'vendor' || field === 'service')
        readSums(DIMENSION.host, (value, calls) => add(values, value, calls));
      else if (field in FACET)
        readFacetSums(db, FACET[field as keyof typeof FACET], pieces, (value, calls) => add(values, value, calls));
    }
    for (const { row, calls } of uncounted(db)) {
      if (row.started_at < from || row.started_at >= to) continue;
      addRow(words, counts, row, calls);
      counted += calls;
    }
  })();
  return counted;
}

function* addCalls(
  stored: Stored,
  counts: Counts,
  span: TimeSpan,
  until: number,
): Generator<void, { counted: number; complete: boolean }> {
  const { calls: db, words, details } = stored;
  const { sql, parameters, accepts, pruner, span: ids } = yield* prepareMatching(stored, withinTime(span));
  let counted = 0;
  if (!ids) return { counted, complete: true };
  const columns = [
    accepts
      ? 'c.*'
      : 'c.host, c.app, c.status, c.method, c.flags, c.type, c.failure, c.process, c.site, c.endpoint, c.policies',
    ...(counts.has('model') ? ['(SELECT model FROM usages WHERE call = c.id) AS model'] : []),
  ].join(', ');
  const select = db.prepare<Record<string, string | number>, RawRow>(
    `SELECT ${columns} FROM calls c WHERE c.id BETWEEN @low AND @high AND ${sql} ORDER BY c.id DESC`,
  );
  for (const [high, low] of candidateRanges(db, pruner, ids.top, ids.bottom)) {
    // Looking into headers and bodies is slow: others get their turn more often.
    const stride = accepts ? 128 : 2048;
    for (let from = high; from >= low; from -= stride) {
      for (const row of select.iterate({ ...parameters, low: Math.max(low, from - stride + 1), high: from })) {
        if (accepts && !accepts(summaryOf(withTexts(row, words)), details.of(row))) continue;
        addRow(words, counts, row);
        counted += 1;
      }
      if (performance.now() >= until) return { counted, complete: false };
      yield;
    }
    yield;
  }
  return { counted, complete: true };
}
