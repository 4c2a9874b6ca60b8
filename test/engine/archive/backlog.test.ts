import { once } from 'node:events';
import { MessageChannel } from 'node:worker_threads';
import { expect, it, onTestFinished } from 'vitest';
import { runArchive } from '../../../electron/engine/archive/archive-worker.ts';
import type { FromWorker, ToWorker } from '../../../electron/engine/archive/messages.ts';
import { writeFact } from '../../../electron/engine/archive/slab.ts';
import { ByteWriter } from '../../../electron/engine/store/byte-writer.ts';
import { DEFAULT_BUDGETS } from '../../../electron/engine/store/store.ts';
import { NO_OWN_PRICES } from '../../../shared/ledger/prices-file.ts';
import { createDataDir, factsOf } from '../../harness/recorder.ts';

/** What the capturing thread has room for depends on it: it lets calls go while slabs are away. */
it('gives slabs back a few at a time, however many wait', async () => {
  const { port1, port2 } = new MessageChannel();
  const answers: FromWorker[] = [];
  port1.on('message', (message: FromWorker) => answers.push(message));
  const tell = (message: ToWorker): void => port1.postMessage(message);
  const slabs = 60;
  for (let call = 1; call <= slabs; call += 1) {
    const out = new ByteWriter(Buffer.from(new ArrayBuffer(16_384)));
    for (const fact of factsOf(call, { responseBody: `body ${call}` })) writeFact(out, fact);
    tell({ type: 'slab', slab: out.bytes.buffer as ArrayBuffer, length: out.at, full: true });
  }
  tell({ type: 'stop', patienceMs: 1000 });
  runArchive(port2, {
    dataDir: createDataDir(onTestFinished),
    budgets: DEFAULT_BUDGETS,
    bodyLimit: 1_000_000,
    heldLimit: 10_000_000,
    redaction: { names: [], plain: [] },
    metering: { ownVendors: [], corrections: [], prices: NO_OWN_PRICES },
  });
  await once(port1, 'close');
  const back = answers.flatMap((answer) => (answer.type === 'committed' ? [answer.slabs.length] : []));
  expect(back.reduce((sum, count) => sum + count, 0)).toBe(slabs);
  expect(Math.max(...back)).toBeLessThanOrEqual(8);
  expect(answers.at(-1)).toEqual({ type: 'stopped', lost: 0 });
});
