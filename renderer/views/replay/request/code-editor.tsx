import { closeBrackets } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { Compartment, EditorState } from '@codemirror/state';
import { drawSelection, EditorView, keymap, lineNumbers } from '@codemirror/view';
import { useEffect, useEffectEvent, useRef } from 'react';
import type { ReactNode } from 'react';
import { codeColours, languageOf } from '../../../inspect/body/code-language.ts';
import type { Language } from '../../../inspect/body/protocol.ts';
import { styleNonce } from '../../../ui/nonce.ts';

/** Longer texts are written without colours: every key would wait for them. */
const LONG_TO_COLOUR = 400_000;

export interface CodeEditorProps {
  label: string;
  text: string;
  language: Language;
  /** Each other number than 0 takes the keys here, also when it was there before the editor was. */
  focus?: number;
  onChange: (text: string) => void;
}

/** A text to write, coloured. Tab leaves it, as everywhere; Esc too. */
export default function CodeEditor({ label, text, language, focus = 0, onChange }: CodeEditorProps): ReactNode {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const colours = useRef(new Compartment());
  const changed = useEffectEvent(onChange);
  const isLong = text.length > LONG_TO_COLOUR;
  const begin = useEffectEvent(() => ({ text, language }));

  useEffect(() => {
    if (!place.current) return;
    const first = begin();
    const made = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: first.text,
        extensions: [
          EditorView.contentAttributes.of({ 'aria-label': label, 'aria-multiline': 'true' }),
          ...(styleNonce === undefined ? [] : [EditorView.cspNonce.of(styleNonce)]),
          lineNumbers(),
          history(),
          drawSelection(),
          closeBrackets(),
          EditorView.lineWrapping,
          colours.current.of(first.text.length > LONG_TO_COLOUR ? [] : languageOf(first.language)),
          codeColours,
          keymap.of([
            {
              key: 'Escape',
              // Out of the text, and no further: what is being sent goes on.
              stopPropagation: true,
              run: (editor) => {
                editor.contentDOM.blur();
                return true;
              },
            },
            ...historyKeymap,
            // Mod+Enter sends the draft; it is no new line.
            ...defaultKeymap.filter(({ key }) => key !== 'Mod-Enter'),
          ]),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) changed(update.state.doc.toString());
          }),
        ],
      }),
    });
    view.current = made;
    return () => {
      view.current = null;
      made.destroy();
    };
  }, [label]);

  useEffect(() => {
    view.current?.dispatch({
      effects: colours.current.reconfigure(isLong ? [] : languageOf(language)),
    });
  }, [language, isLong]);

  useEffect(() => {
    if (focus > 0) view.current?.focus();
  }, [focus]);

  // Changed from outside: laid out, another draft.
  useEffect(() => {
    const editor = view.current;
    if (!editor || editor.state.doc.toString() === text) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: text } });
  }, [text]);

  return <div className="code-editor" ref={place} />;
}
