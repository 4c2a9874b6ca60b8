import { parentPort, workerData } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import { codeOf, isCorrupt } from '../store/open.ts';
import { openStore } from '../store/store.ts';
import type { Batch } from '../store/store.ts';
import { createFingerprint, loadFingerprintKey } from './fingerprint-key.ts';
import { createIntake } from './intake.ts';
import { createCallMetering } from './metering.ts';
import { createMeteringParts } from './metering-parts.ts';
import { createMeteredReports } from './metered-reports.ts';
import { findRates } from './find-rates.ts';
import { createNaming } from './naming.ts';
import type { Chore, FromWorker, ToWorker, WorkerSettings } from './messages.ts';
import { readFacts } from './slab.ts';

/**
 * The archive's own thread: takes slabs of facts, redacts, folds and writes them in batches. It is
 * the only writer of the databases. Whatever the disk does, it goes on: a batch that cannot be
 * written waits (slabs are not given back, so the capturing side sheds, bodies first) and is written
 * when the trouble is over.
 */

/** A batch is written at the latest this long after its first full slab. */
const BATCH_MS = 40;
/**
 * … and at the latest after so many slabs. Those that wait are all there at once, before any timer: without a bound they became
 * one batch that gave nothing back until the end, so that calls were let go for want of room that a smaller one had made.
 */
const BATCH_SLABS = 8;
/** Rollups are written this often at most. */
const ROLLUP_MS = 1000;
/** What was learned of endpoints is written this often at most. */
const LEARNED_MS = 30_000;
/** So long at most for keeping house, twice a second. */
const HOUSE_MS = 50;
/** More calls than this since the last time, and search filters wait. */
const BUSY_CALLS = 500;
/** Loose details and bodies are packed after so much quiet. */
const QUIET_MS = 2000;

