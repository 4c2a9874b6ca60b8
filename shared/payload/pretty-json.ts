/** A text laid out to be read. */
export interface PrettyText {
  text: string;
  /** Stretches that can be folded, three numbers each: from (after the opening bracket), to (before the closing), depth from 1. */
  folds: number[];
  /** What is wrong with it; null when nothing was seen. `at` counts in the laid-out text. */
  problem: { at: number; says: string } | null;
}

const INDENT = '  ';
/** Arrays of plain values up to this long stay on one line. */
const SHORT = 72;
const MOST_FOLDS = 200_000;
const PIECE = 1 << 16;

/**
 * JSON laid out with two spaces, made from its own characters: numbers, escapes, duplicate keys and order stay as they
 * were written, and a cut or broken text is laid out as far as it goes. Several values after each other (JSON lines)
 * each begin a line.
 */
export function prettyJson(source: string): PrettyText {
  const pieces: string[] = [];
  const folds: number[] = [];
  const opened: number[] = []; // where each open bracket's inside begins, in the output
  const kinds: string[] = []; // and the bracket that will close it
  let out = '';
  let written = 0;
  let problem: PrettyText['problem'] = null;
  let needsBreak = false; // a value at the top has ended: the next begins a line

  const here = (): number => written + out.length;
  const put = (text: string): void => {
    out += text;
    if (out.length > PIECE) {
      pieces.push(out);
      written += out.length;
      out = '';
    }
  };
  const complain = (says: string): void => {
    problem ??= { at: here(), says };
  };
  const newLine = (): void => put('\n' + INDENT.repeat(Math.min(opened.length, 200)));
  const beginValue = (): void => {
    if (needsBreak) put('\n');
    needsBreak = false;
  };
  const endValue = (): void => {
    if (opened.length === 0) needsBreak = true;
  };

  let at = source.charCodeAt(0) === 0xfeff ? 1 : 0;
  const end = source.length;
  while (at < end) {
    const char = source.charCodeAt(at);
    if (char === 32 || char === 10 || char === 13 || char === 9 || char === 0x1e) {
      at++;
    } else if (char === 123 || char === 91) {
      beginValue();
      const closer = char === 123 ? '}' : ']';
      const next = skipSpace(source, at + 1);
      if (source[next] === closer) {
        put(source[at] + closer);
        at = next + 1;
        endValue();
        continue;
      }
      const short = char === 91 ? shortArrayEnd(source, at) : -1;
      if (short > 0) {
        put(onOneLine(source.slice(at, short)));
        at = short;
        endValue();
        continue;
      }
      put(source[at] ?? '');
      opened.push(here());
      kinds.push(closer);
      newLine();
      at++;
    } else if (char === 125 || char === 93) {
      const closer = source[at] ?? '';
      if (kinds.at(-1) !== closer) complain(`an unexpected ${closer}`);
      const from = opened.pop();
      kinds.pop();
      if (from !== undefined) {
        newLine();
        if (folds.length < MOST_FOLDS * 3) folds.push(from, here(), opened.length + 1);
      }
      put(closer);
      at++;
      endValue();
    } else if (char === 44) {
      put(',');
      if (opened.length > 0) newLine();
      else needsBreak = true;
      at++;
    } else if (char === 58) {
      put(': ');
      at++;
    } else if (char === 34) {
      beginValue();
      const close = stringEnd(source, at);
      if (close < 0) complain('a text that does not end');
      const stop = close < 0 ? end : close + 1;
      put(source.slice(at, stop));
      at = stop;
      endValue();
    } else {
      beginValue();
      let stop = at + 1;
      while (stop < end && !isStructural(source.charCodeAt(stop))) stop++;
      put(source.slice(at, stop));
      at = stop;
      endValue();
    }
  }
  if (opened.length > 0) complain('it ends in the middle');
  pieces.push(out);
  return { text: pieces.join(''), folds: byStart(folds), problem };
}

/** Folds come in the order they close; readers want them in the order they begin. */
function byStart(folds: number[]): number[] {
  const order = Array.from({ length: folds.length / 3 }, (_, index) => index);
  order.sort((a, b) => (folds[a * 3] ?? 0) - (folds[b * 3] ?? 0));
  return order.flatMap((index) => folds.slice(index * 3, index * 3 + 3));
}

function skipSpace(source: string, from: number): number {
  let at = from;
  while (at < source.length && source.charCodeAt(at) <= 32) at++;
  return at;
}

function isStructural(char: number): boolean {
  return (
    char <= 32 ||
    char === 44 ||
    char === 58 ||
    char === 34 ||
    char === 91 ||
    char === 93 ||
    char === 123 ||
    char === 125
  );
}

/** Where a string's closing quote is; -1 when it has none. */
function stringEnd(source: string, open: number): number {
  let at = source.indexOf('"', open + 1);
  while (at >= 0) {
    let slashes = 0;
    while (source.charCodeAt(at - 1 - slashes) === 92) slashes++;
    if (slashes % 2 === 0) return at;
    at = source.indexOf('"', at + 1);
  }
  return -1;
}

/** Where an array of a few plain values ends (after its bracket); -1 when it is long or holds more than plain values. */
function shortArrayEnd(source: string, open: number): number {
  let length = 2;
  let at = open + 1;
  while (at < source.length && length <= SHORT) {
    const char = source.charCodeAt(at);
    if (char === 93) return at + 1;
    if (char === 91 || char === 123 || char === 58 || char === 125) return -1;
    if (char === 34) {
      const close = stringEnd(source, at);
      if (close < 0 || close - at > SHORT) return -1;
      length += close + 1 - at;
      at = close + 1;
      continue;
    }
    if (char > 32) length += char === 44 ? 2 : 1;
    at++;
  }
  return -1;
}

function onOneLine(array: string): string {
  let out = '';
  for (let at = 0; at < array.length;) {
    const char = array.charCodeAt(at);
    if (char === 34) {
      const close = stringEnd(array, at);
      out += array.slice(at, close + 1);
      at = close + 1;
    } else {
      if (char === 44) out += ', ';
      else if (char > 32) out += array[at];
      at++;
    }
  }
  return out;
}
