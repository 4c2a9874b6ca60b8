import { parentPort, workerData } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import { createCatalogue } from '../../../../shared/vendors/catalogue/create-catalogue.ts';
import { openUsable } from '../../places/usable-places.ts';
import { createStoreReader } from '../../store/store-reader.ts';
import type { StoreReader } from '../../store/store-reader.ts';
import { createPictures } from '../picture/pictures.ts';
import { takeTurns } from '../turns/turns.ts';
import { createAnswers } from './answers.ts';
import { createKeptHistory } from './kept-history.ts';
import type { FromWhatIf, ToWhatIf } from './questions.ts';
import { tellHosts } from './vendor-words.ts';

/** Work goes on in turns of so many milliseconds; between them somebody may give it up. */
const TURN_MS = 25;

/** Tries policies on recorded calls, on a thread of its own: what has long work and large columns holds up no list. */
export function runWhatIf(port: MessagePort, reader: StoreReader): void {
  const turns = takeTurns(TURN_MS, (message) => port.postMessage(message));
  /** Questions that wait for those files. */
  const waiting = new Set<number>();
  const pictures = createPictures({ reader, createCatalogue });
  const kept = createKeptHistory(reader, () => tellHosts(pictures.now(), reader.sightings({})));
  const answer = createAnswers({ reader, kept });
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

  async function openPlaces(paths: readonly string[]): Promise<void> {
    const { placeOf } = await openUsable(paths).catch(() => ({ placeOf: () => null }));
    pictures.setPlaces(placeOf);
  }

  port.on('message', (message: ToWhatIf) => {
    switch (message.name) {
      case 'cancel':
        waiting.delete(message.id);
        turns.cancel(message.id);
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
        waiting.clear();
        turns.clear();
        kept.drop();
        reader.close();
        port.close();
        return;
      default: {
        if (opening === null) return turns.begin(message.id, answer(message));
        waiting.add(message.id);
        void opening.then(() => {
          // It may have been given up meanwhile.
          if (waiting.delete(message.id)) turns.begin(message.id, answer(message));
        });
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
