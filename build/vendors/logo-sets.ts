// The free sets that pictures are taken from, read from their unpacked packages.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One picture of a set: the SVG as it is there, and the one colour it has when the set says so. */
export interface Picture {
  svg: string;
  colour: string | null;
}

export interface LogoSet {
  /** Null when there is none of that name, or its own licence is not the set's. */
  find(name: string): Picture | null;
}

/** Packages at the versions that the checked-in pictures are from; their licences are in NOTICE.txt beside them. */
export const PACKAGES = {
  logos: '@iconify-json/logos@1.2.19',
  lobehub: '@lobehub/icons-static-svg@1.95.1',
  simple: 'simple-icons@16.37.0',
} as const;
export type SetName = keyof typeof PACKAGES;

/** `folders`: where each package is unpacked. */
export function openSets(folders: Record<SetName, string>): Record<SetName, LogoSet> {
  const iconify = readJson(join(folders.logos, 'icons.json')) as {
    width?: number;
    height?: number;
    icons: Record<string, { body: string; width?: number; height?: number }>;
  };
  const info = (readJson(join(folders.logos, 'info.json')) as { license: { spdx: string } }).license.spdx;
  if (info !== 'CC0-1.0') throw new Error(`@iconify-json/logos is under ${info} now; read it before going on.`);
  const listed = readJson(join(folders.simple, 'data', 'simple-icons.json')) as {
    slug: string;
    hex: string;
    license?: { type: string };
  }[];
  const simple = new Map(listed.map((icon) => [icon.slug, icon]));
  return {
    logos: {
      find(name) {
        const icon = iconify.icons[name];
        if (!icon) return null;
        const { width = iconify.width ?? 16, height = iconify.height ?? 16, body } = icon;
        return { svg: `<svg viewBox="0 0 ${width} ${height}">${body}</svg>`, colour: null };
      },
    },
    lobehub: {
      find(name) {
        const path = join(folders.lobehub, 'icons', `${name}.svg`);
        return existsSync(path) ? { svg: readFileSync(path, 'utf8'), colour: null } : null;
      },
    },
    simple: {
      find(name) {
        const icon = simple.get(name);
        if (!icon || (icon.license && icon.license.type !== 'CC0-1.0')) return null;
        return { svg: readFileSync(join(folders.simple, 'icons', `${name}.svg`), 'utf8'), colour: `#${icon.hex}` };
      },
    },
  };
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}
