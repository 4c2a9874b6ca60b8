import type { BlockSummary } from './blocks.ts';
import { BLOCK, blockOf, readSummary } from './blocks.ts';
import type { Db } from './open.ts';
import { prepared } from './read-rows.ts';

/** Calls looked at in one go, before others get their turn. */
export const STRIDE = 16 * BLOCK;
/** Blocks whose summaries are read in one go. */
const BLOCKS_AT_ONCE = 128;

/** Says which blocks need not be read; `Pruner` is one, asked anew for every block. */
export interface BlockTest {
  mayMatch(block: BlockSummary): boolean;
  /** Whether it looks at the blocks' terms; when not, they are not read. */
  readonly needsTerms: boolean;
  /** False when it would say yes to every block. */
  readonly useful: boolean;
}

/**
 * The ranges of ids (both ends included) worth looking at between two ids, newest or oldest first: all of them in strides,
 * or only blocks that may match. An empty range now and then lets others have their turn.
 */
export function* candidateRanges(
  db: Db,
  test: BlockTest,
  top: number,
  bottom: number,
  oldestFirst = false,
): Generator<[high: number, low: number]> {
  if (!test.useful) {
    for (let at = 0; at <= top - bottom; at += STRIDE) {
      yield oldestFirst
        ? [Math.min(top, bottom + at + STRIDE - 1), bottom + at]
        : [top - at, Math.max(bottom, top - at - STRIDE + 1)];
    }
    return;
  }
  const columns = test.needsTerms ? 'block, ranges, terms' : 'block, ranges';
  const read = prepared(db, `SELECT ${columns} FROM blocks WHERE block BETWEEN ? AND ?`);
  const step = oldestFirst ? 1 : -1;
  const [first, last] = oldestFirst ? [blockOf(bottom), blockOf(top)] : [blockOf(top), blockOf(bottom)];
  const clip = ([high, low]: [number, number]): [number, number] => [Math.min(high, top), Math.max(low, bottom)];
  for (let from = first; (last - from) * step >= 0; from += step * BLOCKS_AT_ONCE) {
    const to = oldestFirst ? Math.min(last, from + BLOCKS_AT_ONCE - 1) : Math.max(last, from - BLOCKS_AT_ONCE + 1);
    const rows = new Map<number, { ranges: Buffer; terms?: Buffer }>();
    for (const row of read.all(Math.min(from, to), Math.max(from, to)) as {
      block: number;
      ranges: Buffer;
      terms?: Buffer;
    }[])
      rows.set(row.block, row);
    let open: [high: number, low: number] | null = null; // neighbouring blocks are looked at together
    for (let block = from; (to - block) * step >= 0; block += step) {
      const row = rows.get(block);
      // A block without a summary is one of the newest: look.
      if (row && !test.mayMatch(readSummary(block, row.ranges, row.terms ?? NO_TERMS))) {
        if (open) yield clip(open);
        open = null;
        continue;
      }
      if (open && open[0] - open[1] + 1 >= STRIDE) {
        yield clip(open);
        open = null;
      }
      const low = block * BLOCK;
      const high = low + BLOCK - 1;
      open = open ? [Math.max(open[0], high), Math.min(open[1], low)] : [high, low];
    }
    yield open ? clip(open) : [0, 1];
  }
}

const NO_TERMS = new Uint8Array(0);
