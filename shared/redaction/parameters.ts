import type { Masker } from './mask.ts';
import { normaliseName } from './rules.ts';

/**
 * Masks the values of secret parameters in `a=1&b=2` (a query without its mark, a form, a fragment).
 * Names and values are compared percent-decoded; the rest stays as it was sent, byte by byte.
 * `scanValue` looks into the decoded values of all other parameters; what it changes replaces them.
 */
export function redactParameters(
  text: string,
  isSecret: (name: string) => boolean,
  masker: Masker,
  scanValue: (value: string) => string,
): string {
  let out = '';
  let copied = 0;
  let at = 0;
  while (at <= text.length) {
    let end = at;
    let equals = -1;
    let encoded = false;
    for (; end < text.length; end += 1) {
      const code = text.charCodeAt(end);
      if (code === 38 || code === 59) break; // & and, as old servers read it, ;
      if (code === 61 && equals < 0) equals = end;
      else if (code === 37 || code === 43) encoded = true;
    }
    if (equals >= 0 && end > equals + 1) {
      const value = text.slice(equals + 1, end);
      const replaced = isSecret(text.slice(at, equals))
        ? masker.mask(encoded ? decodeForm(value) : value, true, value)
        : scan(value, encoded, scanValue);
      if (replaced !== value) {
        out += text.slice(copied, equals + 1) + replaced;
        copied = end;
      }
    }
    at = end + 1;
  }
  return copied === 0 ? text : out + text.slice(copied);
}

/** Only an encoded value needs a look of its own: plain ones are scanned with the whole text. */
function scan(value: string, encoded: boolean, scanValue: (value: string) => string): string {
  if (!encoded || !value.includes('%')) return value;
  const decoded = decodeForm(value);
  const scanned = scanValue(decoded);
  return scanned === decoded ? value : encodeForm(scanned);
}

/** Answers whether a (possibly percent-encoded) name is in the set; remembers what it was asked. */
export function createNameTest(
  names: readonly string[],
  endings: readonly string[] = [],
  except: readonly string[] = [],
): (name: string) => boolean {
  const wanted = new Set(names.map(normaliseName));
  const none = new Set(except.map(normaliseName));
  const ending = endings.length === 0 ? null : new RegExp(`(?:${endings.map(normaliseName).join('|')})s?$`);
  const holds = (name: string): boolean => !none.has(name) && (wanted.has(name) || (ending?.test(name) ?? false));
  const known = new Map<string, boolean>();
  return (name) => {
    let answer = known.get(name);
    if (answer === undefined) {
      // `user[password]` and `a.b[token]` are nested names of forms; the last part is the field.
      const plain = decodeForm(name);
      const nested = /\[([^[\]]+)\](?:\[\])?$/.exec(plain);
      // `user[password]` whole is no name of the lists, but may be one of those that are excepted.
      answer =
        holds(normaliseName(plain)) ||
        (nested !== null && !none.has(normaliseName(plain)) && holds(normaliseName(nested[1] ?? '')));
      if (known.size > 2000) known.clear();
      if (name.length < 200) known.set(name, answer);
    }
    return answer;
  };
}

/** Undoes `%XX` and `+`, one char a byte; bad escapes stay as they are. */
export function decodeForm(text: string): string {
  return text.replace(/\+|%([0-9A-Fa-f]{2})/g, (_whole, hex: string | undefined) =>
    hex === undefined ? ' ' : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

function encodeForm(text: string): string {
  return text.replace(
    /[^A-Za-z0-9\-._~*()!/:,]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}
