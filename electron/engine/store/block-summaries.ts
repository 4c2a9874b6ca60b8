import type { BlockSummary } from './blocks.ts';
import { BLOCK, blockOf, createSummary, packRanges, readSummary, summariseRow } from './blocks.ts';
import type { Db } from './open.ts';
import { readRow } from './read-rows.ts';

/** The summaries of blocks while calls are written: the newest in memory, the others in their table. */
export interface Summaries {
  /** The summary of a call's block, to be changed. */
  of(id: number): BlockSummary;
  /** Writes summaries whose blocks are (nearly) full, later changes at once; `all` those of growing blocks too. */
  write(all: boolean): void;
  /** Whether `write(true)` has something to do. */
  changed(): boolean;
  /** Makes summaries again from the rows that are left. */
  remake(blocks: Iterable<number>): void;
  /** Takes everything from the database again. */
  restore(): void;
}

export function createSummaries(db: Db): Summaries {
  const putBlock = db.prepare('INSERT OR REPLACE INTO blocks (block, ranges, terms) VALUES (?, ?, ?)');
  const findBlock = db.prepare<[number], { ranges: Buffer; terms: Buffer }>(
    'SELECT ranges, terms FROM blocks WHERE block = ?',
  );
  const dropBlock = db.prepare('DELETE FROM blocks WHERE block = ?');
  const summaries = new Map<number, BlockSummary>();
  /** Blocks whose summary is stored already, and those that changed since. */
  const stored = new Set<number>();
  const changed = new Set<number>();
  let highestBlock = -1;

  function make(block: number): BlockSummary {
    const summary = createSummary(block);
    for (let id = block * BLOCK; id < (block + 1) * BLOCK; id += 1) {
      const row = readRow(db, id);
      if (row) summariseRow(summary, row);
    }
    return summary;
  }

  return {
    of(id) {
      const block = blockOf(id);
      let summary = summaries.get(block);
      if (!summary) {
        const row = findBlock.get(block);
        if (row) {
          summary = readSummary(block, row.ranges, new Uint8Array(row.terms));
          stored.add(block);
        } else summary = createSummary(block);
        summaries.set(block, summary);
      }
      changed.add(block);
      if (block > highestBlock) highestBlock = block;
      return summary;
    },
    write(all) {
      for (const block of changed) {
        if (!all && !stored.has(block) && block >= highestBlock - 1) continue;
        const summary = summaries.get(block)!;
        putBlock.run(block, packRanges(summary), summary.terms);
        stored.add(block);
        changed.delete(block);
      }
      if (summaries.size > 64) {
        for (const block of summaries.keys()) {
          if (block < highestBlock - 16 && !changed.has(block)) {
            summaries.delete(block);
            stored.delete(block);
          }
        }
      }
    },
    changed: () => changed.size > 0,
    remake(blocks) {
      for (const block of blocks) {
        const summary = make(block);
        summaries.delete(block);
        changed.delete(block);
        if (stored.delete(block) || findBlock.get(block)) {
          if (summary.calls === 0) dropBlock.run(block);
          else putBlock.run(block, packRanges(summary), summary.terms);
        } else {
          summaries.set(block, summary);
          changed.add(block);
        }
      }
    },
    restore() {
      summaries.clear();
      stored.clear();
      changed.clear();
      highestBlock = blockOf(db.prepare<[], { id: number | null }>('SELECT MAX(id) AS id FROM calls').get()?.id ?? 0);
      // The newest blocks had no summary written yet: it is made again from their rows.
      for (let block = highestBlock; block >= Math.max(0, highestBlock - 8); block -= 1) {
        if (findBlock.get(block)) continue;
        summaries.set(block, make(block));
        changed.add(block);
      }
    },
  };
}
