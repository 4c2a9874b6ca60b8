import type { MatchField, Patterns } from '../../model/policy.ts';
import type { CallFacts } from '../facts.ts';
import { compileGlob, compilePath, type TextTest } from './glob.ts';

/** What a list of patterns says of a value; null is *not known*, which only a list of `!` alone fits. */
export type ValueTest = (value: string | null) => boolean;

/** Fields whose values are told apart by case. Names of hosts, programs, vendors and methods are not. */
const BY_CASE: ReadonlySet<string> = new Set(['path', 'endpoint', 'credential']);

/** One of the list must fit, and none with `!`; with `!` alone everything else fits. */
export function compilePatterns(patterns: Patterns, compile: (pattern: string) => TextTest): ValueTest {
  const fits: TextTest[] = [];
  const not: TextTest[] = [];
  const exact = new Set<string>();
  for (const pattern of patterns) {
    if (pattern.startsWith('!')) not.push(compile(pattern.slice(1)));
    else if (isPlain(pattern)) exact.add(pattern);
    else fits.push(compile(pattern));
  }
  const none = exact.size === 0 && fits.length === 0;
  return (value) => {
    if (value === null) return none;
    for (const test of not) if (test(value)) return false;
    if (none || exact.has(value)) return true;
    for (const test of fits) if (test(value)) return true;
    return false;
  };
}

/** Patterns of a field's values, headers and tags: with case or without. */
export function compileValues(patterns: Patterns, byCase: boolean): ValueTest {
  if (byCase) return compilePatterns(patterns, compileGlob);
  const test = compilePatterns(
    patterns.map((pattern) => pattern.toLowerCase()),
    compileGlob,
  );
  return (value) => test(value === null ? null : value.toLowerCase());
}

/** Patterns without `*`, `{…}` or `!`. */
export function isPlain(pattern: string): boolean {
  return !/[*{]/.test(pattern) && !pattern.startsWith('!');
}

export function isByCase(field: MatchField): boolean {
  return BY_CASE.has(field);
}

/** Patterns of paths. */
export function compilePaths(patterns: Patterns): (facts: CallFacts) => boolean {
  const test = compilePatterns(patterns.map(bySegment), compilePath);
  return (facts) => test(facts.path);
}

/**
 * Patterns of endpoints, `POST /v1/charges/*` or only the path: tried on the endpoint as learned, and on method and path, so
 * that a policy counts from the first call on.
 */
export function compileEndpoints(patterns: Patterns): (facts: CallFacts) => boolean {
  const fits: ((facts: CallFacts) => boolean)[] = [];
  const not: ((facts: CallFacts) => boolean)[] = [];
  for (const pattern of patterns) {
    if (pattern.startsWith('!')) not.push(compileEndpoint(pattern.slice(1)));
    else fits.push(compileEndpoint(pattern));
  }
  return (facts) => {
    for (const test of not) if (test(facts)) return false;
    if (fits.length === 0) return true;
    for (const test of fits) if (test(facts)) return true;
    return false;
  };
}

function compileEndpoint(pattern: string): (facts: CallFacts) => boolean {
  const space = pattern.indexOf(' ');
  const method = space < 0 ? '*' : pattern.slice(0, space).toUpperCase();
  const rest = space < 0 ? pattern : pattern.slice(space + 1).trim();
  const isMethod = compileGlob(method);
  // `*` and `POST *` mean every path, not one segment.
  const isPath = compilePath(rest === '*' ? '**' : rest);
  return (facts) => {
    if (!isMethod(facts.method)) return false;
    if (isPath(facts.path)) return true;
    const { endpoint } = facts;
    if (endpoint === null) return false;
    const cut = endpoint.indexOf(' ');
    return isPath(cut < 0 ? endpoint : endpoint.slice(cut + 1));
  };
}

/** `*` alone means every path. */
function bySegment(pattern: string): string {
  return pattern === '*' ? '**' : pattern === '!*' ? '!**' : pattern;
}
