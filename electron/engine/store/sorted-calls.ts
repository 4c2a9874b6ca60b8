import { hasBit, hashNumber } from './bits.ts';
import type { BlockSummary, Ranged } from './blocks.ts';
import { BLOCK, RANGED } from './blocks.ts';
import { summaryOf } from './call-row.ts';
import { candidateRanges } from './candidate-ranges.ts';
import type { BlockTest } from './candidate-ranges.ts';
import { WORD } from './codes.ts';
import type { WordKind } from './codes.ts';
import { prepareMatching } from './matching.ts';
import type { Stored } from './matching.ts';
import type { Found, RawRow, Search } from './read-calls.ts';
import { withTexts } from './read-calls.ts';

/** What calls can be ordered by; the contract's list. */
export type SortField =
  | 'duration'
  | 'ttfb'
  | 'size'
  | 'request-size'
  | 'response-size'
  | 'status'
  | 'host'
  | 'path'
  | 'method'
  | 'app'
  | 'cost';

type Key = number | string | null;

/** How a field is read, and what is known of it by block. */
type Field = { sql: string } & (
  | { ranged: Ranged }
  | { status: true }
  | { word: WordKind; column: string }
  | { text: true }
);

const FIELDS: Readonly<Record<SortField, Field>> = {
  duration: { sql: 'c.duration', ranged: 'duration' },
  ttfb: { sql: 'c.ttfb', ranged: 'ttfb' },
  size: { sql: 'c.request_bytes + c.response_bytes', ranged: 'size' },
  'request-size': { sql: 'c.request_bytes', ranged: 'requestBytes' },
  'response-size': { sql: 'c.response_bytes', ranged: 'responseBytes' },
  status: { sql: 'c.status', status: true },
  host: { sql: wordText('c.host'), word: WORD.host, column: 'c.host' },
  method: { sql: wordText('c.method'), word: WORD.method, column: 'c.method' },
  app: { sql: wordText('c.app'), word: WORD.app, column: 'c.app' },
  cost: { sql: '(SELECT cost FROM usages WHERE call = c.id)', ranged: 'cost' },
  path: { sql: `CASE WHEN typeof(c.path) = 'integer' THEN ${wordText('c.path')} ELSE c.path END`, text: true },
};

/** By the names apps are shown under. */
const RENAMED_APP: Field = { sql: `shown_app(${wordText('c.app')})`, word: WORD.app, column: 'c.app' };

function wordText(column: string): string {
  return `(SELECT text FROM words WHERE id = ${column})`;
}

/** More words than this and looking for each in a block costs more than it saves. */
const MANY_WORDS = 200;

/**
 * The first calls in an order, without sorting all: only the best are held, and blocks and rows that cannot be better than
 * the worst of these are not read. Newest first, so that among equals the newest stay. Returns one call more than `limit`
 * when there are more.
 */
