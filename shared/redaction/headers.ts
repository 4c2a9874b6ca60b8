import type { HeaderValues } from './header-values.ts';
import type { RuleSet } from './rules.ts';

/** Masks the secrets of a raw header block; all lines that hold none stay byte for byte. */
export type HeaderRedactor = (lines: string) => string;

export function createHeaderRedactor(
  rules: RuleSet,
  values: HeaderValues,
  redactText: (text: string) => string,
): HeaderRedactor {
  // Most names are dismissed by their last two letters, before they are even cut out of the block.
  const lastTwo = new Uint8Array(1024);
  for (const name of [...Object.keys(rules.headers), ...rules.headerEndings]) lastTwo[twoAt(name, name.length - 2)] = 1;
  // Of a user's names it is not known how they end: marks may stand anywhere in them.
  if (rules.names.length > 0) lastTwo.fill(1);

  return (lines) => {
    let out = '';
    let copied = 0;
    let at = 0;
    const { length } = lines;
    while (at < length) {
      let end = lines.indexOf('\n', at);
      if (end < 0) end = length;
      const bare = lines.indexOf('\r', at); // a bare CR ends a line for some servers
      if (bare >= 0 && bare < end - 1) end = bare;
      const colon = lines.indexOf(':', at);
      if (
        colon >= 0 &&
        colon < end &&
        (lastTwo[twoAt(lines, colon - 2)] === 1 || isSpace(lines.charCodeAt(colon - 1)))
      ) {
        const form = values.formOf(lines.slice(at, colon));
        if (form !== null) {
          // Folded lines belong to the value.
          while (end < length && (lines.charCodeAt(end + 1) === 32 || lines.charCodeAt(end + 1) === 9)) {
            const next = lines.indexOf('\n', end + 1);
            end = next < 0 ? length : next;
          }
          const stop = lines.charCodeAt(end - 1) === 13 ? end - 1 : end;
          const value = lines.slice(colon + 1, stop);
          const masked = values.mask(form, value);
          if (masked !== value) {
            out += lines.slice(copied, colon + 1) + masked;
            copied = stop;
          }
        }
      }
      at = end + 1;
    }
    return redactText(copied === 0 ? lines : out + lines.slice(copied));
  };
}

/** Two chars as an index, without case; different ones may share it. */
function twoAt(text: string, at: number): number {
  return ((text.charCodeAt(at) & 31) << 5) | (text.charCodeAt(at + 1) & 31);
}

function isSpace(code: number): boolean {
  return code === 32 || code === 9;
}
