import { headerValue, parseHeaderLines } from '../../../shared/events/header-lines.ts';
import { candidateRanges } from './candidate-ranges.ts';
import { summaryOf } from './call-row.ts';
import { isChained } from './codes.ts';
import type {
  HistoryBlock,
  HistoryDetails,
  HistoryMark,
  HistoryProgress,
  HistoryQuestion,
  HistoryReader,
} from './history-rows.ts';
import { prepareMatching } from './matching.ts';
import type { Stored } from './matching.ts';
import type { Db } from './open.ts';
import { readIds } from './packing.ts';
import { withTexts } from './read-calls.ts';
import type { RawRow } from './read-calls.ts';
import { readStoredMetering } from './read-details.ts';
import { prepared } from './read-rows.ts';
import { withinTime } from './time-span.ts';

/** Ids below this lie two to a number: what crosses over from SQLite costs by the value. */
const PAIR = 2 ** 26;
const PORTS = 2 ** 16;
const STATUSES = 1024;
/** Flags of a call take less. */
const FLAGS = 2 ** 24;

/** The columns of a block, two words to a value where they fit. */
const PACKED = `c.id, c.started_at, (c.flags & ${FLAGS - 1}) * ${STATUSES} + (COALESCE(c.status, 0) & ${STATUSES - 1}),
  c.host * ${PAIR} + COALESCE(c.app, 0), c.method * ${PAIR} + c.scheme, COALESCE(c.endpoint, 0) * ${PORTS} + c.port,
  COALESCE(c.credential, 0) * ${PAIR} + COALESCE(c.tags, 0), COALESCE(c.process, 0) * ${PAIR} + COALESCE(c.site, 0),
  COALESCE(c.failure, 0) * ${PAIR} + COALESCE(c.decision, 0), COALESCE(c.duration, -1), COALESCE(c.ttfb, -1),
  c.request_bytes, c.response_bytes, COALESCE(c.request_body, 0)`;
type Packed = number[];

const USED =
  'SELECT call, COALESCE(model, 0), COALESCE(cost, -1), COALESCE(input, -1), COALESCE(output, -1) FROM usages';

/** Questions of those who try policies on what was recorded; `open` gives what is there now. */
export function readPast(open: () => Stored | null): HistoryReader {
  return {
    *history(question) {
      const stored = open();
      if (stored) yield* readHistory(stored, question);
    },
    historyMark() {
      const stored = open();
      return stored ? readHistoryMark(stored.calls) : { seq: 0, kind: '', bottom: 0 };
    },
    changedIds(mark, most) {
      const stored = open();
      return stored && readChangedIds(stored.calls, mark, most);
    },
    targets(ids) {
      const stored = open();
      return stored ? readTargets(stored, ids) : [];
    },
    historyDetails(id, startedAt) {
      const stored = open();
      return stored && readHistoryDetails(stored.calls, id, startedAt);
    },
    requestHeader(id, name) {
      const stored = open();
      return stored && readRequestHeader(stored, id, name);
    },
    responseHeader(id, name) {
      const stored = open();
      const page = stored && readPage(stored.calls, id);
      return stored && page ? headerValue(stored.details.lines(id, page.page).response, name) : null;
    },
    connectionOf(id) {
      const stored = open();
      const row = stored && readConnection(stored.calls, id);
      if (!stored || !row || row.remote === null) return null;
      return {
        address: isChained(row.flags) ? null : stored.words.text(row.remote),
        tlsVersion: row.tls === null ? null : stored.words.text(row.tls),
        country: null,
      };
    },
    gapsIn(span) {
      const stored = open();
      return stored ? readGapsIn(stored.calls, span) : [];
    },
    word: (id) => open()?.words.text(id) ?? '',
    appWord: (id) => open()?.words.appName(id) ?? '',
    endpointWord(host, endpoint) {
      const words = open()?.words;
      return words ? words.text(words.endpointOf(host, endpoint)) : '';
    },
    processName: (word) => open()?.words.processOf(word)?.name ?? null,
  };
}