export function* sortCalls(stored: Stored, search: Search & { sort: SortField }): Generator<void, Found[]> {
  const { calls: db, words, details } = stored;
  const { tree, limit, before, after, sort, descending = false } = search;
  const { sql, parameters, accepts, pruner, span } = yield* prepareMatching(stored, tree, before, after);
  if (!span) return [];
  const renamed = sort === 'app' && words.renamesApps;
  const field = renamed ? RENAMED_APP : FIELDS[sort];
  const wordTextSql = renamed ? 'shown_app(text)' : 'text';
  const best: { key: Key; row: RawRow }[] = [];
  const full = (): boolean => best.length > limit;

  function isBetter(key: Key, than: Key): boolean {
    if (key === null || than === null) return key !== null && than === null;
    return descending ? key > than : key < than;
  }

  function put(key: Key, row: RawRow): void {
    if (full() && !isBetter(key, best.at(-1)!.key)) return;
    let low = 0;
    for (let high = best.length; low < high;) {
      const middle = (low + high) >>> 1;
      const other = best[middle]!;
      if (isBetter(key, other.key) || (key === other.key && row.id > other.row.id)) high = middle;
      else low = middle + 1;
    }
    best.splice(low, 0, { key, row });
    if (best.length > limit + 1) best.pop();
  }

  // Three forms of the search: nothing to beat yet, an absent value to beat, a value to beat.
  const text = (beat: string): string =>
    `SELECT c.*, ${field.sql} AS sort_key FROM calls c WHERE c.id BETWEEN @low AND @high AND ${sql}${beat} ORDER BY sort_key IS NULL, sort_key ${descending ? 'DESC' : 'ASC'}, c.id DESC LIMIT @take`;
  const order = descending ? '>' : '<';
  const beatValue =
    'word' in field
      ? ` AND ${field.column} IN (SELECT id FROM words WHERE kind = ${field.word} AND ${wordTextSql} ${order} @beat)`
      : ` AND ${field.sql} ${order} @beat`;
  const select = {
    any: db.prepare<Record<string, string | number>, RawRow & { sort_key: Key }>(text('')),
    present: db.prepare<Record<string, string | number>, RawRow & { sort_key: Key }>(
      text(` AND ${field.sql} IS NOT NULL`),
    ),
    better: db.prepare<Record<string, string | number>, RawRow & { sort_key: Key }>(text(beatValue)),
  };

  function take(high: number, low: number): void {
    const beat = full() ? best.at(-1)!.key : undefined;
    const statement = beat === undefined ? select.any : beat === null ? select.present : select.better;
    const bounds = {
      ...parameters,
      low,
      high,
      take: accepts ? -1 : limit + 1,
      ...(beat === undefined || beat === null ? {} : { beat }),
    };
    for (const { sort_key, ...row } of statement.iterate(bounds)) {
      if (full() && !isBetter(sort_key, best.at(-1)!.key)) break; // the others are no better
      if (accepts && !accepts(summaryOf(withTexts(row, words)), details.of(row))) continue;
      put(sort_key, row);
    }
  }

  const mayBeat = blockTest(field, descending, (kind, than) =>
    (
      db
        .prepare(`SELECT id FROM words WHERE kind = ? AND ${wordTextSql} ${order} ? LIMIT ?`)
        .all(kind, than, MANY_WORDS + 1) as {
        id: number;
      }[]
    ).map(({ id }) => id),
  );
  const test: BlockTest = {
    mayMatch: (block) => (!full() || mayBeat(block, best.at(-1)!.key)) && pruner.mayMatch(block),
    needsTerms: pruner.needsTerms || 'word' in field,
    useful: pruner.useful || !('text' in field),
  };
  for (const [high, low] of candidateRanges(db, test, span.top, span.bottom)) {
    // Looking into headers and bodies is slow: others get their turn more often.
    const stride = accepts ? BLOCK / 4 : high - low + 1;
    for (let from = high; from >= low; from -= stride) {
      take(from, Math.max(low, from - stride + 1));
      yield;
    }
    yield;
  }
  return best.map(({ row }) => ({ call: summaryOf(withTexts(row, words)), row }));
}

/** Says of a block whether one of its calls may come before a given value; never no wrongly. */
function blockTest(
  field: Field,
  descending: boolean,
  wordsBefore: (kind: WordKind, than: string) => number[],
): (block: BlockSummary, worst: Key) => boolean {
  if ('ranged' in field) {
    const index = RANGED.indexOf(field.ranged);
    return ({ low, high }, worst) =>
      high[index]! >= 0 && (typeof worst !== 'number' || (descending ? high[index]! > worst : low[index]! < worst));
  }
  if ('status' in field) {
    return ({ statuses }, worst) =>
      statuses.some((status) => typeof worst !== 'number' || (descending ? status > worst : status < worst));
  }
  if ('text' in field) return () => true;
  let known: Key = null;
  let hashes: number[] | null = null;
  return ({ terms }, worst) => {
    if (typeof worst !== 'string') return true;
    if (known !== worst) {
      const ids = wordsBefore(field.word, worst);
      known = worst;
      hashes = ids.length > MANY_WORDS ? null : ids.map((id) => hashNumber(field.word, id));
    }
    return hashes === null || hashes.some((hash) => hasBit(terms, hash));
  };
}
