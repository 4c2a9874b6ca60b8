import { lex } from './lex.ts';

/** Texts that, joined by spaces, are the filter: what all must be true, one by one. */
export function splitFilter(text: string): string[] {
  const whole = text.trim();
  if (whole === '') return [];
  const lexed = lex(text);
  if ('fault' in lexed) return [whole];
  const parts: string[] = [];
  let depth = 0;
  let from = -1;
  for (const { type, start, end } of lexed.tokens) {
    if (type === 'end') break;
    if (depth === 0 && type === 'or') return [whole];
    if (depth === 0 && type === 'and' && from < 0) continue;
    if (from < 0) from = start;
    if (type === '(') depth += 1;
    if (type === ')') depth -= 1;
    if (depth > 0 || type === '-' || type === 'not') continue;
    parts.push(text.slice(from, end));
    from = -1;
  }
  if (from >= 0) parts.push(text.slice(from).trim());
  return parts;
}

/** Both filters at once. Either may be blank. */
export function joinFilters(a: string, b: string): string {
  return [a, b]
    .map((text) => text.trim())
    .filter((text) => text !== '')
    .map((text, _index, all) => (all.length > 1 && hasOr(text) ? `(${text})` : text))
    .join(' ');
}

/** Whether the filter is an `or` at its top level, which an `and` beside it would tear apart. */
function hasOr(text: string): boolean {
  const lexed = lex(text);
  if ('fault' in lexed) return true;
  let depth = 0;
  return lexed.tokens.some(({ type }) => {
    if (type === '(') depth += 1;
    if (type === ')') depth -= 1;
    return type === 'or' && depth === 0;
  });
}
