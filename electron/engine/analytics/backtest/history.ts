import type { Tags } from '../../../../shared/model/caller.ts';
import type { HistoryBlock, HistoryMark, HistoryQuestion, HistoryReader } from '../../store/history-rows.ts';
import { createCombinations } from './combinations.ts';
import type { Combinations } from './combinations.ts';
import { createQuantities } from './quantities.ts';
import type { Quantities } from './quantities.ts';
import { orderByTime } from './order-by-time.ts';

/** What a row’s bits say. */
export const ROW = { failed: 1, open: 2, refusedByUs: 4, metered: 8, waitedForUs: 16 } as const;

/**
 * Recorded calls as columns, a row each by ascending id. Read once, kept while somebody tunes, extended by what came since.
 * Some fifty bytes a call.
 */
export interface History {
  readonly rows: number;
  /** Rows by when the calls came. */
  readonly order: Uint32Array;
  readonly id: Float64Array;
  /** When it came, microseconds since the epoch. */
  readonly at: Float64Array;
  readonly combination: Int32Array;
  readonly status: Int16Array;
  /** Code of who refused it for its number, see codes.ts of the store; 0: nobody. */
  readonly throttle: Uint8Array;
  /** See `ROW`. */
  readonly bits: Uint8Array;
  /** Numbers of `labels` and `sites`; 0: none. */
  readonly tags: Int32Array;
  readonly site: Int32Array;
  /** A word; 0: none. */
  readonly model: Int32Array;
  readonly labels: Numbered;
  readonly sites: Numbered;
  readonly duration: Quantities;
  readonly ttfb: Quantities;
  readonly requestBytes: Quantities;
  readonly responseBytes: Quantities;
  readonly requestBody: Quantities;
  /** Nano-dollars. */
  readonly cost: Quantities;
  readonly input: Quantities;
  readonly output: Quantities;
  readonly combinations: Combinations;
  readonly mark: HistoryMark;
  tagsOf(row: number): Tags | null;
  /** Path and query; neighbours are read together. */
  targetOf(row: number): { path: string; query: string };
  /** Row of a call; -1: none. */
  rowOf(id: number): number;
  /** First place in `order` whose call came at `at` or later. */
  placeAt(at: number): number;
}

/** Words in the order they came, so that what is counted by them lies close together. Number 0 stands for none. */
export interface Numbered {
  readonly count: number;
  numberOf(word: number): number;
  wordOf(number: number): number;
}

/** How far the reading is: of so much so much is done. */
export interface Reading {
  done: number;
  of: number;
}

/** Blocked, as our own refusals are recorded; see shared/model/failure.ts. */
const BLOCKED = 'blocked';
const OURS = 5;
/** Rows whose paths are read together. */
const NEIGHBOURS = 4096;
/** Parts of so many neighbours whose paths are kept. */
const PARTS_KEPT = 128;

/** Reads columns. Yields how far it is; give it up by not asking on. */
export function* readColumns(reader: HistoryReader, question: HistoryQuestion): Generator<Reading, History> {
  const columns = createColumns(reader, reader.historyMark());
  const parts: Part[] = [];
  for (const piece of reader.history(question)) {
    if ('rows' in piece) parts.push(columns.take(piece));
    else yield { done: piece.looked, of: piece.of };
  }
  columns.put(parts.toReversed());
  return columns.history;
}

/**
 * The same columns with what came and changed since. False: they cannot be extended (too much changed, calls are gone,
 * endpoints count as others now) and have to be read anew.
 */
export function extendColumns(
  history: History,
  reader: HistoryReader,
  question: HistoryQuestion,
  most = 20_000,
): boolean {
  const before = history.mark;
  const now = reader.historyMark();
  const first = history.id[0] ?? 0;
  if (now.kind !== before.kind || (history.rows > 0 && now.bottom > first)) return false;
  if (now.seq === before.seq) return true;
  const changed = reader.changedIds(before, most);
  if (changed === null) return false;
  const parts: Part[] = [];
  const { take, put, replace } = innards.get(history)!;
  let seen = 0;
  for (const piece of reader.history({ ...question, newest: undefined, ids: changed })) {
    if (!('rows' in piece)) continue;
    const part = take(piece);
    seen += part.rows;
    parts.push(part);
  }
  const last = history.rows === 0 ? -1 : history.id[history.rows - 1]!;
  const known = changed.filter((id) => history.rowOf(id) >= 0);
  const fresh: Part[] = [];
  let replaced = 0;
  for (const part of parts.toReversed()) {
    let begin = 0;
    while (begin < part.rows && part.id[begin]! <= last) {
      const row = history.rowOf(part.id[begin]!);
      // One that did not match before, or was not there: it would have to go in between.
      if (row < 0) return false;
      replace(part, begin, row);
      replaced += 1;
      begin += 1;
    }
    if (begin < part.rows) fresh.push({ ...part, from: begin });
  }
  // One that matched does not any more.
  if (replaced < known.length) return false;
  put(fresh, now);
  return seen >= 0;
}

