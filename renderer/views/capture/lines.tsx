import type { ReactNode } from 'react';
import { CopyButton } from '../../ui/copy-button.tsx';
import { words } from '../../words/index.ts';

/** Something to copy, under what it does. */
export function Lines({ lines }: { lines: readonly { does: string; text: string }[] }): ReactNode {
  return (
    <ol className="capture-lines">
      {lines.map(({ does, text }) => (
        <li key={`${does} ${text}`}>
          <p>{does}</p>
          <div className="capture-line">
            <pre>{text}</pre>
            <CopyButton text={text} label={words.capture.copyLine} />
          </div>
        </li>
      ))}
    </ol>
  );
}
