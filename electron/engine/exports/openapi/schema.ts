import { emptyShape, mergeShape } from './shape.ts';
import type { Shape } from './shape.ts';

/** JSON Schema 2020-12, as OpenAPI 3.1 has it: the keywords that can be inferred. */
export interface Schema {
  type?: string | string[];
  format?: string;
  enum?: (string | null)[];
  examples?: (number | boolean)[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: Schema;
  description?: string;
}

/** Names whose short words are kinds of things, not somebody’s words; only these become enumerations. */
const KINDS =
  /(?:^|_)(?:type|kind|status|state|object|mode|role|currency|event|method|reason|category|level|unit|interval|tier|brand|locale|language|country|format|code|scope|visibility|priority|encoding|direction|protocol|region|severity|phase|result|outcome|action|class|plan)$/;
/** Seen so often for each word, and at least so often in all, words are taken for all there are. */
const OFTEN = 3;
const AT_LEAST = 6;
/** Names whose numbers may be somebody’s. */
const PERSONAL =
  /id|phone|tel|mobile|ssn|tax|account|iban|card|lat|lon|lng|birth|age|zip|postal|salary|pin|secret|token|key/i;
const LARGEST_EXAMPLE = 1_000_000;
/** Seen so often, what was always there is required. */
const REQUIRED_FROM = 2;

/**
 * The schema of a shape: everything that was merged into it is valid by it. No text of a body is in it but words of
 * enumerations under names of kinds; names that look like data (ids, addresses) count as those of a map.
 */
export function schemaOf(shape: Shape, name = ''): Schema {
  if (shape.any || shape.values === 0) return {};
  const types = typesOf(shape);
  if (types.length === 0) return {};
  const schema: Schema = { type: types.length === 1 ? types[0]! : types };
  if (shape.strings > 0) describeText(schema, shape, name, types);
  if (shape.numbers > 0 && shape.number !== null && isPlainNumber(shape.number, name)) schema.examples = [shape.number];
  else if (shape.booleans > 0 && types.length === 1) schema.examples = [true];
  if (shape.items !== null) schema.items = schemaOf(shape.items, name.replace(/s$/, ''));
  if (shape.objects > 0) describeObject(schema, shape);
  return schema;
}

function typesOf(shape: Shape): string[] {
  return [
    ...(shape.strings > 0 ? ['string'] : []),
    ...(shape.numbers > 0 ? [shape.integers === shape.numbers ? 'integer' : 'number'] : []),
    ...(shape.booleans > 0 ? ['boolean'] : []),
    ...(shape.arrays > 0 ? ['array'] : []),
    ...(shape.objects > 0 ? ['object'] : []),
    ...(shape.nulls > 0 ? ['null'] : []),
  ];
}

function describeText(schema: Schema, shape: Shape, name: string, types: readonly string[]): void {
  const [format] = shape.formats;
  if (format !== undefined) schema.format = format;
  const only = types.every((type) => type === 'string' || type === 'null');
  if (!only || shape.words === null || !KINDS.test(snakeCase(name))) return;
  if (shape.strings < Math.max(AT_LEAST, OFTEN * shape.words.size)) return;
  // Words with several digits in them may be ids.
  if ([...shape.words].some((word) => /\d.*\d.*\d/.test(word))) return;
  schema.enum = [...[...shape.words].sort(), ...(shape.nulls > 0 ? [null] : [])];
}

function describeObject(schema: Schema, { objects, properties, rest }: Shape): void {
  const named = [...properties].filter(([name]) => isPlainName(name)).sort(([a], [b]) => (a < b ? -1 : 1));
  const values = [
    ...(rest === null ? [] : [rest]),
    ...[...properties].filter(([name]) => !isPlainName(name)).map(([, { shape }]) => shape),
  ];
  if (named.length > 0)
    schema.properties = Object.fromEntries(named.map(([name, { shape }]) => [name, schemaOf(shape, name)]));
  const always = named.filter(([, { present }]) => present === objects).map(([name]) => name);
  if (objects >= REQUIRED_FROM && always.length > 0) schema.required = always;
  if (values.length === 0) return;
  const together = emptyShape();
  for (const value of values) mergeShape(together, value, emptyShape);
  schema.additionalProperties = schemaOf(together);
}

/** Whether a name reads like a word of an API, not like an id, an address, a date or a mask. */
export function isPlainName(name: string): boolean {
  // Validators take it for no property at all.
  if (name === '__proto__') return false;
  return /^[A-Za-z_$@][A-Za-z0-9_$.:[\]-]{0,63}$/.test(name) && !/\d{3}/.test(name) && !/[0-9a-f]{12}/i.test(name);
}

function isPlainNumber(value: number, name: string): boolean {
  return name !== '' && !PERSONAL.test(name) && Math.abs(value) < LARGEST_EXAMPLE;
}

/** `billingCountry` → `billing_country`. */
function snakeCase(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll('-', '_')
    .toLowerCase();
}
