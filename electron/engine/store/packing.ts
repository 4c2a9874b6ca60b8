import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';

/**
 * Many small things compressed as one: a page, with a directory (uncompressed) of the ids in it and
 * their sizes. Setting up a compressor costs as much as compressing 20 kB, and what repeats over
 * calls is most of what they say.
 */
export interface Packed {
  directory: Buffer;
  codec: number;
  data: Buffer;
}

/** How the data of a page, or of a single thing, is written. Append only. */
export const PLAIN = 0;
export const ZSTD = 1;

const LEVEL_1 = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

/** Compresses unless that gains nothing (images, already compressed bodies). */
export function compress(bytes: Uint8Array): { codec: number; data: Buffer } {
  const plain = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.byteLength < 64) return { codec: PLAIN, data: plain };
  const data = zstdCompressSync(plain, LEVEL_1);
  return data.length < plain.length ? { codec: ZSTD, data } : { codec: PLAIN, data: plain };
}

/** Undoes `compress`; at most 512 MiB, since a page is never near that. */
export function decompress(codec: number, data: Buffer): Buffer {
  return codec === ZSTD ? zstdDecompressSync(data, { maxOutputLength: 512 * 1024 * 1024 }) : data;
}

/** Packs parts that lie one after the other in `joined`; ids in ascending order. */
export function pack(ids: readonly number[], sizes: readonly number[], joined: Uint8Array): Packed {
  return { directory: packDirectory(ids, sizes), ...compress(joined) };
}

/** `[count] [id, size] [distance to the id before, size] …`, LEB128. */
export function packDirectory(ids: readonly number[], sizes: readonly number[]): Buffer {
  const out = new ByteWriter(Buffer.allocUnsafe(16 + ids.length * 16));
  out.number(ids.length);
  let before = 0;
  for (let i = 0; i < ids.length; i += 1) {
    out.number(ids[i]! - before);
    out.number(sizes[i]!);
    before = ids[i]!;
  }
  return Buffer.from(out.bytes.subarray(0, out.at));
}

/** The ids of a directory, in order, with where each part lies in the joined data. */
export function readDirectory(directory: Buffer): { ids: number[]; offsets: number[]; sizes: number[] } {
  const from = new ByteReader(directory);
  const count = from.number();
  const ids: number[] = [];
  const offsets: number[] = [];
  const sizes: number[] = [];
  let id = 0;
  let offset = 0;
  for (let i = 0; i < count; i += 1) {
    id += from.number();
    const size = from.number();
    ids.push(id);
    offsets.push(offset);
    sizes.push(size);
    offset += size;
  }
  return { ids, offsets, sizes };
}

/** Ids alone, for lists of what a commit changed. */
export function packIds(ids: readonly number[]): Buffer {
  const out = new ByteWriter(Buffer.allocUnsafe(16 + ids.length * 9));
  out.number(ids.length);
  let before = 0;
  for (const id of ids) {
    // Zigzag: what changed does not come in order.
    const distance = id - before;
    out.number(distance >= 0 ? distance * 2 : -distance * 2 - 1);
    before = id;
  }
  return Buffer.from(out.bytes.subarray(0, out.at));
}

export function readIds(bytes: Buffer): number[] {
  const from = new ByteReader(bytes);
  let id = 0;
  return Array.from({ length: from.number() }, () => {
    const coded = from.number();
    id += coded % 2 === 0 ? coded / 2 : -(coded + 1) / 2;
    return id;
  });
}
