import { useEffect, useRef } from 'react';
import type { ReactNode } from 'react';
import { unifiedMergeView } from '@codemirror/merge';
import { EditorState } from '@codemirror/state';
import { EditorView, lineNumbers } from '@codemirror/view';
import { yamlLook } from './code-look.ts';

/** Two texts as one, with what went and what came marked by colour and by place; long common stretches are folded. */
export default function DiffView({
  before,
  after,
  label,
  onEdit,
}: {
  before: string;
  after: string;
  label: string;
  /** Each change can then be taken or left, and the text be written on. */
  onEdit?: (text: string) => void;
}): ReactNode {
  const place = useRef<HTMLDivElement>(null);
  const told = useRef(onEdit);
  told.current = onEdit;
  const editable = onEdit !== undefined;
  const begin = useRef(after);
  if (!editable) begin.current = after;
  const text = begin.current;
  useEffect(() => {
    if (!place.current) return;
    const view = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: text,
        extensions: [
          ...yamlLook(label, !editable),
          lineNumbers(),
          EditorView.lineWrapping,
          ...(editable ? [] : [EditorState.readOnly.of(true), EditorView.editable.of(false)]),
          unifiedMergeView({
            original: before,
            mergeControls: editable,
            gutter: true,
            collapseUnchanged: { margin: 3, minSize: 6 },
            diffConfig: { scanLimit: 500, timeout: 300 },
          }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) told.current?.(update.state.doc.toString());
          }),
        ],
      }),
    });
    return () => view.destroy();
  }, [before, text, label, editable]);
  return <div className="policy-code diff-view" ref={place} />;
}
