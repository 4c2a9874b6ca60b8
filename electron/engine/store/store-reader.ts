import { statSync } from 'node:fs';
import { join } from 'node:path';
import { toCall } from '../../../shared/events/fold.ts';
import { headerValue } from '../../../shared/events/header-lines.ts';
import type { Call, Message } from '../../../shared/model/call.ts';
import type { ProcessIdentity } from '../../../shared/model/caller.ts';
import type { CallSummary } from '../../../shared/model/call-summary.ts';
import { compileFilter } from '../../../shared/query/evaluate.ts';
import type { QueryTree } from '../../../shared/query/tree.ts';
import { readIdentity } from './process-rows.ts';
import { readCoverage, readCoverageHours, readNotSeen } from './coverage-rows.ts';
import type { CoverageSum, NotSeenConnections } from './coverage-rows.ts';
import { createDetailsSource } from './details-source.ts';
import { BODIES_MIGRATIONS, CALLS_MIGRATIONS } from './migrations/index.ts';
import { fileIdentity, openForReading, usedBytes } from './open.ts';
import type { Db } from './open.ts';
import { readIds } from './packing.ts';
import { createBodyReader } from './read-bodies.ts';
import type { BodyReader } from './read-bodies.ts';
import { countFacets } from './count-facets.ts';
import type { FacetQuestion, Facets } from './count-facets.ts';
import { countOverTime, stepsOf } from './count-over-time.ts';
import type { Histogram, HistogramQuestion } from './count-over-time.ts';
import type { DetailsSource, Stored } from './matching.ts';
import type { PictureReader, Recognise } from './picture-rows.ts';
import { readApps } from './read-apps.ts';
import type { SeenApps } from './read-apps.ts';
import { readSummaries, searchCalls } from './read-calls.ts';
import type { Search } from './read-calls.ts';
import { sortCalls } from './sorted-calls.ts';
import { readEdges } from './read-edges.ts';
import { readDecisions } from './decision-sums.ts';
import type { HistoryReader } from './history-rows.ts';
import { readPast } from './read-history.ts';
import { readMetered, readRepricings } from './read-metered.ts';
import { readPoliciesKept, readPolicyVersion, readPolicyVersions } from './policy-versions.ts';
import type { PoliciesKept, PolicyVersionRow, PolicyVersionText } from './policy-versions.ts';
import { readRepeatable } from './read-repeatable.ts';
import { readSpending } from './read-spending.ts';
import {
  readAddresses,
  readDeprecations,
  readHosts,
  readLimits,
  readSightings,
  readThrottles,
  readVersions,
} from './read-vendor-words.ts';
import { readRecord } from './read-details.ts';
import { readEndpoints } from './read-endpoints.ts';
import type { Endpoints } from './read-endpoints.ts';
import { readOverview } from './read-rollups.ts';
import type { Overview } from './read-rollups.ts';
import { prepared } from './read-rows.ts';
import { createWordReader } from './word-reader.ts';
import type { WordReader } from './word-reader.ts';

/** A stored body: bytes as on the wire, or decoded and redacted when there was a secret in it. */
export interface StoredBody {
  bytes: Uint8Array;
  contentType: string | null;
  /** Null when the bytes are decoded. */
  contentEncoding: string | null;
  truncated: 'limit' | 'shed' | 'cut' | null;
  redacted: boolean;
}

export interface StorageReport {
  calls: number;
  openCalls: number;
  oldestStartedAt: number | null;
  /** Bytes on disk, logs included. */
  callBytes: number;
  bodyBytes: number;
  /** Bytes that count against the budget: without logs and free room. */
  callsUsed: number;
  bodiesUsed: number;
  bodies: number;
  gaps: { from: number; to: number; calls: number; reason: string }[];
}

/** Calls found, and per call the values of the headers asked for. */
export interface FoundCalls {
  calls: CallSummary[];
  more: boolean;
  headers?: (string | null)[][];
}

