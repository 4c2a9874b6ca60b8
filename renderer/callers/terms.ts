import { printQuery } from '../../shared/query/print.ts';
import type { QueryTree } from '../../shared/query/tree.ts';

/** What callers are filtered by. */
export type CallerField = 'app' | 'package' | 'callsite' | 'process' | 'user' | 'trace' | 'endpoint';

/**
 * The filter that keeps calls with a value; of a place in code with this one alone, not with line 420 beside 42; of an endpoint
 * without those below it.
 */
export function treeFor(field: CallerField, value: string): QueryTree {
  return { op: 'text', field, pattern: field === 'callsite' || field === 'endpoint' ? `*${value}` : value };
}

/** The filter text that keeps calls with a value; null: those without one. */
export function termFor(field: CallerField, value: string | null): string {
  return printQuery(value === null ? { op: 'not', part: { op: 'text', field, pattern: '*' } } : treeFor(field, value));
}

/** The filter text that keeps calls of a process. */
export function pidTerm(pid: number): string {
  return printQuery({ op: 'number', field: 'pid', comparison: '=', value: pid });
}

/** The filter text that keeps calls a program tagged so. */
export function tagTerm(name: string, value: string): string {
  return printQuery({ op: 'tag', name, pattern: value });
}
