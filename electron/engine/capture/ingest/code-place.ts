/** Whose code a file of a running Node program is: Node's own, a package's, or the program's. */
export type CodePlace =
  | { whose: 'node' }
  | { whose: 'program' }
  /** `folder`: where its package.json is, as written in the path. */
  | { whose: 'package'; name: string; folder: string; version: string | null };

const NODE: CodePlace = { whose: 'node' };
const PROGRAM: CodePlace = { whose: 'program' };

/**
 * Goes by the path alone: a file below `node_modules` is of the package whose folder is the last of them, which also
 * holds for pnpm's store, for Yarn's archives (`….zip/node_modules/…`) and for a bundle's map (`webpack://app/…`).
 */
export function placeOf(file: string): CodePlace {
  if (file === '' || /^(?:node:|internal\/|wasm:|native\b|<anonymous>)/.test(file)) return NODE;
  const path = file.replaceAll('\\', '/');
  const at = path.lastIndexOf('/node_modules/');
  const start = at >= 0 ? at + '/node_modules/'.length : path.startsWith('node_modules/') ? 13 : -1;
  if (start < 0) return PROGRAM;
  const [first = '', second = ''] = path.slice(start).split('/', 2);
  const name = first.startsWith('@') ? `${first}/${second}` : first;
  // A file right in the folder (.package-lock.json, a link of npm's) is of no package.
  if (first === '' || first.startsWith('.') || path.length <= start + name.length) return PROGRAM;
  return { whose: 'package', name, folder: file.slice(0, start + name.length), version: versionInPath(path, name) };
}

/** Stores that say the version in the path: pnpm's folders, and Yarn's archives, whose files nobody can read from outside. */
function versionInPath(path: string, name: string): string | null {
  const flat = name.replace('/', '+');
  const pnpm = new RegExp(`/\\.pnpm/${escaped(flat)}@([^/_(]+)`).exec(path);
  if (pnpm !== null) return pnpm[1]!;
  const yarn = new RegExp(`/${escaped(name.replace('/', '-'))}-npm-([^/]+?)-[0-9a-f]{8,}[^/]*\\.zip/`).exec(path);
  return yarn === null ? null : yarn[1]!;
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
