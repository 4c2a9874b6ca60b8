import type { PrettyText } from './pretty-json.ts';

const TOKEN =
  /<!--[\s\S]*?(?:-->|$)|<!\[CDATA\[[\s\S]*?(?:\]\]>|$)|<\?[\s\S]*?(?:\?>|$)|<![^>]*(?:>|$)|<\/?[^<>"']*(?:"[^"]*"[^<>"']*|'[^']*'[^<>"']*)*(?:>|$)|[^<]+/g;

/**
 * XML with a line for each element. Attributes, comments, CDATA and entities stay as they were written; elements that hold
 * only text stay on one line; blank space between elements is what is changed.
 */
export function prettyXml(source: string): PrettyText {
  const tokens = source.match(TOKEN) ?? [];
  const folds: number[] = [];
  const opened: { name: string; from: number }[] = [];
  let text = '';
  let problem: PrettyText['problem'] = null;
  const line = (content: string): void => {
    text += `${text === '' ? '' : '\n'}${'  '.repeat(Math.min(opened.length, 200))}${content}`;
  };
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] ?? '';
    if (!token.startsWith('<')) {
      if (token.trim() !== '') line(token.trim());
    } else if (token.startsWith('</')) {
      const name = nameOf(token);
      const open = opened.pop();
      if (open?.name !== name) problem ??= { at: text.length, says: `</${name}> closes nothing that is open` };
      line(token);
      if (open) folds.push(open.from, text.length - token.length, opened.length + 1);
    } else if (/^<[!?]/.test(token) || token.endsWith('/>')) {
      line(token);
    } else {
      const name = nameOf(token);
      const inside: string[] = [];
      let next = at + 1;
      while (next < tokens.length && isText(tokens[next] ?? '')) inside.push(tokens[next++] ?? '');
      const close = tokens[next] ?? '';
      if (close.startsWith('</') && nameOf(close) === name) {
        line(`${token}${inside.join('').trim() === '' ? '' : inside.join('')}${close}`);
        at = next;
      } else {
        line(token);
        opened.push({ name, from: text.length });
      }
    }
  }
  if (opened.length > 0) problem ??= { at: text.length, says: 'it ends in the middle' };
  return { text, folds: inOrder(folds), problem };
}

function isText(token: string): boolean {
  return !token.startsWith('<') || token.startsWith('<![CDATA[');
}

function nameOf(tag: string): string {
  return /^<\/?([^\s/>]*)/.exec(tag)?.[1] ?? '';
}

function inOrder(folds: number[]): number[] {
  const triples = Array.from({ length: folds.length / 3 }, (_, index) => folds.slice(index * 3, index * 3 + 3));
  return triples.sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0)).flat();
}
