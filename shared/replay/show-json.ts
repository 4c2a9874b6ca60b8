import type { Json } from '../diff/json-diff.ts';

/** A value as JSON in one line, no longer than `most` characters and a `…`. */
export function showJson(value: Json, most = 500): string {
  const pieces: string[] = [];
  let left = most;
  const say = (piece: string): void => {
    if (left > 0) pieces.push(piece.length > left ? `${piece.slice(0, left).toWellFormed()}…` : piece);
    left -= piece.length;
  };
  const write = (one: Json): void => {
    if (left <= 0) return;
    if (Array.isArray(one)) {
      say('[');
      for (const [index, item] of one.entries()) {
        if (left <= 0) return;
        if (index > 0) say(', ');
        write(item);
      }
      say(']');
    } else if (typeof one === 'object' && one !== null) {
      say('{');
      for (const [index, key] of Object.keys(one).entries()) {
        if (left <= 0) return;
        say(`${index > 0 ? ', ' : ''}${JSON.stringify(key)}: `);
        write(one[key] ?? null);
      }
      say('}');
    } else if (typeof one === 'bigint') say(String(one));
    // A long text is not made longer before it is cut.
    else
      say(JSON.stringify(typeof one === 'string' && one.length > most ? `${one.slice(0, most).toWellFormed()}…` : one));
  };
  write(value);
  return pieces.join('');
}

/** What kind of value it is, in a word. */
export function kindOf(value: Json): 'null' | 'boolean' | 'number' | 'text' | 'list' | 'object' {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'list';
  switch (typeof value) {
    case 'boolean':
      return 'boolean';
    case 'string':
      return 'text';
    case 'object':
      return 'object';
    default:
      return 'number';
  }
}
