import { parentPort, workerData } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import { createCatalogue } from '../../../shared/vendors/catalogue/create-catalogue.ts';
import { createPriceBook } from '../../../shared/ledger/create-price-book.ts';
import { createStoreReader } from '../store/store-reader.ts';
import type { StoreReader } from '../store/store-reader.ts';
import { exportMap } from '../exports/export-map.ts';
import { findPlaceProblems, openUsable } from '../places/usable-places.ts';
import { NOTHING_DECLARED } from '../vendors/declared.ts';
import type { Declared } from '../vendors/declared.ts';
import { createCostAnswers, type CostQuestions } from './costs/cost-answers.ts';
import { createPictures } from './picture/pictures.ts';
import type { Ask, FromReader, ToReader } from './questions.ts';
import { takeTurns } from './turns/turns.ts';

/**
 * Answers questions on a thread of its own, so that neither capture nor writing waits for a search.
 * A long search works in turns of a few milliseconds; between them quick questions are answered and
 * searches that nobody waits for any more are dropped.
 */
const TURN_MS = 8;

/** Questions whose answers may take long. */
type LongName =
  | 'list'
  | 'histogram'
  | 'facets'
  | 'endpoints'
  | 'metered'
  | 'vendor'
  | 'mapExport'
  | keyof CostQuestions;

/** Questions whose answers say where hosts are: they wait until the files that tell it are open. */
const PLACED: ReadonlySet<ToReader['name']> = new Set(['vendors', 'vendor', 'map', 'mapExport']);

export function runReader(port: MessagePort, reader: StoreReader): void {
  const turns = takeTurns(TURN_MS, (message) => port.postMessage(message));
  const pictures = createPictures({ reader, createCatalogue });
  const answerCosts = createCostAnswers({
    rows: reader,
    recognise,
    priceBook: (own) => createPriceBook({ own }),
  });
  /** Files that nobody has needed yet, are being opened, or are open: null. */
  let places: { paths: readonly string[]; opening: boolean } | null = null;
  const held = new Map<number, ToReader>();
  setDeclared(NOTHING_DECLARED);

  function recognise(host: string): { vendor: string; service: string | null } | null {
    const found = pictures.recognise(host);
    return found && { vendor: found.vendor.id, service: found.service?.id ?? null };
  }

  function setDeclared(declared: Declared): void {
    pictures.setDeclared(declared);
    // Another function each time: what was told by the one before is forgotten.
    reader.setRecognise((host) => recognise(host));
  }

  /** Keeps a question until the files are open; the first one opens them. */
  function hold(message: ToReader, files: NonNullable<typeof places>): void {
    held.set(message.id, message);
    if (files.opening) return;
    files.opening = true;
    void openFiles(files);
  }

  async function openFiles(files: NonNullable<typeof places>): Promise<void> {
    const { placeOf } = await openUsable(files.paths).catch(() => ({ placeOf: () => null }));
    // Others may have been named meanwhile: what waits then waits for those.
    if (places === files) {
      places = null;
      pictures.setPlaces(placeOf);
    }
    const waiting = [...held.values()];
    held.clear();
    for (const one of waiting) take(one);
  }

  function reply(message: FromReader): void {
    port.postMessage(message);
  }

  function attempt(id: number, answer: () => unknown): void {
    try {
      reply({ id, answer: answer() });
    } catch (error) {
      reply({ id, error: error instanceof Error ? error.message : String(error) });
    }
  }

  function answerQuick(ask: Exclude<Ask, { name: LongName | 'placeProblems' }>): unknown {
    switch (ask.name) {
      case 'changed':
        return reader.changedSince(ask.question);
      case 'named':
        return reader.named(ask.question);
      case 'call':
        return reader.call(ask.question);
      case 'body':
        return reader.body(ask.question.id, ask.question.side);
      case 'messages':
        return reader.messages(ask.question.call, ask.question.after ?? 0, ask.question.limit);
      case 'overview':
        return reader.overview(ask.question.since, ask.question.until);
      case 'apps':
        return reader.apps(ask.question);
      case 'coverage':
        return reader.coverage(ask.question);
      case 'coverageHours':
        return reader.coverageHours(ask.question);
      case 'notSeen':
        return reader.notSeen(ask.question);
      case 'storage':
        return reader.storage();
      case 'edges':
        return reader.edges(ask.question);
      case 'spending':
        return reader.spending(ask.question);
      case 'sightings':
        return reader.sightings(ask.question);
      case 'limits':
        return reader.limits(ask.question);
      case 'decisionSums':
        return reader.decisionSums(ask.question);
      case 'throttles':
        return reader.throttles(ask.question);
      case 'versions':
        return reader.versions();
      case 'deprecations':
        return reader.deprecations();
      case 'hosts':
        return reader.hosts();
      case 'repricings':
        return reader.repricings();
      case 'policyVersions':
        return reader.policyVersions();
      case 'policyVersion':
        return reader.policyVersion(ask.question);
      case 'policiesKept':
        return reader.policiesKept();
      case 'vendors':
        return pictures.vendors(ask.question);
      case 'knowsVendor':
        return pictures.knows(ask.question);
      case 'endpointsLike':
        return pictures.endpointsLike(ask.question);
      case 'headroom':
        return pictures.headroom(ask.question);
      case 'map':
        return pictures.map(ask.question);
    }
  }

  function take(message: ToReader): void {
    if (places !== null && PLACED.has(message.name)) return hold(message, places);
    switch (message.name) {
      case 'cancel':
        turns.cancel(message.id);
        held.delete(message.id);
        return;
      case 'app-names':
        reader.setAppNames(message.names);
        return;
      case 'declared':
        setDeclared(message.declared);
        return;
      case 'places':
        places = message.paths.length === 0 ? null : { paths: message.paths, opening: false };
        pictures.setPlaces(null);
        return;
      case 'placeProblems':
        void findPlaceProblems(message.question).then(
          (answer) => reply({ id: message.id, answer }),
          (error: unknown) => reply({ id: message.id, error: String(error) }),
        );
        return;
      case 'stop':
        held.clear();
        turns.clear();
        reader.close();
        port.close();
        return;
      case 'list':
        turns.begin(message.id, reader.search(message.question));
        return;
      case 'histogram':
        turns.begin(message.id, reader.histogram(message.question));
        return;
      case 'facets':
        turns.begin(message.id, reader.facets(message.question));
        return;
      case 'metered':
        turns.begin(message.id, reader.metered(message.question));
        return;
      case 'endpoints':
        turns.begin(message.id, reader.endpoints(message.question.since, message.question.until));
        return;
      case 'vendor':
        turns.begin(message.id, pictures.vendor(message.question));
        return;
      case 'mapExport':
        turns.begin(message.id, exportMap({ picture: pictures.now, reader }, message.question));
        return;
      case 'costTable':
      case 'costSeries':
      case 'costSummary':
      case 'costWaste':
      case 'costBudgets':
        turns.begin(message.id, answerCosts(message));
        return;
      default:
        attempt(message.id, () => answerQuick(message));
    }
  }

  port.on('message', take);
  reply({ id: 0, ready: true });
}

if (parentPort) {
  const port = parentPort;
  try {
    runReader(port, createStoreReader((workerData as { dataDir: string }).dataDir));
  } catch (error) {
    port.postMessage({ id: 0, refused: error instanceof Error ? error.message : String(error) } satisfies FromReader);
    port.close();
  }
}
