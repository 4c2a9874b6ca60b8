import { pruneSums } from './prune-sums.ts';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Identified } from '../../../shared/events/call-event.ts';
import type { CallRecord } from '../../../shared/events/fold.ts';
import { interrupt } from '../../../shared/events/fold.ts';
import type { ProcessIdentity } from '../../../shared/model/caller.ts';
import { createBodiesWriter } from './bodies-writer.ts';
import type { BodiesWriter, Kept, NewBody, NewMessages } from './bodies-writer.ts';
import type { Removal, Removed } from './calls-remover.ts';
import type { CoverageReport } from './coverage-rows.ts';
import type { Marking } from './marks.ts';
import { createCallsWriter } from './calls-writer.ts';
import type { CallsWriter } from './calls-writer.ts';
import { BODIES_MIGRATIONS, CALLS_MIGRATIONS } from './migrations/index.ts';
import { isCorrupt, moveAside, openForWriting, usedBytes } from './open.ts';
import type { Db } from './open.ts';
import type { CostChange, EndpointMerge, RepricingRecord } from './picture-rows.ts';
import type { PoliciesKept, PolicyVersionText } from './policy-versions.ts';
import { readRecord } from './read-details.ts';

/** How much is kept. Sizes are bytes on disk. */
export interface Budgets {
  bodyBytes: number;
  bodyAgeDays: number;
  callBytes: number;
  callAgeDays: number;
}

export const DEFAULT_BUDGETS: Budgets = {
  bodyBytes: 2 * 1024 ** 3,
  bodyAgeDays: 30,
  callBytes: 8 * 1024 ** 3,
  callAgeDays: 400,
};

/** Everything one transaction (per database) writes. */
export interface Batch {
  open: CallRecord[];
  closed: CallRecord[];
  gaps: { from: number; to: number; calls: number; reason: string }[];
  bodies: NewBody[];
  messages: NewMessages[];
  /** Who made calls whose rows are there already. */
  late?: Identified[];
  /** Who processes are, by their keys. */
  processes?: Map<string, ProcessIdentity>;
  /** Endpoints that count as others from now on; `from` empty: `to` counts as itself again. */
  merges?: readonly EndpointMerge[];
  /** What the namer of endpoints learned, for the next start; null when nothing changed. */
  learned?: string | null;
  callHigh: number;
  /** Set by `commit`: bodies and messages are on disk, and are not written again when the rest is tried again. */
  bodiesWritten?: boolean;
}

export interface Store {
  /** The first call id that was never used. */
  firstCallId: number;
  /**
   * Writes a batch: bodies first, so that no call points to a body that is not there. May be called
   * again with the same batch after it threw; what was written is not written twice.
   */
  commit(batch: Batch, flushRollups: boolean): number;
  bodyFor: BodiesWriter['idFor'];
  /** Packs what is loose. */
  settle(): void;
  unsettled(): boolean;
  /** Makes the search filter of one more page; false when all have theirs. For quiet moments. */
  indexNext(): boolean;
  /** One small step towards the budgets; false when there was nothing to do. */
  retain(): boolean;
  mark(marking: Marking): { marked: number; seq: number };
  /**
   * Changes what calls cost from now on; sums move with them, all in one transaction: some hundreds at a time. Calls that are
   * gone or open are passed over.
   */
  reprice(changes: readonly CostChange[]): { changed: number; seq: number };
  /** Keeps what a repricing changed; gives its number. */
  addRepricing(record: RepricingRecord): number;
  /** Keeps a text of policies.yaml that is in force. */
  addPolicyVersion(record: PolicyVersionText): void;
  /** The newest of them, and when each policy changed last, microseconds since the epoch. */
  policiesKept(): PoliciesKept;
  /** What the namer of endpoints had learned; null at first. */
  learned(): string | null;
  cover(report: CoverageReport): { listed: number; unlisted: number };
  /** Deletes calls for good, a batch in one transaction; their bodies wait for `removeUnusedBodies`. */
  remove(removal: Removal): Removed;
  /** A small step towards deleting the bodies that only removed calls had; false when all is done. */
  removeUnusedBodies(): boolean;
  /** A small step towards giving unused room back to the file system: bytes that still wait for it. */
  compact(): number;
  /** Gives a damaged database up (moved aside) and starts a new one; true when that was the trouble. */
  recover(error: unknown): boolean;
  close(): void;
}

export interface StoreOptions {
  dataDir: string;
  budgets: Budgets;
  log: (line: string) => void;
  now: () => number;
}

