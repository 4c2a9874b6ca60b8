/** A place in a program's own code. */
export interface CodePlace {
  /** Absolute path. */
  file: string;
  line: number;
  /** 1 when it is not known. */
  column: number;
}

/** Reads `file:line`, as call sites are written; null when it is none. */
export function readCallsite(callsite: string): CodePlace | null {
  const [, file, line] = /^(.+):(\d+)$/.exec(callsite) ?? [];
  return file === undefined || line === undefined ? null : { file, line: Number(line), column: 1 };
}

/** A path as short as it can be said: from the project's folder on, else its last two parts. */
export function shortPath(path: string, folder: string | null = null): string {
  const plain = path.replaceAll('\\', '/');
  const root = folder?.replaceAll('\\', '/').replace(/\/+$/, '') ?? '';
  if (root !== '' && plain.startsWith(`${root}/`)) return plain.slice(root.length + 1);
  return plain.split('/').slice(-2).join('/').replace(/^\//, '');
}
