import { readFile } from 'node:fs/promises';
import { Reader } from 'mmdb-lib';
import type { AddressPlace } from '../../../shared/vendors/countries/countries-of.ts';
import { isEdgeNetwork } from './networks.ts';

/** A database of addresses that people brought; nothing is shipped. */
export interface Places {
  /** What it says of an address; null when it says nothing, or the text is no address. Never throws. */
  placeOf(address: string): AddressPlace | null;
  /** What it is, to be shown beside its answers. */
  about: { type: string; builtAt: number; description: string | null };
}

/** Larger files are read into memory whole, which a desktop should not have to bear. */
const LARGEST = 512 * 1024 * 1024;

/**
 * Opens MMDB files: of countries or cities, and of networks (ASN), in any order; of two that say the same the first
 * counts. Says in a sentence why it cannot.
 */
export async function openPlaces(paths: readonly string[]): Promise<{ places: Places } | { problem: string }> {
  const readers: Reader<Record>[] = [];
  for (const path of paths) {
    const opened = await openDatabase(path);
    if ('problem' in opened) return opened;
    readers.push(opened.reader);
  }
  const [first] = readers;
  if (!first)
    return { problem: 'No database was named. Name an MMDB file, such as DB-IP Lite’s or GeoLite2’s of countries.' };
  return {
    places: {
      placeOf(address) {
        const found = readers.flatMap((reader) => look(reader, address));
        const country = found.map(countryIn).find((code) => code !== null) ?? null;
        const number = found.map(networkNumberIn).find((value) => value !== null) ?? null;
        const network = found.map(networkNameIn).find((value) => value !== null) ?? null;
        const edge = isEdgeNetwork(number, network) || found.some(isAnycast);
        if (country === null && network === null && number === null && !edge) return null;
        return {
          country,
          kind: edge ? 'edge' : 'place',
          network: network ?? (number === null ? null : `AS${number}`),
        };
      },
      about: {
        type: first.metadata.databaseType,
        builtAt: first.metadata.buildEpoch.getTime(),
        description: (first.metadata.description as { en?: string } | undefined)?.en ?? null,
      },
    },
  };
}

/** What MaxMind, DB-IP and IPinfo write; anything may be missing or of another type. */
type Record = { [key: string]: unknown } & object;

async function openDatabase(path: string): Promise<{ reader: Reader<Record> } | { problem: string }> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why =
      code === 'ENOENT'
        ? 'there is no such file'
        : code === 'EACCES' || code === 'EPERM'
          ? 'it may not be read'
          : code === 'EISDIR'
            ? 'it is a folder'
            : `reading it failed (${code ?? String(error)})`;
    return { problem: `The address database ${path} cannot be used: ${why}. Countries of addresses stay unknown.` };
  }
  const unfit = `The file ${path} is no MMDB database, or is damaged. Choose the .mmdb file itself, unpacked; countries of addresses stay unknown.`;
  if (bytes.length > LARGEST)
    return { problem: `The address database ${path} is larger than 512 MB. Choose one of countries.` };
  try {
    const reader = new Reader<Record>(bytes);
    // A file cut short opens, and fails at an address.
    for (const address of ['0.0.0.0', '8.8.8.8', '255.255.255.255']) reader.get(address);
    return { reader };
  } catch {
    return { problem: unfit };
  }
}

function look(reader: Reader<Record>, address: string): Record[] {
  try {
    const found: unknown = reader.get(address);
    return typeof found === 'object' && found !== null ? [found as Record] : [];
  } catch {
    return [];
  }
}

/** Where the address is, before where it is registered: `registered_country` is the network's seat and is not taken. */
function countryIn(record: Record): string | null {
  const { country, country_code: flat } = record;
  const nested =
    typeof country === 'object' && country !== null ? (country as { iso_code?: unknown }).iso_code : country;
  return [nested, flat].find((code): code is string => typeof code === 'string' && /^[A-Z]{2}$/.test(code)) ?? null;
}

function networkNumberIn(record: Record): number | null {
  const { autonomous_system_number: number, asn } = record;
  const value =
    typeof number === 'number'
      ? number
      : Number(/^AS(\d+)$/.exec(typeof asn === 'string' ? asn : '')?.[1] ?? Number.NaN);
  return Number.isInteger(value) ? value : null;
}

function networkNameIn(record: Record): string | null {
  const { autonomous_system_organization: name, as_name: flat } = record;
  return [name, flat].find((value): value is string => typeof value === 'string' && value !== '') ?? null;
}

function isAnycast(record: Record): boolean {
  const { traits, is_anycast: flat } = record;
  const nested =
    typeof traits === 'object' && traits !== null ? (traits as { is_anycast?: unknown }).is_anycast : false;
  return nested === true || flat === true;
}
