import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** Commands that only run what a project holds: the project's name says more than theirs. */
const runners = new Set(['node', 'npm', 'npx', 'pnpm', 'pnpx', 'yarn', 'bun', 'bunx', 'tsx']);

/**
 * What to call a program in the list of calls when nobody named it: the package's name for Node programs, else the
 * command's own name.
 * @param command the command as typed, with or without its folder
 * @param cwd the folder it runs in; the nearest package.json from here up names a Node program
 */
export function appNameFor(command: string, cwd: string): string {
  const name = basename(command.replaceAll('\\', '/')).replace(/\.(exe|cmd|bat|com)$/i, '');
  return (runners.has(name) ? packageName(cwd) : null) ?? (name || 'program');
}

function packageName(folder: string): string | null {
  try {
    const read: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    if (typeof read === 'object' && read !== null && 'name' in read && typeof read.name === 'string') return read.name;
  } catch {
    // No package here, or none that can be read: look further up.
  }
  const parent = dirname(folder);
  return parent === folder ? null : packageName(parent);
}

/**
 * The name as it will stand in the records: it travels as the user name of proxy credentials, which
 * can hold no colon (RFC 7617 §2), no escape of a URL (which not every client undoes), and, of us, no more than 200
 * characters.
 */
export function storedName(app: string): string {
  return app.replaceAll(/[:\p{Cc}]|%(?=[0-9a-f]{2})/giu, '-').slice(0, 200);
}
