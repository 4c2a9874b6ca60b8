import { parentPort, workerData } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import { createCatalogue } from '../../../../shared/vendors/catalogue/create-catalogue.ts';
import { openUsable } from '../../places/usable-places.ts';
import { createStoreReader } from '../../store/store-reader.ts';
import type { StoreReader } from '../../store/store-reader.ts';
import { createPictures } from '../picture/pictures.ts';
import { createAnswers } from './answers.ts';
import { createKeptHistory } from './kept-history.ts';
import type { Progress } from './progress.ts';
import type { FromWhatIf, ToWhatIf } from './questions.ts';
import { tellHosts } from './vendor-words.ts';

/** Work goes on in turns of so many milliseconds; between them somebody may give it up. */
const TURN_MS = 25;

/** Tries policies on recorded calls, on a thread of its own: what has long work and large columns holds up no list. */
export function runWhatIf(port: MessagePort, reader: StoreReader): void {
  const running = new Map<number, Generator<Progress | undefined, unknown>>();
  const pictures = createPictures({ reader, createCatalogue });
  const kept = createKeptHistory(reader, () => tellHosts(pictures.now(), reader.sightings({})));
  const answer = createAnswers({ reader, kept });
  let working = false;
  /** Set while files that say where addresses are are being opened. */
  let opening: Promise<void> | null = null;

  reader.setRecognise(recognise);

  function recognise(host: string): { vendor: string; service: string | null } | null {
    const found = pictures.recognise(host);
    return found && { vendor: found.vendor.id, service: found.service?.id ?? null };
  }

  function reply(message: FromWhatIf): void {
    port.postMessage(message);
  }

  function work(): void {
    for (const [id, search] of [...running]) {
      const until = performance.now() + TURN_MS;
      try {
        let step = search.next();
        while (!step.done) {
          if (step.value !== undefined) reply({ id, part: step.value });
          if (performance.now() >= until) break;
          step = search.next();
        }
        if (!step.done) continue;
        reply({ id, answer: step.value });
      } catch (error) {
        reply({ id, error: error instanceof Error ? error.message : String(error) });
      }
      running.delete(id);
    }
    working = running.size > 0;
    if (working) setImmediate(work);
  }

  function begin(): void {
    if (working) return;
    working = true;
    work();
  }

  async function openPlaces(paths: readonly string[]): Promise<void> {
    const { placeOf } = await openUsable(paths).catch(() => ({ placeOf: () => null }));
    pictures.setPlaces(placeOf);
  }

  port.on('message', (message: ToWhatIf) => {
    switch (message.name) {
      case 'cancel':
        // Lets go of what it holds.
        running.get(message.id)?.return(undefined);
        running.delete(message.id);
        return;
      case 'words': {
        const { appNames, declared, places } = message;
        reader.setAppNames(appNames);
        pictures.setDeclared(declared);
        pictures.setPlaces(null);
        // Another function: what the one before told is forgotten.
        reader.setRecognise((host) => recognise(host));
        kept.forgetWords();
        opening = places.length === 0 ? null : openPlaces(places);
        return;
      }
      case 'stop':
        running.clear();
        kept.drop();
        reader.close();
        port.close();
        return;
      default: {
        const start = (): void => {
          running.set(message.id, answer(message));
          begin();
        };
        if (opening === null) return start();
        void opening.then(start);
      }
    }
  });
  reply({ id: 0, ready: true });
}

if (parentPort) {
  const port = parentPort;
  try {
    runWhatIf(port, createStoreReader((workerData as { dataDir: string }).dataDir));
  } catch (error) {
    port.postMessage({ id: 0, refused: error instanceof Error ? error.message : String(error) } satisfies FromWhatIf);
    port.close();
  }
}
