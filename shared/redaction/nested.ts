import type { Piece } from './strings.ts';
import { endOfString, isSpace, LONGEST } from './strings.ts';

/** Reads one string: where it is and what to put there. */
export type ReadString = (text: string, from: number) => Piece;

/** What stands in objects that only bear a secret's name, such as the package `cookie` in a lock file. */
const HARMLESS = /^(?:https?:\/\/|\d+\.\d+\.\d+|sha\d{3}-)[^\s"]*$/;

/** Beside a `value` these say what it is of. */
const BESIDE_VALUE = new Set(['name', 'domain', 'path', 'expires', 'samesite']);

/**
 * All strings that are values in the JSON object or list that begins at `at`, however deep; names of
 * members stay, and so do the names of `name` and `value`, as cookies are listed. Numbers and words are no
 * strings. `opening` is a quote with the backslashes of its nesting.
 */
export function leafStrings(text: string, at: number, opening: string, read: ReadString): Piece[] {
  const pieces: Piece[] = [];
  const quote = opening.charAt(opening.length - 1);
  const level = opening.length - 1;
  const objects: { named: Piece[]; value: boolean }[] = [];
  let member = '';
  for (const stop = Math.min(text.length, at + LONGEST); at < stop;) {
    const code = text.charCodeAt(at);
    if (code === 123 || code === 91) {
      objects.push({ named: [], value: false });
      member = '';
      at += 1;
    } else if (code === 125 || code === 93) {
      const ended = objects.pop();
      if (ended?.value) for (const piece of ended.named) pieces.splice(pieces.indexOf(piece), 1);
      if (objects.length === 0) return pieces;
      at += 1;
    } else if (text.startsWith(opening, at)) {
      const from = at + opening.length;
      const to = endOfString(text, from, quote, level);
      at = to + opening.length;
      let next = at;
      while (isSpace(text.charCodeAt(next))) next += 1;
      const inside = objects.at(-1);
      if (text.charCodeAt(next) === 58) {
        member = text.slice(from, to).toLowerCase();
        if (inside && member === 'value') inside.value = true;
        continue;
      }
      if (HARMLESS.test(text.slice(from, Math.min(to, from + 200)))) continue;
      const piece = read(text, from);
      pieces.push(piece);
      if (inside && BESIDE_VALUE.has(member)) inside.named.push(piece);
      member = '';
    } else if (code === 34 || code === 39) {
      return pieces; // the string around all this has ended: not quite JSON
    } else at += 1;
  }
  return pieces;
}
