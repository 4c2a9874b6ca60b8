import { Worker } from 'node:worker_threads';
import type { Call, Message } from '../../../shared/model/call.ts';
import type { CallSummary } from '../../../shared/model/call-summary.ts';
import type { Facets } from '../store/count-facets.ts';
import type { Histogram } from '../store/count-over-time.ts';
import type {
  DecisionSum,
  DeprecationSeen,
  EdgeSum,
  LimitSum,
  MeteredPage,
  MeteredQuestion,
  Sighting,
  Span,
  SpendingSum,
  ThrottleSum,
  VersionSeen,
} from '../store/picture-rows.ts';
import type { SeenApps } from '../store/read-apps.ts';
import type { Endpoints } from '../store/read-endpoints.ts';
import type { Overview } from '../store/read-rollups.ts';
import type { FoundCalls, StorageReport, StoredBody } from '../store/store-reader.ts';
import { NOTHING_DECLARED } from '../vendors/declared.ts';
import type { PlaceProblem } from '../places/usable-places.ts';
import type { Declared } from '../vendors/declared.ts';
import type { CostQuestions } from './costs/cost-answers.ts';
import type { Ask, FromReader, QuestionName, Questions, ToReader } from './questions.ts';

/** Questions about recorded calls. All may be asked at once; a long one does not hold up a quick one. */
export interface Reader {
  /** Newest first unless asked otherwise; `before` and `after` are call ids, exclusive. `signal` gives a long search up. */
  listCalls(question: Questions['list'][0], signal?: AbortSignal): Promise<FoundCalls>;
  /** Calls over time; `onPart` is given the counts so far, about four times a second while the search goes on. */
  histogram(
    question: Questions['histogram'][0],
    onPart?: (soFar: Histogram) => void,
    signal?: AbortSignal,
  ): Promise<Histogram>;
  /** Calls by what they have in common. */
  facets(question: Questions['facets'][0], signal?: AbortSignal): Promise<Facets>;
  /** Calls that opened or changed after `seq`, oldest change first, as they are now; `seq` is where to go on. */
  changedSince(question: Questions['changed'][0]): Promise<{ seq: number; calls: CallSummary[] }>;
  /** The calls of these ids that there are, in their order. */
  namedCalls(ids: readonly number[]): Promise<CallSummary[]>;
  getCall(id: number): Promise<Call | null>;
  /** Null when there was none, it was not kept, or it was evicted. */
  getBody(id: number, side: 'request' | 'response'): Promise<StoredBody | null>;
  /** `after`: how many to skip. */
  listMessages(question: Questions['messages'][0]): Promise<Message[]>;
  /** Sums, latencies and the largest hosts and apps of a time span; null while nothing is stored. */
  overview(question: { since: number; until: number }): Promise<Overview | null>;
  /** The slowest and the most failing endpoints among the newest calls of a time span; null while nothing is stored. */
  endpoints(question: { since: number; until: number }, signal?: AbortSignal): Promise<Endpoints | null>;
  /**
   * Every app that was ever seen, by shown names, with what it did in a span (widened to whole minutes); the ones with most
   * calls first. `unnamed`: calls of the span of which no app is known.
   */
  listApps(span: { since: number; until: number }): Promise<SeenApps>;
  /** What was seen of a span (whole hours that touch it) and what was not; null when nobody looked in it. */
  coverage(span: Questions['coverage'][0]): Promise<Questions['coverage'][1]>;
  /** The same by the hour, oldest first; hours nobody looked at are left out. */
  coverageHours(span: Questions['coverageHours'][0]): Promise<Questions['coverageHours'][1]>;
  /** Connections that were not seen, by program and remote host, the newest first. `app` as it is shown. */
  notSeen(question: Questions['notSeen'][0]): Promise<Questions['notSeen'][1]>;
  /** Questions of those who draw pictures; see `PictureReader` of the store. */
  edges(span: Span): Promise<EdgeSum[]>;
  spending(question: Questions['spending'][0]): Promise<SpendingSum[]>;
  sightings(question: Questions['sightings'][0]): Promise<Sighting[]>;
  versions(): Promise<VersionSeen[]>;
  deprecations(): Promise<DeprecationSeen[]>;
  limits(question: Questions['limits'][0]): Promise<LimitSum[]>;
  throttles(span: Span): Promise<ThrottleSum[]>;
  decisionSums(question: Questions['decisionSums'][0]): Promise<DecisionSum[]>;
  hosts(): Promise<string[]>;
  repricings(): Promise<Questions['repricings'][1]>;
  /** Texts of policies.yaml that were in force, the newest first. */
  policyVersions(): Promise<Questions['policyVersions'][1]>;
  policyVersion(version: number): Promise<Questions['policyVersion'][1]>;
  policiesKept(): Promise<Questions['policiesKept'][1]>;
  /** Metered calls a page at a time: `after` the last id of the page before, while there is `more`. */
  metered(question: MeteredQuestion, signal?: AbortSignal): Promise<MeteredPage>;
  /**
   * Shows apps under other names from the next question on, everywhere: rows, `app:` filters, counts, orders. Recorded name
   * → shown name; several may be shown under one. Nothing stored changes.
   */
  setAppNames(names: Readonly<Record<string, string>>): void;
  /** The names as they were set last; for others who read the store. */
  appNames(): Readonly<Record<string, string>>;
  /** What people say of vendors counts from the next question on, everywhere: `vendor:` filters, sums, the map. */
  setDeclared(declared: Declared): void;
  /** What people say as it was set last; for others who read the store. */
  declared(): Declared;
  /** Says where addresses are by these MMDB files from the next question on; those that cannot be used say nothing. */
  setPlaces(paths: readonly string[]): void;
  /** Which of these MMDB files cannot be used, and why. */
  placeProblems(paths: readonly string[]): Promise<PlaceProblem[]>;
  /** Every vendor that was ever called or that people said something of, with what was called of it in a span. */
  vendors(question: Questions['vendors'][0]): Promise<Questions['vendors'][1]>;
  /** Everything that is known of a vendor; null when there is none. */
  vendor(question: Questions['vendor'][0], signal?: AbortSignal): Promise<Questions['vendor'][1]>;
  /** Whether a vendor was called, is listed or declared. */
  knowsVendor(id: string): Promise<boolean>;
  /** Names of a host’s endpoints that a path with `{name}` where it varies stands for. */
  endpointsLike(question: Questions['endpointsLike'][0]): Promise<string[]>;
  /** What is left of vendors’ limits, as they say. */
  headroom(question: Questions['headroom'][0]): Promise<Questions['headroom'][1]>;
  /** App → vendor → endpoint. */
  map(question: Questions['map'][0]): Promise<Questions['map'][1]>;
  /** The map as a file; in words why not, when it cannot be. */
  mapExport(question: Questions['mapExport'][0], signal?: AbortSignal): Promise<Questions['mapExport'][1]>;
  /** Costs by one or more dimensions; in words why not, when there is no such dimension. */
  costTable(question: CostQuestions['costTable'][0], signal?: AbortSignal): Promise<CostQuestions['costTable'][1]>;
  costSeries(question: CostQuestions['costSeries'][0], signal?: AbortSignal): Promise<CostQuestions['costSeries'][1]>;
  costSummary(
    question: CostQuestions['costSummary'][0],
    signal?: AbortSignal,
  ): Promise<CostQuestions['costSummary'][1]>;
  /** What could be saved, among the newest calls of a span. */
  costWaste(question: CostQuestions['costWaste'][0], signal?: AbortSignal): Promise<CostQuestions['costWaste'][1]>;
  costBudgets(
    question: CostQuestions['costBudgets'][0],
    signal?: AbortSignal,
  ): Promise<CostQuestions['costBudgets'][1]>;
  storage(): Promise<StorageReport>;
  /** Starts the thread now; rejects when the store cannot be read (damaged, or written by a newer version). */
  prepare(): Promise<void>;
  stop(): Promise<void>;
}

