import type { z } from 'zod';
import { nearest } from '../../../shared/query/suggest.ts';
import type { Path } from './read-yaml.ts';

/** Tells one mistake: where, and in words. `key`: it is its name that is wrong. */
export type Tell = (path: Path, says: string, key?: boolean) => void;

/** Tells what a schema finds wrong, in our words. `isThere`: whether something stands at a path at all. */
export function tellIssues(
  issues: readonly z.core.$ZodIssue[],
  file: { keysAt(path: Path): readonly string[]; page: string; isThere(path: Path): boolean },
  tell: Tell,
): void {
  for (const issue of issues) {
    if (issue.code === 'unrecognized_keys')
      for (const key of issue.keys)
        tell([...issue.path, key], unknownKey(key, file.keysAt(issue.path), file.page), true);
    else if (issue.code === 'invalid_key')
      tell(issue.path, `“${String(issue.path.at(-1))}”: ${issue.issues[0]?.message ?? issue.message}`, true);
    else {
      const missing = issue.code === 'invalid_type' && !file.isThere(issue.path);
      tell(issue.path, `${nameOf(issue.path)}${missing ? 'It is missing here.' : ended(issue.message)}`);
    }
  }
}

function unknownKey(key: string, known: readonly string[], page: string): string {
  const lower = new Map(known.map((name) => [name.toLowerCase(), name]));
  const meant = nearest(key, [...lower.keys()]);
  if (meant !== null) return `There is no “${key}” here. Did you mean “${lower.get(meant)}”?`;
  return known.length > 0
    ? `There is no “${key}” here. It may be one of ${known.join(', ')}.`
    : `There is no “${key}” here. ${page} has every key.`;
}

function nameOf(path: Path): string {
  const name = path.findLast((part) => typeof part === 'string');
  return name === undefined ? '' : `“${name}”: `;
}

function ended(message: string): string {
  return /[.!?]$/.test(message) ? message : `${message}.`;
}
