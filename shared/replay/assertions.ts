import type { Json } from '../diff/json-diff.ts';
import type { AssertionResult } from '../model/sequence.ts';
import { compileSafeRegex } from '../policies/match/safe-regex.ts';
import { compileJsonPath, JsonPathFault, type JsonPath } from './json-path.ts';

/** What an expectation is held against. */
export interface AnswerFacts {
  status: number | null;
  headers: readonly (readonly [name: string, value: string])[];
  /** The body as text; null when it is none, or was not kept. */
  text: string | null;
  /** The body as JSON; undefined when it is none. */
  json: Json | undefined;
  durationUs: number | null;
  nanoUsd: number | null;
}

type Operator = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | 'contains' | 'matches' | 'exists' | 'is missing';

type Subject =
  | { kind: 'status' }
  | { kind: 'header'; name: string }
  | { kind: 'path'; path: JsonPath }
  | { kind: 'body' }
  | { kind: 'duration' }
  | { kind: 'cost' };

/** One expectation, read. */
export interface Assertion {
  /** As it was written. */
  text: string;
  subject: Subject;
  operator: Operator;
  /** What it is held against: a number (status, microseconds, nano-dollars), a text, JSON; null for `exists`. */
  value: Json;
  test: ((text: string) => boolean) | null;
}

/** What is wrong with an expectation. `at`: characters from its start. */
export interface AssertionFault {
  at: number;
  says: string;
}

const OPERATORS = /\s*(==|!=|<=|>=|<|>|\bin\b|\bcontains\b|\bmatches\b|\bexists\b|\bis missing\b)\s*/;
const COMPARED: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=']);
const WANTED =
  'status, header NAME, $.path, body, duration or cost, then ==, !=, <, <=, >, >=, in, contains, matches, exists or is missing';

/** Reads `status == 200`, `header content-type contains json`, `$.id exists`, `duration < 500ms`, `cost < $0.01`. */
export function readAssertion(text: string): Assertion | AssertionFault {
  const subject = readSubject(text);
  if ('says' in subject) return subject;
  const rest = text.slice(subject.end);
  const found = OPERATORS.exec(rest);
  if (found === null || found.index > 0)
    return {
      at: subject.end,
      says: `After “${text.slice(0, subject.end).trim()}” an operator is expected: ${WANTED}.`,
    };
  const operator = found[1] as Operator;
  const at = subject.end + found[0].length;
  const written = rest.slice(found[0].length).trim();
  if (operator === 'exists' || operator === 'is missing')
    return written === ''
      ? { text, subject: subject.subject, operator, value: null, test: null }
      : { at, says: `Nothing stands after “${operator}”.` };
  if (written === '') return { at, says: `After “${operator}” a value is expected.` };
  if (operator === 'matches') {
    try {
      return { text, subject: subject.subject, operator, value: written, test: compileSafeRegex(written) };
    } catch (error) {
      return { at, says: `The pattern cannot be used: ${error instanceof Error ? error.message : String(error)}` };
    }
  }
  const value = readValue(subject.subject, operator, written);
  return typeof value === 'object' && value !== null && 'says' in value
    ? { at, says: value.says as string }
    : { text, subject: subject.subject, operator, value, test: null };
}

function readSubject(text: string): { subject: Subject; end: number } | AssertionFault {
  const word = /^\s*(status|body|duration|cost)\b/.exec(text);
  if (word) return { subject: { kind: word[1] as 'status' }, end: word[0].length };
  const header = /^\s*header\s+([!#$%&'*+.^_`|~0-9A-Za-z-]+)/.exec(text);
  if (header) return { subject: { kind: 'header', name: (header[1] ?? '').toLowerCase() }, end: header[0].length };
  if (!/^\s*\$/.test(text)) return { at: 0, says: `An expectation begins with ${WANTED}.` };
  // The longest beginning that is a path: filters may hold operators of their own.
  let fault: AssertionFault | null = null;
  for (let end = text.length; end > 0; end = text.lastIndexOf(' ', end - 1)) {
    const path = text.slice(0, end).trim();
    if (path === '' || (end < text.length && !OPERATORS.test(text.slice(end)))) continue;
    try {
      return { subject: { kind: 'path', path: compileJsonPath(path) }, end };
    } catch (error) {
      fault = {
        at: error instanceof JsonPathFault ? error.at : 0,
        says: error instanceof Error ? error.message : String(error),
      };
    }
  }
  return fault ?? { at: 0, says: 'A JSONPath is expected.' };
}

function readValue(subject: Subject, operator: Operator, text: string): Json | { says: string } {
  switch (subject.kind) {
    case 'status':
      if (/^[1-5]xx$/i.test(text)) return text.toLowerCase();
      return /^\d{3}$/.test(text) ? Number(text) : { says: `“${text}” is no status: 200, or 2xx.` };
    case 'duration': {
      const [, amount = '', unit = 'ms'] = /^(\d+(?:\.\d+)?)\s*(us|µs|ms|s|m)?$/.exec(text) ?? [];
      if (amount === '') return { says: `“${text}” is no time: 500ms, 2s.` };
      return Number(amount) * ({ us: 1, µs: 1, ms: 1e3, s: 1e6, m: 6e7 }[unit] ?? 1e3);
    }
    case 'cost': {
      const [, amount = ''] = /^\$?(\d+(?:\.\d+)?)$/.exec(text) ?? [];
      return amount === '' ? { says: `“${text}” is no amount: $0.01.` } : Number(amount) * 1e9;
    }
    case 'path': {
      if (operator === 'in' && !text.startsWith('[')) return { says: 'After “in” a list is expected: ["a", "b"].' };
      try {
        return JSON.parse(text) as Json;
      } catch {
        return text;
      }
    }
    default:
      return unquote(text);
  }
}

function unquote(text: string): string {
  return /^"(?:[^"\\]|\\.)*"$/.test(text) ? (JSON.parse(text) as string) : text;
}

