import { FORMAT_NAMES, FORMATS } from './formats.ts';
import type { Format } from './formats.ts';

/**
 * What values at one place of a body have in common: counts by kind, merged value after value, so that no body is kept.
 * It knows no text but short words that might be an enumeration.
 */
export interface Shape {
  /** Anything: too deep, or too much was seen to tell. */
  any: boolean;
  values: number;
  nulls: number;
  booleans: number;
  /** Of `numbers`. */
  integers: number;
  numbers: number;
  /** The first number, for an example. */
  number: number | null;
  strings: number;
  /** Formats that all texts so far have. */
  formats: Set<Format>;
  /** Distinct words so far; null: they are no enumeration. */
  words: Set<string> | null;
  items: Shape | null;
  arrays: number;
  objects: number;
  properties: Map<string, { present: number; shape: Shape }>;
  /** Of objects with so many names that they are a map: all values together. */
  rest: Shape | null;
}

const DEEPEST = 16;
/** Places of one schema; what comes later may be anything. */
const MOST_PLACES = 4000;
/** An object with more names is a map. */
export const MOST_PROPERTIES = 100;
const MOST_WORDS = 12;
const WORD = /^[A-Za-z][A-Za-z0-9_.-]{0,31}$/;

/** Merges bodies into one shape. Bounded in depth and size, whatever comes. */
export interface Inference {
  readonly shape: Shape;
  add(value: unknown): void;
}

/** Room for the places of several schemas together. */
export interface Room {
  places: number;
}

export function createInference(room: Room = { places: MOST_PLACES }): Inference {
  let places = 0;
  const shape = makeShape();

  function makeShape(): Shape {
    places += 1;
    room.places -= 1;
    return {
      any: places > MOST_PLACES || room.places < 0,
      values: 0,
      nulls: 0,
      booleans: 0,
      integers: 0,
      numbers: 0,
      number: null,
      strings: 0,
      formats: new Set(FORMAT_NAMES),
      words: new Set(),
      items: null,
      arrays: 0,
      objects: 0,
      properties: new Map(),
      rest: null,
    };
  }

  function addValue(into: Shape, value: unknown, depth: number): void {
    into.values += 1;
    if (into.any) return;
    if (depth > DEEPEST) {
      into.any = true;
      return;
    }
    if (value === null) into.nulls += 1;
    else if (typeof value === 'boolean') into.booleans += 1;
    else if (typeof value === 'number') {
      into.numbers += 1;
      into.integers += Number(Number.isInteger(value));
      into.number ??= value;
    } else if (typeof value === 'string') addText(into, value);
    else if (Array.isArray(value)) {
      into.arrays += 1;
      for (const item of value as unknown[]) addValue((into.items ??= makeShape()), item, depth + 1);
    } else if (typeof value === 'object') addObject(into, value, depth);
  }

  function addObject(into: Shape, value: object, depth: number): void {
    into.objects += 1;
    for (const [name, child] of Object.entries(value)) {
      if (into.rest !== null) {
        addValue(into.rest, child, depth + 1);
        continue;
      }
      let property = into.properties.get(name);
      if (property === undefined) into.properties.set(name, (property = { present: 0, shape: makeShape() }));
      property.present += 1;
      addValue(property.shape, child, depth + 1);
      if (into.properties.size > MOST_PROPERTIES) foldProperties(into);
    }
  }

  function foldProperties(into: Shape): void {
    into.rest = makeShape();
    for (const { shape: one } of into.properties.values()) mergeShape(into.rest, one, makeShape);
    into.properties.clear();
  }

  return { shape, add: (value) => addValue(shape, value, 0) };
}

function addText(into: Shape, text: string): void {
  into.strings += 1;
  for (const format of into.formats) if (!FORMATS[format](text)) into.formats.delete(format);
  if (into.words === null) return;
  if (!WORD.test(text)) into.words = null;
  else {
    into.words.add(text);
    if (into.words.size > MOST_WORDS) into.words = null;
  }
}

/** Adds what one shape knows to another. */
export function mergeShape(into: Shape, from: Shape, makeShape: () => Shape): void {
  into.values += from.values;
  into.any ||= from.any;
  if (into.any) return;
  into.nulls += from.nulls;
  into.booleans += from.booleans;
  into.integers += from.integers;
  into.numbers += from.numbers;
  into.number ??= from.number;
  into.strings += from.strings;
  into.formats = new Set([...into.formats].filter((format) => from.formats.has(format)));
  const words = into.words === null || from.words === null ? null : new Set([...into.words, ...from.words]);
  into.words = words !== null && words.size > MOST_WORDS ? null : words;
  into.arrays += from.arrays;
  if (from.items !== null) mergeShape((into.items ??= makeShape()), from.items, makeShape);
  into.objects += from.objects;
  if (from.rest !== null || into.rest !== null) {
    const rest = (into.rest ??= makeShape());
    for (const { shape } of into.properties.values()) mergeShape(rest, shape, makeShape);
    into.properties.clear();
    if (from.rest !== null) mergeShape(rest, from.rest, makeShape);
    for (const { shape } of from.properties.values()) mergeShape(rest, shape, makeShape);
    return;
  }
  for (const [name, { present, shape }] of from.properties) {
    let property = into.properties.get(name);
    if (property === undefined) into.properties.set(name, (property = { present: 0, shape: makeShape() }));
    property.present += present;
    mergeShape(property.shape, shape, makeShape);
  }
  if (into.properties.size > MOST_PROPERTIES) {
    const rest = (into.rest = makeShape());
    for (const { shape } of into.properties.values()) mergeShape(rest, shape, makeShape);
    into.properties.clear();
  }
}

/** An empty shape, for merging into outside of an inference. */
export function emptyShape(): Shape {
  return createInference().shape;
}
