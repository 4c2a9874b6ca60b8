import type { Api } from '../client/api.ts';
import type { Signal } from '../client/signal.ts';
import { createSignal } from '../client/signal.ts';
import type { CallSummary } from '../../shared/model/call-summary.ts';
import { mergeRows, openSpan } from './window-rows.ts';

export type SortField = NonNullable<Parameters<Api['calls']['list']>[0]['sort']>;

/** What the window shows: calls that pass a filter, by arrival or, the first of them, in another order. */
export interface WindowQuestion {
  /** A filter that can be read; '' for everything. */
  query: string;
  sort: SortField | null;
  descending: boolean;
  /** Names of headers, lower case, whose values are shown too. */
  headers: readonly string[];
}

/** The rows and what is known of them. The arrays are changed in place: `version` says that they were. */
export interface CallWindowState {
  version: number;
  /** By rising id; in the order asked for when sorted. */
  rows: readonly CallSummary[];
  /** Rises by one with every row let go at the old end: `base + index` names a row's place for as long as it is shown. */
  base: number;
  /** Whether there are more calls before the first row, after the last one. */
  older: boolean;
  newer: boolean;
  /** Calls that came since the window was let loose (see `follow`). */
  arrived: number;
  /** Changes went by uncounted, so `arrived` may be too low; sorted rows may be out of date. */
  missed: boolean;
  /** `asking`: the rows are still those of the question before. */
  phase: 'asking' | 'ready' | 'failed';
  error: unknown;
  /** Values of the headers asked for, by call. */
  headers: ReadonlyMap<number, readonly (string | null)[]>;
}

export interface CallWindow {
  state: Pick<Signal<CallWindowState>, 'get' | 'watch'>;
  /** Shows something else; what runs for the question before is given up. The same question again does nothing. */
  ask(question: WindowQuestion): void;
  /** Asks everything anew: after calls were deleted, or to try again. */
  reload(): void;
  /** Brings in the next page beyond an end. */
  extend(end: 'older' | 'newer'): void;
  jump(to: 'oldest' | 'newest'): void;
  /** True while the newest calls are in sight: then old rows make room for new ones, otherwise new ones wait outside. */
  follow(on: boolean): void;
  /** Fetches values of headers for rows in sight that have none yet. */
  fillHeaders(from: number, to: number): void;
  forget(ids: ReadonlySet<number>): void;
  close(): void;
}

export interface WindowParts {
  api: { calls: Pick<Api['calls'], 'list' | 'changes' | 'watch'> };
  connection: Pick<Signal<string>, 'get' | 'watch'>;
  /** Runs work before the next picture is drawn; gives how to take it back. */
  nextFrame: (work: () => void) => () => void;
  /** Runs work later; gives how to take it back. */
  later: (work: () => void, ms: number) => () => void;
  /** Rows kept in memory. */
  most?: number;
}

/** Rows of the first page, of further ones, and changes pulled at once. */
const FIRST = 200;
const PAGE = 500;
const CHANGES = 1000;
/** Rows of a sorted list: the contract's most. */
const SORTED = 1000;
/** Time between two looks at a sorted list, and before a broken stream is tried again. */
const SORT_AGAIN_MS = 2000;
const RETRY_MS = 1000;

/**
 * A live window of the recorded calls, bounded: pages by cursor, changes pulled after each notice, far rows let go and asked
 * for again. It outlives a lost connection. No framework: `state` is watched.
 */
