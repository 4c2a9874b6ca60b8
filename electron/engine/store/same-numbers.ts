import type { Tokens } from '../../../shared/model/usage.ts';

/**
 * Numbers that a call's usage says again and again: in the vendor's own words and in the lines of its cost. Where they come
 * back a letter stands for them. The list's order is on disk: append only, 26 at most.
 */
export function numbersOf(tokens: Tokens | null): number[] {
  if (tokens === null) return [];
  const { input, cacheRead, cacheWrite, output, reasoning } = tokens;
  const of = (value: number | null): number => value ?? 0;
  return [
    of(input),
    of(output),
    of(input) + of(output),
    of(cacheRead),
    of(cacheWrite),
    of(reasoning),
    of(input) - of(cacheRead) - of(cacheWrite),
    of(output) - of(reasoning),
    of(input) - of(cacheRead),
    of(tokens.cacheWrite5m),
    of(tokens.cacheWrite1h),
  ];
}

const LETTER_A = 97;

/** Puts `#` and a letter in the place of known numbers; a `#` of the text is written twice. */
export function leaveOut(text: string, known: readonly number[]): string {
  if (known.length === 0) return text.replaceAll('#', '##');
  return text.replace(/#|\d{2,}/g, (piece) => {
    if (piece === '#') return '##';
    const at = known.findIndex((number) => String(number) === piece);
    return at < 0 ? piece : `#${String.fromCharCode(LETTER_A + at)}`;
  });
}

/** The opposite. */
export function putBack(text: string, known: readonly number[]): string {
  return text.replace(/#([#a-z])/g, (_, letter: string) =>
    letter === '#' ? '#' : String(known[letter.charCodeAt(0) - LETTER_A] ?? ''),
  );
}
