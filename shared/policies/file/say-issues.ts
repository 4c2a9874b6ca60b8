import type { z } from 'zod';
import { nearest } from '../../query/suggest.ts';

/** A mistake in a policy file, by the keys that lead to it. */
export interface FileProblem {
  path: readonly (string | number)[];
  /** The key itself is wrong, not what stands under it. */
  isKey: boolean;
  severity: 'error' | 'warning';
  /** Id of the policy it is in; null: of none. */
  policy: string | null;
  says: string;
  /** What could stand there instead; null: nothing is near. */
  suggestion: string | null;
  /** Letters of the text there, for expressions. */
  span: { at: number; end: number } | null;
}

/** What a schema found, in words people read: what is wrong and what could stand there. */
export function sayIssues(
  issues: readonly z.core.$ZodIssue[],
  schema: z.ZodType,
  value: unknown,
  base: readonly (string | number)[],
  policy: string | null,
): FileProblem[] {
  const problems: FileProblem[] = [];
  for (const issue of issues) {
    const inner = issue.path.map((key) => (typeof key === 'number' ? key : String(key)));
    const path = [...base, ...inner];
    const plain = { severity: 'error', policy, suggestion: null, span: null, isKey: false } as const;
    if (issue.code === 'unrecognized_keys') {
      const known = keysAt(schema, inner);
      for (const key of issue.keys) {
        const near = nearest(key, known);
        const hint =
          near !== null
            ? `did you mean \`${near}\`?`
            : known.length > 0
              ? `there is ${known.join(', ')}`
              : 'leave it out';
        problems.push({
          ...plain,
          path: [...path, key],
          isKey: true,
          says: `\`${key.slice(0, 60)}\` is not known here; ${hint}`,
          suggestion: near,
        });
      }
      continue;
    }
    const found = valueAt(value, inner);
    if (issue.code === 'invalid_value') {
      const known = issue.values.map(String);
      const near = typeof found === 'string' ? nearest(found, known) : null;
      const says =
        found === undefined
          ? `${nameOf(path)} is missing: ${known.join(', ')}`
          : `${show(found)} is not possible for ${nameOf(path)}; ${near !== null ? `did you mean \`${near}\`?` : `write ${known.join(', ')}`}`;
      problems.push({ ...plain, path, says, suggestion: near });
    } else if (found === undefined && issue.code !== 'custom') {
      problems.push({
        ...plain,
        path,
        says: `${nameOf(path)} is missing${isOwnWords(issue) ? `: it ${issue.message}` : ''}`,
      });
    } else {
      const params = issue.code === 'custom' ? issue.params : undefined;
      const span =
        typeof params?.['at'] === 'number' && typeof params['end'] === 'number'
          ? { at: params['at'], end: params['end'] }
          : null;
      problems.push({ ...plain, path, span, says: `${nameOf(path)}: ${wordsOf(issue, found)}` });
    }
  }
  return problems;
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'words with values (`key: value`)',
  record: 'words with values (`key: value`)',
};

function wordsOf(issue: z.core.$ZodIssue, found: unknown): string {
  if (isOwnWords(issue)) return issue.message;
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${TYPES[issue.expected] ?? issue.expected}, not ${show(found)}`;
    case 'too_small':
      return issue.origin === 'string' || issue.origin === 'array'
        ? 'must not be empty'
        : `must be at least ${issue.minimum}`;
    case 'too_big':
      return issue.origin === 'string' || issue.origin === 'array'
        ? `is longer than ${issue.maximum}`
        : `must be at most ${issue.maximum}`;
    case 'invalid_union':
      return `${show(found)} is not possible here`;
    default:
      return issue.message;
  }
}

/** Written by us, not by the library. */
function isOwnWords({ message }: z.core.$ZodIssue): boolean {
  return !/^(?:Invalid|Too|Unrecognized|Expected)/.test(message);
}

function nameOf(path: readonly (string | number)[]): string {
  const last = path[path.length - 1];
  if (last === undefined) return 'the file';
  return typeof last === 'number'
    ? `number ${last + 1} of \`${String(path[path.length - 2] ?? 'the list')}\``
    : `\`${last}\``;
}

function show(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'words with values';
  const text = typeof value === 'string' ? value : ((JSON.stringify(value) as string | undefined) ?? 'nothing');
  return `\`${text.slice(0, 60)}\``;
}

function valueAt(value: unknown, path: readonly (string | number)[]): unknown {
  let at = value;
  for (const key of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined;
    at = (at as Record<string | number, unknown>)[key];
  }
  return at;
}

/** Keys that a schema knows at a place, through what it is wrapped in. */
function keysAt(schema: z.ZodType, path: readonly (string | number)[]): string[] {
  let shapes: z.core.$ZodType[] = unwrap(schema);
  for (const key of path) {
    shapes = shapes.flatMap((shape) => {
      const def = defOf(shape);
      const inner =
        typeof key === 'number'
          ? def['element']
          : ((def['shape'] as Record<string, unknown> | undefined)?.[key] ?? def['valueType']);
      return inner === undefined ? [] : unwrap(inner as z.core.$ZodType);
    });
  }
  const keys = shapes.flatMap((shape) => Object.keys(defOf(shape)['shape'] ?? {}));
  return [...new Set(keys)];
}

function defOf(schema: z.core.$ZodType): Readonly<Record<string, unknown>> {
  return schema._zod.def as unknown as Record<string, unknown>;
}

function unwrap(schema: z.core.$ZodType): z.core.$ZodType[] {
  const def = defOf(schema);
  const inner = def['innerType'] ?? def['in'];
  if (inner !== undefined) return unwrap(inner as z.core.$ZodType);
  const options = def['options'];
  return Array.isArray(options) ? options.flatMap((option) => unwrap(option as z.core.$ZodType)) : [schema];
}