/** A block with its words as combinations; rows from `from` on count. */
interface Part extends HistoryBlock {
  from: number;
  combination: Int32Array;
  bits: Uint8Array;
  throttle: Uint8Array;
}

interface Innards {
  take(block: HistoryBlock): Part;
  put(parts: readonly Part[], mark?: HistoryMark): void;
  replace(part: Part, from: number, row: number): void;
}

const innards = new WeakMap<History, Innards>();

function createColumns(reader: HistoryReader, first: HistoryMark): Innards & { history: History } {
  let rows = 0;
  let mark = first;
  let order: Uint32Array = new Uint32Array(0);
  let id = new Float64Array(0);
  let at = new Float64Array(0);
  let combination = new Int32Array(0);
  let status = new Int16Array(0);
  let throttle = new Uint8Array(0);
  let bits = new Uint8Array(0);
  let tags = new Int32Array(0);
  let site = new Int32Array(0);
  let model = new Int32Array(0);
  const quantities = {
    duration: createQuantities(),
    ttfb: createQuantities(),
    requestBytes: createQuantities(),
    responseBytes: createQuantities(),
    requestBody: createQuantities(),
    cost: createQuantities(),
    input: createQuantities(),
    output: createQuantities(),
  };
  const combinations = createCombinations({
    processName: reader.processName,
    packageOf: (word) => reader.word(word).split('\n', 1)[0] || null,
  });
  const labels = createNumbered();
  const sites = createNumbered();
  const readTags: Tags[] = [];
  const targets = new Map<number, { path: string; query: string }[]>();
  const ourWords = new Map<number, number>();

  /** Bits that words of failures and decisions stand for. */
  function bitsOf(word: number): number {
    if (word === 0) return 0;
    let known = ourWords.get(word);
    if (known === undefined) {
      const text = reader.word(word);
      known = text === BLOCKED || text === 'deny' ? ROW.refusedByUs : text === 'wait' ? ROW.waitedForUs : 0;
      ourWords.set(word, known);
    }
    return known;
  }

  const inner: Innards & { history: History } = {
    take(block) {
      const part: Part = {
        ...block,
        from: 0,
        combination: new Int32Array(block.rows),
        bits: new Uint8Array(block.rows),
        throttle: new Uint8Array(block.rows),
      };
      for (let row = 0; row < block.rows; row += 1) {
        part.combination[row] = combinations.of(block, row);
        part.tags[row] = labels.numberOf(block.tags[row]!);
        part.site[row] = sites.numberOf(block.site[row]!);
        part.throttle[row] = (block.flags[row]! >> 17) & 7;
        part.bits[row] =
          (block.failure[row] === 0 ? 0 : ROW.failed) |
          ((block.flags[row]! & 1) === 0 ? 0 : ROW.open) |
          (part.throttle[row] === OURS ? ROW.refusedByUs : 0) |
          bitsOf(block.failure[row]!) |
          bitsOf(block.decision[row]!);
      }
      for (let used = 0; used < block.metered; used += 1) part.bits[block.used[used]!]! |= ROW.metered;
      // What is in the parts now need not be held twice.
      for (const gone of ['host', 'app', 'method', 'scheme', 'port', 'endpoint', 'credential', 'process'] as const)
        part[gone] = NOTHING;
      return part;
    },

    put(parts, next) {
      const total = parts.reduce((sum, part) => sum + part.rows - part.from, rows);
      id = widen(id, total);
      at = widen(at, total);
      combination = widen(combination, total);
      status = widen(status, total);
      throttle = widen(throttle, total);
      bits = widen(bits, total);
      tags = widen(tags, total);
      site = widen(site, total);
      model = widen(model, total);
      for (const quantity of Object.values(quantities)) quantity.reserve(total);
      for (const part of parts) {
        for (let from = part.from; from < part.rows; from += 1) inner.replace(part, from, rows++);
      }
      order = orderByTime(at, rows);
      if (next) mark = next;
      targets.clear();
    },

    replace(part, from, row) {
      id[row] = part.id[from]!;
      at[row] = part.startedAt[from]!;
      combination[row] = part.combination[from]!;
      status[row] = part.status[from]!;
      throttle[row] = part.throttle[from]!;
      bits[row] = part.bits[from]!;
      tags[row] = part.tags[from]!;
      site[row] = part.site[from]!;
      const { duration, ttfb, requestBytes, responseBytes, requestBody, cost, input, output } = quantities;
      duration.set(row, part.duration[from]!);
      ttfb.set(row, part.ttfb[from]!);
      requestBytes.set(row, part.requestBytes[from]!);
      responseBytes.set(row, part.responseBytes[from]!);
      requestBody.set(row, part.requestBody[from]!);
      const used = (part.bits[from]! & ROW.metered) === 0 ? -1 : placeOf(part.used, part.metered, from);
      model[row] = used < 0 ? 0 : part.model[used]!;
      cost.set(row, used < 0 ? -1 : part.cost[used]!);
      input.set(row, used < 0 ? -1 : part.input[used]!);
      output.set(row, used < 0 ? -1 : part.output[used]!);
    },

    history: {
      ...quantities,
      combinations,
      labels,
      sites,
      get rows() {
        return rows;
      },
      get order() {
        return order;
      },
      get id() {
        return id;
      },
      get at() {
        return at;
      },
      get combination() {
        return combination;
      },
      get status() {
        return status;
      },
      get throttle() {
        return throttle;
      },
      get bits() {
        return bits;
      },
      get tags() {
        return tags;
      },
      get site() {
        return site;
      },
      get model() {
        return model;
      },
      get mark() {
        return mark;
      },
      tagsOf(row) {
        const number = tags[row]!;
        if (number === 0) return null;
        return (readTags[number] ??= JSON.parse(reader.word(labels.wordOf(number)) || '{}') as Tags);
      },
      targetOf(row) {
        const part = Math.floor(row / NEIGHBOURS);
        let known = targets.get(part);
        if (known === undefined) {
          known = reader.targets(id.subarray(part * NEIGHBOURS, Math.min(rows, (part + 1) * NEIGHBOURS)));
          if (targets.size >= PARTS_KEPT) targets.delete(targets.keys().next().value!);
          targets.set(part, known);
        }
        return known[row % NEIGHBOURS] ?? NO_TARGET;
      },
      rowOf: (wanted) => placeOf(id, rows, wanted),
      placeAt(wanted) {
        let low = 0;
        let high = rows;
        while (low < high) {
          const middle = (low + high) >> 1;
          if (at[order[middle]!]! < wanted) low = middle + 1;
          else high = middle;
        }
        return low;
      },
    },
  };
  innards.set(inner.history, inner);
  return inner;
}

function createNumbered(): Numbered {
  const numbers = new Map<number, number>([[0, 0]]);
  const words = [0];
  return {
    get count() {
      return words.length;
    },
    numberOf(word) {
      let number = numbers.get(word);
      if (number === undefined) numbers.set(word, (number = words.push(word) - 1));
      return number;
    },
    wordOf: (number) => words[number] ?? 0,
  };
}

const NOTHING = new Int32Array(0);
const NO_TARGET = { path: '', query: '' };

/** Where a value stands in ascending ones; -1: nowhere. */
function placeOf(values: Int32Array | Float64Array, count: number, wanted: number): number {
  let low = 0;
  let high = count - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const value = values[middle]!;
    if (value === wanted) return middle;
    if (value < wanted) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

function widen<T extends Float64Array | Int32Array | Int16Array | Uint8Array>(values: T, rows: number): T {
  if (rows <= values.length) return values;
  // A little more than asked for when it grows, so that a few new calls do not copy it all each time.
  const room = values.length === 0 ? rows : Math.ceil(rows * 1.05) + 64;
  const larger = new (values.constructor as new (length: number) => T)(room);
  larger.set(values);
  return larger;
}
