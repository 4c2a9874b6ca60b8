import { createArchive } from '../../../electron/engine/archive/archive.ts';
import { createRandom, makeCall } from '../../harness/store/traffic.ts';

/**
 * Records calls as fast as it can until it is killed, and tells its parent after each flush up to
 * which id every call was closed and acknowledged. Every 50th call is left open.
 */
const dataDir = process.argv[2] ?? '';
const seed = Number(process.argv[3] ?? 1);
const archive = await createArchive({ dataDir, log: (line) => process.send?.({ line }) });
const random = createRandom(seed);
let first = 0;
for (;;) {
  let last = 0;
  for (let i = 0; i < 500; i += 1) {
    last = archive.nextCallId();
    if (first === 0) first = last;
    const facts = makeCall(last, { random, startedAt: Date.now() * 1000, body: 600 });
    for (const fact of facts) if (last % 50 !== 0 || fact.type !== 'closed') archive.emit(fact);
    if (i % 100 === 99) await new Promise((resolve) => setImmediate(resolve));
  }
  await archive.flush();
  process.send?.({ from: first, acknowledged: last });
}
