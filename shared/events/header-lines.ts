import type { Header } from '../model/call.ts';

/**
 * Reads a raw header block (`Name: value\r\n` repeated, one Latin-1 byte a char) into pairs.
 *
 * Only the white space around the value goes (RFC 9110 §5.5 says it is not part of it); a folded
 * line is added to the line before with its break made one space, as RFC 9112 §5.2 asks. A line
 * without a colon is kept as a name with an empty value: what was received is never dropped.
 */
export function parseHeaderLines(lines: string): Header[] {
  const headers: [string, string][] = [];
  let at = 0;
  while (at < lines.length) {
    let end = lines.indexOf('\n', at);
    if (end < 0) end = lines.length;
    let stop = end;
    if (stop > at && lines.charCodeAt(stop - 1) === 13) stop -= 1;
    if (stop > at) readLine(lines, at, stop, headers);
    at = end + 1;
  }
  return headers;
}

function readLine(lines: string, from: number, to: number, headers: [string, string][]): void {
  const last = headers.at(-1);
  if (isBlank(lines.charCodeAt(from)) && last !== undefined) {
    last[1] = `${last[1]} ${trim(lines, from, to)}`.trimStart();
    return;
  }
  const colon = lines.indexOf(':', from);
  if (colon < 0 || colon >= to) headers.push([trim(lines, from, to), '']);
  else headers.push([trim(lines, from, colon), trim(lines, colon + 1, to)]);
}

/** Space and tab only: `String.trim` would also take the Latin-1 no-break space, a byte like any other. */
function trim(text: string, from: number, to: number): string {
  let start = from;
  let end = to;
  while (start < end && isBlank(text.charCodeAt(start))) start += 1;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9;
}

/** The value of the first line of this (lower-case) name in a raw block, or null; parses no other line. */
export function headerValue(lines: string, name: string): string | null {
  let at = 0;
  while (at < lines.length) {
    let end = lines.indexOf('\n', at);
    if (end < 0) end = lines.length;
    const colon = at + name.length;
    if (colon < end && lines.charCodeAt(colon) === 58 && lines.slice(at, colon).toLowerCase() === name) {
      const stop = lines.charCodeAt(end - 1) === 13 ? end - 1 : end;
      return trim(lines, colon + 1, stop);
    }
    at = end + 1;
  }
  return null;
}
