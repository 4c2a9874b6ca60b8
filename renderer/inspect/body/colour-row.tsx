import type { ReactNode } from 'react';
import type { Language } from './protocol.ts';

const PATTERNS: Partial<Record<Language, RegExp>> = {
  json: /("(?:[^"\\]|\\.)*"?)(\s*:)?|(-?\d[\d.eE+-]*)|\b(true|false|null)\b/g,
  fields: /("(?:[^"\\]|\\.)*"?)(\s*:)?|(\b0x[0-9a-f]+|\b\d+)|(#.*$)/g,
  graphql:
    /("(?:[^"\\]|\\.)*"?)(\s*:)?|(-?\b\d[\d.]*)|(#.*$|\b(?:query|mutation|subscription|fragment|on|true|false|null)\b|\$\w+|@\w+)/g,
  xml: /(<!--.*?(?:-->|$)|"[^"]*"?)()|()(<\/?[\w:.-]+|\/?>)/g,
};

/** One row of a text in colour, and what was found in it marked. `matches`: pairs of from and to within the row. */
export function ColouredRow({
  text,
  language,
  matches,
}: {
  text: string;
  language: Language;
  matches: readonly (readonly [from: number, to: number, current: boolean])[];
}): ReactNode {
  if (matches.length > 0) {
    const pieces: ReactNode[] = [];
    let at = 0;
    for (const [from, to, current] of matches) {
      pieces.push(text.slice(at, from));
      pieces.push(
        <mark key={from} className={current ? 'found-current' : undefined}>
          {text.slice(from, to)}
        </mark>,
      );
      at = to;
    }
    pieces.push(text.slice(at));
    return pieces;
  }
  const pattern = PATTERNS[language];
  if (!pattern) return text;
  const pieces: ReactNode[] = [];
  let at = 0;
  for (const found of text.matchAll(pattern)) {
    const [whole, quoted, colon, number] = found;
    if (whole === '') continue;
    if (found.index > at) pieces.push(text.slice(at, found.index));
    const kind = quoted
      ? colon
        ? 'key'
        : quoted.startsWith('<!--')
          ? 'note'
          : 'string'
      : number
        ? 'number'
        : whole.startsWith('#')
          ? 'note'
          : language === 'xml'
            ? 'key'
            : 'atom';
    pieces.push(
      <span key={found.index} className={`code-${kind}`}>
        {whole}
      </span>,
    );
    at = found.index + whole.length;
  }
  pieces.push(text.slice(at));
  return pieces;
}