/** All questions to the stored calls. Those that may take long are generators that pause now and then. */
export interface StoreReader extends PictureReader, HistoryReader {
  search(search: Search): Generator<void, FoundCalls>;
  /** Yields the counts so far now and then. */
  histogram(question: HistogramQuestion): Generator<Histogram | void, Histogram>;
  facets(question: FacetQuestion): Generator<void, Facets>;
  changedSince(question: { seq: number; limit: number; tree: QueryTree | null }): { seq: number; calls: CallSummary[] };
  /** The calls of these ids that there are. */
  named(ids: readonly number[]): CallSummary[];
  call(id: number): Call | null;
  body(id: number, side: 'request' | 'response'): StoredBody | null;
  messages(call: number, after: number, limit: number): Message[];
  overview(since: number, until: number): Overview | null;
  endpoints(since: number, until: number): Generator<void, Endpoints | null>;
  /** Every app that was ever seen with what it did in a span; null while nothing is stored. */
  apps(span: { since: number; until: number }): SeenApps | null;
  /** Shows apps under other names from now on: recorded name → shown name. */
  setAppNames(names: Readonly<Record<string, string>>): void;
  /** Tells vendors and services of hosts in this way from now on; nobody's by default. Give another function when it changed. */
  setRecognise(recognise: Recognise): void;
  /** What was seen of a span and what was not; null when nobody looked. */
  coverage(span: { since: number; until: number }): CoverageSum | null;
  coverageHours(span: { since: number; until: number }): ({ start: number } & CoverageSum)[];
  notSeen(question: { since: number; until: number; app?: string | undefined; limit: number }): {
    notSeen: NotSeenConnections[];
    more: boolean;
  };
  storage(): StorageReport;
  policyVersions(): PolicyVersionRow[];
  policyVersion(version: number): PolicyVersionText | null;
  policiesKept(): PoliciesKept;
  close(): void;
}

interface Open {
  db: Db;
  identity: string | null;
}

/** How long an answer to "is it still the same file?" holds. */
const LOOK_AGAIN_MS = 1000;

