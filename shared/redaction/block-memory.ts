/**
 * Remembers what became of lately seen header blocks: a program sends the same request headers with
 * every call, and many servers the same answer headers within a second. Where blocks do not repeat
 * it notices, and stops asking for a while.
 */
export interface BlockMemory<T> {
  get(block: string): T | undefined;
  set(block: string, value: T): void;
}

const BLOCKS = 512;
const LONGEST = 8192;
/** After so many questions it is decided whether to go on asking. */
const TRIAL = 512;
const REST = 8192;

export function createBlockMemory<T>(): BlockMemory<T> {
  let recent = new Map<string, T>();
  let older = new Map<string, T>();
  let asked = 0;
  let hits = 0;
  let resting = 0;
  return {
    get(block) {
      if (resting > 0) {
        resting -= 1;
        return undefined;
      }
      asked += 1;
      const value = recent.get(block) ?? older.get(block);
      if (value !== undefined) hits += 1;
      if (asked === TRIAL) {
        if (hits * 10 < TRIAL) resting = REST;
        asked = 0;
        hits = 0;
      }
      return value;
    },
    set(block, value) {
      if (resting > 0 || block.length > LONGEST) return;
      if (recent.size >= BLOCKS) {
        older = recent;
        recent = new Map();
      }
      recent.set(block, value);
    },
  };
}
