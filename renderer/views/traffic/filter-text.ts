import { parseQuery } from '../../../shared/query/parse.ts';
import type { QueryError } from '../../../shared/query/parse.ts';

/** Whether a filter can be read; times without a zone are of the reader's zone, as the engine reads them. */
export function readFilter(text: string): QueryError | null {
  const read = parseQuery(text, { now: Date.now() * 1000 });
  return read.ok ? null : read.error;
}

/** A chip's text with what it is about apart from the value, for its look. */
export function splitChip(part: string): { not: string; name: string; rest: string } {
  const found = /^((?:-|not\s+)*)([a-z][\w.-]*:)?(.*)$/is.exec(part);
  const [, not = '', name = '', rest = part] = found ?? [];
  return { not: not === '' ? '' : 'not ', name, rest };
}