export function runArchive(port: MessagePort, settings: WorkerSettings): void {
  const say = (message: FromWorker, transfer: ArrayBuffer[] = []): void => port.postMessage(message, transfer);
  const log = (line: string): void => say({ type: 'log', line });
  const budgets = { ...settings.budgets };
  const store = openStore({ dataDir: settings.dataDir, budgets, log, now: Date.now });
  const naming = createNaming(learnedBefore(), settings.metering.corrections);
  const parts = createMeteringParts(settings.metering, naming, log);
  const reports = createMeteredReports((calls) => say({ type: 'metered', calls }));
  const intake = createIntake({
    store,
    metering: createCallMetering(() => parts.now, reports.settled),
    unmetered: reports.settled,
    naming,
    fingerprint: createFingerprint(loadFingerprintKey(settings.dataDir)),
    bodyLimit: settings.bodyLimit,
    heldLimit: settings.heldLimit,
    redaction: settings.redaction,
  });

  /** What arrived while in trouble, in order. */
  const waiting: Extract<ToWorker, { type: 'slab' | 'flush' }>[] = [];
  /** Slabs whose facts were read and are not yet written. */
  let read: { slab: ArrayBuffer; length: number }[] = [];
  let flushes: number[] = [];
  let recorded = 0;
  let trouble: string | null = null;
  let retryMs = 0;
  let timer: NodeJS.Timeout | null = null;
  let lastRollups = Date.now();
  let lastLearned = Date.now();
  let lastWork = Date.now();
  let badFacts = 0;
  let recordedAtHouse = 0;
  /** Something is being loaded without which calls that have ended are not ready; what arrives meanwhile waits. */
  let loading = false;
  const afterwards: ToWorker[] = [];
  let stopping: { until: number } | null = null;

  function readSlab(slab: ArrayBuffer, length: number): void {
    read.push({ slab, length });
    readFacts(
      Buffer.from(slab),
      length,
      (event) => {
        try {
          intake.take(event);
        } catch (error) {
          noteBad(
            `A fact (${event.type}) could not be recorded: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
          );
        }
      },
      noteBad,
    );
  }

  /** One bad fact is a bug worth a line; a flood of them is not worth a flood of lines. */
  function noteBad(problem: string): void {
    badFacts += 1;
    if (badFacts <= 20 || badFacts % 10_000 === 0) log(`${problem} (${badFacts} so far)`);
  }

  function commit(): void {
    if (loading) return;
    if (timer) clearTimeout(timer);
    timer = null;
    const unready = intake.settle();
    if (unready !== null) {
      loading = true;
      void unready.then(goOn, goOn);
      return;
    }
    // Whoever waits for what was used need not wait for the disk.
    reports.send();
    const withLearned = stopping !== null || Date.now() - lastLearned >= LEARNED_MS;
    if (withLearned) lastLearned = Date.now();
    const batch = intake.batch(withLearned);
    const withRollups = flushes.length > 0 || stopping !== null || Date.now() - lastRollups >= ROLLUP_MS;
    let seq = 0;
    if (batch || withRollups) {
      try {
        seq = commitAll(batch ?? NOTHING, withRollups);
      } catch (error) {
        enterTrouble(error);
        return;
      }
      if (withRollups) lastRollups = Date.now();
      recorded += batch?.closed.length ?? 0;
    }
    // Rollups alone are no work: they are due every second as long as something is loose, and it would never be quiet.
    if (batch) lastWork = Date.now();
    if (batch?.processes) say({ type: 'noted', keys: [...batch.processes.keys()] });
    intake.committed();
    leaveTrouble();
    const slabs = read.map(({ slab }) => slab);
    if (seq > 0 || slabs.length > 0)
      say(
        { type: 'committed', seq, recorded, open: intake.openCalls(), slabs, sizes: read.map(({ length }) => length) },
        slabs,
      );
    read = [];
    for (const id of flushes) say({ type: 'flushed', id });
    flushes = [];
  }

  /** Without what was learned names begin anew; that is no reason not to record. */
  function learnedBefore(): string | null {
    try {
      return store.learned();
    } catch (error) {
      log(`What was learned of endpoints cannot be read: ${describe(error)}`);
      return null;
    }
  }

  function goOn(): void {
    loading = false;
    commit();
    while (!loading && afterwards.length > 0) take(afterwards.shift()!);
    if (stopping !== null && !loading && trouble === null) finish();
  }

  /** Writes a batch; if one of its calls cannot be written at all, it is left out so that the others are. */
  function commitAll(batch: Batch, withRollups: boolean): number {
    try {
      return store.commit(batch, withRollups);
    } catch (error) {
      if (isOfTheDisk(error)) throw error;
      log(
        `A batch of ${batch.closed.length + batch.open.length} calls could not be written, so it is written call by call: ${describe(error)}`,
      );
    }
    if (!batch.bodiesWritten) {
      log(`${batch.bodies.length} bodies could not be written and are left out.`);
      batch.bodiesWritten = true;
    }
    let seq = store.commit(
      {
        ...NOTHING,
        gaps: batch.gaps,
        merges: batch.merges ?? [],
        learned: batch.learned ?? null,
        callHigh: batch.callHigh,
        bodiesWritten: true,
      },
      false,
    );
    const callers = [
      ...[...(batch.processes ?? [])].map((process) => ({ processes: new Map([process]) })),
      ...(batch.late ?? []).map((fact) => ({ late: [fact] })),
    ];
    for (const caller of callers) {
      try {
        seq = store.commit({ ...NOTHING, ...caller, callHigh: batch.callHigh }, false);
      } catch (error) {
        if (isOfTheDisk(error)) throw error;
        log(`Who made a call cannot be written and is left out: ${describe(error)}`);
      }
    }
    const parts = [
      ...batch.closed.map((record) => ({ closed: [record], open: [] })),
      ...batch.open.map((record) => ({ closed: [], open: [record] })),
    ];
    for (const part of parts) {
      const [record] = [...part.closed, ...part.open];
      const { startedAt = 0, id = 0 } = record ?? {};
      try {
        seq = store.commit({ ...NOTHING, ...part, callHigh: batch.callHigh }, withRollups);
      } catch (error) {
        if (isOfTheDisk(error)) throw error;
        log(`Call ${id} cannot be written and is marked as a gap: ${describe(error)}`);
        const gap = { from: startedAt || 0, to: startedAt || 0, calls: 1, reason: 'The call could not be written.' };
        seq = store.commit({ ...NOTHING, gaps: [gap], callHigh: batch.callHigh }, false);
      }
    }
    return seq;
  }

  function enterTrouble(error: unknown): void {
    const message = describe(error);
    if (trouble !== message) {
      trouble = message;
      log(`Recording waits: ${message}. Traffic goes on; nothing that was recorded is lost.`);
      say({ type: 'trouble', message });
    }
    if (isCorrupt(error)) {
      try {
        store.recover(error);
      } catch (again) {
        log(`The damaged database could not be replaced: ${describe(again)}`);
      }
    }
    retryMs = Math.min(5000, Math.max(100, retryMs * 2));
    timer = setTimeout(resume, retryMs);
  }

  function leaveTrouble(): void {
    retryMs = 0;
    if (trouble === null) return;
    trouble = null;
    say({ type: 'trouble', message: null });
    log('Recording goes on: what had waited is written.');
  }

  /** Tries the waiting batch again, then what arrived meanwhile. */
  function resume(): void {
    commit();
    while (trouble === null && waiting.length > 0) {
      for (const message of waiting.splice(0, BATCH_SLABS)) {
        if (message.type === 'slab') readSlab(message.slab, message.length);
        else flushes.push(message.id);
      }
      commit();
    }
    if (stopping) finish();
  }

  function finish(): void {
    if (trouble !== null && stopping && Date.now() < stopping.until) return; // resume() comes back
    const lost = trouble === null ? 0 : (intake.batch()?.closed.length ?? 0);
    if (timer) clearTimeout(timer);
    clearInterval(housekeeping);
    try {
      if (trouble === null) store.settle();
    } catch (error) {
      log(`The last pages could not be packed: ${describe(error)}`);
    }
    try {
      store.close();
    } catch (error) {
      log(`The databases could not be closed cleanly: ${describe(error)}`);
    }
    say({ type: 'stopped', lost });
    port.close();
  }

  /** Does work on what is stored; what was recorded before is written first. */
  function doChore(chore: Chore): unknown {
    commit();
    if (trouble !== null) throw new Error(`Nothing can be written just now: ${trouble}.`);
    switch (chore.name) {
      case 'mark': {
        const { marked, seq } = store.mark(chore.asked);
        if (marked > 0) say({ type: 'committed', seq, recorded, open: intake.openCalls(), slabs: [], sizes: [] });
        return { marked };
      }
      case 'mergeEndpoints':
        intake.mergeEndpoints(chore.asked);
        commit();
        return { merged: chore.asked.length };
      case 'reprice': {
        const { changed, seq } = store.reprice(chore.asked);
        if (changed > 0) say({ type: 'committed', seq, recorded, open: intake.openCalls(), slabs: [], sizes: [] });
        return { changed };
      }
      case 'addRepricing':
        return { id: store.addRepricing(chore.asked) };
      case 'addPolicyVersion':
        store.addPolicyVersion(chore.asked);
        return null;
      case 'policiesKept':
        return store.policiesKept();
      case 'coverage':
        return store.cover(intake.redactCoverage(chore.asked));
      case 'remove': {
        const removed = store.remove(chore.asked);
        intake.forgetBodies();
        return removed;
      }
      case 'removeUnusedBodies': {
        let more = true;
        for (const until = Date.now() + HOUSE_MS; more && Date.now() < until;) more = store.removeUnusedBodies();
        return { more };
      }
      case 'compact': {
        let left = 1;
        for (const until = Date.now() + HOUSE_MS / 2; left > 0 && Date.now() < until;) left = store.compact();
        return { left };
      }
    }
  }

  /** Brings rows of open calls up to date; packs, evicts and gives space back in small steps, when nothing else is to be done. */
  function keepHouse(): void {
    if (trouble !== null || stopping || loading) return;
    if (intake.refresh()) commit();
    if (trouble !== null) return;
    try {
      const quiet = Date.now() - lastWork >= QUIET_MS;
      if (read.length === 0 && (quiet || Date.now() - lastRollups >= ROLLUP_MS) && store.unsettled()) {
        if (quiet) store.settle();
        else commit();
      }
      const until = Date.now() + HOUSE_MS;
      while (Date.now() < until && store.retain()) intake.forgetBodies();
      // A removal that was cut short is finished by whoever comes after.
      if (quiet) while (Date.now() < until && store.removeUnusedBodies());
      // Search filters are made when little else is to be done: a search does without if it must.
      const busy = recorded - recordedAtHouse > BUSY_CALLS;
      recordedAtHouse = recorded;
      if (!busy)
        for (const end = Date.now() + (quiet ? HOUSE_MS : HOUSE_MS / 5); Date.now() < end && store.indexNext(););
    } catch (error) {
      enterTrouble(error);
    }
  }
  const housekeeping = setInterval(keepHouse, 500);

  function take(message: ToWorker): void {
    if (loading && message.type !== 'secrets' && message.type !== 'rates') {
      afterwards.push(message);
      return;
    }
    switch (message.type) {
      case 'slab':
        if (trouble !== null) {
          waiting.push(message);
          return;
        }
        readSlab(message.slab, message.length);
        if (!message.full || read.length >= BATCH_SLABS) commit();
        else timer ??= setTimeout(commit, BATCH_MS);
        return;
      case 'process':
        intake.noteProcess(message.key, message.identity);
        if (trouble === null) timer ??= setTimeout(commit, BATCH_MS);
        return;
      case 'flush':
        if (trouble !== null) {
          waiting.push(message);
          return;
        }
        flushes.push(message.id);
        commit();
        return;
      case 'chore':
        commit();
        if (loading) {
          afterwards.unshift(message);
          return;
        }
        try {
          say({ type: 'did', id: message.id, result: doChore(message.chore) });
        } catch (error) {
          say({ type: 'failed', id: message.id, message: describe(error) });
        }
        return;
      case 'secrets':
        say({ type: 'secrets', id: message.id, secrets: intake.secretsOf(message.call) });
        return;
      case 'await':
        reports.await(message.calls);
        return;
      case 'rates':
        void findRates(parts.now, message.question).then(
          (rates) => say({ type: 'rates', id: message.id, rates }),
          (error: unknown) => {
            log(`A price could not be looked up: ${describe(error)}`);
            say({ type: 'rates', id: message.id, rates: null });
          },
        );
        return;
      case 'configure':
        intake.configure(message.settings);
        Object.assign(budgets, message.settings.budgets);
        return;
      case 'configure-metering':
        parts.configure(message.settings);
        if (trouble === null) timer ??= setTimeout(commit, BATCH_MS);
        return;
      case 'interrupt':
        intake.interrupt('The engine was stopped while this call was open.');
        return;
      case 'stop':
        intake.interrupt('The engine was stopped while this call was open.');
        stopping = { until: Date.now() + message.patienceMs };
        if (trouble === null) {
          commit();
          if (trouble === null && !loading) finish();
        } else {
          setTimeout(finish, message.patienceMs);
        }
    }
  }
  port.on('message', take);
  say({ type: 'ready', firstCallId: store.firstCallId });
}

const NOTHING: Batch = { open: [], closed: [], gaps: [], bodies: [], messages: [], callHigh: 0 };

/** Whether trying again later can help; else something in the batch is at fault. */
function isOfTheDisk(error: unknown): boolean {
  return /^SQLITE_(?:BUSY|LOCKED|FULL|IOERR|READONLY|CANTOPEN|CORRUPT|NOTADB|NOMEM|PROTOCOL|PERM|AUTH)/.test(
    codeOf(error),
  );
}

function describe(error: unknown): string {
  const code = codeOf(error);
  if (code === 'SQLITE_FULL') return 'the disk is full (SQLITE_FULL)';
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED'))
    return `another program holds the database (${code})`;
  if (code.startsWith('SQLITE_READONLY') || code.startsWith('SQLITE_CANTOPEN'))
    return `the data folder cannot be written (${code})`;
  return error instanceof Error ? `${error.message}${code ? ` (${code})` : ''}` : String(error);
}

if (parentPort) {
  const port = parentPort;
  try {
    runArchive(port, workerData as WorkerSettings);
  } catch (error) {
    port.postMessage({ type: 'refused', message: describe(error) } satisfies FromWorker);
    port.close();
  }
}
