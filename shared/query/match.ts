/**
 * Pattern matching of the query language: ASCII case is ignored, `*` stands for any run of
 * characters. Linear in the text, whatever the pattern: it is split at its stars and the pieces are
 * looked for in order.
 */
export type TextMatch = (value: string) => boolean;

/** Holds a pattern against the whole value (`exact`, or any pattern with a `*`) or any part of it. */
export function matcherFor(pattern: string, match: 'exact' | 'part'): TextMatch {
  const pieces = asciiLower(pattern).split('*');
  const [first = '', ...rest] = pieces;
  if (rest.length > 0) return (value) => matchWhole(asciiLower(value), first, rest);
  if (match === 'exact') return (value) => value.length === first.length && asciiLower(value) === first;
  return (value) => asciiLower(value).includes(first);
}

/** Any part of the value; a `*` inside still stands for any run. */
export function matcherForWord(text: string): TextMatch {
  const pieces = asciiLower(text).split('*');
  return (value) => inOrder(asciiLower(value), pieces, 0) !== null;
}

/** Whether the text is found in any part of the value, taken as it is (no wildcards). */
export function containsText(value: string, lowerText: string): boolean {
  return asciiLower(value).includes(lowerText);
}

/** A–Z to a–z and nothing else, as SQLite's LIKE and NOCASE do; `toLowerCase` would change more. */
export function asciiLower(value: string): string {
  return /[A-Z]/.test(value) ? value.replace(/[A-Z]+/g, (run) => run.toLowerCase()) : value;
}

function matchWhole(value: string, first: string, rest: readonly string[]): boolean {
  const last = rest.at(-1) ?? '';
  if (!value.startsWith(first)) return false;
  const reached = inOrder(value, rest.slice(0, -1), first.length);
  return reached !== null && value.length - last.length >= reached && value.endsWith(last);
}

/** Finds the pieces one after the other; gives where the last one ends, or null. */
function inOrder(value: string, pieces: readonly string[], from: number): number | null {
  let position = from;
  for (const piece of pieces) {
    const found = value.indexOf(piece, position);
    if (found < 0) return null;
    position = found + piece.length;
  }
  return position;
}

/** Tests one `name=verdict` of a call: a policy by its name or the whole, a verdict by itself. */
export function policyTest(field: 'policy' | 'verdict', matches: (text: string) => boolean): (said: string) => boolean {
  return (said) => {
    const cut = said.lastIndexOf('=');
    return field === 'verdict' ? matches(said.slice(cut + 1)) : matches(said.slice(0, cut)) || matches(said);
  };
}
