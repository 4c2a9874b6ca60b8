import { asciiLower } from '../../../shared/query/match.ts';

/** A pattern of the query language as a LIKE pattern: `*` is any run, everything else itself. */
export function likeOf(pattern: string): string {
  return pattern.split('*').map(escapeLike).join('%');
}

export function escapeLike(text: string): string {
  return asciiLower(text).replace(/[\\%_]/g, '\\$&');
}
