import { allOf, anyOf } from './compose.ts';
import { lex } from './lex.ts';
import type { Token } from './lex.ts';
import { readTerm } from './read-term.ts';
import type { TimeOptions } from './read-time.ts';
import type { QueryTree } from './tree.ts';

/** What is wrong with a query, and where: `[start, end)` in UTF-16 units of the input. */
export interface QueryError {
  /** One sentence. */
  message: string;
  start: number;
  end: number;
  /** What could stand there instead, in words. */
  expected: string[];
  /** A text that would make sense in place of `[start, end)`; null when nothing is near. */
  suggestion: string | null;
}

export type QueryReading = { ok: true; tree: QueryTree | null } | { ok: false; error: QueryError };

/** SQLite allows expressions 1,000 deep and people write ten terms; the limits lie well between. */
const MOST_TERMS = 200;
const DEEPEST = 50;
const LONGEST = 10_000;

/** How errors travel inside this file only; nothing is thrown out of `parseQuery`. */
class Fault extends Error {
  readonly error: QueryError;
  constructor(error: QueryError) {
    super(error.message);
    this.error = error;
  }
}

/**
 * Reads a filter. Never throws: any string gives a tree (null when it is blank: everything) or an
 * error with its place. Relative times count from `options.now`.
 */
export function parseQuery(input: string, options: TimeOptions): QueryReading {
  if (input.length > LONGEST)
    return { ok: false, error: wrong(`a query may have ${LONGEST} characters`, LONGEST, input.length) };
  const lexed = lex(input);
  if ('fault' in lexed) return { ok: false, error: { ...lexed.fault, suggestion: null } };
  try {
    return { ok: true, tree: readAll(lexed.tokens, options) };
  } catch (fault) {
    if (fault instanceof Fault) return { ok: false, error: fault.error };
    throw fault;
  }
}

function readAll(tokens: readonly Token[], options: TimeOptions): QueryTree | null {
  let position = 0;
  let terms = 0;

  function peek(): Token {
    return tokens[position] ?? { type: 'end', start: 0, end: 0 };
  }

  /** or: and ("or" and)* */
  function readOr(depth: number): QueryTree {
    const parts = [readAnd(depth)];
    while (peek().type === 'or') {
      position++;
      parts.push(readAnd(depth));
    }
    return anyOf(parts);
  }

  /** and: not ("and"? not)* */
  function readAnd(depth: number): QueryTree {
    const parts = [readNot(depth)];
    for (;;) {
      const next = peek().type;
      if (next === 'and') position++;
      else if (next === 'end' || next === ')' || next === 'or') return allOf(parts);
      parts.push(readNot(depth));
    }
  }

  /** not: ("not" | "-")* ( "(" or ")" | term ) */
  function readNot(depth: number): QueryTree {
    const token = peek();
    if (depth > DEEPEST)
      throw new Fault(wrong(`the query is nested more than ${DEEPEST} deep`, token.start, token.end));
    switch (token.type) {
      case 'not':
      case '-':
        position++;
        return { op: 'not', part: readNot(depth + 1) };
      case '(':
        return readGroup(depth);
      case 'term': {
        position++;
        if (++terms > MOST_TERMS)
          throw new Fault(wrong(`a query may have ${MOST_TERMS} terms`, token.start, token.end));
        const read = readTerm(token, options);
        if ('error' in read) throw new Fault(read.error);
        return read.tree;
      }
      default:
        throw new Fault(missingTerm(token, tokens[position - 1]));
    }
  }

  function readGroup(depth: number): QueryTree {
    const open = peek();
    position++;
    const inside = readOr(depth + 1);
    const close = peek();
    if (close.type !== ')') throw new Fault(wrong('this bracket is never closed', open.start, open.end, [')']));
    position++;
    return inside;
  }

  if (peek().type === 'end') return null;
  const tree = readOr(0);
  const left = peek();
  if (left.type !== 'end')
    throw new Fault(wrong('this bracket was never opened', left.start, left.end, ['a term', 'end of the query']));
  return tree;
}

function missingTerm(token: Token, before: Token | undefined): QueryError {
  const after =
    before?.type === '('
      ? '“(”'
      : before?.type === '-'
        ? '“-”'
        : before && before.type !== 'term'
          ? `“${before.type}”`
          : null;
  const found = token.type === 'end' ? 'the query ends' : `“${token.type}” stands`;
  const message = after ? `after ${after} a term is missing` : `${found} where a term should be`;
  return wrong(message, token.start, token.end, ['a word', 'a filter like status:>=400', '(']);
}

function wrong(message: string, start: number, end: number, expected: string[] = []): QueryError {
  return { message, start, end, expected, suggestion: null };
}