export function createCallWindow({ api, connection, nextFrame, later, most = 20_000 }: WindowParts): CallWindow {
  let question: WindowQuestion | null = null;
  let rows: CallSummary[] = [];
  let headers = new Map<number, readonly (string | null)[]>();
  let base = 0;
  let older = false;
  let newer = false;
  let arrived = 0;
  let missed = false;
  let following = true;
  let phase: CallWindowState['phase'] = 'asking';
  let error: unknown = null;
  let version = 0;
  /** How far changes were pulled, and how far there are any. */
  let seq = 0;
  let latest = 0;
  /** Highest id counted as arrived. */
  let counted = 0;
  let pulling = false;
  let extending: 'older' | 'newer' | null = null;
  let filling = false;
  /** Ends whatever runs for the present question. */
  let run = new AbortController();
  /** Ends the stream of notices. */
  let stream: AbortController | null = null;
  let takeBack: (() => void) | null = null;
  let resort: (() => void) | null = null;
  let closed = false;

  const state = createSignal<CallWindowState>(snapshot());

  function snapshot(): CallWindowState {
    version += 1;
    return { version, rows, base, older, newer, arrived, missed, phase, error, headers };
  }

  /** Tells watchers once a frame, whatever happened in it. */
  function tell(): void {
    takeBack ??= nextFrame(() => {
      takeBack = null;
      state.set(snapshot());
    });
  }

  function within<T extends object>(more: T): T & { query?: string } {
    return question && question.query !== '' ? { ...more, query: question.query } : more;
  }

  function keepHeaders(calls: readonly CallSummary[], values: readonly (string | null)[][] | undefined): void {
    values?.forEach((value, index) => {
      const call = calls[index];
      if (call && call.state === 'closed') headers.set(call.id, value);
    });
  }

  const wantedHeaders = (): { headers?: string[] } =>
    question && question.headers.length > 0 ? { headers: [...question.headers] } : {};

  /** Asks the first page anew. What is shown stays until the answer is there. */
  async function load(from: 'newest' | 'oldest' = 'newest'): Promise<void> {
    if (!question || closed) return;
    run.abort();
    run = new AbortController();
    const { signal } = run;
    extending = null;
    resort?.();
    resort = null;
    phase = 'asking';
    tell();
    const { sort, descending } = question;
    try {
      const end = await api.calls.changes({ limit: 1 }, { signal });
      const oldestFirst = from === 'oldest';
      const page = await api.calls.list(
        within({
          ...wantedHeaders(),
          ...(sort ? { sort, descending, limit: SORTED } : { limit: FIRST, oldestFirst }),
        }),
        { signal },
      );
      if (signal.aborted) return;
      headers = new Map();
      keepHeaders(page.calls, page.headers);
      rows = sort || oldestFirst ? page.calls : page.calls.reverse();
      base = 0;
      older = sort === null && !oldestFirst && page.more;
      newer = oldestFirst && page.more;
      seq = end.seq;
      latest = Math.max(latest, seq);
      counted = rows.at(-1)?.id ?? 0;
      arrived = 0;
      missed = false;
      phase = 'ready';
      error = null;
    } catch (fault) {
      if (signal.aborted) return;
      phase = 'failed';
      error = fault;
    }
    tell();
    void pull();
  }

  /** Pulls what changed, one page after the other, until there is no more. */
  async function pull(): Promise<void> {
    if (pulling || phase !== 'ready' || !question || latest <= seq) return;
    if (question.sort) return sortAgain();
    pulling = true;
    const { signal } = run;
    try {
      while (latest > seq && !signal.aborted) {
        // Too much happened: the newest page says more than a crawl through everything.
        if (latest - seq > 2 * CHANGES) {
          await leap(signal);
          continue;
        }
        const span = question.query === '' ? null : openSpan(rows);
        const answer = await api.calls.changes(within({ seq, limit: CHANGES }), { signal });
        const gone =
          span === null
            ? null
            : await api.calls.changes(
                { seq, limit: CHANGES, query: `not (${question.query}) id:${span.low}..${span.high}` },
                { signal },
              );
        if (signal.aborted) break;
        if (gone) drop(new Set(gone.calls.map(({ id }) => id)));
        put(answer.calls);
        if (answer.seq <= seq) {
          // Another data folder, or one that was emptied: numbers began anew.
          if (answer.seq < seq) void load();
          break;
        }
        seq = answer.seq;
        tell();
      }
    } catch {
      // The connection went away: the next notice, or its return, pulls again.
    } finally {
      pulling = false;
    }
    if (signal.aborted && run.signal !== signal) void pull();
  }

  /** Skips changes. In sight of the newest calls these are asked for; else they are left outside and said to be missed. */
  async function leap(signal: AbortSignal): Promise<void> {
    const to = latest;
    if (following && !newer) {
      const page = await api.calls.list(within({ ...wantedHeaders(), limit: FIRST }), { signal });
      if (signal.aborted) return;
      keepHeaders(page.calls, page.headers);
      const first = page.calls.at(-1)?.id ?? 0;
      const last = rows.at(-1)?.id ?? 0;
      if (first > last && page.more) {
        base += rows.length;
        rows = [];
        older = true;
      }
      put(page.calls.reverse());
    } else {
      newer = true;
      missed = true;
    }
    const span = openSpan(rows);
    if (span) {
      const again = await api.calls.list(
        within({ after: Math.max(1, span.low - 1), before: span.high + 1, oldestFirst: true, limit: CHANGES }),
        { signal },
      );
      if (signal.aborted) return;
      const there = new Set(again.calls.map(({ id }) => id));
      const reached = again.more ? (again.calls.at(-1)?.id ?? 0) : span.high;
      drop(
        new Set(
          rows
            .filter(({ id, state }) => state === 'open' && id <= reached && id > 1 && !there.has(id))
            .map(({ id }) => id),
        ),
      );
      put(again.calls);
    }
    seq = Math.max(seq, to);
    tell();
  }

  function put(calls: readonly CallSummary[]): void {
    if (calls.length === 0) return;
    const first = rows[0]?.id ?? 0;
    const last = rows.at(-1)?.id ?? 0;
    const fitting: CallSummary[] = [];
    for (const call of calls) {
      if (call.id > counted) {
        counted = call.id;
        if (!following) arrived += 1;
      }
      if (older && call.id < first) continue;
      if (newer && call.id > last) continue;
      fitting.push(call);
    }
    fitting.sort((a, b) => a.id - b.id);
    const before = fitting.findIndex(({ id }) => id > first);
    const inFront = rows.length === 0 ? 0 : before < 0 ? fitting.filter(({ id }) => id < first).length : before;
    mergeRows(rows, fitting);
    base -= inFront;
    trim(following ? 'older' : 'newer');
  }

  /** Keeps the window within its bounds, with some slack so that not every call moves all rows. */
  function trim(end: 'older' | 'newer'): void {
    if (rows.length <= most * 1.1) return;
    const surplus = rows.length - most;
    const let_go = end === 'older' ? rows.splice(0, surplus) : rows.splice(most);
    for (const { id } of let_go) headers.delete(id);
    if (end === 'older') {
      base += surplus;
      older = true;
    } else newer = true;
  }

  function drop(ids: ReadonlySet<number>): void {
    if (ids.size === 0) return;
    const first = rows[0];
    rows = rows.filter(({ id }) => !ids.has(id));
    if (first && ids.has(first.id)) base += 1;
    tell();
  }

  /** A sorted list is looked at again now and then while its first rows are in sight. */
  function sortAgain(): void {
    missed = true;
    if (following && !resort) {
      resort = later(() => {
        resort = null;
        void loadSorted();
      }, SORT_AGAIN_MS);
    }
    tell();
  }

  async function loadSorted(): Promise<void> {
    const { signal } = run;
    if (!question?.sort || !following) return;
    const { sort, descending } = question;
    const reached = latest;
    try {
      const page = await api.calls.list(within({ ...wantedHeaders(), sort, descending, limit: SORTED }), { signal });
      if (signal.aborted) return;
      keepHeaders(page.calls, page.headers);
      rows = page.calls;
      seq = reached;
      missed = latest > seq;
      tell();
      void pull();
    } catch {
      // As in `pull`.
    }
  }

  async function extend(end: 'older' | 'newer'): Promise<void> {
    if (extending || phase !== 'ready' || !question || question.sort || !(end === 'older' ? older : newer)) return;
    extending = end;
    const { signal } = run;
    const edge = end === 'older' ? rows[0]?.id : rows.at(-1)?.id;
    try {
      const page = await api.calls.list(
        within({
          ...wantedHeaders(),
          limit: PAGE,
          ...(edge === undefined ? {} : end === 'older' ? { before: edge } : { after: edge }),
          oldestFirst: end === 'newer',
        }),
        { signal },
      );
      if (signal.aborted) return;
      keepHeaders(page.calls, page.headers);
      if (end === 'older') {
        const fresh = page.calls.reverse();
        rows.unshift(...fresh);
        base -= fresh.length;
        older = page.more;
      } else {
        mergeRows(rows, page.calls);
        newer = page.more;
      }
      trim(end === 'older' ? 'newer' : 'older');
      tell();
    } catch {
      // Scrolling there again asks again.
    } finally {
      if (!signal.aborted) extending = null;
    }
    // What came while the end was open is not among the changes still to come.
    if (end === 'newer' && !newer && following) settle();
  }

  function settle(): void {
    arrived = 0;
    missed = false;
    counted = Math.max(counted, rows.at(-1)?.id ?? 0);
    tell();
  }

  async function fillHeaders(from: number, to: number): Promise<void> {
    if (filling || phase !== 'ready' || !question || question.headers.length === 0) return;
    const wanted = rows.slice(from, to + 1).filter(({ id, state: now }) => now === 'closed' && !headers.has(id));
    if (wanted.length === 0 || question.sort) return;
    filling = true;
    const { signal } = run;
    try {
      const page = await api.calls.list(
        within({
          ...wantedHeaders(),
          oldestFirst: true,
          limit: Math.min(CHANGES, to - from + 1),
          ...((wanted[0]?.id ?? 1) > 1 && { after: (wanted[0]?.id ?? 2) - 1 }),
          before: (wanted.at(-1)?.id ?? 0) + 1,
        }),
        { signal },
      );
      if (signal.aborted) return;
      keepHeaders(page.calls, page.headers);
      // What is not among them has none that can be known: not asked for again.
      for (const { id } of wanted) if (!headers.has(id)) headers.set(id, []);
      headers = new Map(headers);
      tell();
    } catch {
      // Asked again with the next look.
    } finally {
      filling = false;
    }
  }

  /** Follows notices for as long as the connection lasts. */
  async function listen(): Promise<void> {
    if (stream || closed) return;
    const own = new AbortController();
    stream = own;
    try {
      for await (const notice of await api.calls.watch(undefined, { signal: own.signal })) {
        latest = Math.max(latest, notice.seq);
        void pull();
      }
    } catch {
      // Told by the connection's state; a stream that broke alone is opened again below.
    }
    if (stream === own) stream = null;
    if (!own.signal.aborted && !closed) later(() => connection.get() === 'open' && void listen(), RETRY_MS);
  }

  /** After an interruption: learns where the end is now, and goes on from where we were. */
  async function resume(): Promise<void> {
    stream?.abort();
    stream = null;
    void listen();
    if (!question) return;
    if (phase !== 'ready') return void load();
    try {
      const end = await api.calls.changes({ limit: 1 });
      if (end.seq < seq) return void load();
      latest = Math.max(latest, end.seq);
      void pull();
    } catch {
      // Lost again; the next return resumes.
    }
  }

  const unwatch = connection.watch(() => {
    if (connection.get() === 'open') void resume();
    else {
      stream?.abort();
      stream = null;
    }
  });
  if (connection.get() === 'open') void listen();

  return {
    state,
    ask(next) {
      if (JSON.stringify(question) === JSON.stringify(next)) return;
      question = next;
      void load();
    },
    reload: () => void load(),
    extend: (end) => void extend(end),
    jump(to) {
      if (to === 'newest' && !newer && phase === 'ready') settle();
      else if (to === 'oldest' && !older) tell();
      else void load(to);
    },
    follow(on) {
      if (on === following) return;
      following = on;
      if (!on) counted = Math.max(counted, rows.at(-1)?.id ?? 0);
      else if (question?.sort) void pull();
      else if (newer) void load();
      else settle();
    },
    fillHeaders: (from, to) => void fillHeaders(from, to),
    forget(ids) {
      drop(ids);
    },
    close() {
      closed = true;
      run.abort();
      stream?.abort();
      takeBack?.();
      resort?.();
      unwatch();
    },
  };
}
