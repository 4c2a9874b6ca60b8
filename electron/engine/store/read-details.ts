import type { CallRecord } from '../../../shared/events/fold.ts';
import type { Cost } from '../../../shared/model/money.ts';
import { ByteReader } from './byte-reader.ts';
import { readFrames } from './caller-columns.ts';
import { recordOf } from './call-row.ts';
import { readDetails, readMeteringOf } from './details-codec.ts';
import { readCost } from './metering-codec.ts';
import type { Db } from './open.ts';
import { ZSTD, PLAIN, decompress, readDirectory } from './packing.ts';
import { prepared, readStored } from './read-rows.ts';

/** The record of a stored call, details and all; null when there is no such call. */
export function readRecord(db: Db, id: number): CallRecord | null {
  const row = readStored(db, id);
  if (!row) return null;
  const record = recordOf(row);
  if (record.site !== null) {
    const site = prepared(db, 'SELECT frames FROM sites WHERE word = (SELECT site FROM calls WHERE id = ?)').get(id);
    record.site.frames = readFrames((site as { frames: string } | undefined)?.frames);
  }
  const details = row.page === null ? looseDetails(db, id) : detailsInPage(db, row.page, id);
  if (details) readDetails(new ByteReader(details), record);
  const repriced = readRepriced(db, id);
  if (repriced) record.metering = { ...record.metering, cost: repriced.cost };
  return record;
}

/** A call's cost as it was priced anew; null when it never was. */
function readRepriced(db: Db, id: number): { cost: Cost | null } | null {
  const row = prepared(db, 'SELECT repriced FROM usages WHERE call = ?').get(id) as
    | { repriced: string | null }
    | undefined;
  if (!row || row.repriced === null) return null;
  return { cost: row.repriced === 'null' ? null : readCost(row.repriced) };
}

/** What was read out of a call when it was recorded, without what its row has; null when nothing was. */
export function readStoredMetering(db: Db, id: number, startedAt: number): ReturnType<typeof readMeteringOf> {
  const row = prepared(db, 'SELECT page FROM calls WHERE id = ?').get(id) as { page: number | null } | undefined;
  if (!row) return null;
  const details = row.page === null ? looseDetails(db, id) : detailsInPage(db, row.page, id);
  return details && readMeteringOf(new ByteReader(details), startedAt);
}

function looseDetails(db: Db, id: number): Buffer | null {
  const row = prepared(db, 'SELECT data FROM loose WHERE call = ?').get(id) as { data: Buffer } | undefined;
  return row?.data ?? null;
}

function detailsInPage(db: Db, page: number, id: number): Buffer | null {
  const parts = readDetailsPage(db, page);
  return parts?.get(id) ?? null;
}

/** Pages lately unpacked, per connection: neighbours are asked for together. */
const unpacked = new WeakMap<Db, Map<number, Map<number, Buffer>>>();
const KEPT_PAGES = 8;

/**
 * All details in a page, by call; null when the page is gone. Pages only ever lose parts, so one that is remembered may have
 * details of calls that are gone: ask for calls that are there.
 */
export function readDetailsPage(db: Db, page: number): Map<number, Buffer> | null {
  let pages = unpacked.get(db);
  if (!pages) unpacked.set(db, (pages = new Map<number, Map<number, Buffer>>()));
  const known = pages.get(page);
  if (known) return known;
  const row = prepared(db, 'SELECT directory, data FROM pages WHERE id = ?').get(page) as
    | { directory: Buffer; data: Buffer }
    | undefined;
  if (!row) return null;
  const parts = unpackDetails(row.directory, row.data);
  if (pages.size >= KEPT_PAGES) pages.delete(pages.keys().next().value!);
  pages.set(page, parts);
  return parts;
}

/** The parts of a page, by call. */
export function unpackDetails(directory: Buffer, data: Buffer): Map<number, Buffer> {
  return splitDetails({ directory, bytes: unpack(data) });
}

/** A page's details in one piece, for a first look; null when the page is gone. */
export function readJoinedDetails(db: Db, page: number): { directory: Buffer; bytes: Buffer } | null {
  const row = prepared(db, 'SELECT directory, data FROM pages WHERE id = ?').get(page) as
    | { directory: Buffer; data: Buffer }
    | undefined;
  return row ? { directory: row.directory, bytes: unpack(row.data) } : null;
}

export function splitDetails({ directory, bytes }: { directory: Buffer; bytes: Buffer }): Map<number, Buffer> {
  const { ids, offsets, sizes } = readDirectory(directory);
  return new Map(ids.map((id, index) => [id, bytes.subarray(offsets[index], offsets[index]! + sizes[index]!)]));
}

function unpack(data: Buffer): Buffer {
  return decompress(isZstd(data) ? ZSTD : PLAIN, data);
}

/** Zstandard's magic number (RFC 8878 §3.1.1); plain details begin with their form, 1. */
function isZstd(data: Buffer): boolean {
  return data.length >= 4 && data.readUInt32LE(0) === 0xfd2fb528;
}
