import type { Masker } from './mask.ts';
import { MASKED } from './mask.ts';
import type { Piece } from './strings.ts';
import { LONGEST } from './strings.ts';

/** How a text is written: decides what a name with a colon and no quotes means. */
export type Style =
  /** YAML: whatever stands behind it is its value. */
  | 'yaml'
  /** Any data or log: at the beginning of a line, and only what can hardly be a word. */
  | 'plain'
  /** Programs and pages, in which names with colons are mostly something else. */
  | 'code';

export function styleOf(mediaType: string): Style {
  if (/[+/-]ya?ml\b/.test(mediaType)) return 'yaml';
  return /javascript|ecmascript|typescript|html|css|markdown|^image\/|python|x-(?:sh|c|java|ruby|go|rust|php)\b/.test(
    mediaType,
  )
    ? 'code'
    : 'plain';
}

export interface YamlReader {
  /** `nameFrom` is where the name (as far as it is known) begins, `after` is behind its colon. */
  read(text: string, nameFrom: number, after: number, style: Style, sure: boolean): Piece[];
}

/** Values that say where the secret is, or that there is none. */
const NO_VALUE = /^(?:~|null|true|false|yes|no|on|off|none|nil|undefined|[$<{([%&*!|>].*)$/i;

export function createYamlReader(masker: Masker): YamlReader {
  function mask(text: string, from: number, to: number, strict: boolean): Piece[] {
    while (to > from && isBlank(text.charCodeAt(to - 1))) to -= 1;
    const quote = text.charAt(from);
    if (to - from >= 2 && (quote === "'" || quote === '"') && text.charAt(to - 1) === quote) {
      from += 1;
      to -= 1;
    }
    const value = text.slice(from, to);
    if (value === '' || MASKED.test(value) || NO_VALUE.test(value) || (strict && !isHardlyAWord(value))) return [];
    return [{ from, to, put: masker.mask(value) }];
  }

  /** Lines that are indented deeper than the name: a block of text, a list, an object. */
  function block(text: string, at: number, indent: number, literal: boolean): Piece[] {
    const pieces: Piece[] = [];
    for (const stop = Math.min(text.length, at + LONGEST); at < stop;) {
      const end = endOfLine(text, at);
      const line = text.slice(at, end);
      const begin = line.search(/[^ ]/);
      if (begin >= 0 && line.trim() !== '') {
        if (begin < indent || (begin === indent && !line.startsWith('- ', begin))) break;
        if (literal) pieces.push(...mask(text, at + begin, end, false));
        else {
          const name = /^ *(?:- +)*(?:[\w.-]+:(?: +|$)|["'][^"']*["']:(?: +|$))?/.exec(line)?.[0].length ?? begin;
          pieces.push(...mask(text, at + name, at + beforeComment(line), false));
        }
      }
      at = end + 1;
    }
    return pieces;
  }

  return {
    read(text, nameFrom, after, style, sure) {
      const lineStart = startOfLine(text, nameFrom);
      const lead = /^[ \t]*(?:- +)*/.exec(text.slice(lineStart, nameFrom))?.[0] ?? '';
      // The name is the first thing of its line, or of an object in one line.
      const prefix = text.slice(lineStart + lead.length, nameFrom);
      if (!/^[\w.-]*$/.test(prefix)) {
        if (style !== 'yaml' || !/[{,] *[\w.-]*$/.test(prefix)) return [];
        const rest = /^ *([^,}\n]*)/.exec(text.slice(after, after + 4096));
        const to = after + (rest?.[0].length ?? 0);
        return mask(text, to - (rest?.[1]?.length ?? 0), to, !sure);
      }
      const end = endOfLine(text, after, style === 'plain');
      const line = text.slice(after, end);
      const from = after + line.length - line.trimStart().length;
      if (style === 'plain') {
        const value = line.trim();
        return !/\s/.test(value) && (sure || value.length >= 16) ? mask(text, from, end, true) : [];
      }
      const scalar = line.trim();
      if (scalar === '' || /^[|>][-+\d]*(?:\s+#.*)?$/.test(scalar))
        return sure ? block(text, end + 1, lead.length, scalar !== '') : [];
      const to = after + beforeComment(line);
      const value = text.slice(from, to).trim();
      return sure || (value.length >= 16 && !/\s/.test(value)) ? mask(text, from, to, false) : [];
    },
  };
}

/** Of one piece, and with a digit or a sign in it: what a person would not write for a word, a type or a variable. */
function isHardlyAWord(value: string): boolean {
  return (
    value.length >= 4 &&
    /[^A-Za-z]/.test(value.slice(0, -1)) &&
    !/[,;({]$|[()]|^[./~]|:\/\/|^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+$|^[A-Za-z]+(?:[-_/'’][A-Za-z]+)*[.,!?]?$/.test(value)
  );
}

/** A comment begins at a # behind a blank, outside of quotes. */
function beforeComment(line: string): number {
  if (/^\s*["']/.test(line)) return line.length;
  const comment = /\s#/.exec(line);
  return comment ? comment.index : line.length;
}

/** Lines end at a newline, and inside a string of another text at its `\n` or its quote. */
function endOfLine(text: string, from: number, orQuote = false): number {
  const stop = Math.min(text.length, from + LONGEST);
  for (let at = from; at < stop; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 10 || code === 13 || (orQuote && code === 34)) return at;
    if (code === 92 && /[nr"']/.test(text.charAt(at + 1))) return at;
  }
  return stop;
}

function startOfLine(text: string, from: number): number {
  for (let at = from; at > 0 && from - at < 200; at -= 1) {
    const code = text.charCodeAt(at - 1);
    if (code === 10 || code === 13 || code === 34) return at;
    if ((code === 110 || code === 114) && text.charCodeAt(at - 2) === 92) return at;
  }
  return Math.max(0, from - 200);
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9;
}
