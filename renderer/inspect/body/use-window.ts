import { useEffect, useRef, useState } from 'react';

const BLOCK = 256;
const MOST_BLOCKS = 40;

/**
 * Rows that somebody else holds, fetched in blocks as they come into sight and kept while they are near. `read` gives
 * a row, or null while it is on its way. `key` says when they are other rows.
 */
export function useWindow<Block>(
  key: unknown,
  fetchBlock: (from: number, count: number) => Promise<Block>,
): { block: (row: number) => { block: Block; at: number } | null } {
  const kept = useRef(new Map<number, Block | null>());
  const owner = useRef(key);
  const [, redraw] = useState(0);
  if (owner.current !== key) {
    owner.current = key;
    kept.current = new Map();
  }
  const alive = useRef(true);
  useEffect(() => {
    alive.current = true;
    return () => void (alive.current = false);
  }, []);
  const blocks = kept.current;
  return {
    block(row) {
      const number = Math.floor(row / BLOCK);
      const block = blocks.get(number);
      if (block === undefined) {
        blocks.set(number, null);
        for (const old of blocks.keys()) {
          if (blocks.size <= MOST_BLOCKS) break;
          if (Math.abs(old - number) > 4) blocks.delete(old);
        }
        fetchBlock(number * BLOCK, BLOCK).then(
          (answer) => {
            if (!alive.current || blocks !== kept.current) return;
            blocks.set(number, answer);
            redraw((n) => n + 1);
          },
          () => blocks.delete(number),
        );
        return null;
      }
      return block === null ? null : { block, at: row - number * BLOCK };
    },
  };
}
