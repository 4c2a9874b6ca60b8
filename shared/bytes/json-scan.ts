import { decodeUtf8 } from './utf8.ts';

/**
 * Takes chosen values out of JSON texts while they go by, without holding them: a list of embeddings or a picture of many
 * megabytes passes in a few bytes of memory. Fed with Latin-1 pieces (one char a byte) cut anywhere; what it gives is UTF-8
 * decoded and as JSON.parse has it.
 *
 * Several texts may follow one another (NDJSON); a list at the top counts as its elements, each a text of its own. Broken
 * input gives what could be read of it, and never throws.
 */
export interface JsonScan {
  push(piece: string): void;
  /** The text is over, whole or not; the scan is then as new. A string that was cut is still given as text. */
  end(): void;
}

export interface JsonSink {
  /** A wanted value is whole. Of a key that comes twice both are given, as they come. */
  value(path: string, value: unknown): void;
  /**
   * A string somewhere below a wanted path: the key it stands at (of a list, the list's), its text as far as it was kept,
   * and how many bytes it had.
   */
  text?(path: string, key: string, text: string, size: number): void;
  /** A text has ended; `whole`: with its last bracket. */
  ended?(whole: boolean): void;
}

/** What is wanted, made ready once for many scans. */
export interface JsonPaths {
  readonly root: PathNode;
}

interface PathNode {
  keys: Map<string, PathNode> | null;
  each: PathNode | null;
  value: string | null;
  texts: string | null;
}

export interface WantedPaths {
  /**
   * Keys joined by dots, `[]` for each element: `usage`, `response.model`, `data[].usage`. A leading `[]` is the elements of a
   * list at the top: `[].to` is what `to` is, and `[]` each of them. What is below a wanted value is not looked for.
   */
  values?: readonly string[];
  /** Paths below which (and at which) every string is given as text. */
  texts?: readonly string[];
}

export function compileJsonPaths({ values = [], texts = [] }: WantedPaths): JsonPaths {
  const root = emptyNode();
  for (const path of values) nodeAt(root, path).value = path;
  for (const path of texts) nodeAt(root, path).texts = path;
  return { root };
}

function emptyNode(): PathNode {
  return { keys: null, each: null, value: null, texts: null };
}

function nodeAt(root: PathNode, path: string): PathNode {
  let node = root;
  for (const step of path.replace(/^\[\]/, '').replaceAll('[]', '.[]').split('.')) {
    if (step === '') continue;
    if (step === '[]') node = node.each ??= emptyNode();
    else {
      node.keys ??= new Map();
      const next = node.keys.get(step) ?? emptyNode();
      node.keys.set(step, next);
      node = next;
    }
  }
  return node;
}

/** A container that is being looked into. */
interface Frame {
  list: boolean;
  node: PathNode | null;
  texts: string | null;
  /** The key it is at; of a list, the one the list stands at. */
  key: string;
  /** In an object: a key is next. */
  atKey: boolean;
  /** A value is next, and nothing of it was seen yet. */
  awaits: boolean;
}

/** What the bytes at hand are part of. */
const Mode = {
  Structure: 0,
  Key: 1,
  /** A string to pass over. */
  String: 2,
  /** A string that is wanted as text. */
  Text: 3,
  /** A wanted string. */
  StringValue: 4,
  /** A wanted number, true, false or null. */
  Scalar: 5,
  /** A container, passed over or wanted. */
  Inside: 6,
} as const;
type Mode = (typeof Mode)[keyof typeof Mode];

/** Longer keys are on nobody's path. */
const LONGEST_KEY = 256;
const DEEPEST = 128;
const VALUE_LIMIT = 64 * 1024;
const TEXT_LIMIT = 64 * 1024;

