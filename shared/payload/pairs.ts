/** A name and a value as sent, and as they read once decoded. */
export interface Pair {
  name: string;
  value: string;
  rawName: string;
  rawValue: string;
  /** False for a name that stood alone, without `=`. */
  hasValue: boolean;
}

/** Reads a query (with or without its `?`) or a form body: order and duplicates kept, broken escapes left as they are. */
export function readPairs(text: string): Pair[] {
  const bare = text.startsWith('?') ? text.slice(1) : text;
  if (bare === '') return [];
  return bare
    .split('&')
    .filter((piece) => piece !== '')
    .map((piece) => {
      const equals = piece.indexOf('=');
      const rawName = equals < 0 ? piece : piece.slice(0, equals);
      const rawValue = equals < 0 ? '' : piece.slice(equals + 1);
      return { name: decode(rawName), value: decode(rawValue), rawName, rawValue, hasValue: equals >= 0 };
    });
}

/** Undoes `+` and percent escapes; what is not valid UTF-8 stays escaped. */
function decode(text: string): string {
  const spaced = text.replaceAll('+', ' ');
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced.replace(/(%[0-9a-f]{2})+/gi, (run) => {
      try {
        return decodeURIComponent(run);
      } catch {
        return run;
      }
    });
  }
}
