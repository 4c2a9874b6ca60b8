import { MASKED } from './mask.ts';
import type { Masker } from './mask.ts';
import { decodeForm } from './parameters.ts';

/** A part of a text and what to put in its place. */
export interface Piece {
  from: number;
  to: number;
  put: string;
}

/** Longest value looked at as one secret: beyond it a text is not a credential, and time is bounded. */
const LONGEST = 256 * 1024;

export interface ValueReaders {
  /** The value behind `"name":`; `level` counts the backslashes before each quote of this nesting. */
  field(text: string, at: number, quote: string, level: number, sure: boolean): Piece[];
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
    if (raw === '' || MASKED.test(raw) || (!sure && !looksSecret(raw))) return { from, to, put: raw };
    const plain = raw.includes('\\') ? unescapeJson(raw, level) : raw;
    // An Authorization value in a body keeps its scheme, as in a header.
    const scheme = /^(?:Bearer|Basic|Token|Digest) +/i.exec(plain)?.[0] ?? '';
    return { from, to, put: scheme + masker.mask(plain.slice(scheme.length), !/^basic/i.test(scheme)) };
  }

  return {
    field(text, after, quote, level, sure) {
      let at = after;
      while (isSpace(text.charCodeAt(at))) at += 1;
      const opening = '\\'.repeat(level) + quote;
      if (text.startsWith(opening, at)) return [string(text, at + opening.length, quote, level, sure)];
      if (text.charCodeAt(at) === 91) {
        // a list of secrets: each string in it
        const pieces: Piece[] = [];
        for (at += 1; pieces.length < 1000;) {
          while (isSpace(text.charCodeAt(at)) || text.charCodeAt(at) === 44) at += 1;
          if (!text.startsWith(opening, at)) break;
          const piece = string(text, at + opening.length, quote, level, sure);
          pieces.push(piece);
          at = piece.to + opening.length;
        }
        return pieces;
      }
      const number = sure ? /^-?\d[\d.]{2,}/.exec(text.slice(at, at + 40)) : null;
      return number ? [{ from: at, to: at + number[0].length, put: opening + masker.mask(number[0]) + opening }] : [];
    },

    plain(text, after, sure) {
      const first = text.charCodeAt(after);
      const from = first === 34 || first === 39 ? after + 1 : after;
      let to = from;
      while (to < text.length && !endsPlainValue(text.charCodeAt(to))) to += 1;
      const raw = text.slice(from, to);
      if (raw === '' || raw.startsWith('***') || (!sure && !looksSecret(raw))) return [];
      return [{ from, to, put: masker.mask(raw.includes('%') ? decodeForm(raw) : raw) }];
    },

    element(text, from) {
      const end = text.indexOf('<', from);
      const to = end < 0 ? text.length : Math.min(end, from + LONGEST);
      const raw = text.slice(from, to);
      return raw.trim() === '' ? [] : [{ from, to, put: masker.mask(raw) }];
    },

    privateKey(text, from) {
      const close = /-----END [A-Z0-9 ]*PRIVATE KEY-----/g;
      close.lastIndex = from;
      const end = close.exec(text);
      const to = Math.min(end ? end.index : text.length, from + LONGEST);
      return [{ from, to, put: masker.mask(text.slice(from, to).replace(/\\+[nr]|\s/g, ''), false) }];
    },
  };
}

/** Where a string ends: at a quote of its own level of escaping (`"`, `\"` inside a string, `\\\"` …). */
function endOfString(text: string, from: number, quote: string, level: number): number {
  const stop = Math.min(text.length, from + LONGEST);
  let at = from;
  for (;;) {
    const end = text.indexOf(quote, at);
    if (end < 0 || end >= stop) return stop;
    let slashes = 0;
    while (end - slashes > from && text.charCodeAt(end - slashes - 1) === 92) slashes += 1;
    if (slashes % (2 * (level + 1)) === level) return end - level;
    if (slashes < level) return end - slashes; // the outer string ended: not quite JSON
    at = end + 1;
  }
}

/** The chars behind the escapes, so that the same secret has the same fingerprint everywhere. */
function unescapeJson(raw: string, level: number): string {
  let text = raw;
  for (let depth = level; ; depth = (depth - 1) / 2) {
    text = text.replace(/\\(?:u([0-9a-fA-F]{4})|([^]))/g, (_whole, hex: string | undefined, char: string | undefined) =>
      hex !== undefined ? String.fromCharCode(Number.parseInt(hex, 16)) : (ESCAPES[char ?? ''] ?? char ?? ''),
    );
    if (depth < 1) return text;
  }
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };

function looksSecret(value: string): boolean {
  return value.length >= 16 && !/\s/.test(value);
}

function isSpace(code: number): boolean {
  return code === 32 || code === 10 || code === 13 || code === 9;
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
