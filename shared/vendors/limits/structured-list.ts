/** One member of a structured-field list: its item and its parameters (RFC 9651 §3.1, items only). */
export interface Member {
  item: string | number;
  parameters: Readonly<Record<string, string | number | boolean>>;
}

const MOST = 32;
const KEY = /[a-z*][a-z0-9_\-.*]*/y;
const NUMBER = /-?\d{1,15}(?:\.\d{1,3})?/y;
const STRING = /"((?:[^"\\\x00-\x1f\x7f-\uffff]|\\["\\])*)"/y;
const TOKEN = /[A-Za-z*][\w!#$%&'*+\-.^`|~:/]*/y;
const BYTES = /:([A-Za-z0-9+/=]*):/y;
const TRUTH = /\?([01])/y;

/** Reads such a list. Null when anything of it is malformed: half of a list is not to be believed. */
export function readStructuredList(text: string): Member[] | null {
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found) at = pattern.lastIndex;
    return found;
  };
  const skip = (): void => {
    while (text[at] === ' ' || text[at] === '\t') at += 1;
  };
  const item = (): string | number | boolean | null => {
    const quoted = take(STRING);
    if (quoted) return quoted[1]!.replace(/\\(.)/g, '$1');
    const number = take(NUMBER);
    if (number) return Number(number[0]);
    const truth = take(TRUTH);
    if (truth) return truth[1] === '1';
    const bytes = take(BYTES);
    if (bytes) return bytes[1]!;
    return take(TOKEN)?.[0] ?? null;
  };

  const members: Member[] = [];
  skip();
  if (at === text.length) return members;
  while (members.length < MOST) {
    const value = item();
    if (value === null || typeof value === 'boolean') return null;
    const parameters: Record<string, string | number | boolean> = Object.create(null) as Record<string, never>;
    while (text[at] === ';') {
      at += 1;
      skip();
      const key = take(KEY)?.[0];
      if (key === undefined) return null;
      let said: string | number | boolean | null = true;
      if (text[at] === '=') {
        at += 1;
        said = item();
        if (said === null) return null;
      }
      parameters[key] = said;
    }
    members.push({ item: value, parameters });
    skip();
    if (at === text.length) return members;
    if (text[at] !== ',') return null;
    at += 1;
    skip();
    if (at === text.length) return null;
  }
  return null;
}
