import type { Identified } from '../../../shared/events/call-event.ts';
import type { CallRecord } from '../../../shared/events/fold.ts';
import type { ProcessIdentity } from '../../../shared/model/caller.ts';
import { createAmender } from './amend-calls.ts';
import { createSummaries } from './block-summaries.ts';
import { summariseCaller, summariseRow, summariseUsage } from './blocks.ts';
import { ByteWriter } from './byte-writer.ts';
import { rowOf } from './call-row.ts';
import { writeDetails } from './details-codec.ts';
import { createGapsWriter } from './gaps.ts';
import { createDetailsIndexer } from './index-pages.ts';
import { pack, packIds } from './packing.ts';
import { isByAgent } from './codes.ts';
import type { Db } from './open.ts';
import { createCoverageWriter, type CoverageReport } from './coverage-rows.ts';
import { createFacetSums } from './facet-sums.ts';
import { createCallsRemover, type CallsRemover } from './calls-remover.ts';
import { createAliasWriter } from './endpoint-aliases.ts';
import { createMarker, type Marking } from './marks.ts';
import { makePastEdges } from './past-edges.ts';
import type { CostChange, EndpointMerge, RepricingRecord } from './picture-rows.ts';
import { addPolicyVersion, readPoliciesKept } from './policy-versions.ts';
import type { PoliciesKept, PolicyVersionText } from './policy-versions.ts';
import { createPictureSums } from './picture-sums.ts';
import { createProcessRows } from './process-rows.ts';
import { readStoredMetering } from './read-details.ts';
import { createRepricer } from './reprice-calls.ts';
import { createRollups } from './rollups.ts';
import { createWordSweeper } from './sweep-words.ts';
import { changesSince } from './uncounted.ts';
import { createRowWriter, createUsageWriter } from './write-rows.ts';
import { createVendorWords } from './vendor-words.ts';
import { createWords } from './words.ts';
import { readRow } from './read-rows.ts';

/** What one transaction writes. Writing the same batch again gives the same rows. */
export interface CallBatch {
  /** Open calls that are new or changed. */
  open: readonly CallRecord[];
  closed: readonly CallRecord[];
  gaps: readonly { from: number; to: number; calls: number; reason: string }[];
  /** Who made calls whose rows are there already. */
  late?: readonly Identified[];
  /** Who processes are, by their keys. */
  processes?: ReadonlyMap<string, ProcessIdentity>;
  /** Endpoints that count as others from now on. */
  merges?: readonly EndpointMerge[];
  /** What the namer of endpoints learned, for the next start; null when nothing changed. */
  learned?: string | null;
  /** The highest call id handed out, and the highest body id: kept so that ids are never used twice. */
  callHigh: number;
  bodyHigh: number;
}

export interface CallsWriter {
  /** Writes a batch in one transaction; gives the sequence number of its last change. Throws SQLite's errors. */
  commit(batch: CallBatch, now: number, flushRollups: boolean): number;
  /** Packs loose details and writes summaries that wait; for quiet moments and the end. */
  settle(): void;
  /** Whether `settle` has something to do. */
  unsettled(): boolean;
  /** Makes the search filter of one more page; false when all have theirs. */
  indexNext(): boolean;
  /** Changes what calls cost, with all sums, in one transaction; gives how many changed, and the last change's number. */
  reprice(changes: readonly CostChange[], now: number): { changed: number; seq: number };
  addRepricing(record: RepricingRecord): number;
  addPolicyVersion(record: PolicyVersionText): void;
  policiesKept(): PoliciesKept;
  /** What the namer of endpoints had learned; null at first. */
  learned(): string | null;
  /** Ids of calls that were open when the last engine ended. */
  openCalls(): number[];
  meta(name: string): number;
  /** Puts marks on calls; they count as changed. Gives how many there were, and the last change's number. */
  mark(marking: Marking): { marked: number; seq: number };
  isOpen(id: number): boolean;
  /** Adds what was seen and what was not to an hour; how many connections have a row, how many are only counted. */
  cover(report: CoverageReport, now: number): { listed: number; unlisted: number };
  /** Forgets coverage from before a moment, in microseconds. */
  forgetCoverage(before: number): void;
  /** A small step towards taking out words that nobody uses; false when all is done for now. */
  sweepWords(now: number): boolean;
  /** What deletes calls. */
  remover: CallsRemover;
}

/** Details of this size together are worth a page of their own at once. */
const PAGE_AT_ONCE = 24 * 1024;
/** Raw size at which a page is closed. */
const PAGE_SIZE = 160 * 1024;
/** Loose details are packed at this size or count. */
const LOOSE_BYTES = 160 * 1024;
const LOOSE_CALLS = 128;
/** How many changes `follow` can look back on. */
const COMMITS_KEPT = 20_000;

