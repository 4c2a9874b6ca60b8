import { createHash } from 'node:crypto';
import { quoteFor } from './quote.ts';
import type { Shell } from './quote.ts';

type Environment = Record<string, string | undefined>;

/** Holds, in a terminal that was set up, what each variable was before, and a digest of what we put there. */
const KEPT = 'SALLYPORT_TERMINAL';
/** Variables of the shell alone (not exported) that ours replaced. */
const WAS = 'SALLYPORT_WAS_';

type Kept = Record<string, [was: string | null, ours: string]>;

/**
 * Lines that set a running shell up. Undoing must bring back exactly what was there: what was exported is written down
 * in a variable that goes to the shell's children too; what was only the shell's own, the lines save by themselves.
 * @param changes the variables to set
 * @param environment as the shell's children see it now; it may have been set up before
 */
export function setUpScript(shell: Shell, changes: Record<string, string>, environment: Environment): string {
  const before = originalEnvironment(environment);
  const kept: Kept = {};
  const lines: string[] = [];
  // Set up once before, for another engine: what that set and we do not is taken back.
  for (const [name, was] of ownChanges(environment)) if (!(name in changes)) lines.push(...putBack(shell, name, was));
  for (const [name, value] of Object.entries(changes)) {
    kept[name] = [before[name] ?? null, digest(value)];
    if (environment[name] === undefined) lines.push(...saveOwn(shell, name));
    lines.push(setLine(shell, name, value));
  }
  lines.push(setLine(shell, KEPT, Buffer.from(JSON.stringify(kept)).toString('base64url')));
  return `${lines.join('\n')}\n`;
}

/** Lines that undo it; none where nothing was set up. A variable that somebody has changed since stays as it is. */
export function undoScript(shell: Shell, environment: Environment): string {
  if (environment[KEPT] === undefined) return '';
  const lines = ownChanges(environment).flatMap(([name, was]) => putBack(shell, name, was));
  return `${[...lines, unsetLine(shell, KEPT)].join('\n')}\n`;
}

/** The environment as it was before its terminal was set up. */
export function originalEnvironment(environment: Environment): Environment {
  const original = { ...environment };
  for (const [name, was] of ownChanges(environment)) {
    if (was === null) delete original[name];
    else original[name] = was;
  }
  delete original[KEPT];
  return original;
}

/** The variables that hold what we put there, and what they held before. */
function ownChanges(environment: Environment): [name: string, was: string | null][] {
  return Object.entries(readKept(environment[KEPT])).flatMap(([name, [was, ours]]) => {
    const value = environment[name];
    return value !== undefined && digest(value) === ours ? [[name, was] as [string, string | null]] : [];
  });
}

function readKept(text: string | undefined): Kept {
  if (text === undefined) return {};
  try {
    const read: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    if (typeof read !== 'object' || read === null) return {};
    return Object.fromEntries(
      Object.entries(read).filter((entry): entry is [string, Kept[string]] => {
        const value: unknown = entry[1];
        if (!/^\w+$/.test(entry[0]) || !Array.isArray(value)) return false;
        const was: unknown = value[0];
        return (was === null || typeof was === 'string') && typeof value[1] === 'string';
      }),
    );
  } catch {
    return {};
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

function setLine(shell: Shell, name: string, value: string): string {
  switch (shell) {
    case 'fish':
      return `set -gx ${name} ${quoteFor('fish', value)}`;
    case 'powershell':
      return `$env:${name} = '${value.replaceAll("'", "''")}'`;
    case 'cmd':
      return `set "${name}=${value}"`;
    default:
      return `export ${name}=${quoteFor(shell, value)}`;
  }
}

function unsetLine(shell: Shell, name: string): string {
  switch (shell) {
    case 'fish':
      return `set -e -g ${name}`;
    case 'powershell':
      return `Remove-Item -ErrorAction SilentlyContinue Env:${name}`;
    case 'cmd':
      return `set "${name}="`;
    default:
      return `unset ${name}`;
  }
}

/** Keeps a variable that only the shell itself has. PowerShell's and cmd's variables of the environment are all exported. */
function saveOwn(shell: Shell, name: string): string[] {
  if (shell === 'fish') return [`set -q -g ${name}; and set -g ${WAS}${name} $${name}`];
  if (shell === 'powershell' || shell === 'cmd') return [];
  return [`[ -z "\${${name}+x}" ] || ${WAS}${name}=$${name}`];
}

function putBack(shell: Shell, name: string, was: string | null): string[] {
  if (shell === 'fish') {
    // A universal variable shows again once ours, which is global, is gone.
    const quoted = quoteFor('fish', was ?? '');
    return was === null
      ? [`set -e -g ${name}`, `set -q ${WAS}${name}; and set -g ${name} $${WAS}${name}; and set -e ${WAS}${name}`]
      : [`set -e -g ${name}`, `set -q ${name}; and test "$${name}" = ${quoted}; or set -gx ${name} ${quoted}`];
  }
  if (was !== null) return [setLine(shell, name, was)];
  if (shell === 'powershell' || shell === 'cmd') return [unsetLine(shell, name)];
  return [`unset ${name}`, `[ -z "\${${WAS}${name}+x}" ] || { ${name}=$${WAS}${name}; unset ${WAS}${name}; }`];
}
