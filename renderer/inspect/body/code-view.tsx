import { useEffect, useEffectEvent, useRef } from 'react';
import type { ReactNode } from 'react';
import { defaultKeymap } from '@codemirror/commands';
import {
  codeFolding,
  foldedRanges,
  foldEffect,
  foldGutter,
  foldKeymap,
  foldService,
  unfoldAll,
  unfoldEffect,
} from '@codemirror/language';
import { EditorState, StateEffect, StateField } from '@codemirror/state';
import type { Extension, Range } from '@codemirror/state';
import { Decoration, drawSelection, EditorView, keymap, lineNumbers } from '@codemirror/view';
import type { DecorationSet } from '@codemirror/view';
import { styleNonce } from '../../ui/nonce.ts';
import { codeColours, languageOf } from './code-language.ts';
import type { Language } from './protocol.ts';

const setMatches = StateEffect.define<{ matches: Uint32Array; current: number }>();
const found = Decoration.mark({ class: 'found' });
const foundCurrent = Decoration.mark({ class: 'found found-current' });
const matchField = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(before, transaction) {
    for (const effect of transaction.effects) {
      if (!effect.is(setMatches)) continue;
      const { matches, current } = effect.value;
      const ranges: Range<Decoration>[] = [];
      for (let at = 0; at * 2 < matches.length; at++)
        ranges.push((at === current ? foundCurrent : found).range(matches[at * 2] ?? 0, matches[at * 2 + 1] ?? 0));
      return Decoration.set(ranges);
    }
    return before;
  },
  provide: (field) => EditorView.decorations.from(field),
});

const LONG_TO_COLOUR = 400_000;

/** The stretch of the text that can be folded and begins in a line. */
function folding(folds: readonly number[]): Extension {
  return foldService.of((_, lineStart, lineEnd) => {
    let low = 0;
    let high = folds.length / 3;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((folds[middle * 3] ?? 0) <= lineStart) low = middle + 1;
      else high = middle;
    }
    const from = folds[low * 3];
    const to = folds[low * 3 + 1];
    return from !== undefined && to !== undefined && from <= lineEnd && to > from ? { from, to } : null;
  });
}

export interface CodeViewProps {
  text: string;
  language: Language;
  folds: readonly number[];
  label: string;
  matches: Uint32Array;
  current: number;
  /** Folds what lies deeper than this; 0 unfolds all. A new object does it again. */
  foldTo: { depth: number } | null;
  wrap: boolean;
  onCaret?: (offset: number) => void;
}

/** A text to read: coloured, folding, searchable from outside. For texts of up to a million characters. */
export default function CodeView(props: CodeViewProps): ReactNode {
  const { text, language, folds, label, matches, current, foldTo, wrap, onCaret } = props;
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const tell = useEffectEvent((offset: number) => onCaret?.(offset));

  useEffect(() => {
    if (!place.current) return;
    const made = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: text,
        extensions: [
          EditorState.readOnly.of(true),
          EditorView.contentAttributes.of({ 'aria-label': label, 'aria-readonly': 'true', 'aria-multiline': 'true' }),
          ...(styleNonce === undefined ? [] : [EditorView.cspNonce.of(styleNonce)]),
          lineNumbers(),
          drawSelection(),
          keymap.of([...foldKeymap, ...defaultKeymap]),
          text.length <= LONG_TO_COLOUR || language === 'json' || language === 'xml' ? languageOf(language) : [],
          codeColours,
          matchField,
          ...(folds.length > 0 || language === 'html' || language === 'css' || language === 'javascript'
            ? [
                codeFolding({ placeholderText: '…' }),
                foldGutter({ openText: '▾', closedText: '▸' }),
                ...(folds.length > 0 ? [folding(folds)] : []),
              ]
            : []),
          ...(wrap ? [EditorView.lineWrapping] : []),
          EditorView.updateListener.of((update) => {
            if (update.selectionSet) tell(update.state.selection.main.head);
          }),
        ],
      }),
    });
    view.current = made;
    return () => {
      view.current = null;
      made.destroy();
    };
  }, [text, language, folds, label, wrap]);

  useEffect(() => {
    if (!view.current) return;
    const from = matches[current * 2];
    const hiding: StateEffect<unknown>[] = [];
    // What was found may lie in what is folded.
    if (from !== undefined)
      foldedRanges(view.current.state).between(from, from, (start, end) => {
        hiding.push(unfoldEffect.of({ from: start, to: end }));
      });
    view.current.dispatch({
      effects: [
        ...hiding,
        setMatches.of({ matches, current }),
        ...(from === undefined ? [] : [EditorView.scrollIntoView(from, { y: 'center' })]),
      ],
    });
  }, [matches, current, text, folds, wrap]);

  useEffect(() => {
    if (!foldTo || !view.current) return;
    unfoldAll(view.current);
    if (foldTo.depth === 0) return;
    const effects: StateEffect<unknown>[] = [];
    for (let at = 0; at < folds.length; at += 3) {
      const [from, to, depth] = folds.slice(at, at + 3);
      if (depth === foldTo.depth + 1 && from !== undefined && to !== undefined && to > from)
        effects.push(foldEffect.of({ from, to }));
    }
    view.current.dispatch({ effects });
  }, [foldTo, folds]);

  return <div className="code-view" ref={place} />;
}
