import { MASKED } from './mask.ts';
import type { Masker } from './mask.ts';
import { leafStrings } from './nested.ts';
import { decodeForm } from './parameters.ts';
import type { Piece } from './strings.ts';
import { endOfString, isSpace, LONGEST, unescapeJson } from './strings.ts';

export interface ValueReaders {
  /** The value behind `"name":`, or all strings in it; `level` counts the backslashes before each quote of this nesting. */
  field(text: string, at: number, quote: string, level: number, sure: boolean): Piece[];
  /** The string behind `name:` without quotes, as GraphQL writes arguments; null when it is no string. */
  argument(text: string, at: number, sure: boolean): Piece[] | null;
  /** The value behind `name=` in plain text, an address or a connection string. */
  plain(text: string, at: number, sure: boolean): Piece[];
  /** The text of an element, from behind its `>`. */
  element(text: string, at: number): Piece[];
  /** From behind a `BEGIN … PRIVATE KEY` line to its end line, or to the end of the text. */
  privateKey(text: string, at: number): Piece[];
}

export function createValueReaders(masker: Masker): ValueReaders {
  function string(text: string, from: number, quote: string, level: number, sure: boolean): Piece {
    const to = endOfString(text, from, quote, level);
    const raw = text.slice(from, to);
    if (raw === '' || MASKED.test(raw) || (!sure && !looksSecret(raw)) || isVersionRange(raw))
      return { from, to, put: raw };
    const plain = raw.includes('\\') ? unescapeJson(raw, level) : raw;
    // An Authorization value in a body keeps its scheme, as in a header.
    const scheme = /^(?:Bearer|Basic|Token|Digest) +/i.exec(plain)?.[0] ?? '';
    return {
      from,
      to,
      put: scheme + masker.mask(plain.slice(scheme.length), !/^basic/i.test(scheme), raw.slice(scheme.length)),
    };
  }

  return {
    field(text, after, quote, level, sure) {
      let at = after;
      while (isSpace(text.charCodeAt(at))) at += 1;
      const opening = '\\'.repeat(level) + quote;
      if (text.startsWith(opening, at)) return [string(text, at + opening.length, quote, level, sure)];
      const container = text.charCodeAt(at);
      if (container === 91 || container === 123)
        return leafStrings(text, at, opening, (whole, from) => string(whole, from, quote, level, sure));
      const number = sure ? /^-?\d[\d.]{2,}/.exec(text.slice(at, at + 40)) : null;
      return number
        ? [{ from: at, to: at + number[0].length, put: opening + masker.mask(number[0], true, null) + opening }]
        : [];
    },

    argument(text, after, sure) {
      let at = after;
      while (isSpace(text.charCodeAt(at))) at += 1;
      let level = 0;
      while (text.charCodeAt(at + level) === 92) level += 1;
      if (text.charCodeAt(at + level) !== 34) return null;
      const opening = text.slice(at, at + level + 1);
      const block = opening.repeat(3);
      if (text.startsWith(block, at)) {
        const from = at + block.length;
        const end = text.indexOf(block, from);
        const to = end < 0 ? Math.min(text.length, from + LONGEST) : end;
        return [{ from, to, put: masker.mask(text.slice(from, to)) }];
      }
      const piece = string(text, at + opening.length, '"', level, sure);
      // Else it was the end of a string, and not the beginning of one.
      return /[\r\n]/.test(text.slice(piece.from, piece.to)) ? null : [piece];
    },

    plain(text, after, sure) {
      const first = text.charCodeAt(after);
      const from = first === 34 || first === 39 ? after + 1 : after;
      let to = from;
      while (to < text.length && !endsPlainValue(text.charCodeAt(to))) to += 1;
      const raw = text.slice(from, to);
      if (raw === '' || raw.startsWith('***') || (!sure && !looksSecret(raw))) return [];
      return [{ from, to, put: masker.mask(raw.includes('%') ? decodeForm(raw) : raw, true, raw) }];
    },

    element(text, start) {
      const verbatim = text.startsWith('<![CDATA[', start);
      const from = verbatim ? start + 9 : start;
      const end = text.indexOf(verbatim ? ']]>' : '<', from);
      const to = end < 0 ? text.length : Math.min(end, from + LONGEST);
      const raw = text.slice(from, to);
      // `<password>` in prose is the name of an argument: no end tag follows, and a cut element is one word.
      const closed = verbatim || (end < 0 ? !/\s/.test(raw) : text.startsWith('</', end));
      return raw.trim() === '' || !closed ? [] : [{ from, to, put: masker.mask(raw) }];
    },

    privateKey(text, from) {
      const close = /-----END [A-Z0-9 ]*PRIVATE KEY-----/g;
      close.lastIndex = from;
      const end = close.exec(text);
      const to = Math.min(end ? end.index : text.length, from + LONGEST);
      return [
        { from, to, put: masker.mask(text.slice(from, to).replace(/\\+[nr]|\s/g, ''), false, text.slice(from, to)) },
      ];
    },
  };
}

function looksSecret(value: string): boolean {
  return value.length >= 16 && !/\s/.test(value);
}

/** `"cookie": "^1.1.1"` is a package. */
function isVersionRange(value: string): boolean {
  return /^[\^~]\d+\.\d+(?:\.\d+)?$/.test(value);
}

/** White space and & ; " ' < > , ) } ] | \ end an unquoted value. */
function endsPlainValue(code: number): boolean {
  return (
    code <= 32 ||
    code === 38 ||
    code === 59 ||
    code === 34 ||
    code === 39 ||
    code === 60 ||
    code === 62 ||
    code === 44 ||
    code === 41 ||
    code === 125 ||
    code === 93 ||
    code === 124 ||
    code === 92
  );
}
