/**
 * A Bloom filter of 32-bit hashes: says "surely not in" or "maybe in". Two places per hash.
 */
export function createBits(bytes: number): Uint8Array {
  return new Uint8Array(bytes);
}

/** A hash as a share of all hashes: any number of bits will do, not only powers of two. */
const SHARE = 1 / 4294967296;

export function addBit(bits: Uint8Array, hash: number): void {
  const places = bits.length * 8;
  const first = ((hash >>> 0) * SHARE * places) | 0;
  const second = ((Math.imul(hash, 0x9e3779b1) >>> 0) * SHARE * places) | 0;
  bits[first >>> 3]! |= 1 << (first & 7);
  bits[second >>> 3]! |= 1 << (second & 7);
}

export function hasBit(bits: Uint8Array, hash: number): boolean {
  const places = bits.length * 8;
  const first = ((hash >>> 0) * SHARE * places) | 0;
  if ((bits[first >>> 3]! & (1 << (first & 7))) === 0) return false;
  const second = ((Math.imul(hash, 0x9e3779b1) >>> 0) * SHARE * places) | 0;
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
