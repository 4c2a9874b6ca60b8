import type { HeaderValues } from './header-values.ts';
import type { Piece } from './strings.ts';
import { endOfString, isSpace, unescapeJson } from './strings.ts';

/**
 * Secrets whose names stand in strings of their own: `["Authorization", "Bearer …"]` and
 * `{"name": "Authorization", "value": "Bearer …"}`, as HAR, Postman and logs write headers.
 */
export interface PairReaders {
  /** From behind a string that is a name; `from` … `end` is the name, `opening` its quote with backslashes. */
  read(text: string, from: number, end: number, opening: string): Piece[];
}

/** Masks a value by the name of a field; null when the name is no secret's. */
export type MaskField = (name: string, text: string, at: number, opening: string) => Piece[] | null;

/** How far back a value that stands before its name is looked for. */
const BEFORE = 16 * 1024;
const NAME_MEMBER = /["'](?:name|key|header|field|parameter)\\*["']\s*:\s*\\*["']$/i;
const VALUE_MEMBER = /^(?:value|val)$/i;
/** A list of header names is no list of pairs: `["Authorization", "Content-Type"]`. */
const LIKE_A_NAME = /^[A-Za-z]+(?:-[A-Za-z0-9]+)*$/;

export function createPairReaders(headers: HeaderValues, names: readonly string[], maskField: MaskField): PairReaders {
  // Words that only end like one may be any words.
  const isHeader = new RegExp(`^(?:x-[\\w-]+|${names.join('|')})$`, 'i');

  function maskHeader(name: string, text: string, at: number, opening: string): Piece[] | null {
    const form = headers.formOf(name);
    if (form === null) return null;
    const from = at + opening.length;
    if (!text.startsWith(opening, at)) return maskField(name, text, at, opening);
    const to = endOfString(text, from, opening.charAt(opening.length - 1), opening.length - 1);
    const raw = text.slice(from, to);
    if (!raw.includes('\\')) return [{ from, to, put: headers.mask(form, raw) }];
    // What is left of it may need its escapes again.
    const masked = headers.mask(form, unescapeJson(raw, opening.length - 1));
    return [{ from, to, put: opening.length === 1 ? JSON.stringify(masked).slice(1, -1) : headers.mask('value', raw) }];
  }

  /** The value at `at` of an object whose name is `name`. */
  function maskNamed(name: string, text: string, at: number, opening: string): Piece[] {
    return maskHeader(name, text, at, opening) ?? maskField(name, text, at, opening) ?? [];
  }

  /** Goes on in the object behind the name, over members that hold no object, to its value. */
  function valueBehind(name: string, text: string, at: number, opening: string): Piece[] | null {
    for (let members = 0; members < 8; members += 1) {
      at = skipSpace(text, at);
      if (text.charCodeAt(at) !== 44) return null;
      at = skipSpace(text, at + 1);
      if (!text.startsWith(opening, at)) return null;
      const from = at + opening.length;
      const to = endOfString(text, from, opening.charAt(opening.length - 1), opening.length - 1);
      at = skipSpace(text, to + opening.length);
      if (text.charCodeAt(at) !== 58) return null;
      at = skipSpace(text, at + 1);
      if (VALUE_MEMBER.test(text.slice(from, to))) return maskNamed(name, text, at, opening);
      if (text.startsWith(opening, at)) {
        const start = at + opening.length;
        at = endOfString(text, start, opening.charAt(opening.length - 1), opening.length - 1) + opening.length;
      } else while (at < text.length && /[\w.+-]/.test(text.charAt(at))) at += 1;
    }
    return null;
  }

  /** `"value": "…", "name": "Authorization"`: the value is the member right before. `before` ends at the name's member. */
  function valueBefore(name: string, text: string, before: number, opening: string): Piece[] | null {
    const start = Math.max(0, before - BEFORE);
    const nearby = text.slice(start, before);
    const found = new RegExp(`["']val(?:ue)?\\\\*["']\\s*:\\s*(?=\\\\*["'])`, 'gi');
    for (let last = found.exec(nearby); last !== null; last = found.exec(nearby)) {
      const at = start + found.lastIndex;
      if (!text.startsWith(opening, at)) continue;
      const end = endOfString(text, at + opening.length, opening.charAt(opening.length - 1), opening.length - 1);
      const between = text.slice(end + opening.length, before);
      if (/^\s*,\s*\\*$/.test(between)) return maskNamed(name, text, at, opening);
    }
    return null;
  }

  return {
    read(text, from, end, opening) {
      const name = text.slice(from, end);
      const member = NAME_MEMBER.exec(text.slice(Math.max(0, from - 40), from));
      const behind = end + opening.length;
      if (member !== null)
        return (
          valueBehind(name, text, behind, opening) ?? valueBefore(name, text, from - member[0].length, opening) ?? []
        );
      if (!isHeader.test(name) || headers.formOf(name) === null) return [];
      let at = skipSpace(text, behind);
      if (text.charCodeAt(at) !== 44) return [];
      at = skipSpace(text, at + 1);
      if (!text.startsWith(opening, at)) return [];
      const start = at + opening.length;
      const to = endOfString(text, start, opening.charAt(opening.length - 1), opening.length - 1);
      const next = skipSpace(text, to + opening.length);
      if (text.charCodeAt(next) === 58) return []; // it is a name itself
      if (LIKE_A_NAME.test(text.slice(start, to)) && !isAmongPairs(text, from - opening.length, next)) return [];
      return maskHeader(name, text, at, opening) ?? [];
    },
  };
}

/** Whether a list of two strings stands in a list of such lists. */
function isAmongPairs(text: string, before: number, after: number): boolean {
  if (text.charCodeAt(after) !== 93) return false;
  let at = before - 1;
  while (at > 0 && isSpace(text.charCodeAt(at))) at -= 1;
  if (text.charCodeAt(at) !== 91) return false;
  at -= 1;
  while (at > 0 && isSpace(text.charCodeAt(at))) at -= 1;
  const next = skipSpace(text, after + 1);
  return (
    text.charCodeAt(at) === 91 ||
    (text.charCodeAt(at) === 44 && /\]\s*$/.test(text.slice(Math.max(0, at - 20), at))) ||
    /^,\s*\[/.test(text.slice(next, next + 20))
  );
}

function skipSpace(text: string, at: number): number {
  while (isSpace(text.charCodeAt(at))) at += 1;
  return at;
}
