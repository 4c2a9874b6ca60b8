import type { ReactNode } from 'react';
import { words } from '../../words/index.ts';
import { Windowed } from '../windowed.tsx';
import type { BodyReader } from './body-reader.ts';
import { ColouredRow } from './colour-row.tsx';
import type { Shown } from './protocol.ts';
import { useWindow } from './use-window.ts';

const ROW = 18;

/** A text too large for an editor: rows come from the worker as they are looked at. */
export function WindowView({
  reader,
  shown,
  matches,
  current,
  goTo,
  onPlace,
}: {
  reader: BodyReader;
  shown: Shown & { kind: 'rows' };
  matches: Uint32Array;
  current: number;
  goTo: { row: number } | null;
  /** A row was pointed at: its offset in the text. */
  onPlace: (offset: number) => void;
}): ReactNode {
  const rows = useWindow((from, count) => reader.ask('rows', { from, count }));
  const digits = String(shown.lines).length;
  return (
    <Windowed
      rows={shown.rows}
      rowHeight={ROW}
      label={words.inspect.viewer.text}
      className="window-view"
      goTo={goTo}
      draw={(from, count) =>
        Array.from({ length: count }, (_, index) => {
          const held = rows.block(from + index);
          const text = held?.block.texts[held.at] ?? '';
          const start = held?.block.starts[held.at] ?? 0;
          const line = held?.block.lines[held.at] ?? 0;
          return (
            <div
              key={from + index}
              className="window-row"
              style={{ height: ROW }}
              onClick={() => onPlace(start + Math.max(0, text.search(/\S/)) + 1)}
              role="presentation"
            >
              <span className="window-line" style={{ width: `${digits + 2}ch` }} aria-hidden>
                {line > 0 ? line : held ? '↳' : ''}
              </span>
              <ColouredRow
                text={text}
                language={shown.language}
                matches={within(matches, current, start, text.length)}
              />
            </div>
          );
        })
      }
    />
  );
}

/** The matches that lie in a row, in the row's own offsets. */
function within(matches: Uint32Array, current: number, start: number, length: number): [number, number, boolean][] {
  let low = 0;
  let high = matches.length / 2;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((matches[middle * 2 + 1] ?? 0) <= start) low = middle + 1;
    else high = middle;
  }
  const found: [number, number, boolean][] = [];
  for (let at = low; at * 2 < matches.length; at++) {
    const from = matches[at * 2] ?? 0;
    if (from >= start + length) break;
    found.push([Math.max(0, from - start), Math.min(length, (matches[at * 2 + 1] ?? 0) - start), at === current]);
  }
  return found;
}
