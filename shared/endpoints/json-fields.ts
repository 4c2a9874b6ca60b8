/** How much of a body is looked through. */
const MOST = 256 * 1024;

/** The values of an object's own fields, found without building the object: the body may be cut, and most of it does not matter. */
export interface JsonFields {
  /** Texts of string fields, unescaped; at most 64 KB each. */
  texts: Map<string, string>;
  /** Where the values of the other fields start. */
  starts: Map<string, number>;
}

const WHITE = /\s*/y;
const SCALAR = /[^\s,\]}]+/y;

/**
 * The top-level fields of the object that starts at `at`, as far as the text goes. Null when there is none. `wanted`:
 * only these are kept.
 */
export function readFields(
  text: string,
  at: number,
  wanted: ReadonlySet<string>,
): { fields: JsonFields; end: number } | null {
  const stop = Math.min(text.length, MOST);
  let i = skipWhite(text, at);
  if (text.charCodeAt(i) !== 123) return null;
  i += 1;
  const fields: JsonFields = { texts: new Map(), starts: new Map() };
  while (i < stop) {
    i = skipWhite(text, i);
    const code = text.charCodeAt(i);
    if (code === 44) {
      i += 1;
      continue;
    }
    if (code === 125) return { fields, end: i + 1 };
    const key = stringAt(text, i);
    if (!key) break;
    i = skipWhite(text, key.end);
    if (text.charCodeAt(i) !== 58) break;
    i = skipWhite(text, i + 1);
    const keep = wanted.has(key.raw);
    if (text.charCodeAt(i) === 34) {
      const value = stringAt(text, i);
      if (!value) {
        // Cut in the middle of it: what there is of a document still begins as it begins.
        if (keep) fields.texts.set(key.raw, unescape(text.slice(i + 1, i + 65_536)));
        break;
      }
      if (keep) fields.texts.set(key.raw, unescape(value.raw.slice(0, 65_536)));
      i = value.end;
    } else {
      if (keep) fields.starts.set(key.raw, i);
      i = skipValue(text, i, stop);
    }
  }
  return { fields, end: stop };
}

/** The objects of a list that starts at `at`, at most `most`; an object alone is a list of one. */
export function readObjects(
  text: string,
  wanted: ReadonlySet<string>,
  most: number,
): { list: JsonFields[]; more: boolean } {
  const first = skipWhite(text, 0);
  if (text.charCodeAt(first) === 123) {
    const one = readFields(text, first, wanted);
    return { list: one ? [one.fields] : [], more: false };
  }
  const list: JsonFields[] = [];
  if (text.charCodeAt(first) !== 91) return { list, more: false };
  for (let i = first + 1; list.length < most;) {
    const one = readFields(text, i, wanted);
    if (!one) return { list, more: false };
    list.push(one.fields);
    i = skipWhite(text, one.end);
    if (text.charCodeAt(i) !== 44) return { list, more: false };
    i += 1;
  }
  return { list, more: true };
}

function skipWhite(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code > 32) return at;
  WHITE.lastIndex = at;
  WHITE.exec(text);
  return WHITE.lastIndex;
}

function stringAt(text: string, at: number): { raw: string; end: number } | null {
  if (text.charCodeAt(at) !== 34) return null;
  // Most have no escape: found without a pattern.
  const end = text.indexOf('"', at + 1);
  if (end < 0) return null;
  const raw = text.slice(at + 1, end);
  if (!raw.includes('\\')) return { raw, end: end + 1 };
  for (let i = at + 1; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code === 92) i += 1;
    else if (code === 34) return { raw: text.slice(at + 1, i), end: i + 1 };
  }
  return null;
}

/** Over an object, a list, a number or a word. */
function skipValue(text: string, at: number, stop: number): number {
  const open = text.charCodeAt(at);
  if (open !== 123 && open !== 91) {
    SCALAR.lastIndex = at;
    return SCALAR.exec(text) ? SCALAR.lastIndex : stop;
  }
  let depth = 0;
  for (let i = at; i < stop; i += 1) {
    const code = text.charCodeAt(i);
    if (code === 34) {
      const value = stringAt(text, i);
      if (!value) return stop;
      i = value.end - 1;
    } else if (code === 123 || code === 91) depth += 1;
    else if (code === 125 || code === 93) {
      depth -= 1;
      if (depth === 0) return i + 1;
    }
  }
  return stop;
}

function unescape(raw: string): string {
  if (!raw.includes('\\')) return raw;
  return raw.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/gs, (_, code: string | undefined, one: string | undefined) => {
    if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
    return one === 'n' ? '\n' : one === 'r' || one === 't' ? ' ' : (one ?? '');
  });
}
