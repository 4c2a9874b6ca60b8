import { FunctionExpressionType, JSONPathEnvironment, JSONPathError, JSONPathRecursionLimitError } from 'json-p3';
import type { JSONPathQuery, JSONValue } from 'json-p3';
import { compileSafeRegex } from '../policies/match/safe-regex.ts';
import type { Json } from '../diff/json-diff.ts';
import { iRegexpSource } from './i-regexp.ts';

/** A query of RFC 9535 that is no such query, or took too much. `at`: characters from its start. */
export class JsonPathFault extends Error {
  readonly path: string;
  readonly at: number;

  constructor(path: string, at: number, says: string) {
    super(says);
    this.path = path;
    this.at = at;
  }
}

export type Location = readonly (string | number)[];

export interface JsonNode {
  location: Location;
  value: Json;
}

export interface JsonPath {
  text: string;
  /** Whether it can find one value at the most. */
  singular: boolean;
  /** What it finds, in the order the RFC gives them; throws a JsonPathFault above `MOST_NODES`, or in values nested deeper than `DEEPEST`. */
  find(value: Json): JsonNode[];
}

/** More than this many nodes are not collected. */
export const MOST_NODES = 200_000;
/** `..` goes no deeper. */
export const DEEPEST = 1_000;
/** Characters of a query. */
const LONGEST = 2_000;
/** Characters that `match` and `search` look at. */
const LONGEST_SEARCHED = 200_000;

const environment = createEnvironment();

/** Reads a query; throws a JsonPathFault that says where it is wrong and what was expected. */
export function compileJsonPath(text: string): JsonPath {
  if (text.length > LONGEST)
    throw new JsonPathFault(text, LONGEST, `A JSONPath has ${LONGEST} characters at the most.`);
  if (!text.startsWith('$')) throw new JsonPathFault(text, 0, 'A JSONPath begins with `$`.');
  let query: JSONPathQuery;
  try {
    query = environment.compile(text);
  } catch (error) {
    throw faultOf(text, error);
  }
  return {
    text,
    singular: query.singularQuery(),
    find(value) {
      const nodes: JsonNode[] = [];
      try {
        for (const { location } of query.lazyQuery(withoutBigints(value) as JSONValue)) {
          if (nodes.length >= MOST_NODES)
            throw new JsonPathFault(text, 0, `${text} finds more than ${MOST_NODES.toLocaleString('en')} values.`);
          nodes.push({ location, value: valueAt(value, location) });
        }
      } catch (error) {
        throw faultOf(text, error);
      }
      return nodes;
    },
  };
}

/** A location as a query that finds it: `$.items[3].name`, `$['content-type']`. */
export function printLocation(location: Location): string {
  return location.reduce<string>(
    (said, step) =>
      typeof step === 'number'
        ? `${said}[${step}]`
        : /^[A-Za-z_][A-Za-z0-9_]*$/.test(step)
          ? `${said}.${step}`
          : `${said}[${quote(step)}]`,
    '$',
  );
}

/** As normalised paths have it (RFC 9535, 2.7). */
function quote(name: string): string {
  return `'${JSON.stringify(name).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

/** The value at a location; null when there is none. */
function valueAt(value: Json, location: Location): Json {
  let at: Json | undefined = value;
  for (const step of location) {
    if (typeof at !== 'object' || at === null) return null;
    at = Array.isArray(at) ? at[step as number] : at[step as string];
  }
  return at ?? null;
}

/** The library knows numbers as doubles only: what is too large for one is compared as the nearest. */
function withoutBigints(value: Json): Json {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    let copy: Json[] | null = null;
    for (const [index, one] of value.entries()) {
      const plain = withoutBigints(one);
      if (plain !== one) (copy ??= [...value])[index] = plain;
    }
    return copy ?? value;
  }
  let copy: { [key: string]: Json } | null = null;
  for (const key of Object.keys(value)) {
    const one = value[key] ?? null;
    const plain = withoutBigints(one);
    if (plain !== one) (copy ??= { ...value })[key] = plain;
  }
  return copy ?? value;
}

function faultOf(text: string, error: unknown): unknown {
  if (error instanceof JSONPathRecursionLimitError)
    return new JsonPathFault(text, error.token.index, `${text} goes deeper than ${DEEPEST} levels.`);
  if (!(error instanceof JSONPathError)) return error;
  const at = Math.min(error.token.index, text.length);
  // The library ends its sentences with the place in brackets.
  const says = error.message.replace(/ \('[^]*':\d+\)$/, '');
  return new JsonPathFault(text, at, `${text} is no JSONPath at character ${at + 1}: ${says}.`);
}

/** The standard's functions; `match` and `search` in a time that grows with the length only, whatever the pattern. */
function createEnvironment(): JSONPathEnvironment {
  const made = new JSONPathEnvironment({ maxRecursionDepth: DEEPEST });
  for (const name of ['match', 'search'] as const) {
    const remembered = new Map<string, (text: string) => boolean>();
    made.functionRegister.set(name, {
      argTypes: [FunctionExpressionType.ValueType, FunctionExpressionType.ValueType],
      returnType: FunctionExpressionType.LogicalType,
      call(text: unknown, pattern: unknown) {
        if (typeof text !== 'string' || typeof pattern !== 'string' || text.length > LONGEST_SEARCHED) return false;
        let test = remembered.get(pattern);
        if (!test) {
          test = compileOrNever(iRegexpSource(pattern, name === 'match'));
          if (remembered.size >= 50) remembered.clear();
          remembered.set(pattern, test);
        }
        return test(text);
      },
    });
  }
  return made;
}

/** What is no pattern matches nothing, as the RFC has it. */
function compileOrNever(source: string): (text: string) => boolean {
  try {
    return compileSafeRegex(source);
  } catch {
    return () => false;
  }
}