/** A thread that was asked nothing for this long is let go: an engine that only records should be small. */
const IDLE_MS = 5 * 60_000;

/**
 * Reads the store on a thread of its own, started by the first question. The data folder may be
 * empty, and may fill later.
 */
export function createReader({ dataDir }: { dataDir: string }): Reader {
  const waiting = new Map<
    number,
    { resolve: (answer: unknown) => void; reject: (error: Error) => void; onPart?: (part: unknown) => void }
  >();
  let counter = 0;
  let stopping = false;
  let worker: Worker | null = null;
  let starting: Promise<Worker> | null = null;
  let lastAsked = 0;
  let appNames: Readonly<Record<string, string>> = {};
  let declared: Declared = NOTHING_DECLARED;
  let placePaths: readonly string[] = [];

  function start(): Promise<Worker> {
    starting ??= new Promise<Worker>((resolve, reject) => {
      const file = import.meta.url.endsWith('.ts') ? './reader-worker.ts' : './reader-worker.mjs';
      const started = new Worker(new URL(file, import.meta.url), { workerData: { dataDir } });
      const giveUp = (error: Error): void => {
        reject(error);
        // Let go while idle: another may be at work already.
        if (worker !== null && worker !== started) return;
        worker = null;
        starting = null;
        for (const { reject: refuse } of waiting.values()) refuse(error);
        waiting.clear();
      };
      started.on('message', (message: FromReader) => {
        if ('ready' in message) {
          worker = started;
          started.postMessage({ id: 0, name: 'app-names', names: appNames } satisfies ToReader);
          started.postMessage({ id: 0, name: 'declared', declared } satisfies ToReader);
          started.postMessage({ id: 0, name: 'places', paths: placePaths } satisfies ToReader);
          resolve(started);
        } else if ('refused' in message) giveUp(new Error(message.refused));
        else take(message);
      });
      started.on('error', giveUp);
      started.on('exit', () =>
        giveUp(new Error(stopping ? 'The reader was stopped.' : 'The reader ended unexpectedly.')),
      );
    });
    return starting;
  }

  const idle = setInterval(() => {
    if (worker === null || waiting.size > 0 || performance.now() - lastAsked < IDLE_MS) return;
    const ending = worker;
    worker = null;
    starting = null;
    ending.postMessage({ id: 0, name: 'stop' } satisfies ToReader);
  }, IDLE_MS / 5).unref();

  function take(
    message: { id: number; answer: unknown } | { id: number; part: unknown } | { id: number; error: string },
  ): void {
    const asked = waiting.get(message.id);
    if ('part' in message) return asked?.onPart?.(message.part);
    waiting.delete(message.id);
    if ('error' in message) asked?.reject(new Error(message.error));
    else asked?.resolve(message.answer);
  }

  async function ask<Name extends QuestionName>(
    name: Name,
    question: Questions[Name][0],
    signal?: AbortSignal,
    onPart?: (part: unknown) => void,
  ): Promise<Questions[Name][1]> {
    if (stopping) throw new Error('The reader was stopped.');
    signal?.throwIfAborted();
    const to = worker ?? (await start()); // started again if it broke
    lastAsked = performance.now();
    counter += 1;
    const id = counter;
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve: resolve as (answer: unknown) => void, reject, ...(onPart && { onPart }) });
      signal?.addEventListener(
        'abort',
        () => {
          to.postMessage({ id, name: 'cancel' } satisfies ToReader);
          waiting.delete(id);
          reject(signal.reason instanceof Error ? signal.reason : new Error('The search was given up.'));
        },
        { once: true },
      );
      const message = { id, name, question } as Ask;
      to.postMessage(message);
    });
  }

  return {
    listCalls: (question, signal) => ask('list', question, signal),
    histogram: (question, onPart, signal) => ask('histogram', question, signal, onPart as (part: unknown) => void),
    facets: (question, signal) => ask('facets', question, signal),
    changedSince: (question) => ask('changed', question),
    namedCalls: (ids) => ask('named', ids),
    getCall: (id) => ask('call', id),
    getBody: (id, side) => ask('body', { id, side }),
    listMessages: (question) => ask('messages', question),
    overview: (question) => ask('overview', question),
    endpoints: (question, signal) => ask('endpoints', question, signal),
    listApps: async (span) => (await ask('apps', span)) ?? { apps: [], unnamed: 0 },
    coverage: (span) => ask('coverage', span),
    coverageHours: (span) => ask('coverageHours', span),
    notSeen: (question) => ask('notSeen', question),
    appNames: () => appNames,
    setAppNames(names) {
      appNames = names;
      worker?.postMessage({ id: 0, name: 'app-names', names } satisfies ToReader);
    },
    edges: (span) => ask('edges', span),
    spending: (question) => ask('spending', question),
    sightings: (question) => ask('sightings', question),
    versions: () => ask('versions', null),
    deprecations: () => ask('deprecations', null),
    limits: (question) => ask('limits', question),
    throttles: (span) => ask('throttles', span),
    decisionSums: (question) => ask('decisionSums', question),
    hosts: () => ask('hosts', null),
    repricings: () => ask('repricings', null),
    policyVersions: () => ask('policyVersions', null),
    policyVersion: (version) => ask('policyVersion', version),
    policiesKept: () => ask('policiesKept', null),
    metered: (question, signal) => ask('metered', question, signal),
    setDeclared(next) {
      declared = next;
      worker?.postMessage({ id: 0, name: 'declared', declared } satisfies ToReader);
    },
    declared: () => declared,
    setPlaces(paths) {
      placePaths = paths;
      worker?.postMessage({ id: 0, name: 'places', paths } satisfies ToReader);
    },
    placeProblems: (paths) => ask('placeProblems', paths),
    vendors: (question) => ask('vendors', question),
    vendor: (question, signal) => ask('vendor', question, signal),
    knowsVendor: (id) => ask('knowsVendor', id),
    endpointsLike: (question) => ask('endpointsLike', question),
    headroom: (question) => ask('headroom', question),
    map: (question) => ask('map', question),
    mapExport: (question, signal) => ask('mapExport', question, signal),
    costTable: (question, signal) => ask('costTable', question, signal),
    costSeries: (question, signal) => ask('costSeries', question, signal),
    costSummary: (question, signal) => ask('costSummary', question, signal),
    costWaste: (question, signal) => ask('costWaste', question, signal),
    costBudgets: (question, signal) => ask('costBudgets', question, signal),
    storage: () => ask('storage', null),
    async prepare() {
      await start();
    },
    async stop() {
      stopping = true;
      clearInterval(idle);
      const ending = worker;
      if (!ending) return;
      await new Promise<void>((resolve) => {
        ending.once('exit', () => resolve());
        ending.postMessage({ id: 0, name: 'stop' } satisfies ToReader);
      });
    },
  };
}
