import { printQuery } from '../../shared/query/print.ts';
import type { QueryTree } from '../../shared/query/tree.ts';

/** What callers are filtered by. */
export type CallerField = 'app' | 'package' | 'callsite' | 'process' | 'user' | 'trace' | 'pid';

/** The filter text that keeps calls with a value; null: those without one. */
export function termFor(field: CallerField, value: string | null): string {
  if (field === 'pid') return `pid:${value ?? ''}`;
  const text = (pattern: string): QueryTree => ({ op: 'text', field: field as 'app', pattern });
  return value === null ? `-${printQuery(text('*'))}` : printQuery(text(value));
}

/** The filter text that keeps calls a program tagged so. */
export function tagTerm(name: string, value: string): string {
  return printQuery({ op: 'text', field: 'tag' as 'app', pattern: `${name}=${value}` });
}
