import { useEffect, useRef } from 'react';
import type { ReactNode } from 'react';
import { MergeView } from '@codemirror/merge';
import { EditorState } from '@codemirror/state';
import type { Extension } from '@codemirror/state';
import { EditorView, lineNumbers } from '@codemirror/view';
import { styleNonce } from '../../ui/nonce.ts';
import './body-view.css';
import './merge-view.css';

/** Two texts side by side, with what differs marked and long common stretches folded. */
export default function TextDifference({
  before,
  after,
  labels,
}: {
  before: string;
  after: string;
  labels: readonly [string, string];
}): ReactNode {
  const place = useRef<HTMLDivElement>(null);
  const [labelA, labelB] = labels;
  useEffect(() => {
    if (!place.current) return;
    const side = (label: string): Extension[] => [
      EditorState.readOnly.of(true),
      EditorView.contentAttributes.of({ 'aria-label': label, 'aria-readonly': 'true', 'aria-multiline': 'true' }),
      ...(styleNonce === undefined ? [] : [EditorView.cspNonce.of(styleNonce)]),
      lineNumbers(),
      EditorView.lineWrapping,
    ];
    const view = new MergeView({
      parent: place.current,
      a: { doc: before, extensions: side(labelA) },
      b: { doc: after, extensions: side(labelB) },
      gutter: true,
      collapseUnchanged: { margin: 3, minSize: 6 },
      diffConfig: { scanLimit: 500, timeout: 500 },
    });
    return () => view.destroy();
  }, [before, after, labelA, labelB]);
  return <div className="merge-view code-view" ref={place} />;
}
