/** A part of a text and what to put in its place. */
export interface Piece {
  from: number;
  to: number;
  put: string;
}

/** Longest value looked at as one secret: beyond it a text is not a credential, and time is bounded. */
export const LONGEST = 256 * 1024;

/** Where a string ends: at a quote of its own level of escaping (`"`, `\"` inside a string, `\\\"` …). */
export function endOfString(text: string, from: number, quote: string, level: number): number {
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
export function unescapeJson(raw: string, level: number): string {
  let text = raw;
  for (let depth = level; ; depth = (depth - 1) / 2) {
    text = text.replace(/\\(?:u([0-9a-fA-F]{4})|([^]))/g, (_whole, hex: string | undefined, char: string | undefined) =>
      hex !== undefined ? String.fromCharCode(Number.parseInt(hex, 16)) : (ESCAPES[char ?? ''] ?? char ?? ''),
    );
    if (depth < 1) return text;
  }
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };

export function isSpace(code: number): boolean {
  return code === 32 || code === 10 || code === 13 || code === 9;
}
