import { readFileSync, statSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A place in a file; line and column from 1 on. */
export interface Place {
  file: string;
  line: number;
  column: number;
}

export interface SourceMaps {
  /** Where the code at a place of a generated file was written; the place itself where no map says so. Never throws. */
  originOf(place: Place): Place;
}

const MOST_MAPS = 64;
/** Bytes of a generated file, and of a map. A larger one is left alone. */
const LARGEST = 48 * 1024 * 1024;

interface Mapped {
  map: SourceMap | null;
  /** What its sources are relative to. */
  folder: string;
  stamp: string;
}

/** Reads the maps that files name or carry (`sourceMappingURL`), each once as long as the file stays as it is. */
export function createSourceMaps(): SourceMaps {
  /** By generated file, the one used last at the end. */
  const maps = new Map<string, Mapped>();

  function mapOf(file: string): Mapped | null {
    const found = statSync(file);
    // A device or a pipe would never end.
    if (!found.isFile() || found.size > LARGEST) return null;
    const stamp = `${found.mtimeMs} ${found.size}`;
    const known = maps.get(file);
    maps.delete(file);
    const mapped = known?.stamp === stamp ? known : { ...readMap(file), stamp };
    maps.set(file, mapped);
    for (const oldest of maps.keys()) {
      if (maps.size <= MOST_MAPS) break;
      maps.delete(oldest);
    }
    return mapped;
  }

  return {
    originOf(place) {
      try {
        if (!isAbsolute(place.file)) return place;
        const mapped = mapOf(place.file);
        if (mapped === null || mapped.map === null) return place;
        const entry = mapped.map.findEntry(place.line - 1, Math.max(0, place.column - 1));
        if (!('originalSource' in entry) || typeof entry.originalSource !== 'string') return place;
        return {
          file: sourcePath(entry.originalSource, mapped.folder),
          line: entry.originalLine + 1,
          column: entry.originalColumn + 1,
        };
      } catch {
        return place;
      }
    },
  };
}

function readMap(file: string): Omit<Mapped, 'stamp'> {
  const none = { map: null, folder: dirname(file) };
  try {
    const code = readFileSync(file, 'utf8');
    const url = /^[ \t]*(\S+)/.exec(code.slice(lastComment(code)))?.[1];
    if (url === undefined) return none;
    if (url.startsWith('data:')) return { map: parse(dataOf(url)), folder: dirname(file) };
    if (/^[a-z][a-z0-9+.-]+:/i.test(url) && !url.startsWith('file:')) return none;
    const path = url.startsWith('file:') ? fileURLToPath(url) : resolve(dirname(file), decodeURIComponent(url));
    const found = statSync(path);
    if (!found.isFile() || found.size > LARGEST) return none;
    return { map: parse(readFileSync(path, 'utf8')), folder: dirname(path) };
  } catch {
    return none;
  }
}

/** Where the address of the last comment that names a map begins; the text's end when there is none. */
function lastComment(code: string): number {
  const at = Math.max(code.lastIndexOf('//# sourceMappingURL='), code.lastIndexOf('//@ sourceMappingURL='));
  return at < 0 ? code.length : at + '//# sourceMappingURL='.length;
}

function dataOf(url: string): string {
  const comma = url.indexOf(',');
  const data = url.slice(comma + 1);
  return /;base64$/i.test(url.slice(0, comma))
    ? Buffer.from(data, 'base64').toString('utf8')
    : decodeURIComponent(data);
}

function parse(text: string): SourceMap {
  // Some servers' maps begin so, that no page can run them.
  const payload = JSON.parse(text.startsWith(")]}'") ? text.slice(text.indexOf('\n')) : text) as ConstructorParameters<
    typeof SourceMap
  >[0];
  const root = typeof payload.sourceRoot === 'string' ? payload.sourceRoot : '';
  // Node's reader leaves the root out.
  if (root !== '' && Array.isArray(payload.sources))
    payload.sources = payload.sources.map((source) =>
      isRooted(source) ? source : `${root.replace(/\/$/, '')}/${source}`,
    );
  return new SourceMap(payload);
}

function isRooted(source: string): boolean {
  return /^[a-z][a-z0-9+.-]+:|^[\\/]/i.test(source);
}

/** A path where it is one; a bundler's own address (`webpack://app/./src/x.ts`) as it is, dots taken out. */
function sourcePath(source: string, folder: string): string {
  if (source.startsWith('file:')) return fileURLToPath(source);
  const own = /^([a-z][a-z0-9+.-]+:\/\/[^/]*\/)(.*)$/i.exec(source);
  if (own !== null) return `${own[1]!}${own[2]!.replace(/^(?:\.\/)+/, '')}`;
  return isAbsolute(source) || /^[a-z]:[\\/]/i.test(source) ? source : join(folder, source);
}
