import { decodeUtf8 } from '../bytes/utf8.ts';

/**
 * A command line as bash takes it apart (POSIX 2.2 Quoting, and `$'…'`), or as cmd does where its carets show. Variables
 * and substitutions are left as they stand. Null: a quote is not closed.
 */
export function shellWords(text: string): string[] | null {
  if (/\^\r?\n|\^"/.test(text)) return words(text.replace(/\^\r?\n/g, ' ').replace(/\^([^])/g, '$1'), true);
  return words(text, false);
}

function words(text: string, cmd: boolean): string[] | null {
  const found: string[] = [];
  let word: string | null = null;
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (/\s/.test(char)) {
      if (word !== null) found.push(word);
      word = null;
    } else if (char === '"') {
      const read = doubleQuoted(text, at + 1, cmd);
      if (read === null) return null;
      word = (word ?? '') + read.text;
      at = read.end;
    } else if (char === "'" && !cmd) {
      const end = text.indexOf("'", at + 1);
      if (end < 0) return null;
      word = (word ?? '') + text.slice(at + 1, end);
      at = end;
    } else if (char === '$' && text.charAt(at + 1) === "'" && !cmd) {
      const read = ansiQuoted(text, at + 2);
      if (read === null) return null;
      word = (word ?? '') + read.text;
      at = read.end;
    } else if (char === '\\' && !cmd) {
      const next = text.charAt(at + 1);
      at += text.startsWith('\r\n', at + 1) ? 2 : 1;
      if (next !== '\n' && next !== '\r') word = (word ?? '') + next;
    } else word = (word ?? '') + char;
  }
  if (word !== null) found.push(word);
  return found;
}

function doubleQuoted(text: string, from: number, cmd: boolean): { text: string; end: number } | null {
  let out = '';
  for (let at = from; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === '"') return { text: out, end: at };
    if (char === '\\') {
      const next = text.charAt(at + 1);
      const escapes = cmd ? '"\\' : '"\\$`';
      if (next === '\n' && !cmd) at += 1;
      else if (next !== '' && escapes.includes(next)) {
        out += next;
        at += 1;
      } else out += char;
    } else out += char;
  }
  return null;
}

const ANSI: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  a: '\x07',
  b: '\b',
  e: '\x1b',
  f: '\f',
  v: '\v',
  '0': '\0',
};

function ansiQuoted(text: string, from: number): { text: string; end: number } | null {
  let out = '';
  for (let at = from; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === "'") return { text: out, end: at };
    if (char !== '\\') {
      out += char;
      continue;
    }
    // Bytes that stand in a row are UTF-8 together.
    const bytes = /^(?:\\x[0-9a-fA-F]{1,2})+/.exec(text.slice(at));
    const code = /^(?:u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8}))/.exec(text.slice(at + 1, at + 10));
    if (bytes) {
      const chars = bytes[0]
        .split('\\x')
        .slice(1)
        .map((hex) => String.fromCharCode(Number.parseInt(hex, 16)));
      out += decodeUtf8(chars.join(''));
      at += bytes[0].length - 1;
    } else if (code) {
      const point = Number.parseInt(code[1] ?? code[2] ?? '0', 16);
      out += point <= 0x10ffff ? String.fromCodePoint(point) : '\u{fffd}';
      at += code[0].length;
    } else {
      const next = text.charAt(at + 1);
      out += ANSI[next] ?? next;
      at += 1;
    }
  }
  return null;
}
