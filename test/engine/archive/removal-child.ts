import { createArchive } from '../../../electron/engine/archive/archive.ts';

/**
 * Deletes calls of a folder in small batches until it is killed, and tells its parent after each batch how many are gone;
 * then its bodies.
 */
const dataDir = process.argv[2] ?? '';
const archive = await createArchive({ dataDir, log: () => {} });
let gap: number | null = null;
for (let first = 1; first < 1200; first += 20) {
  const ids = Array.from({ length: 20 }, (_, index) => first + index);
  ({ gap } = await archive.work('remove', { ids, pinned: true, gap }));
  process.send?.({ gone: first + 19 });
}
while ((await archive.work('removeUnusedBodies', null)).more) process.send?.({ gone: 1200 });
process.send?.({ gone: 1200 });
