import { useEffect, useRef, useState } from 'react';

const BLOCK = 256;
const MOST_BLOCKS = 40;

/**
 * Rows that somebody else holds, fetched in blocks as they come into sight and kept while they are near. `block` gives
 * the block of a row and the row's place in it, or null while it is on its way. Other rows need another component (`key`).
 */
export function useWindow<Block>(fetchBlock: (from: number, count: number) => Promise<Block>): {
  block: (row: number) => { block: Block; at: number } | null;
} {
  const [blocks, setBlocks] = useState<ReadonlyMap<number, Block>>(new Map());
  const asked = useRef(new Set<number>());
  const alive = useRef(true);
  useEffect(() => {
    alive.current = true;
    return () => void (alive.current = false);
  }, []);

  const ask = (number: number): void => {
    if (asked.current.has(number)) return;
    asked.current.add(number);
    fetchBlock(number * BLOCK, BLOCK).then(
      (answer) => {
        if (!alive.current) return;
        setBlocks((before) => {
          const next = new Map(before).set(number, answer);
          for (const old of next.keys()) {
            if (next.size <= MOST_BLOCKS) break;
            if (Math.abs(old - number) < 5) continue;
            next.delete(old);
            asked.current.delete(old);
          }
          return next;
        });
      },
      () => asked.current.delete(number),
    );
  };

  return {
    block(row) {
      const number = Math.floor(row / BLOCK);
      const block = blocks.get(number);
      if (block !== undefined) return { block, at: row - number * BLOCK };
      queueMicrotask(() => ask(number));
      return null;
    },
  };
}
