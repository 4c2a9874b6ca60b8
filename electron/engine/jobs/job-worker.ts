import { Readable } from 'node:stream';
import { parentPort, workerData } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import type { Catalogue } from '../../../shared/vendors/catalogue.ts';
import { createCatalogue } from '../../../shared/vendors/catalogue/create-catalogue.ts';
import { createStoreReader } from '../store/store-reader.ts';
import { readHere } from './call-source.ts';
import { exportCalls } from './export-calls.ts';
import { importHar } from './import-har.ts';
import type { ImportedCall } from './import-har.ts';
import type { FromJob, JobOrder, ToJob } from './job-messages.ts';
import type { Outcome, Progress } from './jobs.ts';

/**
 * One job on a thread of its own: reading, unpacking and writing of thousands of calls would hold up the thread that
 * carries them. It reads the store itself; what it imports it gives back as facts, which only the engine may emit.
 */

/** Progress is told this often at most. */
const TELL_MS = 100;
/** Facts that were given away and not yet taken in. */
const AHEAD = 2;
const BATCH_CALLS = 64;
const BATCH_BYTES = 512 * 1024;

export async function runJob(port: MessagePort, order: JobOrder): Promise<void> {
  const stop = new AbortController();
  const file = order.kind === 'import' ? receiveFile(port) : null;
  const facts = giveFacts(port);
  port.on('message', (message: ToJob) => {
    if (message.type === 'cancel') stop.abort(new Error('Given up.'));
    else if (message.type === 'taken') facts.taken();
    else file?.take(message);
  });
  const progress = tellNowAndThen(port);
  try {
    const outcome = await work();
    progress.tellAll();
    say(port, { type: 'done', outcome });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : null;
    say(port, { type: 'failed', says: error instanceof Error ? error.message : String(error), code });
  } finally {
    port.close();
  }

  async function work(): Promise<Outcome> {
    if (order.kind === 'import') {
      try {
        return await importHar(facts.give, file!.stream, order.bytes, progress, stop.signal);
      } finally {
        facts.flush();
      }
    }
    const store = createStoreReader(order.dataDir);
    store.setAppNames(order.appNames);
    let catalogue: Catalogue | null = null;
    store.setRecognise((host) => {
      catalogue ??= createCatalogue(order.ownVendors);
      const found = catalogue.recognise(host);
      return found && { vendor: found.vendor.id, service: found.service?.id ?? null };
    });
    try {
      return await exportCalls(readHere(store), order.choice, order.place, progress, stop.signal);
    } finally {
      store.close();
    }
  }
}

function say(port: MessagePort, message: FromJob, transfer: ArrayBuffer[] = []): void {
  port.postMessage(message, transfer);
}

function tellNowAndThen(port: MessagePort): Progress & { tellAll(): void } {
  let told = 0;
  let untold: FromJob | null = null;
  const progress = {
    tell(done: number, total?: number | null) {
      untold = { type: 'progress', done, total };
      if (performance.now() - told >= TELL_MS) progress.tellAll();
    },
    tellAll() {
      if (untold === null) return;
      say(port, untold);
      untold = null;
      told = performance.now();
    },
  };
  return progress;
}

/** The file as a stream: a piece is asked for when the last one was read. */
function receiveFile(port: MessagePort): { stream: Readable; take(message: ToJob): void } {
  const stream = new Readable({ read: () => say(port, { type: 'more' }) });
  return {
    stream,
    take(message) {
      if (message.type === 'chunk')
        stream.push(Buffer.from(message.bytes.buffer, message.bytes.byteOffset, message.bytes.length));
      else if (message.type === 'file-ended') stream.push(null);
      else if (message.type === 'file-broke') stream.destroy(new Error(message.says));
    },
  };
}

/** Gathers facts of whole calls and gives them away in batches, not further ahead than the engine takes them in. */
function giveFacts(port: MessagePort): {
  give(call: ImportedCall): Promise<void>;
  flush(): void;
  taken(): void;
} {
  let calls: ImportedCall[] = [];
  let bytes = 0;
  let transfer: ArrayBuffer[] = [];
  let ahead = 0;
  let goOn: (() => void) | null = null;

  function flush(): void {
    if (calls.length === 0) return;
    ahead += 1;
    say(port, { type: 'facts', calls }, transfer);
    calls = [];
    transfer = [];
    bytes = 0;
  }

  return {
    async give(call) {
      for (const fact of call.facts) {
        if (!('data' in fact)) continue;
        // Its own buffer: a view would take along all that it is a view of.
        const own = new Uint8Array(fact.data);
        fact.data = own;
        transfer.push(own.buffer);
        bytes += own.length;
      }
      calls.push(call);
      if (calls.length < BATCH_CALLS && bytes < BATCH_BYTES) return;
      flush();
      if (ahead >= AHEAD) await new Promise<void>((resolve) => (goOn = resolve));
    },
    flush,
    taken() {
      ahead -= 1;
      goOn?.();
      goOn = null;
    },
  };
}

if (parentPort) void runJob(parentPort, workerData as JobOrder);
