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

/** Above this many pairs, arrays are compared by place instead of by the longest run they have in common. */
const MOST_PAIRS = 250_000;

export function diffJson(before: Json, after: Json): Difference {
  if (Array.isArray(before) && Array.isArray(after)) return diffArrays(before, after);
  if (isObject(before) && isObject(after)) return diffObjects(before, after);
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

function diffObjects(before: { [key: string]: Json }, after: { [key: string]: Json }): Difference {
  const entries: [string, Difference][] = [];
  let allSame = true;
  const note = (key: string, difference: Difference): void => {
    if (difference.kind !== 'same') allSame = false;
    entries.push([key, difference]);
  };
  for (const key of Object.keys(before)) {
    const value = before[key] ?? null;
    note(key, Object.hasOwn(after, key) ? diffJson(value, after[key] ?? null) : { kind: 'removed', value });
  }
  for (const key of Object.keys(after))
    if (!Object.hasOwn(before, key)) note(key, { kind: 'added', value: after[key] ?? null });
  return allSame ? { kind: 'same', value: before } : { kind: 'object', entries };
}

function diffArrays(before: Json[], after: Json[]): Difference {
  const a = before.map(canonical);
  const b = after.map(canonical);
  const items: Difference[] = [];
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start])
    items.push({ kind: 'same', value: before[start++] ?? null });
  let endA = a.length;
  let endB = b.length;
  const tail: Difference[] = [];
  while (endA > start && endB > start && a[endA - 1] === b[endB - 1]) {
    endA--;
    endB--;
    tail.push({ kind: 'same', value: before[endA] ?? null });
  }
  items.push(
    ...diffMiddle(before.slice(start, endA), after.slice(start, endB), a.slice(start, endA), b.slice(start, endB)),
  );
  items.push(...tail.reverse());
  return items.every(({ kind }) => kind === 'same') ? { kind: 'same', value: before } : { kind: 'array', items };
}

function diffMiddle(before: Json[], after: Json[], a: string[], b: string[]): Difference[] {
  if (a.length * b.length > MOST_PAIRS) return pairUp(before, after);
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
    items.push(...pairUp(gone, come));
    gone = [];
    come = [];
  };
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      settle();
      items.push({ kind: 'same', value: before[i] ?? null });
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
function pairUp(gone: Json[], come: Json[]): Difference[] {
  const items: Difference[] = [];
  const both = Math.min(gone.length, come.length);
  for (let at = 0; at < both; at++) {
    const before = gone[at] ?? null;
    const after = come[at] ?? null;
    const alike = (isObject(before) && isObject(after)) || (Array.isArray(before) && Array.isArray(after));
    items.push(
      alike
        ? diffJson(before, after)
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
function canonical(value: Json): string {
  if (typeof value === 'bigint') return `${value}n`;
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (isObject(value))
    return `{${Object.keys(value)
      .sort()
      .map((key) => `${JSON.stringify(key)}:${canonical(value[key] ?? null)}`)
      .join(',')}}`;
  return JSON.stringify(value);
}