/** Blocks of calls, newest first, and how far it is in between. A generator: each pause is a moment to give it up. */
function* readHistory(
  stored: Stored,
  { since, until, tree, newest = Infinity, ids }: HistoryQuestion,
): Generator<HistoryBlock | HistoryProgress> {
  const { calls: db } = stored;
  const bounded = withinTime({ since, until, rest: tree });
  let wanted = newest;
  const { sql, parameters, accepts, pruner, span } = yield* quietly(prepareMatching(stored, bounded));
  if (!span) return;
  const select = db
    .prepare<Record<string, string | number>>(
      `SELECT ${PACKED} FROM calls c WHERE c.id BETWEEN @low AND @high AND ${sql} ORDER BY c.id`,
    )
    .raw();
  const of = span.top - span.bottom + 1;
  for (const [high, low] of ids ? runsOf(ids) : candidateRanges(db, pruner, span.top, span.bottom)) {
    if (high >= low) {
      let rows = select.all({ ...parameters, low, high }) as Packed[];
      if (accepts) rows = rows.filter(([id]) => accepts(...judged(stored, id!)));
      if (ids) rows = onlyThose(rows, ids);
      if (rows.length > wanted) rows = rows.slice(rows.length - wanted);
      wanted -= rows.length;
      if (rows.length > 0) yield blockOf(db, rows);
    }
    yield { looked: span.top - low + 1, of };
    if (wanted <= 0) return;
  }
}

function* quietly<T>(search: Generator<void, T>): Generator<HistoryProgress, T> {
  let step = search.next();
  while (!step.done) {
    yield { looked: 0, of: 1 };
    step = search.next();
  }
  return step.value;
}

/** A call as filters that ask for headers and bodies see it. */
function judged({ calls, words, details }: Stored, id: number) {
  const row = prepared(calls, 'SELECT * FROM calls WHERE id = ?').get(id) as RawRow;
  return [summaryOf(withTexts(row, words)), details.of(row)] as const;
}

/** Ids that lie together are read together. */
function* runsOf(ids: readonly number[]): Generator<[high: number, low: number]> {
  for (let at = ids.length - 1; at >= 0;) {
    const high = ids[at]!;
    let low = high;
    while (at >= 0 && high - ids[at]! < 8192) low = ids[at--]!;
    yield [high, low];
  }
}

function onlyThose(rows: Packed[], ids: readonly number[]): Packed[] {
  const those = new Set(ids);
  return rows.filter(([id]) => those.has(id!));
}

function blockOf(db: Db, packed: Packed[]): HistoryBlock {
  const rows = packed.length;
  const words = (): Int32Array => new Int32Array(rows);
  const numbers = (): Float64Array => new Float64Array(rows);
  const used = prepared(db, `${USED} WHERE call BETWEEN ? AND ? ORDER BY call`)
    .raw()
    .all(packed[0]![0], packed[rows - 1]![0]) as Packed[];
  const block: HistoryBlock = {
    rows,
    id: numbers(),
    startedAt: numbers(),
    flags: words(),
    status: new Int16Array(rows),
    host: words(),
    app: words(),
    method: words(),
    scheme: words(),
    port: words(),
    endpoint: words(),
    credential: words(),
    tags: words(),
    process: words(),
    site: words(),
    failure: words(),
    decision: words(),
    duration: numbers(),
    ttfb: numbers(),
    requestBytes: numbers(),
    responseBytes: numbers(),
    requestBody: numbers(),
    metered: 0,
    used: new Int32Array(used.length),
    model: new Int32Array(used.length),
    cost: new Float64Array(used.length),
    input: new Float64Array(used.length),
    output: new Float64Array(used.length),
  };
  let next = 0;
  for (let row = 0; row < rows; row += 1) {
    const values = packed[row]!;
    const id = values[0]!;
    block.id[row] = id;
    block.startedAt[row] = values[1]!;
    block.flags[row] = high(values[2]!, STATUSES);
    block.status[row] = values[2]! % STATUSES;
    block.host[row] = high(values[3]!, PAIR);
    block.app[row] = values[3]! % PAIR;
    block.method[row] = high(values[4]!, PAIR);
    block.scheme[row] = values[4]! % PAIR;
    block.endpoint[row] = high(values[5]!, PORTS);
    block.port[row] = values[5]! % PORTS;
    block.credential[row] = high(values[6]!, PAIR);
    block.tags[row] = values[6]! % PAIR;
    block.process[row] = high(values[7]!, PAIR);
    block.site[row] = values[7]! % PAIR;
    block.failure[row] = high(values[8]!, PAIR);
    block.decision[row] = values[8]! % PAIR;
    block.duration[row] = values[9]!;
    block.ttfb[row] = values[10]!;
    block.requestBytes[row] = values[11]!;
    block.responseBytes[row] = values[12]!;
    block.requestBody[row] = values[13]!;
    while (next < used.length && used[next]![0]! < id) next += 1;
    const usage = used[next];
    if (usage === undefined || usage[0] !== id) continue;
    const at = block.metered++;
    block.used[at] = row;
    block.model[at] = usage[1]!;
    block.cost[at] = usage[2]!;
    block.input[at] = usage[3]!;
    block.output[at] = usage[4]!;
  }
  return block;
}

