/** A text laid out to be read. */
export interface PrettyText {
  text: string;
  /** Stretches that can be folded, three numbers each: from (after the opening bracket), to (before the closing), depth from 1. */
  folds: number[];
  /** What is wrong with it; null when nothing was seen. `at` counts in the laid-out text. */
  problem: { at: number; says: string } | null;
}

const OBJECT = 123;
const OBJECT_END = 125;
const ARRAY = 91;
const ARRAY_END = 93;

const INDENT = 2;
/** Deeper levels are not moved further to the right. */
const DEEPEST = 200;
/** Arrays of plain values up to this long stay on one line. */
const SHORT = 72;
const MOST_FOLDS = 50_000;
const PIECE = 1 << 14;

/**
 * JSON laid out with two spaces, made from its own characters: numbers, escapes, duplicate keys and order stay as they
 * were written, and a cut or broken text is laid out as far as it goes. Several values after each other (JSON lines)
 * each begin a line.
 */
export function prettyJson(source: string): PrettyText {
  const out = createWriter();
  const folds: number[] = [];
  const opened: number[] = []; // where each open bracket's inside begins, in the output
  const closers: number[] = []; // and the bracket that will close it
  let problem: PrettyText['problem'] = null;
  let needsBreak = false; // a value at the top has ended: the next begins a line

  const complain = (says: string): void => {
    problem ??= { at: out.length(), says };
  };
  const newLine = (): void => {
    out.char(10);
    for (let spaces = Math.min(opened.length, DEEPEST) * INDENT; spaces > 0; spaces--) out.char(32);
  };
  const beginValue = (): void => {
    if (needsBreak) out.char(10);
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
    } else if (char === OBJECT || char === ARRAY) {
      beginValue();
      const closer = char + 2; // in ASCII, each bracket's partner is two further
      const next = skipSpace(source, at + 1);
      if (source.charCodeAt(next) === closer) {
        out.char(char);
        out.char(closer);
        at = next + 1;
        endValue();
        continue;
      }
      const short = char === ARRAY ? shortArrayEnd(source, at) : -1;
      if (short > 0) {
        out.text(onOneLine(source.slice(at, short)));
        at = short;
        endValue();
        continue;
      }
      out.char(char);
      opened.push(out.length());
      closers.push(closer);
      newLine();
      at++;
    } else if (char === OBJECT_END || char === ARRAY_END) {
      if (closers.at(-1) !== char) complain(`an unexpected ${source[at] ?? ''}`);
      const from = opened.pop();
      closers.pop();
      if (from !== undefined) {
        newLine();
        if (folds.length < MOST_FOLDS * 3) folds.push(from, out.length(), opened.length + 1);
      }
      out.char(char);
      at++;
      endValue();
    } else if (char === 44) {
      out.char(44);
      if (opened.length > 0) newLine();
      else needsBreak = true;
      at++;
    } else if (char === 58) {
      out.char(58);
      out.char(32);
      at++;
    } else if (char === 34) {
      beginValue();
      const close = stringEnd(source, at);
      if (close < 0) complain('a text that does not end');
      const stop = close < 0 ? end : close + 1;
      out.slice(source, at, stop);
      at = stop;
      endValue();
    } else {
      beginValue();
      let stop = at + 1;
      while (stop < end && !isStructural(source.charCodeAt(stop))) stop++;
      out.slice(source, at, stop);
      at = stop;
      endValue();
    }
  }
  if (opened.length > 0) complain('it ends in the middle');
  return { text: out.end(), folds: byStart(folds), problem };
}

/**
 * Builds a long text of single characters. Adding strings to strings makes an object for each addition; for 50 MB of
 * JSON that is twenty times as slow as this.
 */
function createWriter() {
  const pieces: string[] = [];
  const buffer = new Uint16Array(PIECE);
  let used = 0;
  let written = 0;
  const flush = (): void => {
    // Spreading would go through an iterator, a call for each character.
    // oxlint-disable-next-line prefer-spread
    pieces.push(String.fromCharCode.apply(null, buffer.subarray(0, used) as unknown as number[]));
    written += used;
    used = 0;
  };
  const char = (code: number): void => {
    if (used === PIECE) flush();
    buffer[used++] = code;
  };
  const slice = (source: string, from: number, to: number): void => {
    for (let at = from; at < to; at++) {
      if (used === PIECE) flush();
      buffer[used++] = source.charCodeAt(at);
    }
  };
  return {
    char,
    slice,
    text: (text: string) => slice(text, 0, text.length),
    length: () => written + used,
    end(): string {
      flush();
      return pieces.join('');
    },
  };
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
