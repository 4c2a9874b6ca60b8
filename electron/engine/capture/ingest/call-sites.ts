import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SiteSeen } from '../../../../shared/agent/link.ts';
import type { CallSite, Frame } from '../../../../shared/model/caller.ts';
import { placeOf } from './code-place.ts';
import { createSourceMaps } from './source-maps.ts';

const MOST_FRAMES = 10;
const MOST_PACKAGES = 2_000;

export interface CallSites {
  /** What a stack says of who made the call. Reads files; never throws. */
  resolve(frames: SiteSeen['frames']): CallSite;
}

/** Frames as Node gives them → source-mapped, each with its package; the call's package and line. */
export function createCallSites(): CallSites {
  const maps = createSourceMaps();
  const versions = new Map<string, string | null>();

  function versionOf(folder: string): string | null {
    let version = versions.get(folder);
    if (version === undefined) {
      version = readVersion(folder);
      if (versions.size >= MOST_PACKAGES) versions.clear();
      versions.set(folder, version);
    }
    return version;
  }

  return {
    resolve(raw) {
      const frames: Frame[] = [];
      /** The package frame met last, as long as no frame of the program's own was met. */
      let outermost: string | null = null;
      let own: Frame | null = null;
      for (const { function: name, file, line, column } of raw) {
        const generated = pathOf(file);
        let place = placeOf(generated);
        if (place.whose === 'node') continue;
        let at = { file: generated, line, column };
        // What packages ship is what they are known by; the program's own code is known by what was written.
        if (place.whose === 'program') {
          at = maps.originOf(at);
          place = placeOf(at.file);
          // A bundler's own glue.
          if (place.whose === 'node' || /^webpack:\/\/[^/]*\/webpack\//.test(at.file)) continue;
        }
        const frame: Frame = {
          function: name,
          file: at.file,
          line: at.line,
          column: at.column,
          package: place.whose === 'package' ? place.name : null,
          version: place.whose === 'package' ? (place.version ?? versionOf(place.folder)) : null,
        };
        if (frames.length < MOST_FRAMES) frames.push(frame);
        if (own !== null) continue;
        if (place.whose === 'package') outermost = place.name;
        else own = frame;
      }
      return { package: outermost, callsite: own === null ? null : `${own.file}:${own.line}`, frames };
    },
  };
}

/** Modules are known by address, scripts by path; both end as paths. Others (`data:`, `https:`) stay, cut short. */
function pathOf(file: string): string {
  if (file.startsWith('file:')) {
    try {
      return fileURLToPath(file, { windows: /^file:\/\/\/[a-z]:\//i.test(file) });
    } catch {
      return file;
    }
  }
  return file.startsWith('data:') ? file.slice(0, 60) : file;
}

function readVersion(folder: string): string | null {
  try {
    const path = join(folder, 'package.json');
    const { size } = statSync(path);
    if (size > 1024 * 1024) return null;
    const read: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return typeof read === 'object' && read !== null && 'version' in read && typeof read.version === 'string'
      ? read.version.slice(0, 100)
      : null;
  } catch {
    return null;
  }
}