/** Opens both databases for writing, and closes the calls a crashed engine left open. */
export function openStore({ dataDir, budgets, log, now }: StoreOptions): Store {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const callsPath = join(dataDir, 'calls.db');
  const bodiesPath = join(dataDir, 'bodies.db');

  let callsDb = openSound(callsPath, CALLS_MIGRATIONS, createCallsWriter);
  let bodiesDb = openSound(bodiesPath, BODIES_MIGRATIONS, createBodiesWriter);
  let calls: CallsWriter = callsDb.writer;
  let bodies: BodiesWriter = bodiesDb.writer;
  bodies.raise(calls.meta('body_high'));
  let callHigh = Math.max(calls.meta('call_high'), bodies.meta('call_high'));
  closeInterrupted();
  bodies.doom(calls.remover.orphans()); // a removal that was cut short goes on

  function openSound<T>(path: string, migrations: readonly string[], create: (db: Db) => T): { db: Db; writer: T } {
    let db: Db | null = null;
    try {
      db = openForWriting({ path, migrations });
      return { db, writer: create(db) };
    } catch (error) {
      db?.close();
      if (!isCorrupt(error)) throw error;
      giveUp(path, error);
      db = openForWriting({ path, migrations });
      return { db, writer: create(db) };
    }
  }

  function giveUp(path: string, error: unknown): void {
    const aside = moveAside(path, new Date(now()));
    log(
      `${path} is damaged (${error instanceof Error ? error.message : String(error)}). It was moved to ${aside}; recording goes on in a new, empty one. Recover what is in it with: sqlite3 "${aside}" .recover`,
    );
  }

  function closeInterrupted(): void {
    const ids = calls.openCalls();
    if (ids.length === 0) return;
    const closed: CallRecord[] = [];
    for (const id of ids) {
      const record = readRecord(callsDb.db, id);
      if (record) closed.push(interrupt(record, 'The engine ended while this call was open.'));
    }
    calls.commit({ open: [], closed, gaps: [], callHigh, bodyHigh: bodies.highestId() }, now(), true);
    log(
      `Closed ${closed.length} call${closed.length === 1 ? '' : 's'} that the last engine left open, as interrupted.`,
    );
  }

  let prunedAt = 0;
  let sweeping = false;
  return {
    get firstCallId() {
      return callHigh + 1;
    },
    commit(batch, flushRollups) {
      callHigh = Math.max(callHigh, batch.callHigh);
      if (!batch.bodiesWritten && (batch.bodies.length > 0 || batch.messages.length > 0)) {
        bodies.commit({ ...batch, callHigh }, now());
        batch.bodiesWritten = true;
      }
      const seq = calls.commit({ ...batch, callHigh, bodyHigh: bodies.highestId() }, now(), flushRollups);
      return seq;
    },
    bodyFor: (bytes, redacted, coding, digest) => bodies.idFor(bytes, redacted, coding, digest),
    settle() {
      bodies.settle(now());
      calls.settle();
    },
    unsettled: () => calls.unsettled() || bodies.unsettled(),
    indexNext: () => calls.indexNext() || bodies.indexNext(),
    retain() {
      if (now() - prunedAt >= PRUNE_EVERY_MS) {
        prunedAt = now();
        pruneSums(callsDb.db, prunedAt);
        calls.forgetCoverage((prunedAt - budgets.callAgeDays * 86_400_000) * 1000);
        sweeping = true;
      }
      if (retainBodies() || retainCalls()) return true;
      if (sweeping) sweeping = calls.sweepWords(now());
      return sweeping;
    },
    mark: (marking) => calls.mark(marking),
    reprice: (changes) => calls.reprice(changes, now()),
    addRepricing: (record) => calls.addRepricing(record),
    addPolicyVersion: (record) => calls.addPolicyVersion(record),
    policiesKept: () => calls.policiesKept(),
    learned: () => calls.learned(),
    cover: (report) => calls.cover(report, now()),
    remove(removal) {
      // Bodies first leave the shelf: a new call with the same bytes gets a copy of its own.
      const going = removal.ids.flatMap((id) => calls.remover.bodiesOf(id));
      bodies.doom(going);
      const gone = removal.pinned ? removal.ids : removal.ids.filter((id) => !calls.remover.isPinned(id));
      erasing(bodiesDb.db, () => bodies.removeMessages(gone.filter((id) => !calls.isOpen(id))));
      return erasing(callsDb.db, () => calls.remover.remove(removal));
    },
    removeUnusedBodies,
    compact() {
      if (calls.unsettled() || bodies.unsettled()) this.settle();
      for (const { db } of [callsDb, bodiesDb]) {
        if (freeBytes(db) === 0) continue;
        db.pragma('incremental_vacuum(256)');
        const left = freeBytes(callsDb.db) + freeBytes(bodiesDb.db);
        if (left > 0) return left;
      }
      for (const { db } of [callsDb, bodiesDb]) db.pragma('wal_checkpoint(TRUNCATE)');
      return 0;
    },
    recover(error) {
      if (!isCorrupt(error)) return false;
      // Which of the two is damaged is not in the error: ask both.
      for (const which of ['calls', 'bodies'] as const) {
        const { db } = which === 'calls' ? callsDb : bodiesDb;
        if (isSound(db)) continue;
        db.close();
        if (which === 'calls') {
          giveUp(callsPath, error);
          callsDb = openSound(callsPath, CALLS_MIGRATIONS, createCallsWriter);
          calls = callsDb.writer;
        } else {
          giveUp(bodiesPath, error);
          const high = bodies.highestId();
          bodiesDb = openSound(bodiesPath, BODIES_MIGRATIONS, createBodiesWriter);
          bodies = bodiesDb.writer;
          bodies.raise(high);
        }
      }
      return true;
    },
    close() {
      for (const db of [callsDb.db, bodiesDb.db]) if (db.open) db.close();
    },
  };

  function retainBodies(): boolean {
    const kept = { bodies: calls.remover.pinnedBodies(), calls: calls.remover.pinnedCalls() };
    const over = usedBytes(bodiesDb.db) > budgets.bodyBytes;
    const oldest = bodies.oldestAt(kept);
    const tooOld = oldest !== null && oldest * 1000 < now() - budgets.bodyAgeDays * 86_400_000;
    if (!over && !tooOld) return giveBack(bodiesDb.db);
    if (!bodies.evictOldest(kept) && !(over && bodies.evictOldest(NOTHING_KEPT))) return giveBack(bodiesDb.db);
    // Bytes in the oldest quarter of the pages are stored again when they come again.
    const range = bodiesDb.db
      .prepare<[], { low: number | null; high: number | null }>('SELECT MIN(id) AS low, MAX(id) AS high FROM pages')
      .get();
    if (range?.low) bodies.setOldBefore(range.low + Math.floor(((range.high ?? range.low) - range.low) / 4));
    return true;
  }

  function retainCalls(): boolean {
    const { remover } = calls;
    const over = usedBytes(callsDb.db) > budgets.callBytes;
    const oldest = remover.oldestStart();
    const tooOld = oldest !== null && oldest / 1000 < now() - budgets.callAgeDays * 86_400_000;
    if (!over && !tooOld) return giveBack(callsDb.db);
    return remover.evictOldest(over) !== null || giveBack(callsDb.db);
  }

  /** Deletes for good: what is freed is overwritten, not only forgotten. */
  function erasing<T>(db: Db, work: () => T): T {
    db.pragma('secure_delete = ON');
    try {
      return work();
    } finally {
      db.pragma('secure_delete = OFF');
    }
  }

  function removeUnusedBodies(): boolean {
    const orphans = calls.remover.orphans();
    if (orphans.length === 0) return false;
    const unused = calls.remover.findUnused();
    if (unused === null) return true;
    erasing(bodiesDb.db, () => bodies.remove(unused));
    calls.remover.clearOrphans();
    bodies.pardon();
    for (const { db } of [callsDb, bodiesDb]) db.pragma('wal_checkpoint(TRUNCATE)');
    return false;
  }
}

const PRUNE_EVERY_MS = 3_600_000;
const NOTHING_KEPT: Kept = { bodies: new Set(), calls: [] };

/** Bytes that free pages of a database take on disk. */
function freeBytes(db: Db): number {
  return Number(db.pragma('freelist_count', { simple: true })) * Number(db.pragma('page_size', { simple: true }));
}

/** Gives free pages back to the file system, a megabyte at a time. */
function giveBack(db: Db): boolean {
  if (Number(db.pragma('freelist_count', { simple: true })) < 1024) return false;
  db.pragma('incremental_vacuum(256)');
  return true;
}

function isSound(db: Db): boolean {
  try {
    return db.pragma('quick_check(1)', { simple: true }) === 'ok';
  } catch {
    return false;
  }
}
