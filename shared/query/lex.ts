/** A piece of a query with its place: `start` inclusive, `end` exclusive, in UTF-16 units. */
export type Token =
  | { type: '(' | ')' | '-' | 'and' | 'or' | 'not' | 'end'; start: number; end: number }
  /** A bare run; `value` is the quoted part when a quote follows directly (`body:"text"`). */
  | { type: 'term'; text: string; value: string | null; start: number; end: number };

export interface LexFault {
  message: string;
  expected: string[];
  start: number;
  end: number;
}

const RUN = /[^\s()"]+/y;
const QUOTED = /"((?:[^"\\]|\\.)*)"/sy;
const SPACE = /\s+/y;
// Control characters and halves of surrogate pairs match nothing that is stored; saying so beats an empty list.
// eslint-disable-next-line no-control-regex
const UNWANTED =
  /[\u0000-\u0008\u000e-\u001f\u007f]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/** Splits a query into tokens, ending with `end`. Never throws; a fault says where and why. */
export function lex(input: string): { tokens: Token[] } | { fault: LexFault } {
  const unwanted = UNWANTED.exec(input);
  if (unwanted)
    return fault('this character cannot be searched for', ['printable text'], unwanted.index, unwanted.index + 1);
  const tokens: Token[] = [];
  let at = 0;
  while (at < input.length) {
    const space = take(SPACE, input, at);
    if (space) {
      at += space[0].length;
      continue;
    }
    const start = at;
    const char = input[at];
    if (char === '(' || char === ')') {
      tokens.push({ type: char, start, end: ++at });
      continue;
    }
    if (char === '-') {
      tokens.push({ type: '-', start, end: ++at });
      if (at === input.length || /\s/.test(input[at] ?? ''))
        return fault('a minus must stand directly before what it excludes', ['a term'], start, at);
      continue;
    }
    const run = take(RUN, input, at)?.[0] ?? '';
    at += run.length;
    let value: string | null = null;
    if (input[at] === '"') {
      if (run !== '' && !/^[^:]+:(?:>=|<=|>|<|=)?$|^tag:[^=]+=$/i.test(run)) {
        return fault(
          'a quote can only open a word or a value; put all of it in quotes',
          ['a space before the quote'],
          at,
          at + 1,
        );
      }
      const quoted = take(QUOTED, input, at);
      if (!quoted) return fault('this quote is never closed', ['"'], at, input.length);
      at += quoted[0].length;
      value = (quoted[1] ?? '').replace(/\\(["\\])/g, '$1');
      if (at < input.length && !/[\s()]/.test(input[at] ?? ''))
        return fault('a space is missing after the closing quote', ['a space'], at, at + 1);
    }
    const keyword = value === null ? run.toLowerCase() : '';
    if (keyword === 'and' || keyword === 'or' || keyword === 'not') tokens.push({ type: keyword, start, end: at });
    else tokens.push({ type: 'term', text: run, value, start, end: at });
  }
  tokens.push({ type: 'end', start: input.length, end: input.length });
  return { tokens };
}

function take(pattern: RegExp, input: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(input);
}

function fault(message: string, expected: string[], start: number, end: number): { fault: LexFault } {
  return { fault: { message, expected, start, end } };
}
