import { findBase64 } from '../../../shared/redaction/base64.ts';
import type { Secret } from '../archive/secrets.ts';

/** A mark that redaction left, anywhere in a text (shared/redaction/mask.ts). */
const MARK = /\*\*\*[A-Za-z0-9]{0,4}\([0-9a-z]{4,32}\)/g;

/** The marks of a text, each once. */
export function marksIn(text: string): string[] {
  return text.includes('***') ? [...new Set(text.match(MARK) ?? [])] : [];
}

/** How the secrets behind marks were written: one may stand in several ways, escaped in an address and plain in a body. */
export type Remembered = ReadonlyMap<string, readonly string[]>;

export function secretsByMark(secrets: readonly Secret[]): Remembered {
  const found = new Map<string, string[]>();
  for (const { masked, raw } of secrets) {
    const ways = found.get(masked) ?? [];
    if (!ways.includes(raw)) found.set(masked, [...ways, raw]);
  }
  return found;
}

export type PutBack =
  | { ok: true; text: string }
  | { ok: false; unknown: string[]; why: 'unknown' | 'differs' | 'hidden' };

/**
 * Puts secrets back into a text that was kept (bytes, one char a byte). `redact` is what had taken them out: what it makes
 * of the outcome must be what was kept, or something is not as it was, and nothing is sent. Marks inside of encoded text
 * cannot be put back. `escaped`: the text is an address or a form, whose values are percent-encoded.
 */
export function putBack(kept: string, secrets: Remembered, redact: (text: string) => string, escaped = false): PutBack {
  const marks = marksIn(kept);
  const known = new Map<string, string>();
  for (const mark of marks) {
    const ways = (secrets.get(mark) ?? []).filter(
      (way, _, all) => all.length === 1 || /[^!$'()*+,./0-9:;?@A-Z_a-z~%-]/.test(way) !== escaped,
    );
    if (ways.length === 1 && ways[0] !== undefined) known.set(mark, ways[0]);
  }
  const unknown = marks.filter((mark) => !known.has(mark));
  if (unknown.length > 0) return { ok: false, unknown, why: 'unknown' };
  const text = marks.length === 0 ? kept : kept.replace(MARK, (mark) => known.get(mark) ?? mark);
  if (hidesMark(text)) return { ok: false, unknown: [], why: 'hidden' };
  if (marks.length > 0 && ((escaped && isBlurred(kept)) || redact(text) !== redact(kept)))
    return { ok: false, unknown: [], why: 'differs' };
  return { ok: true, text };
}

/** A value that holds a mark among other encoded text was encoded anew when it was kept: how it stood is not known. */
function isBlurred(text: string): boolean {
  return text
    .split(/[?&;#]/)
    .map((pair) => pair.slice(pair.indexOf('=') + 1))
    .some((value) => value.includes('%') && marksIn(value).length > 0);
}

/** Whether a text still holds a mark, seen or encoded: such a text does not leave. */
export function holdsMark(text: string): boolean {
  return marksIn(text).length > 0 || hidesMark(text);
}

/** Whether a mark is left where it is not seen: in base64, percent-encoded, in UTF-16. */
function hidesMark(text: string): boolean {
  let found = false;
  const look = (decoded: string): string => {
    if (marksIn(decoded).length > 0) found = true;
    return decoded;
  };
  findBase64(text, [], look);
  if (!found && /%2[89a]/i.test(text)) look(text.replace(/%2a/gi, '*').replaceAll('%28', '(').replaceAll('%29', ')'));
  if (!found && text.includes('*\0*\0*')) look(text.replaceAll('\0', ''));
  return found;
}
