import { parseJson, type Json } from '../diff/json-diff.ts';

/** JSON nested deeper than this is taken for text: what walks through it walks by calling itself. */
const DEEPEST = 500;

/** A text as JSON; undefined when it is not, or nested too deep. Integers beyond 2^53 stay exact. */
export function readJson(text: string): Json | undefined {
  return isTooDeep(text) ? undefined : parseJson(text);
}

function isTooDeep(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 34) {
      for (at++; at < text.length && text.charCodeAt(at) !== 34; at++) if (text.charCodeAt(at) === 92) at++;
    } else if (code === 91 || code === 123) {
      if (++depth > DEEPEST) return true;
    } else if (code === 93 || code === 125) depth--;
  }
  return false;
}
