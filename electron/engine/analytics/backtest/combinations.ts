import type { HistoryBlock } from '../../store/history-rows.ts';

/** The words of a call that matching looks at, as numbers; 0: none. */
export interface Combination {
  host: number;
  app: number;
  method: number;
  scheme: number;
  port: number;
  endpoint: number;
  credential: number;
  /** Numbers of `names`, not words: many processes have one name, many places one package. */
  process: number;
  package: number;
  /** Kind and source, the bits 1–6 of a call's flags. */
  seen: number;
}

const FIELDS = 10;
/** Bits 1–6 of `flags`: see codes.ts of the store. */
const SEEN_BITS = 0x7e;

/** A million calls have some thousands of combinations: what is worked out of words is worked out once for each. */
export interface Combinations {
  readonly count: number;
  /** The combination of a row of a block; known ones are found again. */
  of(block: HistoryBlock, row: number): number;
  at(combination: number): Combination;
  /** Name of a process or package. */
  name(number: number): string | null;
}

/** `processName` and `packageOf` tell what lies behind words. */
export function createCombinations(told: {
  processName: (word: number) => string | null;
  packageOf: (site: number) => string | null;
}): Combinations {
  let keys = new Int32Array(FIELDS * 1024);
  let slots = new Int32Array(4096).fill(-1);
  let count = 0;
  const names: (string | null)[] = [null];
  const numbers = new Map<string, number>();
  const processes = new Map<number, number>();
  const packages = new Map<number, number>();
  const key = new Int32Array(FIELDS);

  function numberOf(word: number, known: Map<number, number>, tell: (word: number) => string | null): number {
    if (word === 0) return 0;
    let number = known.get(word);
    if (number === undefined) {
      const name = tell(word);
      number = name === null ? 0 : numbers.get(name);
      if (number === undefined) {
        number = names.push(name) - 1;
        numbers.set(name!, number);
      }
      known.set(word, number);
    }
    return number;
  }

  function hash(from: Int32Array, offset: number): number {
    let value = 0;
    for (let field = 0; field < FIELDS; field += 1) value = Math.imul(value ^ from[offset + field]!, 0x9e3779b1) + 1;
    return (value ^ (value >>> 15)) >>> 0;
  }

  function isAt(combination: number): boolean {
    const offset = combination * FIELDS;
    for (let field = 0; field < FIELDS; field += 1) if (keys[offset + field] !== key[field]) return false;
    return true;
  }

  function grow(): void {
    if ((count + 1) * FIELDS > keys.length) {
      const larger = new Int32Array(keys.length * 2);
      larger.set(keys);
      keys = larger;
    }
    if (count * 2 < slots.length) return;
    slots = new Int32Array(slots.length * 2).fill(-1);
    for (let one = 0; one < count; one += 1) {
      let slot = hash(keys, one * FIELDS) & (slots.length - 1);
      while (slots[slot] !== -1) slot = (slot + 1) & (slots.length - 1);
      slots[slot] = one;
    }
  }

  return {
    get count() {
      return count;
    },
    of(block, row) {
      key[0] = block.host[row]!;
      key[1] = block.app[row]!;
      key[2] = block.method[row]!;
      key[3] = block.scheme[row]!;
      key[4] = block.port[row]!;
      key[5] = block.endpoint[row]!;
      key[6] = block.credential[row]!;
      key[7] = numberOf(block.process[row]!, processes, told.processName);
      key[8] = numberOf(block.site[row]!, packages, told.packageOf);
      key[9] = block.flags[row]! & SEEN_BITS;
      let slot = hash(key, 0) & (slots.length - 1);
      while (slots[slot] !== -1) {
        if (isAt(slots[slot]!)) return slots[slot]!;
        slot = (slot + 1) & (slots.length - 1);
      }
      grow();
      slot = hash(key, 0) & (slots.length - 1);
      while (slots[slot] !== -1) slot = (slot + 1) & (slots.length - 1);
      keys.set(key, count * FIELDS);
      slots[slot] = count;
      count += 1;
      return count - 1;
    },
    at(combination) {
      const [host, app, method, scheme, port, endpoint, credential, process, owner, seen] = keys.subarray(
        combination * FIELDS,
        combination * FIELDS + FIELDS,
      ) as unknown as [number, number, number, number, number, number, number, number, number, number];
      return { host, app, method, scheme, port, endpoint, credential, process, package: owner, seen };
    },
    name: (number) => names[number] ?? null,
  };
}
