// `node build/vendors/compile.ts`: writes the vendors' pictures and the list of them, from free sets at pinned versions.
// Not part of the build or the tests: what it writes is checked in. The same versions give the same files.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { listings } from '../../shared/vendors/catalogue/listed/index.ts';
import { cleanLogo } from './clean-logo.ts';
import { openSets, PACKAGES } from './logo-sets.ts';
import type { SetName } from './logo-sets.ts';
import { LOGO_SOURCES } from './logo-sources.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = join(root, 'renderer', 'public', 'logos');
const work = mkdtempSync(join(tmpdir(), 'vendor-logos-'));
try {
  const sets = openSets({ logos: unpack('logos'), lobehub: unpack('lobehub'), simple: unpack('simple') });
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) if (name.endsWith('.svg')) rmSync(join(folder, name));
  const names: [id: string, name: string][] = [];
  let bytes = 0;
  const without: string[] = [];
  for (const id of listings.flatMap(({ vendors }) => vendors.map((vendor) => vendor.id)).sort()) {
    const found = candidatesOf(id).flatMap((source) => {
      const [set, name] = source.split(':') as [SetName, string];
      const picture = sets[set].find(name);
      return (picture && cleanLogo(picture)) ?? [];
    })[0];
    if (!found) {
      without.push(id);
      continue;
    }
    const name = found.ground === 'plain' ? id : `${id}.${found.ground}`;
    writeFileSync(join(folder, `${name}.svg`), found.svg);
    names.push([id, name]);
    bytes += found.svg.length;
  }
  writeFileSync(join(root, 'shared', 'vendors', 'catalogue', 'logos.ts'), listOf(names));
  console.log(`${names.length} pictures, ${(bytes / 1024).toFixed(0)} KB; letter marks for ${without.join(' ')}`);
} finally {
  rmSync(work, { recursive: true, force: true });
}

/** Sources to try, best first: what is written down, else the sets by the vendor's id; a mark before a word. */
function candidatesOf(id: string): string[] {
  const written = LOGO_SOURCES[id];
  if (written === null) return [];
  const plain = id.replaceAll('-', '');
  return [
    ...(written === undefined ? [] : [written]),
    `lobehub:${plain}-color`,
    `logos:${id}-icon`,
    `logos:${id}`,
    `simple:${plain}`,
    `simple:${plain.replace(/com$/, 'dotcom').replace(/io$/, 'dotio')}`,
    `lobehub:${plain}`,
  ];
}

/** Fetches a package with npm, whatever registry it is set to. */
function unpack(set: SetName): string {
  const into = join(work, set);
  mkdirSync(into);
  const file = execFileSync('npm', ['pack', PACKAGES[set], '--silent', '--pack-destination', work], {
    encoding: 'utf8',
  });
  execFileSync('tar', ['-xzf', join(work, file.trim()), '-C', into]);
  return join(into, 'package');
}

function listOf(names: readonly [id: string, name: string][]): string {
  const key = (id: string) => (/^[a-z]\w*$/.test(id) ? id : `'${id}'`);
  return [
    '/** Vendor → the name of its picture in renderer/public/logos; written by build/vendors/compile.ts. */',
    'export const LOGOS: Readonly<Record<string, string>> = {',
    ...names.map(([id, name]) => `  ${key(id)}: '${name}',`),
    '};',
    '',
  ].join('\n');
}
