import { css } from '@codemirror/lang-css';
import { html } from '@codemirror/lang-html';
import { javascript } from '@codemirror/lang-javascript';
import { json } from '@codemirror/lang-json';
import { xml } from '@codemirror/lang-xml';
import { HighlightStyle, StreamLanguage, syntaxHighlighting } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { tags } from '@lezer/highlight';
import type { Language } from './protocol.ts';

/** The colours of code, in both themes. */
export const codeColours = syntaxHighlighting(
  HighlightStyle.define([
    {
      tag: [tags.propertyName, tags.tagName, tags.attributeName, tags.typeName, tags.className],
      color: 'var(--code-key)',
    },
    { tag: [tags.string, tags.attributeValue, tags.special(tags.string), tags.regexp], color: 'var(--code-string)' },
    { tag: [tags.number, tags.unit, tags.color], color: 'var(--code-number)' },
    {
      tag: [tags.bool, tags.null, tags.keyword, tags.atom, tags.definitionKeyword, tags.modifier],
      color: 'var(--code-atom)',
    },
    { tag: [tags.comment, tags.meta, tags.processingInstruction, tags.documentMeta], color: 'var(--code-note)' },
    { tag: [tags.punctuation, tags.bracket, tags.separator, tags.angleBracket], color: 'var(--text-dim)' },
  ]),
);

/** GraphQL and fields by number: coloured word by word. */
const simple = StreamLanguage.define<{ none: true }>({
  startState: () => ({ none: true }),
  token(stream) {
    if (stream.eatSpace()) return null;
    if (stream.match(/^#.*/)) return 'comment';
    if (stream.match(/^"(?:[^"\\]|\\.)*"?(?=\s*:)/)) return 'propertyName';
    if (stream.match(/^"(?:[^"\\]|\\.)*"?/)) return 'string';
    if (stream.match(/^(query|mutation|subscription|fragment|on|true|false|null)\b/)) return 'keyword';
    if (stream.match(/^[$@]\w+/)) return 'atom';
    if (stream.match(/^\w+(?=\s*[:({])/)) return 'propertyName';
    if (stream.match(/^(0x[0-9a-f]+|-?\d[\d.]*(e[+-]?\d+)?)/i)) return 'number';
    if (stream.match(/^\w+/)) return null;
    stream.next();
    return 'punctuation';
  },
});

const LANGUAGES: Readonly<Record<Language, () => Extension>> = {
  json: () => json(),
  xml: () => xml(),
  html: () => html(),
  javascript: () => javascript({ jsx: true, typescript: true }),
  css: () => css(),
  graphql: () => simple,
  fields: () => simple,
  plain: () => [],
};

export function languageOf(language: Language): Extension {
  return LANGUAGES[language]();
}