function high(value: number, by: number): number {
  return Math.floor(value / by);
}

/** As the store is now. */
function readHistoryMark(db: Db): HistoryMark {
  const one = (sql: string): number => (prepared(db, sql).get() as { value: number | null } | undefined)?.value ?? 0;
  const aliases = one("SELECT value FROM meta WHERE name = 'aliases'");
  const deleted = one('SELECT MAX(id) AS value FROM gaps');
  return {
    seq: one("SELECT value FROM meta WHERE name = 'seq'"),
    kind: `${db.name} ${aliases} ${deleted}`,
    bottom: one('SELECT MIN(id) AS value FROM calls'),
  };
}

/** Calls that came or changed after a mark; null when they are more than `most`, or when that is not kept any more. */
function readChangedIds(db: Db, mark: HistoryMark, most: number): number[] | null {
  const changed = new Set<number>();
  let first = true;
  for (const row of prepared(db, 'SELECT seq, ids FROM commits WHERE seq > ? ORDER BY seq').iterate(
    mark.seq,
  ) as IterableIterator<{ seq: number; ids: Buffer }>) {
    const ids = readIds(row.ids);
    if (first && row.seq - ids.length > mark.seq) return null;
    first = false;
    for (const id of ids) changed.add(id);
    if (changed.size > most) return null;
  }
  return [...changed].sort((a, b) => a - b);
}

/** Path and query of calls that are there, by their ids in ascending order; of others nothing. */
function readTargets({ calls: db, words }: Stored, ids: ArrayLike<number>): { path: string; query: string }[] {
  if (ids.length === 0) return [];
  const rows = prepared(db, 'SELECT id, path, query FROM calls WHERE id BETWEEN ? AND ? ORDER BY id')
    .raw()
    .all(ids[0], ids[ids.length - 1]) as [number, number | string, string][];
  let next = 0;
  return Array.from(ids, (id) => {
    while (next < rows.length && rows[next]![0] < id) next += 1;
    const row = rows[next];
    if (row === undefined || row[0] !== id) return { path: '', query: '' };
    return { path: typeof row[1] === 'number' ? words.text(row[1]) : row[1], query: row[2] };
  });
}

function readHistoryDetails(db: Db, id: number, startedAt: number): HistoryDetails | null {
  const read = readStoredMetering(db, id, startedAt);
  if (!read) return null;
  const { usage, limits } = read;
  return {
    requestModel: usage?.requestModel ?? null,
    maxOutput: usage?.maxOutput ?? null,
    units: usage?.units ?? {},
    limits,
    cut: usage?.cut ?? false,
  };
}

function readRequestHeader({ calls: db, details }: Stored, id: number, name: string): string | null {
  const row = readPage(db, id);
  if (!row) return null;
  const values = parseHeaderLines(details.lines(id, row.page).request)
    .filter(([header]) => header.toLowerCase() === name)
    .map(([, value]) => value);
  return values.length === 0 ? null : values.join(', ');
}

function readPage(db: Db, id: number) {
  return prepared(db, 'SELECT page FROM calls WHERE id = ?').get(id) as { page: number | null } | undefined;
}

function readConnection(db: Db, id: number) {
  return prepared(db, 'SELECT remote, tls, flags FROM calls WHERE id = ?').get(id) as
    | { remote: number | null; tls: number | null; flags: number }
    | undefined;
}

function readGapsIn(db: Db, { since, until }: { since: number; until: number }) {
  return prepared(
    db,
    'SELECT from_at AS "from", to_at AS "to", calls, reason FROM gaps WHERE to_at >= ? AND from_at < ? ORDER BY from_at',
  ).all(since, until) as { from: number; to: number; calls: number; reason: string }[];
}
