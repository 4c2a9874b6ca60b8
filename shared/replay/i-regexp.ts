/**
 * A pattern of RFC 9485 in the words of our own regular expressions (shared/policies/match/safe-regex.ts). They read UTF-16
 * units: a dot takes a whole pair, a class with characters beyond U+FFFF in it takes their halves. Beside the RFC `\d`,
 * `\w` and `\s` are understood, which people write. `whole`: all of the text, as `match` does.
 */
export function iRegexpSource(pattern: string, whole: boolean): string {
  let source = '';
  let inClass = false;
  for (let at = 0; at < pattern.length; at++) {
    const sign = pattern.charAt(at);
    if (sign === '\\') {
      source += pattern.slice(at, at + 2);
      at++;
      continue;
    }
    if (sign === '[') inClass = true;
    if (sign === ']') inClass = false;
    source += sign === '.' && !inClass ? String.raw`(?:[\uD800-\uDBFF][\uDC00-\uDFFF]|[^\n\r\uD800-\uDFFF])` : sign;
  }
  return whole ? `^(?:${source})$` : source;
}
