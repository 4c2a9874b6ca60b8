import { addBit, createBits, hasBit } from './bits.ts';

/**
 * A small index of what a page of text contains, for finding a text in many pages without unpacking
 * them. Of every eight neighbouring pieces of six bytes the one with the lowest hash is kept (a
 * minimizer: Roberts et al., Bioinformatics 2004). Which one that is depends on these thirteen bytes
 * alone, so a text of thirteen bytes or more that is in the page has kept pieces in its filter.
 * Case is ignored (ASCII), as filters do.
 */
const PIECE = 6;
const WINDOW = 8;
/** Shorter texts have no piece that is sure to be kept. */
export const SURE = PIECE + WINDOW - 1;

const BASE = 0x01000193;
/** BASE ^ PIECE, to take the oldest byte out of the rolling hash. */
const OLDEST = Array.from({ length: PIECE }).reduce<number>((power) => Math.imul(power, BASE), 1);

const LOWER = Uint8Array.from({ length: 256 }, (_, byte) => (byte >= 65 && byte <= 90 ? byte + 32 : byte));

/** Gives the hash of every kept piece, neighbours once. */
export function eachGram(bytes: Uint8Array, from: number, to: number, take: (hash: number) => void): void {
  if (to - from < SURE) return;
  const ring = new Uint32Array(WINDOW);
  let rolling = 0;
  let lowest = 0xffffffff;
  let lowestAt = -1;
  for (let i = from; i < to; i += 1) {
    rolling = (Math.imul(rolling, BASE) + LOWER[bytes[i]!]!) | 0;
    const piece = i - from - PIECE + 1;
    if (piece < 0) continue;
    if (piece > 0) rolling = (rolling - Math.imul(OLDEST, LOWER[bytes[i - PIECE]!]!)) | 0;
    let hash = Math.imul(rolling ^ (rolling >>> 15), 0x2c1b3c6d);
    hash = (hash ^ (hash >>> 12)) >>> 0;
    ring[piece & (WINDOW - 1)] = hash;
    if (piece < WINDOW - 1) continue;
    const first = piece - WINDOW + 1;
    if (lowestAt < first) {
      // The lowest left the window (or this is the first one): look at all, the leftmost wins.
      lowestAt = first;
      lowest = ring[first & (WINDOW - 1)]!;
      for (let j = first + 1; j <= piece; j += 1) {
        const candidate = ring[j & (WINDOW - 1)]!;
        if (candidate < lowest) {
          lowest = candidate;
          lowestAt = j;
        }
      }
      take(lowest);
    } else if (hash < lowest) {
      lowest = hash;
      lowestAt = piece;
      take(lowest);
    }
  }
}

/** An empty filter for a page of so many bytes, of which `share` bytes make one byte of filter. */
export function createPageTerms(bytes: number, share: number): Uint8Array {
  return createBits(Math.max(128, Math.ceil(bytes / share)));
}

export function addText(terms: Uint8Array, bytes: Uint8Array, from = 0, to: number = bytes.length): void {
  eachGram(bytes, from, to, (hash) => addBit(terms, hash));
}

/** Whether all of these (from `gramsOf`) may be in the page. */
export function mayHold(terms: Uint8Array, grams: readonly number[]): boolean {
  for (const gram of grams) if (!hasBit(terms, gram)) return false;
  return true;
}

/** The kept pieces of a text that is looked for; none when it is too short to have any for sure. */
export function gramsOf(bytes: Uint8Array): number[] {
  const grams = new Set<number>();
  eachGram(bytes, 0, bytes.length, (hash) => grams.add(hash));
  return [...grams];
}

/** The hash of a header's name, lower case. */
export function hashName(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i += 1) hash = Math.imul(hash ^ name.charCodeAt(i), BASE);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}
