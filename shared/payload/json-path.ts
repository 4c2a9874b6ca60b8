/**
 * The path of the value at a place in a JSON text, as `$.items[3].name`; `$` at the top. Reads from the start of the text
 * to the place and no further, so it works in cut texts.
 */
export function jsonPathAt(text: string, offset: number): string {
  const path: (string | number)[] = [];
  let expectsKey = false;
  let lastKey: string | null = null;
  let at = 0;
  while (at < text.length && at < offset) {
    const char = text.charCodeAt(at);
    if (char === 34) {
      let end = at + 1;
      while (end < text.length && text.charCodeAt(end) !== 34) end += text.charCodeAt(end) === 92 ? 2 : 1;
      if (expectsKey) {
        lastKey = text.slice(at + 1, end);
        // The caret inside of a key means that key.
        path[path.length - 1] = unescape(lastKey);
      }
      at = end + 1;
      continue;
    }
    if (char === 123) {
      path.push('');
      expectsKey = true;
    } else if (char === 91) {
      path.push(0);
      expectsKey = false;
    } else if (char === 125 || char === 93) {
      path.pop();
      expectsKey = false;
    } else if (char === 58) {
      expectsKey = false;
    } else if (char === 44) {
      const top = path.at(-1);
      if (typeof top === 'number') path[path.length - 1] = top + 1;
      else if (top !== undefined) expectsKey = true;
    }
    at++;
  }
  // On a key that begins here, it is not read yet.
  return path.reduce<string>(
    (said, step) =>
      step === ''
        ? said
        : typeof step === 'number'
          ? `${said}[${step}]`
          : /^[A-Za-z_$][\w$]*$/.test(step)
            ? `${said}.${step}`
            : `${said}[${JSON.stringify(step)}]`,
    '$',
  );
}

function unescape(key: string): string {
  if (!key.includes('\\')) return key;
  try {
    return JSON.parse(`"${key}"`) as string;
  } catch {
    return key;
  }
}
