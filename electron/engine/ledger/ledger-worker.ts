import { once } from 'node:events';
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { createCatalogue } from '../../../shared/vendors/catalogue/create-catalogue.ts';
import { createStoreReader } from '../store/store-reader.ts';
import type { CostChange } from '../store/picture-rows.ts';
import { workHere } from './work.ts';
import type { FromWork, ToWork, WorkOrder } from './work-messages.ts';

/** Entry of the ledger's thread: one task, on a connection to the store of its own. Given up by ending the thread. */

async function doTask({ task, dataDir, appNames, ownVendors, prices }: WorkOrder, port: MessagePort): Promise<unknown> {
  const reader = createStoreReader(dataDir);
  reader.setAppNames(appNames);
  const work = workHere({
    prices,
    metered: async (question) => finish(reader.metered(question)),
    hosts: async () => reader.hosts(),
    recognise: createCatalogue(ownVendors).recognise,
  });
  const write = async (changes: readonly CostChange[]): Promise<void> => {
    const answered = once(port, 'message') as Promise<[ToWork]>;
    say(port, { type: 'changes', changes });
    const [{ failed }] = await answered;
    if (failed !== null) throw new Error(failed);
  };
  try {
    switch (task.kind) {
      case 'reprice':
        return await work.reprice(task.question, task.apply ? write : null);
      case 'reconcile':
        return await work.reconcile(task.asked);
      case 'count':
        return await work.countMonth(task.now);
    }
  } finally {
    reader.close();
  }
}

function finish<T>(search: Generator<unknown, T>): T {
  let step = search.next();
  while (!step.done) step = search.next();
  return step.value;
}

function say(port: MessagePort, message: FromWork): void {
  port.postMessage(message);
}

if (parentPort) {
  const port = parentPort;
  doTask(workerData as WorkOrder, port).then(
    (answer) => say(port, { type: 'done', answer }),
    (error: unknown) => say(port, { type: 'failed', says: error instanceof Error ? error.message : String(error) }),
  );
}
