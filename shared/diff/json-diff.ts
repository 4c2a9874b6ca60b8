/** JSON as parsed; numbers too large for a double are bigints. */
export type Json = null | boolean | number | bigint | string | Json[] | { [key: string]: Json };

/** How two JSON values differ, as one tree. The order of an object's keys does not count. */
export type Difference =
  | { kind: 'same'; value: Json }
  | { kind: 'changed'; before: Json; after: Json }
  | { kind: 'added'; value: Json }
  | { kind: 'removed'; value: Json }
  | { kind: 'object'; entries: [key: string, difference: Difference][] }
  | { kind: 'array'; items: Difference[] };

/** What a text or a number is taken for when arrays are lined up; `key` is the name of its place, null in arrays. */
export type Alike = (value: string | number | bigint, key: string | null) => string | number | bigint;

/** Above this many pairs, arrays are compared by place instead of by the longest run they have in common. */
const MOST_PAIRS = 250_000;

/**
 * With `alike`, items of arrays are lined up by what it makes of their texts, numbers and keys: values with equal outcomes
 * stand beside each other, and what differs inside of them is told all the same.
 */
export function diffJson(before: Json, after: Json, alike?: Alike): Difference {
  if (Array.isArray(before) && Array.isArray(after)) return diffArrays(before, after, alike);
  if (isObject(before) && isObject(after)) return diffObjects(before, after, alike);
  return same(before, after) ? { kind: 'same', value: before } : { kind: 'changed', before, after };
}

/** How many places differ. */
export function countDifferences(difference: Difference): number {
  switch (difference.kind) {
    case 'same':
      return 0;
    case 'object':
      return difference.entries.reduce((sum, [, one]) => sum + countDifferences(one), 0);
    case 'array':
      return difference.items.reduce((sum, one) => sum + countDifferences(one), 0);
    case 'changed':
    case 'added':
    case 'removed':
      return 1;
  }
}

/** A text as JSON; undefined when it is not. Integers beyond 2^53 stay exact. */
export function parseJson(text: string): Json | undefined {
  type Reviver = (key: string, value: unknown, context?: { source?: string }) => unknown;
  const exact: Reviver = (_, value, context) =>
    typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(context?.source ?? '')
      ? BigInt(context?.source ?? '0')
      : value;
  try {
    return JSON.parse(text, exact) as Json;
  } catch {
    return undefined;
  }
}

function diffObjects(
  before: { [key: string]: Json },
  after: { [key: string]: Json },
  alike: Alike | undefined,
): Difference {
  const entries: [string, Difference][] = [];
  let allSame = true;
  const note = (key: string, difference: Difference): void => {
    if (difference.kind !== 'same') allSame = false;
    entries.push([key, difference]);
  };
  for (const key of Object.keys(before)) {
    const value = before[key] ?? null;
    note(key, Object.hasOwn(after, key) ? diffJson(value, after[key] ?? null, alike) : { kind: 'removed', value });
  }
  for (const key of Object.keys(after))
    if (!Object.hasOwn(before, key)) note(key, { kind: 'added', value: after[key] ?? null });
  return allSame ? { kind: 'same', value: before } : { kind: 'object', entries };
}

function diffArrays(before: Json[], after: Json[], alike: Alike | undefined): Difference {
  const a = before.map((one) => canonical(one, alike));
  const b = after.map((one) => canonical(one, alike));
  const items: Difference[] = [];
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) {
    items.push(lined(before[start] ?? null, after[start] ?? null, alike));
    start++;
  }
  let endA = a.length;
  let endB = b.length;
  const tail: Difference[] = [];
  while (endA > start && endB > start && a[endA - 1] === b[endB - 1]) {
    endA--;
    endB--;
    tail.push(lined(before[endA] ?? null, after[endB] ?? null, alike));
  }
  items.push(
    ...diffMiddle(
      before.slice(start, endA),
      after.slice(start, endB),
      a.slice(start, endA),
      b.slice(start, endB),
      alike,
    ),
  );
  items.push(...tail.reverse());
  return items.every(({ kind }) => kind === 'same') ? { kind: 'same', value: before } : { kind: 'array', items };
}

/** What was lined up: without `alike` it is the same. */
function lined(before: Json, after: Json, alike: Alike | undefined): Difference {
  return alike ? diffJson(before, after, alike) : { kind: 'same', value: before };
}

function diffMiddle(before: Json[], after: Json[], a: string[], b: string[], alike: Alike | undefined): Difference[] {
  if (a.length * b.length > MOST_PAIRS) return pairUp(before, after, alike);
  // Lengths of the longest common runs of what is left, from the end.
  const width = b.length + 1;
  const run = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      run[i * width + j] =
        a[i] === b[j]
          ? (run[(i + 1) * width + j + 1] ?? 0) + 1
          : Math.max(run[(i + 1) * width + j] ?? 0, run[i * width + j + 1] ?? 0);
  const items: Difference[] = [];
  let gone: Json[] = [];
  let come: Json[] = [];
  const settle = (): void => {
    items.push(...pairUp(gone, come, alike));
    gone = [];
    come = [];
  };
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      settle();
      items.push(lined(before[i] ?? null, after[j] ?? null, alike));
      i++;
      j++;
    } else if (j >= b.length || (i < a.length && (run[(i + 1) * width + j] ?? 0) >= (run[i * width + j + 1] ?? 0))) {
      gone.push(before[i++] ?? null);
    } else {
      come.push(after[j++] ?? null);
    }
  }
  settle();
  return items;
}

/** What stands at the same place of a changed stretch is one thing that changed, when both are of a kind. */
function pairUp(gone: Json[], come: Json[], alike: Alike | undefined): Difference[] {
  const items: Difference[] = [];
  const both = Math.min(gone.length, come.length);
  for (let at = 0; at < both; at++) {
    const before = gone[at] ?? null;
    const after = come[at] ?? null;
    const ofAKind = (isObject(before) && isObject(after)) || (Array.isArray(before) && Array.isArray(after));
    items.push(
      ofAKind
        ? diffJson(before, after, alike)
        : same(before, after)
          ? { kind: 'same', value: before }
          : { kind: 'changed', before, after },
    );
  }
  for (const value of gone.slice(both)) items.push({ kind: 'removed', value });
  for (const value of come.slice(both)) items.push({ kind: 'added', value });
  return items;
}

function isObject(value: Json): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function same(a: Json, b: Json): boolean {
  return a === b || canonical(a) === canonical(b);
}

/** Equal values have equal texts, whatever the order of their keys. */
function canonical(value: Json, alike?: Alike, key: string | null = null): string {
  if (typeof value === 'bigint' || typeof value === 'number' || typeof value === 'string') {
    const taken = alike ? alike(value, key) : value;
    return typeof taken === 'bigint' ? `${taken}n` : JSON.stringify(taken);
  }
  if (Array.isArray(value)) return `[${value.map((one) => canonical(one, alike)).join(',')}]`;
  if (isObject(value))
    return `{${Object.keys(value)
      .sort()
      .map((name) => `${JSON.stringify(name)}:${canonical(value[name] ?? null, alike, name)}`)
      .join(',')}}`;
  return JSON.stringify(value);
}
