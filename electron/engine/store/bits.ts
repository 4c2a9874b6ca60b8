/**
 * A Bloom filter of 32-bit hashes: says "surely not in" or "maybe in". Two places per hash. On disk
 * a sparse one is written as distances between its bits.
 */
export function createBits(bytes: number): Uint8Array {
  return new Uint8Array(bytes);
}

export function addBit(bits: Uint8Array, hash: number): void {
  const mask = bits.length * 8 - 1;
  const first = hash & mask;
  const second = (Math.imul(hash, 0x9e3779b1) >>> 7) & mask;
  bits[first >>> 3]! |= 1 << (first & 7);
  bits[second >>> 3]! |= 1 << (second & 7);
}

export function hasBit(bits: Uint8Array, hash: number): boolean {
  const mask = bits.length * 8 - 1;
  const first = hash & mask;
  if ((bits[first >>> 3]! & (1 << (first & 7))) === 0) return false;
  const second = (Math.imul(hash, 0x9e3779b1) >>> 7) & mask;
  return (bits[second >>> 3]! & (1 << (second & 7))) !== 0;
}

/** Mixes a small whole number (a word's id, a column) into a hash. */
export function hashNumber(kind: number, value: number): number {
  let hash = Math.imul(value ^ (kind << 24), 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** The hash of three chars (lower case already). */
export function hashThree(first: number, second: number, third: number): number {
  return hashNumber(63, (first << 16) | (second << 8) | third);
}