/** Whether an expectation holds, and what was there. */
export function checkAssertion(assertion: Assertion, facts: AnswerFacts): AssertionResult {
  const { text, subject, operator } = assertion;
  const found = valuesOf(subject, facts);
  const result = (passed: boolean, says: string): AssertionResult => ({ text, passed, says });
  if (found === null) return result(operator === 'is missing', notThere(subject, facts));
  if (operator === 'exists') return result(true, `It is ${show(found, subject)}.`);
  if (operator === 'is missing') return result(false, `It is ${show(found, subject)}.`);
  const passed = found.length > 0 && found.every((value) => holds(assertion, value));
  return result(passed, `It is ${show(found, subject)}.`);
}

/** What the subject is in an answer: every value that a path finds, each header line; null: it is not there. */
function valuesOf(subject: Subject, { status, headers, text, json, durationUs, nanoUsd }: AnswerFacts): Json[] | null {
  switch (subject.kind) {
    case 'status':
      return status === null ? null : [status];
    case 'duration':
      return durationUs === null ? null : [durationUs];
    case 'cost':
      return nanoUsd === null ? null : [nanoUsd];
    case 'body':
      return text === null ? null : [text];
    case 'header': {
      const values = headers.filter(([name]) => name.toLowerCase() === subject.name).map(([, value]) => value);
      return values.length === 0 ? null : values;
    }
    case 'path': {
      if (json === undefined) return null;
      const values = subject.path.find(json).map(({ value }) => value);
      return values.length === 0 ? null : values;
    }
  }
}

function holds({ subject, operator, value, test }: Assertion, found: Json): boolean {
  if (operator === 'matches') return test?.(asText(found)) ?? false;
  if (subject.kind === 'status' && typeof value === 'string') {
    const same = typeof found === 'number' && String(found).startsWith(value.charAt(0));
    return operator === '!=' ? !same : (operator === '==' || operator === 'in') && same;
  }
  if (operator === 'contains')
    return Array.isArray(found)
      ? found.some((one) => equal(one, value))
      : typeof found === 'object' && found !== null
        ? Object.hasOwn(found, asText(value))
        : asText(found).includes(asText(value));
  if (operator === 'in') return Array.isArray(value) ? value.some((one) => equal(one, found)) : equal(value, found);
  if (operator === '==') return equal(found, value);
  if (operator === '!=') return !equal(found, value);
  if (!COMPARED.has(operator)) return false;
  const order = compare(found, value);
  return order !== null && { '<': order < 0, '<=': order <= 0, '>': order > 0, '>=': order >= 0 }[operator as '<'];
}

/** Numbers with numbers, texts with texts; null: they have no order. */
function compare(a: Json, b: Json): number | null {
  const isNumber = (one: Json): one is number | bigint => typeof one === 'number' || typeof one === 'bigint';
  if ((isNumber(a) && isNumber(b)) || (typeof a === 'string' && typeof b === 'string'))
    return a < b ? -1 : a > b ? 1 : 0;
  return null;
}

function equal(a: Json, b: Json): boolean {
  if (compare(a, b) === 0) return true;
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((one, index) => equal(one, b[index] ?? null));
  if (
    typeof a === 'object' &&
    typeof b === 'object' &&
    a !== null &&
    b !== null &&
    !Array.isArray(a) &&
    !Array.isArray(b)
  ) {
    const names = Object.keys(a);
    return (
      names.length === Object.keys(b).length &&
      names.every((name) => Object.hasOwn(b, name) && equal(a[name] ?? null, b[name] ?? null))
    );
  }
  return a === b;
}

function asText(value: Json): string {
  return typeof value === 'string'
    ? value
    : JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? one.toString() : one));
}

function show(found: readonly Json[], { kind }: Subject): string {
  const one = (value: Json): string => {
    if (kind === 'duration' && typeof value === 'number') return `${Math.round(value / 100) / 10} ms`;
    if (kind === 'cost' && typeof value === 'number') return `$${value / 1e9}`;
    const text = kind === 'path' ? asText(value) : asText(value);
    return text.length > 120 ? `${text.slice(0, 120)}…` : text;
  };
  const shown = found.slice(0, 3).map(one).join(', ');
  return found.length > 3 ? `${shown}, … (${found.length})` : shown;
}

function notThere({ kind }: Subject, { text, json }: AnswerFacts): string {
  switch (kind) {
    case 'status':
    case 'duration':
      return 'There is no answer.';
    case 'cost':
      return 'What it cost is not known.';
    case 'header':
      return 'There is no such header.';
    case 'body':
      return 'There is no body that is text.';
    case 'path':
      return json === undefined && text !== null ? 'The body is no JSON.' : 'There is nothing at that place.';
  }
}
