import { yaml } from '@codemirror/lang-yaml';
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { styleNonce } from '../../ui/nonce.ts';
import './code-look.css';

const colours = syntaxHighlighting(
  HighlightStyle.define([
    { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: 'var(--code-key)' },
    { tag: [tags.string, tags.special(tags.string)], color: 'var(--code-string)' },
    { tag: [tags.number], color: 'var(--code-number)' },
    { tag: [tags.bool, tags.null, tags.keyword, tags.labelName, tags.typeName], color: 'var(--code-atom)' },
    { tag: [tags.comment, tags.meta], color: 'var(--code-note)' },
    { tag: [tags.punctuation, tags.bracket, tags.separator, tags.squareBracket, tags.brace], color: 'var(--text-dim)' },
  ]),
);

/** What every view of YAML here has: its colours, and a name for those who hear it. */
export function yamlLook(label: string, readOnly: boolean): Extension[] {
  return [
    yaml(),
    colours,
    EditorView.contentAttributes.of({
      'aria-label': label,
      'aria-multiline': 'true',
      // Reached with the Tab key also where nothing can be written: long texts are scrolled.
      tabindex: '0',
      ...(readOnly && { 'aria-readonly': 'true' }),
    }),
    ...(styleNonce === undefined ? [] : [EditorView.cspNonce.of(styleNonce)]),
  ];
}
