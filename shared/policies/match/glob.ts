/**
 * Patterns, compiled once. `*` stands for anything; in paths for one segment, `**` for many. What could make a regular
 * expression try the same text over and over is matched with a table instead: time is text × pattern at the most.
 */

export type TextTest = (text: string) => boolean;

const ANY = -1;
const SEGMENT = -2;
/** A star beside letters, `v*`: may stand for nothing. */
const PART = -3;

/** All of a text, `*` anything. Give both in lower case to take no notice of case. */
export function compileGlob(pattern: string): TextTest {
  if (!pattern.includes('*')) return (text) => text === pattern;
  const pieces = pattern.split('*');
  const first = pieces[0] ?? '';
  const last = pieces[pieces.length - 1] ?? '';
  const middle = pieces.slice(1, -1).filter((piece) => piece !== '');
  const least = first.length + last.length;
  if (middle.length === 0) {
    if (least === 0) return () => true;
    return (text) => text.length >= least && text.startsWith(first) && text.endsWith(last);
  }
  // Each piece as far left as it goes leaves the most for those after it.
  return (text) => {
    if (text.length < least || !text.startsWith(first) || !text.endsWith(last)) return false;
    let at = first.length;
    const end = text.length - last.length;
    for (const piece of middle) {
      const found = text.indexOf(piece, at);
      if (found < 0) return false;
      at = found + piece.length;
    }
    return at <= end;
  };
}

/** All of a path: `*` within a segment, `**` over many, `{name}` one whole segment; a slash at the end makes no difference. */
export function compilePath(pattern: string): TextTest {
  const trimmed = pattern.length > 1 && pattern.endsWith('/') ? pattern.slice(0, -1) : pattern;
  if (!/[*{]/.test(trimmed)) {
    const withSlash = `${trimmed}/`;
    return (text) => text === trimmed || text === withSlash;
  }
  const tokens = tokensOf(trimmed);
  const literal = tokens.findIndex((token) => token < 0);
  const prefix = tokens
    .slice(0, literal)
    .map((token) => String.fromCharCode(token))
    .join('');
  const rest = tokens.slice(literal);
  if (rest.length === 1 && rest[0] === ANY) return (text) => text.startsWith(prefix);
  const cheap = isCheap(rest);
  if (cheap) {
    const regex = new RegExp(`^${rest.map(sourceOf).join('')}/?$`, 's');
    return (text) => text.startsWith(prefix) && regex.test(text.slice(prefix.length));
  }
  return (text) => {
    if (!text.startsWith(prefix)) return false;
    if (walk(rest, text, prefix.length, text.length)) return true;
    return text.endsWith('/') && walk(rest, text, prefix.length, text.length - 1);
  };
}

function tokensOf(pattern: string): number[] {
  const tokens: number[] = [];
  for (let i = 0; i < pattern.length; i++) {
    const brace = pattern[i] === '{' ? pattern.indexOf('}', i) : -1;
    if (pattern[i] === '*') {
      const start = i;
      const many = pattern[i + 1] === '*';
      while (pattern[i + 1] === '*') i++;
      tokens.push(many ? ANY : isWhole(pattern, start, i) ? SEGMENT : PART);
    } else if (brace > 0 && !pattern.slice(i, brace).includes('/')) {
      tokens.push(SEGMENT);
      i = brace;
    } else tokens.push(pattern.charCodeAt(i));
  }
  return tokens;
}

function isWhole(pattern: string, from: number, to: number): boolean {
  const before = pattern[from - 1];
  const after = pattern[to + 1];
  return (before === undefined || before === '/' || before === ' ') && (after === undefined || after === '/');
}

/** One `**` and one `*` in a segment: a regular expression has little to try. */
function isCheap(tokens: readonly number[]): boolean {
  let many = 0;
  let inSegment = 0;
  for (const token of tokens) {
    if (token === ANY) many++;
    else if (token === SEGMENT || token === PART) inSegment++;
    else if (token === 47) inSegment = 0;
    if (inSegment > 1 || many > 1 || (many > 0 && inSegment > 0)) return false;
  }
  return true;
}

function sourceOf(token: number): string {
  if (token === ANY) return '.*';
  if (token === SEGMENT) return '[^/]+';
  if (token === PART) return '[^/]*';
  return String.fromCharCode(token).replace(/[$()*+./?[\\\]^{|}-]/, '\\$&');
}

/** Which places of the pattern can be reached, letter by letter. */
function walk(tokens: readonly number[], text: string, from: number, to: number): boolean {
  const size = tokens.length;
  // `open[i]`: tokens before i are matched. A star of a segment needs one letter: it is entered by one and kept by more.
  let open = new Uint8Array(size + 1);
  let inside = new Uint8Array(size + 1);
  let nextOpen = new Uint8Array(size + 1);
  let nextInside = new Uint8Array(size + 1);
  open[0] = 1;
  settle(tokens, open, inside);
  for (let at = from; at < to; at++) {
    const letter = text.charCodeAt(at);
    nextOpen.fill(0);
    nextInside.fill(0);
    for (let i = 0; i < size; i++) {
      if (open[i] !== 1 && inside[i] !== 1) continue;
      const token = tokens[i];
      if (token === ANY || ((token === SEGMENT || token === PART) && letter !== 47)) nextInside[i] = 1;
      else if (open[i] === 1 && token === letter) nextOpen[i + 1] = 1;
    }
    settle(tokens, nextOpen, nextInside);
    [open, nextOpen] = [nextOpen, open];
    [inside, nextInside] = [nextInside, inside];
  }
  return open[size] === 1;
}

function settle(tokens: readonly number[], open: Uint8Array, inside: Uint8Array): void {
  for (let i = 0; i < tokens.length; i++) {
    if (inside[i] === 1 || ((tokens[i] === ANY || tokens[i] === PART) && open[i] === 1)) open[i + 1] = 1;
  }
}
