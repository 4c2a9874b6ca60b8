import { diffJson, type Difference, type Json } from '../diff/json-diff.ts';
import type { BodyChange, IgnoreRules } from '../model/replay.ts';
import type { ChangeList } from './change-list.ts';
import { compileJsonPath, printLocation, type JsonPath, type Location } from './json-path.ts';
import { isRandomId } from './random-values.ts';
import { kindOf, showJson } from './show-json.ts';
import { alikeBy, whyValueIgnored, type Recorded } from './why-ignored.ts';

/** Paths of rules, read once. */
export interface IgnoredPaths {
  rules: readonly JsonPath[];
  learned: readonly JsonPath[];
}

/** Throws a JsonPathFault for a path that is none. */
export function readPaths(rules: readonly string[], learned: readonly string[]): IgnoredPaths {
  return { rules: rules.map(compileJsonPath), learned: learned.map(compileJsonPath) };
}

/**
 * Adds every place where two values differ. Gives what would break a reader of the first when it is given the second: a
 * field that is gone, or is of another type; null when nothing would.
 *
 * A field of an item that other items of its list do not have is not required. Null where a text, number or boolean was
 * is a changed value; where a list or an object was, readers that look into it break.
 */
export function compareJson(
  before: Json,
  after: Json,
  given: { ignore: IgnoreRules; paths: IgnoredPaths; recorded: Recorded },
  changes: ChangeList,
): string | null {
  const { ignore, recorded } = given;
  const whyPath = placesOf(given.paths, before, after);
  let breaks: string | null = null;

  /** What a change is ignored for by its place or the places above it. */
  function add(
    kind: BodyChange['kind'],
    [was, is]: readonly [Json | undefined, Json | undefined],
    [from, to]: readonly [Location, Location],
    byPlace: BodyChange['ignored'],
    breaking: string | null,
  ): void {
    const location = kind === 'added' ? to : from;
    const last = location.at(-1);
    const key = typeof last === 'string' ? last : null;
    const ignored =
      byPlace ?? (was !== undefined && is !== undefined ? whyValueIgnored(was, is, key, ignore, recorded) : null);
    const path = printLocation(location);
    changes.add({
      path,
      kind,
      before: was === undefined ? null : showJson(was),
      after: is === undefined ? null : showJson(is),
      ignored,
    });
    if (ignored === null && breaking !== null) breaks ??= `${path} ${breaking}`;
  }

  function walk(
    difference: Difference,
    was: Json | undefined,
    is: Json | undefined,
    at: readonly [Location, Location],
    above: BodyChange['ignored'],
    required: (key: string) => boolean,
  ): void {
    const byPlace = above ?? whyPath(at);
    switch (difference.kind) {
      case 'same':
        return;
      case 'changed':
        add(
          'changed',
          [difference.before, difference.after],
          at,
          byPlace,
          brokenType(difference.before, difference.after),
        );
        return;
      case 'removed': {
        const key = at[0].at(-1);
        const missed = typeof key === 'string' && required(key) && !isRandomId(key);
        add('removed', [difference.value, undefined], at, byPlace, missed ? 'is gone' : null);
        return;
      }
      case 'added':
        add('added', [undefined, difference.value], at, byPlace, null);
        return;
      case 'object':
        for (const [key, one] of difference.entries)
          walk(
            one,
            fieldOf(was, key),
            fieldOf(is, key),
            [
              [...at[0], key],
              [...at[1], key],
            ],
            byPlace,
            required,
          );
        return;
      case 'array': {
        const [items, others] = [Array.isArray(was) ? was : [], Array.isArray(is) ? is : []];
        const inAll = requiredOf(items);
        let [from, to] = [0, 0];
        for (const one of difference.items) {
          walk(
            one,
            items[from],
            others[to],
            [
              [...at[0], from],
              [...at[1], to],
            ],
            byPlace,
            inAll,
          );
          if (one.kind !== 'added') from++;
          if (one.kind !== 'removed') to++;
        }
      }
    }
  }

  walk(diffJson(before, after, alikeBy(ignore, recorded)), before, after, [[], []], null, () => true);
  return breaks;
}

function brokenType(before: Json, after: Json): string | null {
  const [was, is] = [kindOf(before), kindOf(after)];
  if (was === is || was === 'null') return null;
  if (is === 'null' && was !== 'list' && was !== 'object') return null;
  return `was ${withArticle(was)} and is ${withArticle(is)}`;
}

const withArticle = (kind: string): string =>
  kind === 'null' ? kind : /^[aeiou]/.test(kind) ? `an ${kind}` : `a ${kind}`;

/** What the items of a list that are objects have in common; deeper objects of an item are held to the same. */
function requiredOf(items: readonly Json[]): (key: string) => boolean {
  let counts: Map<string, number> | null = null;
  let objects = 0;
  return (key) => {
    if (counts === null) {
      counts = new Map();
      for (const item of items) {
        if (kindOf(item) !== 'object') continue;
        objects++;
        for (const name of Object.keys(item as object)) counts.set(name, (counts.get(name) ?? 0) + 1);
      }
    }
    const having = counts.get(key);
    return having === undefined || having === objects;
  };
}

function fieldOf(value: Json | undefined, key: string): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, key)
    ? value[key]
    : undefined;
}

/** Which places of either side the paths find. */
function placesOf(
  { rules, learned }: IgnoredPaths,
  before: Json,
  after: Json,
): (at: readonly [Location, Location]) => BodyChange['ignored'] {
  const find = (paths: readonly JsonPath[], value: Json): ReadonlySet<string> =>
    new Set(paths.flatMap((path) => path.find(value)).map(({ location }) => printLocation(location)));
  if (rules.length + learned.length === 0) return () => null;
  const sides = [before, after].map((value) => ({ rules: find(rules, value), learned: find(learned, value) }));
  return (at) => {
    let why: BodyChange['ignored'] = null;
    for (const [side, found] of sides.entries()) {
      const place = printLocation(at[side] ?? []);
      if (found.rules.has(place)) return 'path';
      if (found.learned.has(place)) why = 'volatile';
    }
    return why;
  };
}