export function createCallsWriter(db: Db): CallsWriter {
  const begin = db.prepare('BEGIN IMMEDIATE');
  const end = db.prepare('COMMIT');
  const undo = db.prepare('ROLLBACK');
  const putRow = createRowWriter(db);
  const putPage = db.prepare('INSERT INTO pages (id, calls, directory, data) VALUES (?, ?, ?, ?)');
  const putLoose = db.prepare('INSERT OR REPLACE INTO loose (call, open, data) VALUES (?, ?, ?)');
  const dropLoose = db.prepare('DELETE FROM loose WHERE call = ?');
  const setPage = db.prepare('UPDATE calls SET page = ? WHERE id = ?');
  const putCommit = db.prepare('INSERT INTO commits (seq, ids, amends, amend_tags) VALUES (?, ?, ?, ?)');
  const trimCommits = db.prepare(
    'DELETE FROM commits WHERE seq <= (SELECT seq FROM commits ORDER BY seq DESC LIMIT 1 OFFSET ?)',
  );
  const addGap = createGapsWriter(db);
  const putMeta = db.prepare('INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)');
  const getMeta = db.prepare<[string], { value: number }>('SELECT value FROM meta WHERE name = ?');
  const getLoose = db.prepare<[number], { data: Buffer }>('SELECT data FROM loose WHERE call = ?');

  const words = createWords(db);
  const mark = createMarker(db);
  const coverage = createCoverageWriter(db, words);
  const processes = createProcessRows(db, words);
  const amend = createAmender(db, words);
  const rollups = createRollups(db);
  const facets = createFacetSums(db);
  const pictures = createPictureSums(db, words);
  const vendorWords = createVendorWords(db, words);
  const putUsage = createUsageWriter(db);
  const alias = createAliasWriter(db, words);
  const learn = db.prepare("INSERT OR REPLACE INTO learned (name, state) VALUES ('endpoints', ?)");
  const indexer = createDetailsIndexer(db);
  const out = new ByteWriter(Buffer.allocUnsafeSlow(256 * 1024));
  const summaries = createSummaries(db);

  let seq = meta('seq');
  let total = meta('calls');
  let nextPage = 1;
  let commits = 0;
  let loose = new Map<number, number>(); // closed calls whose details wait for a page → size
  let looseBytes = 0;
  let openIds = new Set<number>();
  makePastEdges(db);
  restore();

  function meta(name: string): number {
    return getMeta.get(name)?.value ?? 0;
  }

  /** Takes everything held in memory from the database again: at the start, and after an undone transaction. */
  function restore(): void {
    words.reset();
    processes.reset();
    rollups.reset();
    facets.reset();
    pictures.reset();
    vendorWords.reset();
    seq = meta('seq');
    total = meta('calls');
    nextPage = (db.prepare<[], { id: number | null }>('SELECT MAX(id) AS id FROM pages').get()?.id ?? 0) + 1;
    nextPage = Math.max(nextPage, meta('next_page'));
    loose = new Map();
    openIds = new Set();
    looseBytes = 0;
    for (const row of db
      .prepare<[], { call: number; open: number; size: number }>(
        'SELECT call, open, LENGTH(data) AS size FROM loose ORDER BY call',
      )
      .all()) {
      if (row.open === 1) openIds.add(row.call);
      else {
        loose.set(row.call, row.size);
        looseBytes += row.size;
      }
    }
    summaries.restore();
    restoreRollups();
  }

  /** Calls that closed after the last flush of the sums are counted again. */
  function restoreRollups(): void {
    for (const [since, sums] of [
      [meta('rollup_seq'), [rollups, pictures]],
      [meta('facet_seq'), [facets]],
    ] as const) {
      for (const [id, before] of changesSince(db, since)) {
        const row = readRow(db, id);
        if (!row || (row.flags & 1) === 1) continue;
        for (const sum of sums) sum.add(row);
        // It was counted before, as it was then.
        if (before) for (const sum of sums) sum.add({ ...row, ...before }, -1);
      }
    }
  }

  function writeClosed(records: readonly CallRecord[], day: number): void {
    const closed = records.length > 1 ? [...records].sort((a, b) => a.id - b.id) : records;
    out.at = 0;
    let from = 0; // first call of the page being gathered
    const sizes: number[] = [];
    const ends: number[] = [];
    for (const call of closed) {
      const start = out.at;
      writeDetails(out, call);
      sizes.push(out.at - start);
      ends.push(out.at);
    }
    const atOnce = out.at >= PAGE_AT_ONCE;
    let pageStart = 0;
    for (let i = 0; i < closed.length; i += 1) {
      const call = closed[i]!;
      const row = rowOf(call, words, day);
      putRow(row, atOnce ? nextPage : null, openIds.has(call.id));
      summariseRow(summaries.of(call.id), row);
      processes.use(row.app, row.process, call.byAgent);
      rollups.add(row);
      facets.add(row);
      pictures.add(row);
      if (row.provenance !== null) putUsage(row);
      vendorWords.hear(row, call.metering, day);
      if (!openIds.delete(call.id)) total += 1;
      else if (atOnce) dropLoose.run(call.id);
      if (!atOnce) {
        putLoose.run(call.id, 0, Buffer.from(out.bytes.subarray(ends[i]! - sizes[i]!, ends[i])));
        loose.set(call.id, sizes[i]!);
        looseBytes += sizes[i]!;
      } else if (ends[i]! - pageStart >= PAGE_SIZE || i === closed.length - 1) {
        writePage(
          closed.slice(from, i + 1).map(({ id }) => id),
          sizes.slice(from, i + 1),
          out.bytes.subarray(pageStart, ends[i]),
        );
        from = i + 1;
        pageStart = ends[i]!;
      }
    }
    vendorWords.write();
    if (out.bytes.length > 4 * 1024 * 1024) out.bytes = Buffer.allocUnsafeSlow(256 * 1024);
  }

  function writePage(ids: readonly number[], sizes: readonly number[], joined: Uint8Array): void {
    const { directory, data } = pack(ids, sizes, joined);
    putPage.run(nextPage, ids.length, directory, data);
    nextPage += 1;
  }

  function writeOpen(records: readonly CallRecord[], day: number): void {
    for (const call of records) {
      const row = rowOf(call, words, day);
      putRow(row, null, openIds.has(call.id));
      summariseRow(summaries.of(call.id), row);
      out.at = 0;
      writeDetails(out, call);
      putLoose.run(call.id, 1, Buffer.from(out.bytes.subarray(0, out.at)));
      if (!openIds.has(call.id)) total += 1;
      openIds.add(call.id);
    }
  }

  /** Amends rows, their summaries and the sums by app; gives how many changed. Rows of open calls are their records' business. */
  function writeLate(late: readonly Identified[], day: number): number {
    const amended = amend(openIds.size === 0 ? late : late.filter(({ call }) => !openIds.has(call)), day);
    for (const { before, after } of amended) {
      summariseCaller(summaries.of(after.id), after);
      processes.use(after.app, after.process, isByAgent(after.flags));
      if (before.app === after.app && before.tags === after.tags) continue;
      for (const sum of [rollups, pictures]) {
        sum.add(before, -1);
        sum.add(after);
      }
    }
    if (amended.length === 0) return 0;
    seq += amended.length;
    putCommit.run(
      seq,
      packIds(amended.map(({ after }) => after.id)),
      packIds(amended.map(({ before }) => before.app ?? 0)),
      packIds(amended.map(({ before }) => before.tags ?? 0)),
    );
    return amended.length;
  }

  function packLoose(): void {
    while (loose.size > 0) {
      const ids: number[] = [];
      const parts: Buffer[] = [];
      let size = 0;
      for (const id of [...loose.keys()].sort((a, b) => a - b)) {
        if (size >= PAGE_SIZE) break;
        const part = getLoose.get(id)?.data;
        looseBytes -= loose.get(id) ?? 0;
        loose.delete(id);
        if (!part) continue;
        ids.push(id);
        parts.push(part);
        size += part.length;
      }
      if (ids.length === 0) continue;
      for (const id of ids) {
        setPage.run(nextPage, id);
        dropLoose.run(id);
      }
      writePage(
        ids,
        parts.map((part) => part.length),
        Buffer.concat(parts),
      );
    }
    looseBytes = 0;
  }

  function flushRollupsNow(): void {
    rollups.flush();
    facets.flush();
    pictures.flush();
    putMeta.run('rollup_seq', seq);
    putMeta.run('facet_seq', seq);
  }

  /** What was written is not written again; only after the transaction that wrote it. */
  function forgetSums(): void {
    rollups.reset();
    facets.reset();
    pictures.reset();
  }

  function transaction(work: () => void): void {
    begin.run();
    try {
      work();
      end.run();
    } catch (error) {
      if (db.inTransaction) undo.run();
      restore();
      throw error;
    }
  }

  const isOpen = (id: number): boolean => openIds.has(id);

  const remover = createCallsRemover(db, {
    transaction,
    isOpen,
    meta,
    putMeta: (name, value) => putMeta.run(name, value),
    forgetLoose(id) {
      looseBytes -= loose.get(id) ?? 0;
      loose.delete(id);
    },
    resummarise: (blocks) => summaries.remake(blocks),
    countGone(rows) {
      total -= rows;
      putMeta.run('calls', total);
      putMeta.run('next_page', nextPage);
    },
    flushSums() {
      flushRollupsNow();
      forgetSums();
    },
    uncount(row) {
      rollups.add(row, -1);
      facets.add(row, -1);
      pictures.add(row, -1);
      const metering = readStoredMetering(db, row.id, row.startedAt);
      if (metering) vendorWords.unhear(row, metering, 0);
    },
  });

  const changeCost = createRepricer(db, words);
  /** Tells followers of changes of calls whose sums are written already, or are written now. */
  function announce(ids: readonly number[]): void {
    seq += ids.length;
    putCommit.run(seq, packIds(ids), null, null);
    putMeta.run('seq', seq);
    // Else a call that closed long ago would count as one that closed since.
    flushRollupsNow();
  }

  const sweeper = createWordSweeper(db, {
    transaction,
    summarise: () => summaries.write(true),
    forget() {
      words.reset();
      processes.reset();
    },
  });

  return {
    remover,
    mark(marking) {
      let marked = 0;
      transaction(() => {
        const ids = mark(marking);
        marked = ids.length;
        if (marked === 0) return;
        announce(ids);
      });
      if (marked > 0) forgetSums();
      remover.marksChanged();
      return { marked, seq };
    },
    commit(batch, now, flushRollups) {
      const day = Math.floor(now / 86_400_000);
      transaction(() => {
        if (batch.closed.length > 0) writeClosed(batch.closed, day);
        if (batch.open.length > 0) writeOpen(batch.open, day);
        for (const gap of batch.gaps) addGap(gap);
        if (batch.merges && batch.merges.length > 0) alias(batch.merges, day);
        if (typeof batch.learned === 'string') learn.run(batch.learned);
        for (const [key, identity] of batch.processes ?? []) processes.put(key, identity, day);
        const touched = batch.closed.length + batch.open.length;
        if (touched > 0) {
          seq += touched;
          putCommit.run(seq, packIds([...batch.closed, ...batch.open].map(({ id }) => id)), null, null);
        }
        const amended = batch.late && batch.late.length > 0 ? writeLate(batch.late, day) : 0;
        if (touched + amended > 0) {
          putMeta.run('seq', seq);
          putMeta.run('calls', total);
          commits += 1;
          if (commits % 1000 === 0) trimCommits.run(COMMITS_KEPT);
        }
        putMeta.run('call_high', batch.callHigh);
        putMeta.run('body_high', batch.bodyHigh);
        if (loose.size >= LOOSE_CALLS || looseBytes >= LOOSE_BYTES) packLoose();
        summaries.write(false);
        if (flushRollups && rollups.pending()) flushRollupsNow();
      });
      if (flushRollups) forgetSums();
      return seq;
    },
    reprice(changes, now) {
      const changed: number[] = [];
      transaction(() => {
        // What closed just now must be in the sums before it can be taken out of them.
        flushRollupsNow();
        forgetSums();
        for (const { call, cost } of changes) {
          const change = isOpen(call) ? null : changeCost(call, cost, Math.floor(now / 86_400_000));
          if (!change) continue;
          pictures.add(change.before, -1);
          pictures.add(change.after);
          summariseUsage(summaries.of(call), change.after);
          changed.push(call);
        }
        if (changed.length > 0) announce(changed);
        summaries.write(false);
      });
      forgetSums();
      return { changed: changed.length, seq };
    },
    addRepricing: (record) =>
      Number(db.prepare('INSERT INTO repricings (record) VALUES (?)').run(JSON.stringify(record)).lastInsertRowid),
    addPolicyVersion: (record) => addPolicyVersion(db, record),
    policiesKept: () => readPoliciesKept(db),
    learned: () =>
      db.prepare<[], { state: string }>("SELECT state FROM learned WHERE name = 'endpoints'").get()?.state ?? null,
    settle() {
      transaction(() => {
        packLoose();
        summaries.write(true);
        if (rollups.pending()) flushRollupsNow();
      });
      forgetSums();
    },
    unsettled: () => loose.size > 0 || summaries.changed() || rollups.pending(),
    indexNext: () => indexer.next(),
    openCalls: () => [...openIds],
    cover(report, now) {
      let told = { listed: 0, unlisted: 0 };
      transaction(() => (told = coverage.add(report, Math.floor(now / 86_400_000))));
      return told;
    },
    sweepWords: (now) => {
      const oldest = db.prepare<[], { at: number }>('SELECT started_at AS at FROM calls ORDER BY id LIMIT 1').get();
      return sweeper.step(oldest?.at ?? null, Math.floor(now / 86_400_000));
    },
    forgetCoverage: (before) => transaction(() => coverage.forget(before)),
    isOpen,
    meta,
  };
}
