import { mkdirSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { CallEvent, Emit } from '../../../shared/events/call-event.ts';
import { READ_MESSAGE, UNRECORDED } from '../../../shared/events/call-event.ts';
import { ByteWriter } from '../store/byte-writer.ts';
import type { Budgets } from '../store/store.ts';
import { DEFAULT_BUDGETS } from '../store/store.ts';
import type { ProcessIdentity } from '../../../shared/model/caller.ts';
import { createAdmission } from './admission.ts';
import type {
  Chore,
  ChoreName,
  Chores,
  FromWorker,
  MeteringSettings,
  OwnNames,
  ToWorker,
  WorkerSettings,
} from './messages.ts';
import type { CeilingRates } from '../../../shared/ledger/price-book.ts';
import { NO_OWN_PRICES } from '../../../shared/ledger/prices-file.ts';
import { createChangeNotices } from './change-notices.ts';
import { createAwaitedCalls, type MeteredListener } from './metered-calls.ts';
import { createPricesAhead, hasPersonalPrices, type PriceAhead, type PriceQuestion } from './price-ahead.ts';
import { createProcessTeller } from './process-teller.ts';
import type { Secret } from './secrets.ts';
import type { Gap } from './slab.ts';
import { roomFor, writeFact } from './slab.ts';

export interface ArchiveOptions {
  dataDir: string;
  /** Bytes captured of each body; default 1 MiB. */
  bodyLimit?: number;
  /** Bytes of facts that may wait for the disk; default 64 MiB. */
  queueLimit?: number;
  budgets?: Partial<Budgets>;
  /** Names that are secrets, or none, beside the rules' own. */
  redaction?: OwnNames;
  /** What people here say of vendors and prices. */
  metering?: Partial<MeteringSettings>;
  log: (line: string) => void;
}

/** What may change while calls are recorded. */
export type ArchiveSettings = Required<Pick<ArchiveOptions, 'bodyLimit' | 'redaction'>> & { budgets: Budgets };

export interface ArchiveHealth {
  /** Bytes of facts not yet on disk. */
  queuedBytes: number;
  /** Age of the oldest of them. */
  lagMs: number;
  recordedCalls: number;
  shedBodies: number;
  shedCalls: number;
  /** Calls that were not recorded because recording was paused. */
  pausedCalls: number;
  /** Calls that are recorded and not over, as of the last commit. */
  openCalls: number;
  /** Why nothing is being written just now; null when all is well. */
  lastError: string | null;
}

/** The recorder as the capturing thread sees it. */
export interface Archive {
  emit: Emit;
  /**
   * Says who is behind a `processKey`, before or after calls name it. Not shed; once written, telling it again costs
   * nothing. The command line is redacted once more on its way to the disk.
   */
  noteProcess(key: string, identity: ProcessIdentity): void;
  /** The next call's id: gapless, and never one that is on disk. */
  nextCallId(): number;
  readonly bodyLimit: number;
  /** Counts a call that is not recorded because recording is paused. `startedAt`: microseconds since the epoch. */
  skip(startedAt: number): void;
  /** Other limits, budgets and names, from the next call on. */
  configure(settings: ArchiveSettings): void;
  /** Other vendors and prices of the user's, from the next call on. What is left out stays. */
  configureMetering(settings: Partial<MeteringSettings>): void;
  /**
   * Takes facts that another thread has written down already, as slab.ts does: their bytes, how many calls begin in
   * them, and when the first one does. False, and nothing is taken, while the queue is half full: try again later.
   */
  takeSlab(slab: { bytes: ArrayBuffer; length: number; calls: number; from: number }): boolean;
  /** Everything emitted so far is committed. */
  flush(): Promise<void>;
  /** Somebody else holds facts, too: asked before each flush to hand them over. */
  beforeFlush(hand: () => Promise<void>): () => void;
  health(): ArchiveHealth;
  /** Told of the newest change, ten times a second at most. */
  onChanged(listener: (highestSeq: number) => void): () => void;
  /**
   * Announces that what a call used is waited for; say it before its first fact, or soon after. `onMetered` hears of it once,
   * when it is over: with unknowns where its facts were let go, lost, or are not recorded.
   */
  awaitMetering(call: number): void;
  /** Hears of the calls that were announced, and of no others. */
  onMetered(listener: MeteredListener): () => void;
  /** What a call that is about to leave costs at most: at once for most calls, else when the tables were looked into. Never rejects. */
  priceAhead(question: PriceQuestion): PriceAhead | Promise<PriceAhead>;
  /** Raw values behind the masks of a recent call; for replay in the same run. */
  secretsOf(call: number): Promise<Secret[]>;
  /** Work on what is stored; rejects with a sentence when it cannot be done now. Everything emitted before is written first. */
  work<Name extends ChoreName>(name: Name, asked: Chores[Name][0]): Promise<Chores[Name][1]>;
  /** The calls that are open now end here, as interrupted: call it before their connections are cut. */
  interrupt(): void;
  /** Writes everything, closes the databases. A disk in trouble is waited for five seconds. */
  stop(): Promise<void>;
}

/** Bytes of each body that are kept unless somebody says otherwise. */
export const DEFAULT_BODY_LIMIT = 1024 * 1024;

const SLAB = 256 * 1024;
/** A slab goes out at the latest this long after its first fact. */
const SLAB_MS = 50;
const SPARE_SLABS = 16;

/** Why the databases cannot be opened, in a sentence. */
class RecordsUnusable extends Error {}

/** Starts the archive's worker; resolves when the databases are open. Rejects with RecordsUnusable when they cannot be. */
export async function createArchive(options: ArchiveOptions): Promise<Archive> {
  const { dataDir, log } = options;
  let bodyLimit = options.bodyLimit ?? DEFAULT_BODY_LIMIT;
  const queueLimit = options.queueLimit ?? 64 * 1024 * 1024;
  const heldLimit = (): number => Math.max(queueLimit * 2, 4 * bodyLimit);
  let settings: WorkerSettings = {
    dataDir,
    bodyLimit,
    heldLimit: heldLimit(),
    budgets: { ...DEFAULT_BUDGETS, ...options.budgets },
    redaction: options.redaction ?? { names: [], plain: [] },
    metering: { ownVendors: [], corrections: [], prices: NO_OWN_PRICES, ...options.metering },
  };
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });

  const admission = createAdmission(queueLimit);
  const notices = createChangeNotices();
  const flushes = new Map<number, () => void>();
  const holders = new Set<() => Promise<void>>();
  const secretAnswers = new Map<number, (secrets: Secret[]) => void>();
  const chores = new Map<number, { resolve: (result: unknown) => void; reject: (error: Error) => void }>();
  const awaited = createAwaitedCalls(log);
  const rateAnswers = new Map<number, (rates: CeilingRates | null) => void>();
  const prices = createPricesAhead((question) => ask(rateAnswers, (id) => ({ type: 'rates', id, question }), null));
  prices.forget(hasPersonalPrices(settings.metering.prices));
  const processes = createProcessTeller((key, identity) => post({ type: 'process', key, identity }));
  const spare: ArrayBuffer[] = [];
  /** Slabs at the worker, oldest first. */
  let sent: { length: number; at: number; calls: number; from: number }[] = [];
  let sentBytes = 0;
  let out = new ByteWriter(Buffer.from(new ArrayBuffer(SLAB)));
  let slabCalls = 0;
  let slabFrom = 0;
  let slabTimer: NodeJS.Timeout | null = null;
  let nextId = 1;
  let counter = 0;
  let recordedCalls = 0;
  let recordedBefore = 0;
  let lastError: string | null = null;
  let openCalls = 0;
  let pausedCalls = 0;
  let pausedGap: Gap | null = null;
  let lostGap: Gap | null = null;
  let lostCalls = 0;
  let restarts = 0;
  let stopped: (() => void) | null = null;
  let ended = false;
  let emitProblems = 0;
  let worker: Worker | null = null;

  const post = (message: ToWorker, transfer: ArrayBuffer[] = []): void => worker?.postMessage(message, transfer);

  /** Before the facts of those calls. */
  function announce(): void {
    const calls = awaited.takeAnnounced();
    if (calls !== null) post({ type: 'await', calls });
  }

  function sendSlab(full: boolean): void {
    if (pausedGap !== null) {
      const gap = pausedGap;
      pausedGap = null;
      write(gap);
    }
    if (slabTimer) clearTimeout(slabTimer);
    slabTimer = null;
    if (out.at === 0 || worker === null) return;
    announce();
    const slab = out.bytes.buffer as ArrayBuffer;
    sent.push({ length: out.at, at: Date.now(), calls: slabCalls, from: slabFrom });
    sentBytes += out.at;
    post({ type: 'slab', slab, length: out.at, full }, [slab]);
    out = new ByteWriter(Buffer.from(spare.pop() ?? new ArrayBuffer(SLAB)));
    slabCalls = 0;
    slabFrom = 0;
  }

  function write(event: CallEvent | Gap): void {
    const room = roomFor(event);
    if (out.at + room > out.bytes.length) {
      sendSlab(true);
      if (out.at > 0 || room > out.bytes.length) {
        // No worker just now, or a fact bigger than a slab: a buffer of its own size.
        const bytes = Buffer.from(new ArrayBuffer(Math.max(out.at + room, out.bytes.length * 2)));
        out.bytes.copy(bytes, 0, 0, out.at);
        out.bytes = bytes;
      }
    }
    const start = out.at;
    try {
      writeFact(out, event);
    } catch (error) {
      out.at = start; // half a fact would take the rest of its slab with it
      throw error;
    }
    if (event.type === 'opened') {
      slabCalls += 1;
      if (slabFrom === 0) slabFrom = event.startedAt;
    }
    slabTimer ??= setTimeout(sendSlab, SLAB_MS, false);
  }

  function emit(event: CallEvent): void {
    if (ended || event.call === UNRECORDED) return;
    try {
      const queued = sentBytes + out.at;
      const admitted = admission.admit(event, queued);
      const mark = admission.before();
      if (mark) write(mark);
      if (admitted) write(clip(admitted));
      else if (event.type === 'closed' && awaited.waits) awaited.lose(event.call);
      const gap = admission.takeGap(queued) ?? takeLostGap();
      if (gap) write(gap);
    } catch (error) {
      // Recording never breaks a call.
      emitProblems += 1;
      if (emitProblems <= 10) log(`A fact could not be recorded: ${String(error)}`);
    }
  }

  function clip(event: CallEvent): CallEvent {
    const most = Math.max(bodyLimit, READ_MESSAGE);
    return event.type === 'message' && event.data.byteLength > most
      ? { ...event, data: event.data.subarray(0, most) }
      : event;
  }

  function takeLostGap(): Gap | null {
    const gap = lostGap;
    lostGap = null;
    return gap;
  }

  function take(message: FromWorker): void {
    switch (message.type) {
      case 'committed':
        message.slabs.forEach((slab, index) => {
          sentBytes -= message.sizes[index] ?? 0;
          sent.shift();
          if (slab.byteLength === SLAB && spare.length < SPARE_SLABS) spare.push(slab);
        });
        recordedCalls = recordedBefore + message.recorded;
        openCalls = message.open;
        if (message.seq > 0) notices.tell(message.seq);
        break;
      case 'noted':
        processes.noted(message.keys);
        break;
      case 'flushed':
        flushes.get(message.id)?.();
        flushes.delete(message.id);
        break;
      case 'secrets':
        secretAnswers.get(message.id)?.(message.secrets);
        secretAnswers.delete(message.id);
        break;
      case 'metered':
        awaited.take(message.calls);
        break;
      case 'rates':
        rateAnswers.get(message.id)?.(message.rates);
        rateAnswers.delete(message.id);
        break;
      case 'did':
        chores.get(message.id)?.resolve(message.result);
        chores.delete(message.id);
        break;
      case 'failed':
        chores.get(message.id)?.reject(new Error(message.message));
        chores.delete(message.id);
        break;
      case 'trouble':
        lastError = message.message;
        break;
      case 'log':
        log(message.line);
        break;
      case 'stopped':
        if (message.lost > 0)
          log(`${message.lost} calls could not be written before the end: ${lastError ?? 'no reason given'}.`);
        stopped?.();
        break;
      default:
        break;
    }
  }

  /** Starts the worker; resolves with the first free id. */
  function start(): Promise<number> {
    return new Promise((resolve, reject) => {
      const file = import.meta.url.endsWith('.ts') ? './archive-worker.ts' : './archive-worker.mjs';
      const started = new Worker(new URL(file, import.meta.url), { workerData: settings });
      started.on('message', (message: FromWorker) => {
        if (message.type === 'ready') {
          worker = started;
          resolve(message.firstCallId);
        } else if (message.type === 'refused')
          reject(new RecordsUnusable(`The records in ${dataDir} cannot be opened: ${message.message}`));
        else take(message);
      });
      started.on('error', (error: Error) => {
        lastError = `The archive's thread broke: ${error.message}`;
        log(`${lastError}\n${error.stack ?? ''}`);
        reject(error);
      });
      started.on('exit', () => {
        reject(new Error('The archive ended while starting.'));
        if (worker !== started) return;
        worker = null;
        // What it held is lost, and of calls that go on it had the beginning.
        awaited.loseAll();
        for (const answer of rateAnswers.values()) answer(null);
        rateAnswers.clear();
        prices.forget(hasPersonalPrices(settings.metering.prices));
        for (const { reject: giveUp } of chores.values()) giveUp(new Error('The recorder ended.'));
        chores.clear();
        stopped?.();
        if (!ended) restart();
      });
    });
  }

  /** The worker should never break; if it does, what it held is a gap, and a new one takes over. */
  function restart(): void {
    const calls = sent.reduce((sum, slab) => sum + slab.calls, 0);
    if (calls > 0) {
      lostCalls += calls;
      lostGap = {
        type: 'gap',
        reason: 'overload',
        from: sent.find((slab) => slab.from > 0)?.from ?? Date.now() * 1000,
        to: Date.now() * 1000,
        calls,
      };
    }
    sent = [];
    sentBytes = 0;
    recordedBefore = recordedCalls;
    for (const done of flushes.values()) done();
    flushes.clear();
    restarts += 1;
    setTimeout(
      () => {
        if (ended) return;
        start().then(
          () => {
            lastError = null;
            prices.forget(hasPersonalPrices(settings.metering.prices));
            processes.again();
            log(`The archive works again${calls > 0 ? `; ${calls} calls it held are marked as a gap` : ''}.`);
            sendSlab(false);
          },
          (error: unknown) => {
            lastError = error instanceof Error ? error.message : String(error);
            restart();
          },
        );
      },
      Math.min(30_000, 100 * 2 ** Math.min(restarts, 8)),
    ).unref();
  }

  function ask<T>(
    answers: Map<number, (answer: T) => void>,
    message: (id: number) => ToWorker,
    otherwise: T,
  ): Promise<T> {
    if (worker === null) return Promise.resolve(otherwise);
    counter += 1;
    const id = counter;
    return new Promise((resolve) => {
      answers.set(id, resolve);
      post(message(id));
    });
  }

  nextId = await start();
  return {
    emit,
    noteProcess(key, identity) {
      if (!ended) processes.note(key, identity);
    },
    nextCallId: () => nextId++,
    get bodyLimit() {
      return bodyLimit;
    },
    skip(startedAt) {
      pausedCalls += 1;
      if (pausedGap === null) pausedGap = { type: 'gap', reason: 'paused', from: startedAt, to: startedAt, calls: 1 };
      else {
        pausedGap.to = startedAt;
        pausedGap.calls += 1;
      }
      slabTimer ??= setTimeout(sendSlab, SLAB_MS, false);
    },
    configure(next) {
      // What was seen before is kept as it was to be kept.
      sendSlab(false);
      bodyLimit = next.bodyLimit;
      // Also what a thread started anew begins with.
      settings = { ...settings, ...next, heldLimit: heldLimit() };
      const { budgets, redaction } = next;
      post({ type: 'configure', settings: { budgets, redaction, bodyLimit, heldLimit: heldLimit() } });
    },
    configureMetering(next) {
      sendSlab(false);
      settings = { ...settings, metering: { ...settings.metering, ...next } };
      post({ type: 'configure-metering', settings: settings.metering });
      prices.forget(hasPersonalPrices(settings.metering.prices));
    },
    takeSlab({ bytes, length, calls, from }) {
      if (ended) return true;
      if (worker === null || sentBytes + out.at > queueLimit / 2) return false;
      sent.push({ length, at: Date.now(), calls, from });
      sentBytes += length;
      announce();
      post({ type: 'slab', slab: bytes, length, full: false }, [bytes]);
      return true;
    },
    beforeFlush(hand) {
      holders.add(hand);
      return () => holders.delete(hand);
    },
    async flush() {
      for (const hand of holders) await hand();
      sendSlab(false);
      await ask<void>(flushes, (id) => ({ type: 'flush', id }), undefined);
    },
    health: () => ({
      queuedBytes: sentBytes + out.at,
      lagMs: sent[0] ? Date.now() - sent[0].at : 0,
      recordedCalls,
      shedBodies: admission.shedBodies,
      shedCalls: admission.shedCalls + lostCalls,
      pausedCalls,
      openCalls,
      lastError,
    }),
    onChanged: notices.listen,
    awaitMetering(call) {
      awaited.add(call);
      if (ended || call === UNRECORDED) awaited.lose(call);
    },
    onMetered: awaited.listen,
    priceAhead: prices.ask,
    secretsOf: (call) => ask(secretAnswers, (id) => ({ type: 'secrets', id, call }), []),
    work(name, asked) {
      if (worker === null || ended) return Promise.reject(new Error('The recorder does not run just now.'));
      sendSlab(false);
      counter += 1;
      const id = counter;
      return new Promise((resolve, reject) => {
        chores.set(id, { resolve: resolve as (result: unknown) => void, reject });
        post({ type: 'chore', id, chore: { name, asked } as Chore });
      });
    },
    interrupt() {
      sendSlab(false);
      post({ type: 'interrupt' });
    },
    async stop() {
      if (ended) return;
      sendSlab(false);
      ended = true;
      notices.stop();
      if (worker === null) return;
      const exited = new Promise<void>((resolve) => worker?.once('exit', () => resolve()));
      await new Promise<void>((resolve) => {
        stopped = resolve;
        post({ type: 'stop', patienceMs: 5000 });
      });
      await exited;
    },
  };
}
