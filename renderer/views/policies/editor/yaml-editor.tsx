import { autocompletion, closeBrackets, completionKeymap } from '@codemirror/autocomplete';
import type { CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint';
import { EditorState, StateEffect, StateField } from '@codemirror/state';
import { Decoration, drawSelection, EditorView, keymap, lineNumbers } from '@codemirror/view';
import type { DecorationSet } from '@codemirror/view';
import { useEffect, useEffectEvent, useImperativeHandle, useRef } from 'react';
import type { ReactNode, Ref } from 'react';
import type { PolicyProblem } from '../../../../shared/contract/policies.ts';
import { words } from '../../../words/index.ts';
import { yamlLook } from '../code-look.ts';
import { offerAt } from './complete.ts';
import type { TextChange } from './item-edit.ts';
import './yaml-editor.css';

export interface YamlEditorHandle {
  /** As one step that can be taken back with the editor’s own undo. */
  change: (changes: readonly TextChange[]) => void;
  /** To a line (from 1) and column, with the cursor there; `focus`: and the keys go there. */
  goTo: (line: number, column: number, focus: boolean) => void;
  cursor: () => number;
}

export interface YamlEditorProps {
  ref: Ref<YamlEditorHandle>;
  /** What stands there at first. */
  text: string;
  problems: readonly PolicyProblem[];
  /** The lines that the form shows, from 1. */
  shown: { line: number; endLine: number } | null;
  onChange: (text: string, cursor: number) => void;
  onCursor: (offset: number) => void;
  /** Values of a field seen in calls. */
  seen: (field: string) => Promise<readonly string[]>;
}

const setShown = StateEffect.define<{ line: number; endLine: number } | null>();
const shownLine = Decoration.line({ class: 'yaml-shown' });
const shownField = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(before, transaction) {
    for (const effect of transaction.effects) {
      if (!effect.is(setShown)) continue;
      if (!effect.value) return Decoration.none;
      const { doc } = transaction.state;
      const last = Math.min(effect.value.endLine, doc.lines);
      const lines = [];
      for (let line = effect.value.line; line <= last; line++) lines.push(shownLine.range(doc.line(line).from));
      return Decoration.set(lines);
    }
    return before.map(transaction.changes);
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** The policy file as text: coloured, completed, with its mistakes at their places. */
export function YamlEditor({ ref, text, problems, shown, onChange, onCursor, seen }: YamlEditorProps): ReactNode {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const begin = useRef(text);
  const changed = useEffectEvent(onChange);
  const moved = useEffectEvent(onCursor);
  const known = useEffectEvent(seen);

  useEffect(() => {
    if (!place.current) return;
    async function complete(context: CompletionContext): Promise<CompletionResult | null> {
      const { from, typed, keys, values, seen: field } = offerAt(context.state.doc.toString(), context.pos);
      if (typed === '' && !context.explicit && keys.length > 0) return null;
      const used = new Set(values);
      const found = field ? await known(field) : [];
      const options = [
        ...keys.map(({ key, takes, named }) => ({
          label: key,
          type: 'property',
          detail: words.policyFields.of(named ?? key).says,
          apply: takes === 'deep' ? `${key}:` : `${key}: `,
        })),
        ...values.map((value) => ({ label: value, type: 'enum' })),
        ...found
          .filter((value) => !used.has(value))
          .map((value) => ({
            label: value,
            type: 'constant',
            apply: /^[\w./-]+$/.test(value) ? value : JSON.stringify(value),
          })),
      ];
      return options.length === 0 ? null : { from, options, validFor: /^[^\s,[\]{}:]*$/ };
    }
    const made = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: begin.current,
        extensions: [
          ...yamlLook(words.policies.edit.yaml, false),
          lineNumbers(),
          history(),
          drawSelection(),
          closeBrackets(),
          lintGutter(),
          shownField,
          autocompletion({ override: [complete], icons: false }),
          keymap.of([...completionKeymap, ...historyKeymap, ...lintKeymap, ...defaultKeymap]),
          EditorView.updateListener.of((update) => {
            const { head } = update.state.selection.main;
            if (update.docChanged) changed(update.state.doc.toString(), head);
            else if (update.selectionSet) moved(head);
          }),
        ],
      }),
    });
    view.current = made;
    return () => {
      view.current = null;
      made.destroy();
    };
  }, []);

  useImperativeHandle(ref, () => ({
    change(changes) {
      view.current?.dispatch({ changes: [...changes], userEvent: 'input.form' });
    },
    goTo(line, column, focus) {
      const editor = view.current;
      if (!editor) return;
      const at = editor.state.doc.line(Math.max(1, Math.min(line, editor.state.doc.lines)));
      const offset = Math.min(at.to, at.from + Math.max(0, column - 1));
      editor.dispatch({
        selection: { anchor: offset },
        effects: EditorView.scrollIntoView(offset, { y: 'start', yMargin: 40 }),
      });
      if (focus) editor.focus();
    },
    cursor: () => view.current?.state.selection.main.head ?? 0,
  }));

  useEffect(() => {
    const editor = view.current;
    if (!editor) return;
    const { doc } = editor.state;
    const offsetOf = (line: number, column: number): number => {
      const at = doc.line(Math.max(1, Math.min(line, doc.lines)));
      return Math.min(at.to, at.from + Math.max(0, column - 1));
    };
    const diagnostics = problems.map(({ line, column, endLine, endColumn, severity, says }) => {
      const from = offsetOf(line, column);
      return { from, to: Math.max(from, offsetOf(endLine, endColumn)), severity, message: says };
    });
    editor.dispatch(setDiagnostics(editor.state, diagnostics));
  }, [problems]);

  const [line, endLine] = [shown?.line ?? 0, shown?.endLine ?? 0];
  useEffect(() => {
    view.current?.dispatch({ effects: setShown.of(line === 0 ? null : { line, endLine }) });
  }, [line, endLine]);

  return <div className="policy-code yaml-editor" ref={place} />;
}
