import { Fragment, useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { Size } from '../../ui/quantity.tsx';
import { words } from '../../words/index.ts';
import type { BodyReader } from './body-reader.ts';
import type { PartFacts, Shown } from './protocol.ts';

const say = words.inspect.viewer;

/** The parts of a multipart body; the chosen one below, shown like any body. */
export function PartsView({
  reader,
  shown,
  draw,
}: {
  reader: BodyReader;
  shown: Shown & { kind: 'parts' };
  draw: (bytes: Uint8Array<ArrayBuffer>, part: PartFacts) => ReactNode;
}): ReactNode {
  const [open, setOpen] = useState(0);
  const [bytes, setBytes] = useState<{ index: number; bytes: Uint8Array<ArrayBuffer> } | null>(null);
  useEffect(() => {
    let current = true;
    void reader.ask('part', { index: open }).then(
      (answer) => current && setBytes({ index: open, bytes: answer.bytes }),
      () => {},
    );
    return () => void (current = false);
  }, [reader, open, shown]);
  const part = shown.parts[open];
  return (
    <div className="parts-view">
      <ul className="parts-list" role="listbox" aria-label={say.parts}>
        {shown.parts.map((one, index) => (
          <li
            key={index}
            role="option"
            aria-selected={index === open}
            tabIndex={index === open ? 0 : -1}
            onClick={() => setOpen(index)}
            onKeyDown={(event) => {
              const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
              const next = index + by;
              if (by === 0 || next < 0 || next >= shown.parts.length) return;
              event.preventDefault();
              setOpen(next);
              (event.currentTarget.parentElement?.children[next] as HTMLElement | undefined)?.focus();
            }}
          >
            <span className="ellipsis">{one.title}</span>
            <span className="dim ellipsis">{one.contentType ?? ''}</span>
            <span className="numeric">
              <Size bytes={one.bytes} />
            </span>
            {!one.whole && <span className="tone-client">{say.partCut}</span>}
          </li>
        ))}
      </ul>
      {part && bytes?.index === open && <Fragment key={open}>{draw(bytes.bytes, part)}</Fragment>}
    </div>
  );
}
