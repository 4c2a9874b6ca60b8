/**
 * Reads one list out of a long JSON text without holding the text: the elements of the array at a path of keys, each as its
 * own bytes, as they become whole. Everything else is passed over. Fed with UTF-8 bytes cut anywhere.
 *
 * The outside of the list is only looked at as far as the way to it needs; an element's bytes are for JSON.parse to judge.
 */
export interface JsonElement {
  /** From 0. */
  index: number;
  /** Where it begins in the text, in bytes. */
  at: number;
  /** Null when it is longer than the limit. */
  bytes: Uint8Array | null;
}

export interface JsonProblem {
  at: number;
  says: string;
}

export interface JsonElements {
  /** The elements that became whole; after a problem none. */
  push(chunk: Uint8Array): JsonElement[];
  /** What is wrong with the text, once it has ended; null when the list was there and whole. */
  end(): JsonProblem | null;
}

const QUOTE = 34;
const BACKSLASH = 92;
/** Longer keys are on nobody's path. */
const LONGEST_KEY = 256;

/** `limit`: most bytes of one element. */
export function createJsonElements(path: readonly string[], limit: number): JsonElements {
  /** Containers around the present place, `{` or `[`, with the key an object is at. */
  const stack: { open: number; key: string }[] = [];
  let offset = 0;
  let inString = false;
  let escaped = false;
  let key: number[] | null = null; // the string being read, where it may be a key on the path
  let lastString: string | null = null;
  let problem: JsonProblem | null = null;
  let list: 'before' | 'inside' | 'after' = 'before';
  let began = false;
  let over = false;
  // The element being read.
  let element: { at: number; parts: Uint8Array[]; size: number; depth: number } | null = null;
  let index = 0;

  const fail = (at: number, says: string): void => {
    problem ??= { at, says };
  };

  /** Whether the value that begins now is the list: the keys of the objects around it are the path. */
  function isList(): boolean {
    return (
      stack.length === path.length && stack.every(({ open, key: at }, level) => open === 123 && at === path[level])
    );
  }

  function keep(chunk: Uint8Array, from: number, to: number): void {
    if (element === null || to <= from) return;
    element.size += to - from;
    if (element.size <= limit) element.parts.push(chunk.slice(from, to));
    else element.parts.length = 0;
  }

  function finish(found: JsonElement[]): void {
    if (element === null) return;
    const { at, parts, size } = element;
    found.push({ index, at, bytes: size > limit ? null : join(parts, size) });
    index += 1;
    element = null;
  }

  return {
    push(chunk) {
      const found: JsonElement[] = [];
      if (problem !== null) return found;
      let from = 0; // where the element's bytes in this chunk begin
      for (let i = 0; i < chunk.length; i += 1) {
        const byte = chunk[i]!;
        if (inString) {
          if (escaped) escaped = false;
          else if (byte === BACKSLASH) escaped = true;
          else if (byte === QUOTE) {
            inString = false;
            if (key !== null) lastString = String.fromCharCode(...key);
            key = null;
            continue;
          }
          if (key !== null && key.length < LONGEST_KEY) key.push(byte);
          continue;
        }
        if (byte === 32 || byte === 10 || byte === 13 || byte === 9) {
          if (element !== null && element.depth === 0) {
            keep(chunk, from, i);
            finish(found);
          }
          continue;
        }
        if (!began) {
          // A byte order mark is no part of the text.
          if (offset + i < 3 && (byte === 0xef || byte === 0xbb || byte === 0xbf)) continue;
          began = true;
          if (byte !== 123) fail(offset + i, 'this is no JSON object');
        } else if (over) fail(offset + i, 'there is something behind the end');
        if (problem !== null) return found;
        if (list === 'inside') {
          if (element === null) {
            if (byte === 44) continue; // between two elements
            if (byte === 93) {
              list = 'after';
              continue;
            }
            if (byte === 125 || byte === 58) {
              fail(offset + i, `a list cannot have ${JSON.stringify(String.fromCharCode(byte))} here`);
              return found;
            }
            element = { at: offset + i, parts: [], size: 0, depth: 0 };
            from = i;
          } else if (element.depth === 0 && (byte === 44 || byte === 93)) {
            keep(chunk, from, i);
            finish(found);
            if (byte === 93) list = 'after';
            continue;
          }
          if (byte === QUOTE) inString = true;
          else if (byte === 123 || byte === 91) element.depth += 1;
          else if (byte === 125 || byte === 93) {
            element.depth -= 1;
            if (element.depth < 0) {
              fail(offset + i, 'a bracket closes that was not opened');
              return found;
            }
            if (element.depth === 0) {
              keep(chunk, from, i + 1);
              finish(found);
            }
          }
          continue;
        }
        switch (byte) {
          case QUOTE:
            inString = true;
            key = stack.length <= path.length && list === 'before' ? [] : null;
            lastString = null;
            break;
          case 58: {
            const top = stack.at(-1);
            if (top) top.key = lastString ?? '';
            break;
          }
          case 91:
            if (list === 'before' && isList()) {
              list = 'inside';
              break;
            }
            stack.push({ open: byte, key: '' });
            break;
          case 123:
            stack.push({ open: byte, key: '' });
            break;
          case 93:
          case 125: {
            const top = stack.pop();
            if (!top || top.open !== byte - 2) {
              fail(offset + i, 'a bracket closes that was not opened');
              return found;
            }
            over = stack.length === 0;
            break;
          }
          default:
            break;
        }
      }
      keep(chunk, element !== null && element.at >= offset ? element.at - offset : 0, chunk.length);
      offset += chunk.length;
      return found;
    },
    end() {
      if (problem !== null) return problem;
      if (!began) return { at: 0, says: 'there is nothing in it' };
      if (!over) {
        const inside = element !== null ? `, in the middle of element ${index + 1}` : '';
        return { at: offset, says: `it ends too early${inside}` };
      }
      return list === 'before' ? { at: offset, says: `it has no list ${path.join('.')}` } : null;
    },
  };
}

function join(parts: readonly Uint8Array[], size: number): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  const all = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