export function createStoreReader(dataDir: string): StoreReader {
  const callsPath = join(dataDir, 'calls.db');
  const bodiesPath = join(dataDir, 'bodies.db');
  let calls: (Open & { words: WordReader; details: DetailsSource }) | null = null;
  let bodies: (Open & { reader: BodyReader }) | null = null;
  let lookedAt = 0;
  let appNames: ReadonlyMap<string, string> = new Map();
  let recognise: Recognise = () => null;

  /** Opens what is there now; a damaged database may have been replaced by a new one meanwhile. */
  function open(): typeof calls {
    const now = Date.now();
    if (calls && bodies && now - lookedAt < LOOK_AGAIN_MS) return calls;
    lookedAt = now;
    if (!bodies || bodies.identity !== fileIdentity(bodiesPath)) {
      bodies?.db.close();
      const db = openForReading({ path: bodiesPath, migrations: BODIES_MIGRATIONS });
      bodies = db && { db, identity: fileIdentity(bodiesPath), reader: createBodyReader(db) };
      if (calls) calls.details = createDetailsSource(calls.db, bodies?.reader ?? null);
    }
    if (!calls || calls.identity !== fileIdentity(callsPath)) {
      calls?.db.close();
      const db = openForReading({ path: callsPath, migrations: CALLS_MIGRATIONS });
      calls = db && {
        db,
        identity: fileIdentity(callsPath),
        words: createWordReader(
          db,
          () => appNames,
          () => recognise,
        ),
        details: createDetailsSource(db, bodies?.reader ?? null),
      };
    }
    return calls;
  }

  function openStored(): Stored | null {
    const opened = open();
    return opened && { calls: opened.db, bodies: bodies?.db ?? null, words: opened.words, details: opened.details };
  }

  return {
    *search(search) {
      const stored = openStored();
      if (!stored) return { calls: [], more: false, ...(search.headers && { headers: [] }) };
      const { sort, limit, headers } = search;
      const found = yield* sort ? sortCalls(stored, { ...search, sort }) : searchCalls(stored, search);
      const shown = found.slice(0, limit);
      const values: (string | null)[][] = [];
      for (const { row } of headers ? shown : []) {
        const { request, response } = stored.details.lines(row.id, row.page);
        values.push(headers!.map((name) => headerValue(response, name) ?? headerValue(request, name)));
        yield;
      }
      return { calls: shown.map(({ call }) => call), more: found.length > limit, ...(headers && { headers: values }) };
    },

    *histogram(question) {
      const stored = openStored();
      if (stored) return yield* countOverTime(stored, question);
      const { since, until, step } = stepsOf(question.since, question.until, question.steps);
      return {
        since,
        until,
        step,
        steps: Array.from({ length: (until - since) / step }, () => [0, 0, 0, 0, 0, 0] as const).map((counts) => [
          ...counts,
        ]),
        matched: 0,
        done: true,
      };
    },

    *facets(question) {
      const stored = openStored();
      if (stored) return yield* countFacets(stored, question);
      return { counted: 0, complete: true, facets: question.fields.map((field) => ({ field, values: [], others: 0 })) };
    },

    changedSince({ seq, limit, tree }) {
      const opened = open();
      if (!opened) return { seq: 0, calls: [] };
      const { db, words, details } = opened;
      const last =
        (prepared(db, "SELECT value FROM meta WHERE name = 'seq'").get() as { value: number } | undefined)?.value ?? 0;
      if (seq >= last) return { seq: last, calls: [] };
      const ids = new Map<number, number>(); // call → its latest change up to here
      let reached = seq;
      for (const row of prepared(db, 'SELECT seq, ids FROM commits WHERE seq > ? ORDER BY seq').iterate(
        seq,
      ) as IterableIterator<{ seq: number; ids: Buffer }>) {
        const changed = readIds(row.ids);
        const first = row.seq - changed.length + 1;
        for (let index = Math.max(0, seq + 1 - first); index < changed.length && ids.size < limit; index += 1) {
          ids.delete(changed[index]!);
          ids.set(changed[index]!, first + index);
          reached = first + index;
        }
        if (ids.size >= limit) break;
      }
      const accepts = compileFilter(tree);
      return {
        seq: reached,
        calls: readSummaries(db, words, [...ids.keys()])
          .filter(({ call, row }) => accepts(call, details.of(row)))
          .map(({ call }) => call),
      };
    },

    named(ids) {
      const opened = open();
      return opened ? readSummaries(opened.db, opened.words, ids).map(({ call }) => call) : [];
    },

    call(id) {
      const opened = open();
      const record = opened && readRecord(opened.db, id);
      if (!opened || !record) return null;
      const { pinned, note } = opened.words.marksOf(id);
      if (record.app !== null) record.app = appNames.get(record.app) ?? record.app;
      const { host, endpoint } = readTarget(opened.db, id);
      return {
        ...toCall(record, { pinned: pinned === 1, note }, readCaller(opened.db, id)),
        ...opened.words.ownerOf(host),
        endpoint: endpoint === null ? null : opened.words.text(opened.words.endpointOf(host, endpoint)),
      };
    },

    body(id, side) {
      const opened = open();
      const record = opened && readRecord(opened.db, id);
      const tally = record?.[side];
      if (!record || !tally || tally.captured === null) return null;
      const stored = bodies?.reader.body(tally.captured);
      if (!stored) return null;
      const lines = side === 'request' ? record.requestLines : record.responseLines;
      return {
        bytes: new Uint8Array(stored.bytes),
        contentType: headerValue(lines, 'content-type'),
        contentEncoding: stored.coding,
        truncated: tally.truncated,
        redacted: stored.redacted,
      };
    },

    messages(call, after, limit) {
      open();
      return bodies?.reader.messages(call, after, limit) ?? [];
    },

    overview(since, until) {
      const opened = open();
      return opened && readOverview(opened.db, opened.words, since, until);
    },

    *endpoints(since, until) {
      const opened = open();
      return opened && (yield* readEndpoints(opened.db, opened.words, since, until));
    },

    apps(span) {
      const opened = open();
      return opened && readApps(opened.db, opened.words, span);
    },

    setAppNames(names) {
      appNames = new Map(Object.entries(names).filter(([recorded, shown]) => recorded !== shown));
    },

    setRecognise(given) {
      recognise = given;
    },

    edges(span) {
      const opened = open();
      return opened ? readEdges(opened.db, opened.words, span) : [];
    },

    spending(question) {
      const opened = open();
      return opened ? readSpending(opened.db, opened.words, question) : [];
    },

    sightings({ hosts }) {
      const opened = open();
      return opened ? readSightings(opened.db, opened.words, hosts) : [];
    },

    hosts() {
      const opened = open();
      return opened ? readHosts(opened.db) : [];
    },

    addresses() {
      const opened = open();
      return opened ? readAddresses(opened.db) : new Map<string, string>();
    },

    versions() {
      const opened = open();
      return opened ? readVersions(opened.db, opened.words) : [];
    },

    deprecations() {
      const opened = open();
      return opened ? readDeprecations(opened.db, opened.words) : [];
    },

    limits(question) {
      const opened = open();
      return opened ? readLimits(opened.db, opened.words, question) : [];
    },

    throttles(span) {
      const opened = open();
      return opened ? readThrottles(opened.db, opened.words, span) : [];
    },
    decisionSums(span) {
      const opened = open();
      return opened ? readDecisions(opened.db, opened.words, span) : [];
    },

    *metered(question) {
      const opened = open();
      return opened ? yield* readMetered(opened.db, opened.words, question) : { calls: [], more: false };
    },

    *repeatable(span) {
      const opened = open();
      return opened
        ? yield* readRepeatable(opened.db, opened.words, opened.details, span)
        : { gets: [], complete: true };
    },

    policyVersions() {
      const opened = open();
      return opened ? readPolicyVersions(opened.db) : [];
    },

    policyVersion(version) {
      const opened = open();
      return opened ? readPolicyVersion(opened.db, version) : null;
    },

    policiesKept() {
      const opened = open();
      return opened ? readPoliciesKept(opened.db) : { newest: null, changedAt: {} };
    },

    repricings() {
      const opened = open();
      return opened ? readRepricings(opened.db) : [];
    },

    ...readPast(openStored),

    coverage(span) {
      const opened = open();
      return opened && readCoverage(opened.db, span);
    },

    coverageHours(span) {
      const opened = open();
      return opened ? readCoverageHours(opened.db, span) : [];
    },

    notSeen(question) {
      const opened = open();
      return opened ? readNotSeen(opened.db, opened.words, question) : { notSeen: [], more: false };
    },

    storage() {
      const opened = open();
      const db = opened?.db;
      const meta = (name: string): number => {
        const row = db && prepared(db, 'SELECT value FROM meta WHERE name = ?').get(name);
        return (row as { value: number } | undefined)?.value ?? 0;
      };
      return {
        calls: meta('calls'),
        openCalls: db
          ? (prepared(db, 'SELECT COUNT(*) AS count FROM loose WHERE open = 1').get() as { count: number }).count
          : 0,
        oldestStartedAt: db
          ? ((
              prepared(db, 'SELECT started_at FROM calls ORDER BY id LIMIT 1').get() as
                | { started_at: number }
                | undefined
            )?.started_at ?? null)
          : null,
        callBytes: sizeOf(callsPath),
        bodyBytes: sizeOf(bodiesPath),
        callsUsed: db ? usedBytes(db) : 0,
        bodiesUsed: bodies ? usedBytes(bodies.db) : 0,
        bodies: bodies
          ? (prepared(bodies.db, 'SELECT COUNT(*) AS count FROM bodies').get() as { count: number }).count
          : 0,
        gaps: db
          ? (prepared(
              db,
              'SELECT from_at AS "from", to_at AS "to", calls, reason FROM gaps ORDER BY id DESC LIMIT 100',
            ).all() as StorageReport['gaps'])
          : [],
      };
    },

    close() {
      calls?.db.close();
      bodies?.db.close();
      calls = null;
      bodies = null;
    },
  };
}

/** Who is behind the process of a call. */
function readCaller(db: Db, id: number): ProcessIdentity | null {
  const row = prepared(db, 'SELECT process FROM calls WHERE id = ?').get(id) as { process: number | null } | undefined;
  return row === undefined || row.process === null ? null : readIdentity(db, row.process);
}

/** The words of a call's host and endpoint. */
function readTarget(db: Db, id: number): { host: number; endpoint: number | null } {
  return (
    (prepared(db, 'SELECT host, endpoint FROM calls WHERE id = ?').get(id) as
      | { host: number; endpoint: number | null }
      | undefined) ?? { host: 0, endpoint: null }
  );
}

function sizeOf(path: string): number {
  return ['', '-wal'].reduce((sum, suffix) => sum + (statSync(path + suffix, { throwIfNoEntry: false })?.size ?? 0), 0);
}
