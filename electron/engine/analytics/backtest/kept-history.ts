import type { QueryTree } from '../../../../shared/query/tree.ts';
import type { HistoryReader } from '../../store/history-rows.ts';
import { createBeside } from './beside.ts';
import type { Beside } from './beside.ts';
import { createCallers } from './callers.ts';
import type { Caller, HostWords } from './callers.ts';
import { extendColumns, readColumns } from './history.ts';
import type { History, Reading } from './history.ts';

export interface WhichCalls {
  since: number;
  until: number;
  tree: QueryTree | null;
  newest?: number | undefined;
  /** When it is asked, microseconds since the epoch: what reaches up to here goes on growing. */
  now: number;
}

/** Columns with what is looked up beside them. */
export interface Recorded {
  history: History;
  callerOf: (combination: number) => Caller;
  beside: Beside;
  /** Places in `history.order` of the calls asked for. */
  from: number;
  to: number;
}

/** Columns are kept while somebody tunes. */
export interface KeptHistory {
  read(which: WhichCalls): Generator<Reading, Recorded>;
  /** What people say of apps and vendors changed: words are looked up anew. */
  forgetWords(): void;
  /** Lets go of all columns. */
  drop(): void;
  readonly rows: number;
}

interface Kept {
  key: string;
  since: number;
  /** Infinity: it grows. */
  until: number;
  history: History;
  words: { callerOf: (combination: number) => Caller; beside: Beside } | null;
  usedAt: number;
}

/** Two people, or a page and its preview. */
const MOST_KEPT = 2;
/** Over all that is kept; some sixty bytes each. */
const MOST_ROWS = 5_000_000;
/** What ends no longer ago than this goes on. */
const STILL_NOW = 60_000_000;

export function createKeptHistory(reader: HistoryReader, hostWords: () => (host: string) => HostWords): KeptHistory {
  let kept: Kept[] = [];
  let counter = 0;

  function placesIn({ history }: Kept, { since, until, newest }: WhichCalls): { from: number; to: number } {
    const to = history.placeAt(until);
    const from = history.placeAt(since);
    return { from: newest === undefined ? from : Math.max(from, to - newest), to };
  }

  function makeRoom(rows: number): void {
    kept.sort((a, b) => b.usedAt - a.usedAt);
    let total = rows;
    kept = kept.filter(({ history }, index) => index < MOST_KEPT - 1 && (total += history.rows) <= MOST_ROWS);
  }

  return {
    *read(which) {
      const { since, until, tree, newest, now } = which;
      const key = JSON.stringify([tree, newest ?? null]);
      const end = until >= now - STILL_NOW ? Infinity : until;
      let one = kept.find((other) => other.key === key && other.since <= since && other.until >= end);
      if (one && !extendColumns(one.history, reader, { since: one.since, until: Math.min(one.until, LAST), tree })) {
        kept = kept.filter((other) => other !== one);
        one = undefined;
      }
      if (!one) {
        const history = yield* readColumns(reader, { since, until: end === Infinity ? LAST : end, tree, newest });
        one = { key, since, until: end, history, words: null, usedAt: 0 };
        makeRoom(history.rows);
        kept.push(one);
      }
      one.usedAt = ++counter;
      one.words ??= {
        callerOf: createCallers(one.history.combinations, reader, hostWords()),
        beside: createBeside(one.history, reader),
      };
      return { history: one.history, ...one.words, ...placesIn(one, which) };
    },
    forgetWords() {
      for (const one of kept) one.words = null;
    },
    drop() {
      kept = [];
    },
    get rows() {
      return kept.reduce((sum, { history }) => sum + history.rows, 0);
    },
  };
}

const LAST = Number.MAX_SAFE_INTEGER;
