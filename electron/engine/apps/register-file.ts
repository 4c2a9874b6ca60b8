import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CRITICALITIES, type App } from '../../../shared/contract/apps.ts';
import { appOf, readName, type Entries, type Entry, type StoredCredential } from './entries.ts';

/** `apps.json` in the data folder: names, owners, and hashes of secrets; readable by its owner only. */
export function registerPath(dataDir: string): string {
  return join(dataDir, 'apps.json');
}

export interface RegisterText {
  entries: Entries;
  /** As it stands on disk, by which a change from outside is noticed; null when there is no file. */
  text: string | null;
  /** The file is there and cannot be read: nothing may be written over it. */
  unreadable: string | null;
}

/**
 * What the file says. One that is damaged is moved aside and told in the log; one that cannot be read at all (its
 * rights) stays where it is. Who only looks moves nothing.
 */
export function readRegister(dataDir: string, log: (line: string) => void, onlyLooking = false): RegisterText {
  const path = registerPath(dataDir);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return { entries: [], text: null, unreadable: null };
    log(`${path} cannot be read, so no app has a name, an owner or a secret of its own: ${message}`);
    return { entries: [], text: null, unreadable: message };
  }
  try {
    return { entries: readEntries(JSON.parse(text)), text, unreadable: null };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    if (onlyLooking) log(`${path} cannot be used. ${why}`);
    else
      log(
        `${path} cannot be used${setAside(path)}; no app has a name, an owner or a secret until they are given again. ${why}`,
      );
    return { entries: [], text: null, unreadable: null };
  }
}

function setAside(path: string): string {
  const aside = `${path}.${new Date().toISOString().replaceAll(/[:.]/g, '-')}.invalid`;
  try {
    renameSync(path, aside);
    return ` and was moved to ${aside}`;
  } catch {
    return '';
  }
}

/** Writes the file so that a crash leaves the old one or the new one; what stands in it then. Throws the system's errors. */
export function writeRegister(dataDir: string, entries: Entries): string {
  const path = registerPath(dataDir);
  const beside = `${path}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`;
  const text = `${JSON.stringify({ version: 1, apps: entries }, null, 2)}\n`;
  try {
    writeFileSync(beside, text, { mode: 0o600, flag: 'wx', flush: true });
    renameSync(beside, path);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
  return text;
}

/** Reads what the file holds; throws a sentence that says where it is wrong. */
function readEntries(value: unknown): Entries {
  if (!isRecord(value) || value['version'] !== 1 || !Array.isArray(value['apps']))
    throw new Error('It is not a list of apps of version 1.');
  const entries = value['apps'].map(readEntry);
  const owners = new Map<string, string>();
  for (const { name, names } of entries) {
    for (const own of names) {
      const other = owners.get(own);
      if (other !== undefined) throw new Error(`“${own}” is a name of “${other}” and of “${name}”.`);
      owners.set(own, name);
    }
  }
  for (const entry of entries) {
    if (entry.into !== null && !entries.some(({ name }) => name === entry.into))
      throw new Error(`“${entry.name}” counts as “${entry.into}”, which is not there.`);
    if (appOf(entries, entry).into !== null) throw new Error(`“${entry.name}” counts as itself, in a circle.`);
  }
  return entries;
}

function readEntry(value: unknown, index: number): Entry {
  const wrong = (what: string): Error => new Error(`App ${index + 1}: ${what}.`);
  if (!isRecord(value)) throw wrong('it is not an object');
  const { name, names, into = null, owner = null, team = null, criticality = null, credentials = [] } = value;
  if (!isName(name)) throw wrong('“name” is no name');
  if (!Array.isArray(names) || !names.every(isName) || !names.includes(name))
    throw wrong('“names” is no list of names with its own in it');
  if (into !== null && !isName(into)) throw wrong('“into” is no name');
  if (!isText(owner) || !isText(team)) throw wrong('“owner” and “team” are texts or null');
  if (criticality !== null && !CRITICALITIES.some((known) => known === criticality))
    throw wrong(`“criticality” is one of ${CRITICALITIES.join(', ')}, or null`);
  if (!Array.isArray(credentials) || !credentials.every(isCredential))
    throw wrong('“credentials” are not as they were written');
  return {
    name,
    names: [...new Set(names)],
    into,
    owner,
    team,
    criticality: criticality as App['criticality'],
    credentials,
  };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isName = (value: unknown): value is string => typeof value === 'string' && readName(value) === value;
const isText = (value: unknown): value is string | null =>
  value === null || (typeof value === 'string' && value.length <= 200);
const isTime = (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(value);

function isCredential(value: unknown): value is StoredCredential {
  if (!isRecord(value)) return false;
  const { id, salt, hash, createdAt, lastUsedAt, endsAt } = value;
  return (
    [id, salt, hash].every((text) => typeof text === 'string' && /^[\w-]{4,100}$/.test(text)) &&
    isTime(createdAt) &&
    [lastUsedAt, endsAt].every((time) => time === null || isTime(time))
  );
}
