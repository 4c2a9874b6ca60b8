import type { Found } from './protocol.ts';

/** More matches are not kept. */
export const MOST_MATCHES = 10_000;

/** Finds a text or a regular expression (with `m`: `^` and `$` are line ends). */
export function findText(
  text: string,
  { pattern, regex, matchCase }: { pattern: string; regex: boolean; matchCase: boolean },
): Found {
  const matches: number[] = [];
  let more = false;
  let expression: RegExp;
  try {
    const source = regex ? pattern : pattern.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    expression = new RegExp(source, `gm${matchCase ? '' : 'i'}${/\\p\{|\\u\{/.test(source) ? 'u' : ''}`);
  } catch (error) {
    return { matches: new Uint32Array(), more: false, problem: error instanceof Error ? error.message : String(error) };
  }
  if (pattern !== '') {
    for (let found = expression.exec(text); found; found = expression.exec(text)) {
      if (found[0] === '') {
        expression.lastIndex++;
        if (expression.lastIndex > text.length) break;
        continue;
      }
      if (matches.length >= MOST_MATCHES * 2) {
        more = true;
        break;
      }
      matches.push(found.index, found.index + found[0].length);
    }
  }
  return { matches: Uint32Array.from(matches), more, problem: null };
}