/** `valueLimit`: longer values are not given; `textLimit`: most bytes kept of one string of text. */
export function createJsonScan(
  { root }: JsonPaths,
  sink: JsonSink,
  { valueLimit = VALUE_LIMIT, textLimit = TEXT_LIMIT }: { valueLimit?: number; textLimit?: number } = {},
): JsonScan {
  let stack: Frame[] = [];
  let mode: Mode = Mode.Structure;
  let inString = false;
  let escaped = false;
  let depth = 0;
  /** The top is a list, whose elements are the texts. */
  let rootList = false;
  let began = false;
  /** What is kept of the value, key or text being read; `size` counts all of it. */
  let kept = '';
  let size = 0;
  let limit = 0;
  let path: string | null = null;
  const structural = /["{}[\]]/g;

  function keep(piece: string, from: number, to: number): void {
    if (to <= from) return;
    if (kept.length < limit) kept += piece.slice(from, Math.min(to, from + limit - kept.length));
    size += to - from;
  }

  function start(next: Mode, most: number, at: string | null): void {
    mode = next;
    kept = '';
    size = 0;
    limit = most;
    path = at;
  }

  /** A value begins with this char; gives whether its first char is to be read again in the new mode. */
  function begin(code: number): boolean {
    const top = stack.at(-1);
    let node: PathNode | null;
    let texts: string | null = null;
    if (top) {
      top.awaits = false;
      node = top.node === null ? null : top.list ? top.node.each : (top.node.keys?.get(top.key) ?? null);
      texts = node?.texts ?? top.texts;
    } else {
      if (code === OPEN_LIST && !rootList) {
        rootList = true;
        return false;
      }
      node = root;
      began = true;
    }
    const container = code === OPEN_OBJECT || code === OPEN_LIST;
    if (node !== null && node.value !== null && (top || rootList)) {
      if (container) start(Mode.Inside, valueLimit, node.value);
      else if (code === QUOTE) start(Mode.StringValue, valueLimit, node.value);
      else start(Mode.Scalar, valueLimit, node.value);
      depth = 0;
      return container || code !== QUOTE;
    }
    if (code === QUOTE) {
      if (texts === null) start(Mode.String, 0, null);
      else start(Mode.Text, textLimit, texts);
      return false;
    }
    if (!container) {
      if (!top) ended();
      return false;
    }
    const list = code === OPEN_LIST;
    const looksInside = texts !== null || (node !== null && (list ? node.each !== null : node.keys !== null));
    if (looksInside && stack.length < DEEPEST) {
      stack.push({ list, node, texts, key: list ? (top?.key ?? '') : '', atKey: !list, awaits: list });
      return false;
    }
    start(Mode.Inside, 0, null);
    depth = 0;
    return true;
  }

  /** Behind a value, or a list's or object's end. */
  function finished(): void {
    mode = Mode.Structure;
    if (stack.length === 0) ended();
  }

  function ended(): void {
    if (!began) return;
    began = false;
    sink.ended?.(true);
  }

  function give(text: string): void {
    if (path === null || size > valueLimit) return;
    const value = parse(decodeUtf8(text));
    if (value !== undefined) sink.value(path, value);
  }

  function giveText(): void {
    sink.text?.(path ?? '', stack.at(-1)?.key ?? '', unescape(kept), size);
  }

  /** From behind a quote, or in the middle: where the string ends in this piece, or -1. */
  function endOfString(piece: string, from: number): number {
    let at = from;
    if (escaped && at < piece.length) {
      escaped = false;
      at += 1;
    }
    for (;;) {
      const quote = piece.indexOf('"', at);
      const end = quote < 0 ? piece.length : quote;
      let slash = end;
      while (slash > at && piece.charCodeAt(slash - 1) === BACKSLASH) slash -= 1;
      const odd = (end - slash) % 2 === 1;
      if (quote < 0) {
        if (end > at) escaped = odd;
        return -1;
      }
      if (!odd) return quote;
      at = quote + 1;
    }
  }

  function takeString(piece: string, from: number): number {
    const end = endOfString(piece, from);
    keep(piece, from, end < 0 ? piece.length : end);
    if (end < 0) return piece.length;
    if (mode === Mode.Key) {
      const top = stack.at(-1);
      if (top) {
        top.key = size <= LONGEST_KEY ? unescape(kept) : '';
        top.atKey = false;
      }
      mode = Mode.Structure;
    } else {
      if (mode === Mode.Text) giveText();
      else if (mode === Mode.StringValue) give(`"${kept}"`);
      finished();
    }
    return end + 1;
  }

  function takeScalar(piece: string, from: number): number {
    let at = from;
    while (at < piece.length && !isAfterScalar(piece.charCodeAt(at))) at += 1;
    keep(piece, from, at);
    if (at < piece.length) {
      give(kept);
      finished();
    }
    return at;
  }

  function takeInside(piece: string, from: number): number {
    let at = from;
    while (at < piece.length) {
      if (inString) {
        const end = endOfString(piece, at);
        if (end < 0) {
          at = piece.length;
          break;
        }
        inString = false;
        at = end + 1;
        continue;
      }
      structural.lastIndex = at;
      // Not exec, which makes a list for each.
      if (!structural.test(piece)) {
        at = piece.length;
        break;
      }
      at = structural.lastIndex;
      const code = piece.charCodeAt(at - 1);
      if (code === QUOTE) inString = true;
      else if (code === OPEN_OBJECT || code === OPEN_LIST) depth += 1;
      else {
        depth -= 1;
        if (depth === 0) {
          keep(piece, from, at);
          give(kept);
          finished();
          return at;
        }
      }
    }
    keep(piece, from, at);
    return at;
  }

  function takeStructure(piece: string, from: number): number {
    let at = from;
    while (at < piece.length) {
      const code = piece.charCodeAt(at);
      const top = stack.at(-1);
      switch (code) {
        case 32:
        case 9:
        case 10:
        case 13:
          break;
        case COMMA:
          if (top) {
            top.atKey = !top.list;
            top.awaits = top.list;
          }
          break;
        case COLON:
          if (top && !top.list) top.awaits = true;
          break;
        case CLOSE_OBJECT:
        case CLOSE_LIST:
          if (top) {
            stack.pop();
            finished();
          } else rootList = false;
          break;
        case QUOTE:
          if (top?.atKey) start(Mode.Key, LONGEST_KEY, null);
          else begin(code);
          return at + 1;
        case OPEN_OBJECT:
        case OPEN_LIST:
          if (begin(code)) return at;
          break;
        default:
          // Of a number or a word only the first char is a beginning.
          if (top?.awaits && begin(code)) return at;
      }
      at += 1;
    }
    return at;
  }

  return {
    push(piece) {
      let at = 0;
      while (at < piece.length) {
        switch (mode) {
          case Mode.Structure:
            at = takeStructure(piece, at);
            break;
          case Mode.Scalar:
            at = takeScalar(piece, at);
            break;
          case Mode.Inside:
            at = takeInside(piece, at);
            break;
          default:
            at = takeString(piece, at);
        }
      }
    },
    end() {
      if (mode === Mode.Text && size > 0) giveText();
      stack = [];
      mode = Mode.Structure;
      inString = false;
      escaped = false;
      rootList = false;
      if (began) {
        began = false;
        sink.ended?.(false);
      }
    },
  };
}

const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const OPEN_LIST = 91;
const BACKSLASH = 92;
const CLOSE_LIST = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;

function isAfterScalar(code: number): boolean {
  return code === COMMA || code === CLOSE_LIST || code === CLOSE_OBJECT || code <= 32;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** The text of a string as it stands between its quotes, which may have been cut in the middle of an escape. */
function unescape(raw: string): string {
  const text = decodeUtf8(raw);
  if (!text.includes('\\')) return text;
  const whole = parse(`"${text}"`) ?? parse(`"${text.replace(/\\(?:u[0-9a-fA-F]{0,3})?$/, '')}"`);
  return typeof whole === 'string' ? whole : text;
}
