// House rules over the sources as text: who imports whom, how long files get, and that `shared/` stays pure.
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import type { Room } from './room.ts';
import { longestFile, longFiles, rooms } from './rooms.ts';

/** The top folders that hold sources, and so must be on the map. */
const wings = ['shared', 'electron', 'renderer', 'build', 'test'];

/** Source text by path from the repository's root, with forward slashes. */
export type Sources = Map<string, string>;

/** One sentence per broken rule, beginning with the file or room. */
export interface Violations {
  /** The code does what the map forbids. */
  broken: string[];
  /** The map allows what no code does. */
  stale: string[];
}

/** Compares sources with the map. */
export function findViolations(sources: Sources, map: Record<string, Room>, long: Record<string, string>): Violations {
  const found: string[] = [];
  const stale: string[] = [];
  const usedArrows = new Set<string>();
  const usedPackages = new Set<string>();
  for (const [path, text] of sources) {
    const room = roomOf(path, map);
    if (room === null) {
      found.push(`${path}: its folder has no row in build/rooms.ts`);
      continue;
    }
    found.push(...lengthOf(path, text, long), ...impurities(path, text));
    for (const target of importsOf(text)) {
      if (target.startsWith('.')) {
        const to = roomOf(posix.join(posix.dirname(path), target), map);
        if (to === room) continue;
        usedArrows.add(`${room} → ${to}`);
        if (to === null || !allows(map[room]?.uses, to)) found.push(`${path}: ${room} may not import ${to ?? target}`);
      } else if (!target.startsWith('node:')) {
        const name = packageOf(target);
        usedPackages.add(`${room} → ${name}`);
        if (!allows(map[room]?.packages, name)) found.push(`${path}: ${room} may not use the package ${name}`);
      } else if (path.startsWith('shared/') || path.startsWith('renderer/')) {
        found.push(`${path}: ${room} may not use Node (${target})`);
      }
    }
  }
  for (const [room, { uses, packages = [] }] of Object.entries(map)) {
    if (![...sources.keys()].some((path) => roomOf(path, map) === room)) stale.push(`${room}: the room is empty`);
    for (const to of uses) {
      if (to !== '*' && !usedArrows.has(`${room} → ${to}`)) stale.push(`${room}: stale arrow, nothing imports ${to}`);
    }
    for (const name of packages) {
      if (name !== '*' && !usedPackages.has(`${room} → ${name}`))
        stale.push(`${room}: stale door, nothing uses ${name}`);
    }
  }
  for (const path of Object.keys(long)) {
    if ((sources.get(path)?.split('\n').length ?? 0) <= longestFile) stale.push(`${path}: is not long any more`);
  }
  return { broken: found, stale };
}

/** Reads every source file of the wings below `root`. */
export function readSources(root: string): Sources {
  const sources: Sources = new Map();
  for (const wing of wings) {
    let names: string[];
    try {
      names = readdirSync(join(root, wing), { recursive: true, encoding: 'utf8' });
    } catch {
      continue;
    }
    for (const name of names) {
      const path = posix.join(wing, name.replaceAll('\\', '/'));
      if (/\.(ts|tsx|mjs)$/.test(path)) sources.set(path, readFileSync(join(root, path), 'utf8'));
    }
  }
  return sources;
}

/** The rules over this repository. */
export function checkRooms(root: string): { violations: string[]; files: number } {
  const sources = readSources(root);
  const { broken, stale } = findViolations(sources, rooms, longFiles);
  return { violations: [...broken, ...stale], files: sources.size };
}

function roomOf(path: string, map: Record<string, Room>): string | null {
  for (let folder = posix.dirname(path), depth = 0; folder !== '.'; folder = posix.dirname(folder), depth += 1) {
    const room = map[folder];
    if (room) return room.shallow && depth > 0 ? null : folder;
  }
  return null;
}

function allows(list: string[] | undefined, name: string): boolean {
  return list?.some((entry) => entry === '*' || entry === name) ?? false;
}

function packageOf(target: string): string {
  return target
    .split('/')
    .slice(0, target.startsWith('@') ? 2 : 1)
    .join('/');
}

function importsOf(text: string): string[] {
  const code = text.replaceAll(/^\s*(\/\/|\*|\/\*).*$/gm, '');
  const pattern =
    /^\s*(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]|^\s*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm;
  return Array.from(code.matchAll(pattern), (match) => match[1] ?? match[2] ?? match[3] ?? '');
}

function lengthOf(path: string, text: string, long: Record<string, string>): string[] {
  const lines = text.split('\n').length;
  return lines > longestFile && !long[path] ? [`${path}: ${lines} lines; more than ${longestFile} is two ideas`] : [];
}

/** What `tsc` cannot see: the language's own clock and dice. */
function impurities(path: string, text: string): string[] {
  if (!path.startsWith('shared/')) return [];
  const code = text.replaceAll(/^\s*(\/\/|\*|\/\*).*$/gm, '');
  const match = /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(/.exec(code);
  return match ? [`${path}: shared/ is pure, it may not call ${match[0]}`] : [];
}
