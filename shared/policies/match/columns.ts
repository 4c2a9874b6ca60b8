import { fieldReader, type CounterField, type FieldReader } from '../counter-key.ts';
import type { CompiledMatch } from './compile-match.ts';
import type { ValueTest } from './patterns.ts';

/** What the values of one field leave in, as bits: one for each line of a list of matches. */
export interface Column {
  read: FieldReader;
  /** Do not change it. */
  of(value: string | null): Uint32Array;
}

/** Values of one field that are kept. */
const MOST_VALUES = 4096;

/** One column for each field that any of the matches looks at. */
export function makeColumns(matches: readonly CompiledMatch[]): Column[] {
  const fields = new Set<CounterField>();
  for (const { narrow } of matches) for (const { field } of narrow) fields.add(field);
  return [...fields].map((field) => makeColumn(field, matches));
}

function makeColumn(field: CounterField, matches: readonly CompiledMatch[]): Column {
  const words = Math.max(1, Math.ceil(matches.length / 32));
  /** Lines that do not look at this field: any value leaves them in. */
  const any = new Uint32Array(words);
  const byValue = new Map<string, number[]>();
  const bySuffix = new Map<string, number[]>();
  const asked: { line: number; tests: readonly ValueTest[] }[] = [];
  for (const [line, { narrow }] of matches.entries()) {
    const own = narrow.filter((test) => test.field === field);
    const [only] = own;
    if (only === undefined) setBit(any, line);
    else if (own.length === 1 && !only.takesOut && only.exact !== null) {
      for (const value of new Set(only.exact)) append(byValue, value, line);
    } else if (own.length === 1 && !only.takesOut && only.suffixes !== null) {
      for (const suffix of new Set(only.suffixes)) append(bySuffix, suffix, line);
    } else asked.push({ line, tests: own.map(({ test }) => test) });
  }

  let known = new Map<string | null, Uint32Array>();

  function make(value: string | null): Uint32Array {
    const bits = any.slice();
    if (value !== null) {
      setAll(bits, byValue.get(value));
      const lower = value.toLowerCase();
      if (lower !== value) {
        // Patterns in lower case are those that take no notice of it; their test says so.
        for (const line of byValue.get(lower) ?? []) if (fits(matches[line], field, value)) setBit(bits, line);
      }
      if (bySuffix.size > 0) {
        setAll(bits, bySuffix.get(lower));
        for (let dot = lower.indexOf('.'); dot >= 0; dot = lower.indexOf('.', dot + 1)) {
          setAll(bits, bySuffix.get(lower.slice(dot)));
        }
      }
    }
    for (const { line, tests } of asked) if (tests.every((test) => test(value))) setBit(bits, line);
    return bits;
  }

  return {
    read: fieldReader(field),
    of(value) {
      let bits = known.get(value);
      if (bits === undefined) {
        bits = make(value);
        if (known.size >= MOST_VALUES) known = new Map();
        known.set(value, bits);
      }
      return bits;
    },
  };
}

function fits(match: CompiledMatch | undefined, field: CounterField, value: string): boolean {
  return match?.narrow.every((test) => test.field !== field || test.test(value)) ?? false;
}

function setBit(bits: Uint32Array, line: number): void {
  bits[line >> 5] = (bits[line >> 5] as number) | (1 << (line & 31));
}

function setAll(bits: Uint32Array, lines: readonly number[] | undefined): void {
  for (const line of lines ?? []) setBit(bits, line);
}

function append(lists: Map<string, number[]>, key: string, line: number): void {
  const list = lists.get(key);
  if (list) list.push(line);
  else lists.set(key, [line]);
}
