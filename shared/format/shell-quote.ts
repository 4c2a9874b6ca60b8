/**
 * Quotes text for bash, zsh and ksh so that exactly these characters (or bytes) arrive, whatever is
 * in them: newlines, quotes, `!`, escape sequences that would drive a terminal. NUL cannot be passed
 * to a program at all; callers must not give it.
 */
export function shellQuote(text: string): string {
  if (/^[A-Za-z0-9_./:@%+=,-]+$/.test(text)) return text;
  return needsEscapes(text, SHOWN) ? ansiQuote(text, SHOWN, utf8) : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** As shellQuote, for text whose every character is one byte (header lines, request targets). */
export function shellQuoteBytes(text: string): string {
  if (/^[A-Za-z0-9_./:@%+=,-]+$/.test(text)) return text;
  return needsEscapes(text, ASCII)
    ? ansiQuote(text, ASCII, (char) => [char.charCodeAt(0)])
    : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Newline and tab are shown as they are; other control and invisible or direction-changing characters are not. */
const SHOWN = /[^\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/;
const ASCII = /[\x20-\x7e]/;

function needsEscapes(text: string, shown: RegExp): boolean {
  for (const char of text) if (!shown.test(char)) return true;
  return false;
}

function ansiQuote(text: string, shown: RegExp, bytesOf: (char: string) => number[]): string {
  let quoted = '';
  for (const char of text) {
    if (char === '\n') quoted += '\\n';
    else if (char === '\t') quoted += '\\t';
    else if (char === '\r') quoted += '\\r';
    else if (char === '\\') quoted += '\\\\';
    // `!` would be history in an interactive shell that loses count of the quotes.
    else if (char !== "'" && char !== '!' && shown.test(char)) quoted += char;
    else for (const byte of bytesOf(char)) quoted += `\\x${byte.toString(16).padStart(2, '0')}`;
  }
  return `$'${quoted}'`;
}

function utf8(char: string): number[] {
  const code = char.codePointAt(0) ?? 0;
  if (code < 0x80) return [code];
  if (code < 0x800) return [0xc0 | (code >> 6), 0x80 | (code & 63)];
  if (code < 0x10000) return [0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63)];
  return [0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63)];
}
